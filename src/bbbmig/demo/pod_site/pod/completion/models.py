"""Tracks of videos: captions and subtitles in one language."""

from django.conf import settings
from django.db import models
from pod.video.models import Video

if settings.USE_PODFILE:
    from pod.podfile.models import CustomFileModel
else:
    from pod.main.models import CustomFileModel

KINDS = (("subtitles", "sous-titres"), ("captions", "légendes"))
OFTEN = (("de", "Allemand"), ("en", "Anglais"), ("es", "Espagnol"), ("fr", "Français"), ("it", "Italien"))
ALL = (("br", "Breton"), ("ca", "Catalan"), ("nl", "Néerlandais"), ("pt", "Portugais"), ("uk", "Ukrainien"))
LANG_CHOICES = (("-- Langues fréquentes --", OFTEN), ("-- Toutes les langues --", ALL))


class Track(models.Model):
    """One track. REST takes the same one again and again, and one without a file."""

    video = models.ForeignKey(Video, on_delete=models.CASCADE)
    kind = models.CharField(max_length=10, choices=KINDS, default="subtitles")
    lang = models.CharField(max_length=2, choices=LANG_CHOICES, default="fr")
    src = models.ForeignKey(CustomFileModel, blank=True, null=True, on_delete=models.CASCADE)
    enrich_ready = models.BooleanField(default=False)

    def __str__(self) -> str:
        """Return kind and language."""
        return f"{self.kind} {self.lang}"
