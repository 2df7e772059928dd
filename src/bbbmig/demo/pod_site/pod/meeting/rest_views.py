"""REST of meetings: no filter at all, and creating one fails for want of an owner."""

from pod.meeting.models import Meeting
from rest_framework import serializers, viewsets


class MeetingSerializer(serializers.HyperlinkedModelSerializer):
    """A meeting; owner and site are plain numbers here, and cannot be written."""

    class Meta:
        model = Meeting
        fields = (
            "id",
            "name",
            "meeting_id",
            "start_at",
            "created_at",
            "owner_id",
            "is_personal",
            "is_webinar",
            "site_id",
        )


class MeetingViewSet(viewsets.ModelViewSet):
    """Meetings."""

    queryset = Meeting.objects.all()
    serializer_class = MeetingSerializer
