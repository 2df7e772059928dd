"""Home, the version, and the error pages: HTML, whatever the client wanted."""

from django.conf import settings
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from pod.main.texts import in_language
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


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - as above
    """Show an HTML page also where JSON was asked for."""
    title = in_language("La page demandée est introuvable", "The page could not be found")
    return render(request, "error.html", {"title": title}, status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Show an HTML page also where JSON was asked for."""
    return render(request, "error.html", {"title": in_language("Erreur du serveur", "Server error")}, status=500)
