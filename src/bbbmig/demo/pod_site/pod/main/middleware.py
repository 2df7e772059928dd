"""What `control.py` asks of a request."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

STOCK_URLS = "sample_pod.stock_urls"
"""Key of the WSGI environment: answer as a Pod without the extension."""


def urls_as_asked(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Let a request see the addresses of a stock Pod when a test says so."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if STOCK_URLS in request.META:
            request.urlconf = "pod.urls"
        return get_response(request)

    return middleware
