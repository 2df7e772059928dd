"""External recordings: links to recordings that lie elsewhere."""

from django.contrib.auth.models import User
from django.contrib.sites.models import Site
from django.db import models
from django.utils import timezone
from pod.main.texts import in_language


class ExternalRecording(models.Model):
    """A link of one user; nothing in the database forbids the same one twice."""

    name = models.CharField(max_length=250)
    start_at = models.DateTimeField(default=timezone.now, editable=False)
    owner = models.ForeignKey(
        User,
        related_name="owner_external_recording",
        on_delete=models.CASCADE,
        limit_choices_to={"is_staff": True},
        blank=True,
        null=True,
    )
    site = models.ForeignKey(Site, related_name="site_external_recording", on_delete=models.CASCADE, default=1)
    types = (
        ("bigbluebutton", "Big Blue Button"),
        ("peertube", "PeerTube"),
        ("video", in_language("Fichier vidéo", "Video file")),
        ("youtube", "Youtube"),
    )
    type = models.CharField(max_length=50, choices=types, default="bigbluebutton")
    source_url = models.CharField(max_length=500, default="")
    state = models.CharField(max_length=250, blank=True, null=True)
    uploaded_to_pod_by = models.ForeignKey(
        User,
        related_name="uploader_external_recording",
        on_delete=models.CASCADE,
        limit_choices_to={"is_staff": True},
        null=True,
        blank=True,
    )

    class Meta:
        ordering = ("-start_at",)

    def __str__(self) -> str:
        """Return number and name."""
        return f"{self.pk} - {self.name}"

    @property
    def shown_as(self) -> str:
        """Say what Pod takes it for: a BBB presentation only if its address has one of two paths."""
        if self.type != "bigbluebutton":
            return self.get_type_display()
        paths = ("/playback/presentation/2.0/playback.html?", "/playback/presentation/2.3/")
        is_presentation = any(path in self.source_url for path in paths)
        return "BigBlueButton: " + ("presentation" if is_presentation else "video")
