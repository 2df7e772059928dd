"""Logging in where everybody may look: the sample Pod answers on this machine only."""

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import User
from django.http import HttpRequest


class NameIsPassword(ModelBackend):
    """Let people in by their user names, those too that bbbmig created, whom Pod leaves without a password."""

    def authenticate(
        self,
        request: HttpRequest | None,  # noqa: ARG002 - the interface of Django
        username: str | None = None,
        password: str | None = None,
        **_: object,
    ) -> User | None:
        """Find the user."""
        user = User.objects.filter(username=username).first()
        return user if user is not None and password == user.username and self.user_can_authenticate(user) else None
