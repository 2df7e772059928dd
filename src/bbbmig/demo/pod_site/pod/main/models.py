"""Pictures and tags: they matter for one thing, that REST cannot show videos that have them."""

from django.db import models


class CustomImageModel(models.Model):
    """A picture; with USE_PODFILE = False it has no REST route."""

    name = models.CharField(max_length=255)

    def __str__(self) -> str:
        """Return its name."""
        return self.name


class Tag(models.Model):
    """A tag; it has no REST route."""

    name = models.CharField(max_length=255, unique=True)

    def __str__(self) -> str:
        """Return its name."""
        return self.name
