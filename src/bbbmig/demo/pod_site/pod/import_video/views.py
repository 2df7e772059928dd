"""The page "My external videos"."""

from django.contrib.auth.decorators import login_required
from django.contrib.sites.shortcuts import get_current_site
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from pod.import_video.models import ExternalRecording


@login_required(redirect_field_name="referrer")
def external_recordings(request: HttpRequest) -> HttpResponse:
    """Show a staff user all of their own on this site, newest first, on one page; others see that they may not."""
    mine = ExternalRecording.objects.filter(owner=request.user, site=get_current_site(request)).order_by("-start_at")
    recordings = mine if request.user.is_staff else mine.none()
    return render(request, "external_recordings.html", {"recordings": recordings})
