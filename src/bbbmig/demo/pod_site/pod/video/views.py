"""A user's videos, and the page of one."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from pod.video.models import Video


@login_required(redirect_field_name="referrer")
def dashboard(request: HttpRequest) -> HttpResponse:
    """Show one's own videos, drafts too."""
    return render(request, "dashboard.html", {"videos": Video.objects.filter(owner=request.user)})


def video(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a video; drafts to their owner only."""
    found = get_object_or_404(Video, slug=slug)
    if found.is_draft and found.owner != request.user:
        raise Http404
    return render(request, "video.html", {"video": found})
