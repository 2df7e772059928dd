"""What Pod adds to a user."""

from django.contrib.auth.models import User
from django.contrib.sites.models import Site
from django.db import models
from django.db.models.signals import post_save
from django.dispatch import receiver


class Owner(models.Model):
    """The other half of a user, made by a signal as soon as the user is."""

    user = models.OneToOneField(User, on_delete=models.CASCADE)
    auth_type = models.CharField(max_length=20, default="local")
    affiliation = models.CharField(max_length=50, default="student")
    sites = models.ManyToManyField(Site)

    def __str__(self) -> str:
        """Return the user's name."""
        return str(self.user)


@receiver(post_save, sender=User)
def make_owner(instance: User, *, created: bool, **_: object) -> None:
    """Give a new user its other half, on the current site."""
    if created:
        Owner.objects.create(user=instance).sites.add(Site.objects.get_current())
