"""Videos that Pod holds itself."""

import hashlib
from pathlib import PurePath

from django.contrib.auth.models import User
from django.contrib.sites.models import Site
from django.db import models
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import get_language
from pod.main.models import CustomImageModel, Tag

LANGUAGES = (("fr", "Français"), ("en", "English"), ("de", "Deutsch"), ("es", "Español"), ("it", "Italiano"))
LICENCES = ("by", "by-nd", "by-nc-nd", "by-nc", "by-nc-sa", "by-sa")


class Type(models.Model):
    """A kind of video, such as course or conference."""

    title = models.CharField(max_length=100, unique=True)
    slug = models.SlugField(max_length=100, unique=True)
    description = models.TextField(blank=True)
    sites = models.ManyToManyField(Site)

    class Meta:
        ordering = ("title",)

    def __str__(self) -> str:
        """Return its title."""
        return self.title


class Discipline(models.Model):
    """What a video is about, on one site."""

    title = models.CharField(max_length=100)
    site = models.ForeignKey(Site, on_delete=models.CASCADE)

    class Meta:
        ordering = ("title",)

    def __str__(self) -> str:
        """Return its title."""
        return self.title


class Channel(models.Model):
    """Where videos are shown together, on one site."""

    title = models.CharField(max_length=100, unique=True)
    site = models.ForeignKey(Site, on_delete=models.CASCADE)

    class Meta:
        ordering = ("title",)

    def __str__(self) -> str:
        """Return its title."""
        return self.title


class Theme(models.Model):
    """A part of a channel."""

    title = models.CharField(max_length=100)
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="themes")

    class Meta:
        ordering = ("title",)

    def __str__(self) -> str:
        """Return its title."""
        return self.title


def place_of(video: "Video", file_name: str) -> str:
    """Return where an uploaded file goes: a folder of its owner's, under a name of plain letters."""
    owner = hashlib.sha256(video.owner.username.encode()).hexdigest()
    name = PurePath(file_name)
    return f"videos/{owner}/{slugify(name.stem)}{name.suffix.lower()}"


class Video(models.Model):
    """A video; `duration` is in seconds and 0 until it is encoded."""

    video = models.FileField(upload_to=place_of, max_length=255)
    title = models.CharField(max_length=250)
    title_language = models.CharField(max_length=5, editable=False)
    slug = models.SlugField(max_length=255, unique=True, null=True, editable=False)
    description = models.TextField(blank=True)
    owner = models.ForeignKey(User, on_delete=models.CASCADE)
    additional_owners = models.ManyToManyField(User, blank=True, related_name="owners_videos")
    date_added = models.DateTimeField(default=timezone.now)
    date_evt = models.DateField(default=timezone.localdate, blank=True, null=True)
    main_lang = models.CharField(max_length=2, default="fr", choices=LANGUAGES)
    is_draft = models.BooleanField(default=True)
    is_restricted = models.BooleanField(default=False)
    tags = models.ManyToManyField(Tag, blank=True)
    thumbnail = models.ForeignKey(CustomImageModel, on_delete=models.SET_NULL, null=True, blank=True)
    type = models.ForeignKey(Type, on_delete=models.CASCADE)
    channel = models.ManyToManyField(Channel, blank=True)
    theme = models.ManyToManyField(Theme, blank=True)
    discipline = models.ManyToManyField(Discipline, blank=True)
    licence = models.CharField(max_length=8, blank=True, default="", choices=[(word, word) for word in LICENCES])
    sites = models.ManyToManyField(Site)
    encoding_in_progress = models.BooleanField(default=False, editable=False)
    encoded = models.BooleanField(default=False, editable=False)
    duration = models.IntegerField(default=0, editable=False)

    class Meta:
        ordering = ("-date_added", "-id")

    def __str__(self) -> str:
        """Return number and title."""
        return f"{self.pk:04d} - {self.title}"

    def save(self, *args: object, **options: object) -> None:
        """Make the slug anew, from id and title: two videos may have the same title.

        A title is one in the language of whoever writes it, and is searched in that of whoever searches.
        """
        if self.title not in Video.objects.filter(pk=self.pk).values_list("title", flat=True):
            self.title_language = get_language()
        super().save(*args, **options)
        self.slug = f"{self.pk:04d}-{slugify(self.title)}"
        Video.objects.filter(pk=self.pk).update(slug=self.slug)

    @property
    def get_encoding_step(self) -> str:
        """Say how far encoding is, in Pod's words."""
        if self.encoded:
            return "0: end of encoding"
        return "1: start encoding" if self.encoding_in_progress else ""


class EncodingVideo(models.Model):
    """A form of a video that plays."""

    name = models.CharField(max_length=10, default="360p")
    video = models.ForeignKey(Video, on_delete=models.CASCADE)
    encoding_format = models.CharField(max_length=22, default="video/mp4")

    def __str__(self) -> str:
        """Return its name."""
        return self.name


class EncodingAudio(models.Model):
    """The sound alone of a video."""

    name = models.CharField(max_length=10, default="audio")
    video = models.ForeignKey(Video, on_delete=models.CASCADE)
    encoding_format = models.CharField(max_length=22, default="video/mp4")

    def __str__(self) -> str:
        """Return its name."""
        return self.name


class PlaylistVideo(models.Model):
    """The list of all forms of a video, for players that choose."""

    name = models.CharField(max_length=10, default="playlist")
    video = models.ForeignKey(Video, on_delete=models.CASCADE)
    encoding_format = models.CharField(max_length=22, default="application/x-mpegURL")

    def __str__(self) -> str:
        """Return its name."""
        return self.name


class Chapter(models.Model):
    """A moment of a video, in whole seconds; the same one is taken once."""

    video = models.ForeignKey(Video, on_delete=models.CASCADE)
    title = models.CharField(max_length=100)
    time_start = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("time_start",)
        unique_together = ("title", "time_start", "video")

    def __str__(self) -> str:
        """Give its title."""
        return self.title
