"""REST of videos and their types.

Reading a video that has a thumbnail or tags fails with 500, because neither has a route to link to: as in Pod 4.1,
where PATCH and launch_encode_view then do their work and answer 500 all the same.
"""

from datetime import UTC

from django.contrib.sites.models import Site
from django.shortcuts import get_object_or_404
from django.utils.translation import get_language
from pod.video import encoding
from pod.video.models import Channel, Chapter, Discipline, Theme, Type, Video
from rest_framework import serializers, viewsets
from rest_framework.decorators import action, api_view
from rest_framework.request import Request
from rest_framework.response import Response

TORN = "sample_pod.torn"
"""Set in a request that is to break on the way (faults.py)."""


class TypeSerializer(serializers.HyperlinkedModelSerializer):
    """A kind of video."""

    class Meta:
        model = Type
        fields = ("id", "url", "title", "description", "sites")


class ChannelSerializer(serializers.HyperlinkedModelSerializer):
    """A channel with its themes."""

    class Meta:
        model = Channel
        fields = ("id", "url", "title", "themes", "site")
        read_only_fields = ("themes",)


class ThemeSerializer(serializers.HyperlinkedModelSerializer):
    """A theme of a channel."""

    class Meta:
        model = Theme
        fields = ("id", "url", "title", "channel")


class DisciplineSerializer(serializers.HyperlinkedModelSerializer):
    """A discipline."""

    class Meta:
        model = Discipline
        fields = ("id", "url", "title", "site")


class ChapterSerializer(serializers.HyperlinkedModelSerializer):
    """A chapter of a video."""

    class Meta:
        model = Chapter
        fields = ("id", "video", "title", "time_start")


class VideoSerializer(serializers.HyperlinkedModelSerializer):
    """A video; in a form, a missing is_draft means no draft, as an unticked box does."""

    class Meta:
        model = Video
        fields = (
            "id",
            "url",
            "video",
            "title",
            "slug",
            "description",
            "owner",
            "additional_owners",
            "date_added",
            "date_evt",
            "main_lang",
            "is_draft",
            "is_restricted",
            "tags",
            "thumbnail",
            "type",
            "discipline",
            "channel",
            "theme",
            "licence",
            "encoding_in_progress",
            "duration",
            "sites",
            "get_encoding_step",
            "encoded",
        )
        read_only_fields = ("get_encoding_step",)

    def create(self, validated_data: dict[str, object]) -> Video:
        """Store the row, then what it is related to; Pod does not undo the first when the second breaks."""
        if TORN in self.context["request"].META:
            related = ("additional_owners", "sites", "tags", "discipline", "channel", "theme")
            super().create({key: value for key, value in validated_data.items() if key not in related})
            raise RuntimeError(TORN)
        return super().create(validated_data)


class UserVideoSerializer(serializers.ModelSerializer):
    """A video as `user_videos` shows it, which works whatever it has."""

    video_data = serializers.SerializerMethodField()

    class Meta:
        model = Video
        fields = (
            "id",
            "url",
            "type",
            "date_added",
            "is_draft",
            "is_restricted",
            "encoding_in_progress",
            "encoded",
            "video_data",
        )

    def get_video_data(self, video: Video) -> dict[str, object]:
        """Return what Pod's search index would hold."""
        return {
            "id": video.pk,
            "title": video.title,
            "description": video.description,
            "owner": video.owner.username,
            "date_added": video.date_added.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S"),  # without "Z", as Pod
            "date_evt": f"{video.date_evt}T00:00:00" if video.date_evt else None,
            "full_url": f"//{Site.objects.get_current().domain}/video/{video.slug}/",
            "is_draft": video.is_draft,
            "duration": str(video.duration),
            "encoded": video.encoded,
            "encoding_in_progress": video.encoding_in_progress,
            "get_encoding_step": video.get_encoding_step,
        }


class TypeViewSet(viewsets.ModelViewSet):
    """Kinds of video, without filter."""

    queryset = Type.objects.all()
    serializer_class = TypeSerializer


class ChannelViewSet(viewsets.ModelViewSet):
    """Channels, without filter."""

    queryset = Channel.objects.all()
    serializer_class = ChannelSerializer


class ThemeViewSet(viewsets.ModelViewSet):
    """Themes, without filter."""

    queryset = Theme.objects.all()
    serializer_class = ThemeSerializer


class DisciplineViewSet(viewsets.ModelViewSet):
    """Disciplines, without filter."""

    queryset = Discipline.objects.all()
    serializer_class = DisciplineSerializer


class ChapterViewSet(viewsets.ModelViewSet):
    """Chapters, without filter."""

    queryset = Chapter.objects.all()
    serializer_class = ChapterSerializer


class VideoViewSet(viewsets.ModelViewSet):
    """Videos."""

    queryset = Video.objects.all()
    serializer_class = VideoSerializer
    filterset_fields = (
        "owner",
        "type",
        "date_added",
        "is_draft",
        "is_restricted",
        "encoding_in_progress",
        "sites",
    )

    @action(detail=False)
    def user_videos(self, request: Request) -> Response:
        """Return one user's videos: by exact user name, and part of a title in the reader's language if wanted."""
        videos = self.filter_queryset(self.get_queryset()).filter(owner__username=request.GET.get("username"))
        if request.GET.get("search_title"):
            videos = videos.filter(title__icontains=request.GET["search_title"], title_language=get_language())
        if request.GET.get("encoded") == "true":
            videos = videos.filter(encoded=True)
        page = self.paginate_queryset(videos)
        return self.get_paginated_response(UserVideoSerializer(page, many=True, context={"request": request}).data)


@api_view(["GET"])
def launch_encode_view(request: Request) -> Response:
    """Begin to encode a video and show it."""
    video = get_object_or_404(Video, slug=request.GET.get("slug"))
    if not video.encoding_in_progress:
        encoding.start(video)
    return Response(VideoSerializer(video, context={"request": request}).data)


@api_view(["GET"])
def video_encodedfiles(request: Request) -> Response:
    """List the forms of a video that play, the smallest first: here, the file that came."""
    found = Video.objects.filter(encoded=True, pk=request.GET.get("video"))
    files = ({"name": "360p", "source_file": request.build_absolute_uri(one.video.url)} for one in found)
    return Response([{"id": 1, "encoding_format": "video/mp4", **one} for one in files])


@api_view(["GET"])
def no_encodedfiles(request: Request) -> Response:  # noqa: ARG001 - Django's way
    """List the forms of a sound: nothing is sound alone here."""
    return Response([])
