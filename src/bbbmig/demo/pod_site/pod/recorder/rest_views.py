"""REST of recorders, dropped files and recordings.

Paths are choices among the files that lie on the server's disk: a file must be there before it is named, by the very
path that the server walks, and OPTIONS lists them all. This comes from the type of the models' fields, as in Pod.
"""

from pod.recorder.models import Recorder, Recording, RecordingFileTreatment
from rest_framework import serializers, viewsets


class RecorderSerializer(serializers.HyperlinkedModelSerializer):
    """A recorder; neither directory nor user, and no type, without which none can be created."""

    class Meta:
        model = Recorder
        fields = ("id", "name", "description", "address_ip", "recording_type", "sites")


class RecordingSerializer(serializers.HyperlinkedModelSerializer):
    """A recording; creating one publishes its file."""

    class Meta:
        model = Recording
        fields = ("id", "url", "user", "title", "source_file", "type", "date_added", "recorder")


class RecordingFileTreatmentSerializer(serializers.HyperlinkedModelSerializer):
    """A dropped file; require_manual_claim is not among the fields."""

    class Meta:
        model = RecordingFileTreatment
        fields = ("id", "file", "file_size", "recorder", "type", "date_added")


class RecorderViewSet(viewsets.ModelViewSet):
    """Recorders, without filter."""

    queryset = Recorder.objects.all()
    serializer_class = RecorderSerializer


class RecordingViewSet(viewsets.ModelViewSet):
    """Recordings, without filter."""

    queryset = Recording.objects.order_by("pk")
    serializer_class = RecordingSerializer


class RecordingFileTreatmentViewSet(viewsets.ModelViewSet):
    """Dropped files."""

    queryset = RecordingFileTreatment.objects.order_by("pk")
    serializer_class = RecordingFileTreatmentSerializer
    filterset_fields = ("date_added", "recorder", "file", "id")
