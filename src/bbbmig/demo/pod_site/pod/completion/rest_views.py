"""REST of tracks; without USE_PODFILE, files have no route: a track that has one breaks it, as in Pod 4.1."""

from pod.completion.models import Track
from rest_framework import serializers, viewsets


class TrackSerializer(serializers.HyperlinkedModelSerializer):
    """A track."""

    class Meta:
        model = Track
        fields = ("id", "url", "video", "kind", "lang", "src")


class TrackViewSet(viewsets.ModelViewSet):
    """Tracks; `video` is the one filter."""

    queryset = Track.objects.all()
    serializer_class = TrackSerializer
    filterset_fields = ("video",)
