"""Pod's own BigBlueButton meetings."""

from django.contrib.auth.models import User
from django.contrib.sites.models import Site
from django.core.validators import MinLengthValidator
from django.db import models
from django.utils import timezone
from django.utils.text import slugify


class Meeting(models.Model):
    """A meeting; BBB knows it by `meeting_id`, which a new name changes except for its number."""

    name = models.CharField(max_length=250, validators=[MinLengthValidator(2)])
    meeting_id = models.SlugField(max_length=255, blank=True)
    owner = models.ForeignKey(User, on_delete=models.CASCADE)
    site = models.ForeignKey(Site, on_delete=models.CASCADE, default=1)
    start_at = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(default=timezone.now)
    is_personal = models.BooleanField(default=False)
    is_webinar = models.BooleanField(default=False)

    class Meta:
        ordering = ("-start_at",)

    def __str__(self) -> str:
        """Return its name."""
        return self.name

    def save(self, *args: object, **options: object) -> None:
        """Make the meeting_id anew, from id and name."""
        super().save(*args, **options)
        self.meeting_id = f"{self.pk:04d}-{slugify(self.name)}"
        Meeting.objects.filter(pk=self.pk).update(meeting_id=self.meeting_id)
