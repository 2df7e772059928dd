"""Home, and the version; the error pages are templates, 404.html and 500.html, as in Pod."""

from django.conf import settings
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from pod.video.models import Video


def home(request: HttpRequest) -> HttpResponse:
    """Lead to the pages that there are."""
    return render(request, "home.html")


def info_pod(request: HttpRequest) -> JsonResponse:  # noqa: ARG001 - the interface of Django
    """Tell the version to anybody."""
    duration = Video.objects.aggregate(sum=Sum("duration"))["sum"]
    return JsonResponse(
        {
            "TITLE_SITE": "Pod",
            "VERSION": settings.VERSION,
            "COUNT_VIDEO": Video.objects.count(),
            "DURATION_VIDEO": duration,
        }
    )
