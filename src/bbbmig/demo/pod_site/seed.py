"""What a fresh sample Pod holds: three users, a site, a recorder, a type of video."""

from django.contrib.auth.models import User
from django.contrib.sites.models import Site
from pod.recorder.models import Recorder
from pod.video.models import Type
from rest_framework.authtoken.models import Token


def seed(tokens: dict[str, str]) -> None:
    """Fill the empty tables; `tokens` maps user names to REST tokens."""
    site, _ = Site.objects.update_or_create(pk=1, defaults={"domain": "pod.localhost", "name": "Sample Pod"})
    users = (
        User(username="admin", first_name="Ada", last_name="Admin", is_staff=True, is_superuser=True),
        User(username="stu", first_name="Stéphane", last_name="Étudiant"),
        User(username="staffonly", first_name="Sophie", last_name="Personnel", is_staff=True),
    )
    for user in users:
        user.email = f"{user.username}@univ.test"
        user.save()
        if user.username in tokens:
            Token.objects.create(user=user, key=tokens[user.username])
    other = Type.objects.create(title="Autre", slug="other")
    other.sites.add(site)
    recorder = Recorder.objects.create(name="BBB migration", address_ip="192.0.2.10", directory="bbb", type=other)
    recorder.sites.add(site)
