"""Files of users in folders; everybody has one called "home"."""

from django.contrib.auth.models import User
from django.db import models
from django.db.models.signals import post_save
from django.dispatch import receiver


class UserFolder(models.Model):
    """A folder; a user has one of a name."""

    name = models.CharField(max_length=255)
    owner = models.ForeignKey(User, on_delete=models.CASCADE)

    class Meta:
        ordering = ("name",)
        unique_together = ("name", "owner")

    def __str__(self) -> str:
        """Return its name."""
        return self.name


class CustomFileModel(models.Model):
    """A file; it is called as what was sent."""

    name = models.CharField(max_length=255, blank=True)
    file = models.FileField(upload_to="files/", max_length=255)
    folder = models.ForeignKey(UserFolder, on_delete=models.CASCADE)
    created_by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")

    def __str__(self) -> str:
        """Return its name."""
        return self.name

    def save(self, *args: object, **options: object) -> None:
        """Name it after the file, whatever was said."""
        self.name = self.file.name.rpartition("/")[2].rpartition(".")[0]
        super().save(*args, **options)


@receiver(post_save, sender=User)
def make_home(instance: User, *, created: bool, **_: object) -> None:
    """Give everybody their folder."""
    if created:
        UserFolder.objects.create(name="home", owner=instance)
