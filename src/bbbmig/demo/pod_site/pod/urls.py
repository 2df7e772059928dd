"""The sample's addresses; as in Pod, the last pattern takes every address that is left."""

from django.conf import settings
from django.contrib.auth import views as auth_views
from django.urls import include, path
from django.views.static import serve
from pod.import_video.views import external_recordings
from pod.main.rest_router import urlpatterns as rest_urlpatterns
from pod.main.views import home, info_pod
from pod.recorder.views import add_recording, claim_record
from pod.video.views import dashboard, video

urlpatterns = [
    path("", home, name="home"),
    path("info_pod.json", info_pod, name="info_pod"),
    path("accounts/login/", auth_views.LoginView.as_view(template_name="login.html"), name="login"),
    path("rest/", include(rest_urlpatterns)),
    path("import_video/", include(([path("", external_recordings, name="external_recordings")], "import_video"))),
    path("record/claim_record/", claim_record, name="claim_record"),
    path("record/add_recording/", add_recording, name="add_recording"),
    path("video/dashboard/", dashboard, name="dashboard"),
    path("video/<slug:slug>/", video, name="video"),
    path("media/<path:path>", serve, {"document_root": settings.MEDIA_ROOT}),
    path("<slug:slug>/", video),
]
