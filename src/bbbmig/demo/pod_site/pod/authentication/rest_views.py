"""REST of users, groups, owners and sites."""

from django.contrib.auth.models import Group, User
from django.contrib.sites.models import Site
from django.db.models import QuerySet
from pod.authentication.models import Owner
from pod.main.habits import Habits, fold
from rest_framework import serializers, viewsets


class UserSerializer(serializers.HyperlinkedModelSerializer):
    """A user; neither password nor is_active nor is_superuser, and unknown keys are ignored."""

    class Meta:
        model = User
        fields = ("id", "url", "username", "first_name", "is_staff", "last_name", "email", "groups")

    def validate_username(self, username: str) -> str:
        """Refuse what MariaDB takes for equal to a name that exists, in the words used for an equal one."""
        others = User.objects.exclude(pk=self.instance.pk if self.instance else None)
        if Habits.mariadb and any(fold(name) == fold(username) for name in others.values_list("username", flat=True)):
            unique = User._meta.get_field("username").error_messages["unique"]  # noqa: SLF001 - Django's interface
            raise serializers.ValidationError(unique)
        return username


class GroupSerializer(serializers.HyperlinkedModelSerializer):
    """A group."""

    class Meta:
        model = Group
        fields = ("url", "name")


class OwnerSerializer(serializers.HyperlinkedModelSerializer):
    """The other half of a user."""

    class Meta:
        model = Owner
        fields = ("id", "url", "user", "auth_type", "affiliation", "sites")


class SiteSerializer(serializers.HyperlinkedModelSerializer):
    """A site; its id is in its address only."""

    class Meta:
        model = Site
        fields = ("url", "name", "domain")


class UserViewSet(viewsets.ModelViewSet):
    """Users, the newest first: creating one while reading pages shifts them."""

    queryset = User.objects.order_by("-date_joined")
    serializer_class = UserSerializer
    filterset_fields = ("id", "username", "email")

    @staticmethod
    def filter_username(users: QuerySet, username: str) -> QuerySet:
        """Find whom the database takes for that name."""
        if not Habits.mariadb:
            return users.filter(username=username)
        names = User.objects.values_list("pk", "username")
        return users.filter(pk__in=[pk for pk, name in names if fold(name) == fold(username)])


class GroupViewSet(viewsets.ModelViewSet):
    """Groups."""

    queryset = Group.objects.order_by("pk")
    serializer_class = GroupSerializer


class OwnerViewSet(viewsets.ModelViewSet):
    """The other halves, without filter."""

    queryset = Owner.objects.order_by("-user")
    serializer_class = OwnerSerializer


class SiteViewSet(viewsets.ModelViewSet):
    """Sites, without filter."""

    queryset = Site.objects.order_by("pk")
    serializer_class = SiteSerializer
