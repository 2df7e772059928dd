"""The routes below /rest/; there is none for external recordings, that is what the extension is for."""

from django.conf import settings
from django.urls import include, path
from pod.authentication import rest_views as authentication
from pod.completion import rest_views as completion
from pod.meeting import rest_views as meeting
from pod.podfile import rest_views as podfile
from pod.recorder import rest_views as recorder
from pod.video import rest_views as video
from rest_framework import routers

router = routers.DefaultRouter()
router.register("users", authentication.UserViewSet)
router.register("groups", authentication.GroupViewSet)
router.register("owners", authentication.OwnerViewSet)
router.register("sites", authentication.SiteViewSet)
router.register("types", video.TypeViewSet)
router.register("channels", video.ChannelViewSet)
router.register("themes", video.ThemeViewSet)
router.register("chapters", video.ChapterViewSet)
router.register("tracks", completion.TrackViewSet)
router.register("discipline", video.DisciplineViewSet)
router.register("videos", video.VideoViewSet)
router.register("recording", recorder.RecordingViewSet)
router.register("recordingfiletreatment", recorder.RecordingFileTreatmentViewSet)
router.register("recorder", recorder.RecorderViewSet)
router.register("meeting_session", meeting.MeetingViewSet)
if settings.USE_PODFILE:
    router.register("folders", podfile.FolderViewSet)
    router.register("files", podfile.FileViewSet)

urlpatterns = [
    path("encodings_video/video_encodedfiles/", video.video_encodedfiles),
    path("encodings_audio/audio_encodedfiles/", video.no_encodedfiles),
    path("launch_encode_view/", video.launch_encode_view, name="launch_encode_view"),
    path("", include(router.urls)),
]
