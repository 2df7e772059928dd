"""Pictures, files and tags: REST cannot show videos or tracks that have them."""

from django.db import models


class CustomImageModel(models.Model):
    """A picture; with USE_PODFILE = False it has no REST route."""

    name = models.CharField(max_length=255)

    def __str__(self) -> str:
        """Return its name."""
        return self.name


class CustomFileModel(models.Model):
    """A file without owner; it has no REST route."""

    file = models.FileField(upload_to="files/", max_length=255, null=True, blank=True)

    def __str__(self) -> str:
        """Return its path."""
        return str(self.file)


class Tag(models.Model):
    """A tag; it has no REST route."""

    name = models.CharField(max_length=255, unique=True)

    def __str__(self) -> str:
        """Return its name."""
        return self.name
