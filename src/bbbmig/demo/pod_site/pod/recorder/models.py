"""Recorders, the files that they dropped, and the videos made of them."""

import shutil
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.sites.models import Site
from django.db import models
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import override
from pod.main.habits import PATH_MAX, check_path
from pod.main.texts import in_language
from pod.video import encoding
from pod.video.models import Type, Video

KINDS = (("video", in_language("Vidéo", "Video")), ("audiovideocast", "Audiovideocast"), ("studio", "Studio"))


class Recorder(models.Model):
    """A recorder; files in its directory may be claimed by anybody if it has no user."""

    name = models.CharField(max_length=200, unique=True)
    description = models.TextField(blank=True)
    address_ip = models.GenericIPAddressField(unique=True)
    recording_type = models.CharField(max_length=50, choices=KINDS, default="video")
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, blank=True)
    type = models.ForeignKey(Type, on_delete=models.CASCADE)
    is_draft = models.BooleanField(default=True)
    directory = models.CharField(max_length=50, unique=True)
    sites = models.ManyToManyField(Site)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        """Return its name."""
        return self.name


class Recording(models.Model):
    """A dropped file that became a video, and the only memory of the file's name."""

    recorder = models.ForeignKey(Recorder, on_delete=models.CASCADE, default=1)
    user = models.ForeignKey(User, on_delete=models.CASCADE, limit_choices_to={"is_staff": True}, default=1)
    title = models.CharField(max_length=200)
    type = models.CharField(max_length=50, choices=KINDS, default="video")
    source_file = models.FilePathField(
        path=settings.DEFAULT_RECORDER_PATH, recursive=True, unique=True, max_length=PATH_MAX
    )
    date_added = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = in_language("Enregistrement", "Recording")

    def __str__(self) -> str:
        """Return its title."""
        return self.title


class RecordingFileTreatment(models.Model):
    """A dropped file that waits; claimable once `require_manual_claim` is set, which only the cron job does."""

    file = models.FilePathField(path=settings.DEFAULT_RECORDER_PATH, recursive=True, unique=True, max_length=PATH_MAX)
    file_size = models.BigIntegerField(default=0)
    recorder = models.ForeignKey(Recorder, on_delete=models.CASCADE, null=True)
    date_added = models.DateTimeField(default=timezone.now)
    require_manual_claim = models.BooleanField(default=False)
    type = models.CharField(max_length=50, choices=KINDS, default="video")

    class Meta:
        verbose_name = in_language("Traitement de fichier d\u2019enregistrement", "Recording file treatment")

    def __str__(self) -> str:
        """Return the file's name."""
        return self.filename()

    def save(self, *args: object, **options: object) -> None:
        """Save it, if the path is not too long for the database."""
        check_path(self.file)
        super().save(*args, **options)

    def filename(self) -> str:
        """Return the file's name without directory."""
        return Path(self.file).name


@receiver(post_save, sender=Recording)
def publish(instance: Recording, *, created: bool, **_: object) -> None:
    """Make a video of the file at once: it moves away, and its real date is lost."""
    source = Path(instance.source_file)
    if not created or not source.exists():
        return
    name = f"{slugify(source.stem)}_{timezone.now():%Y-%m-%d_%H-%M-%S.%f}{source.suffix.lower()}"
    video = Video(title=instance.title, owner=instance.user, type=instance.recorder.type)
    video.video.name = f"videos/{instance.user.owner.pk}/{name}"
    Path(video.video.path).parent.mkdir(parents=True, exist_ok=True)
    shutil.move(source, video.video.path)
    video.is_draft = instance.recorder.is_draft
    with override(settings.LANGUAGE_CODE):  # Pod does it in a thread of its own
        video.save()
    video.sites.set(instance.recorder.sites.all())
    encoding.start(video)
