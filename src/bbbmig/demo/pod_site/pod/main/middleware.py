"""What tests ask of a request."""

from collections.abc import Callable

from django.db import connection
from django.http import HttpRequest, HttpResponse

STOCK_URLS = "sample_pod.stock_urls"
"""Key of the WSGI environment: answer as a Pod without the extension."""


STATEMENTS = "X-Sample-Pod-Statements"
"""Header of the answer: how many statements the database got."""


def statements_counted(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Say how many statements an answer took, so that a test sees one for each row."""

    def middleware(request: HttpRequest) -> HttpResponse:
        count = 0

        def counting(execute: Callable[..., object], *arguments: object) -> object:
            nonlocal count
            count += 1
            return execute(*arguments)

        with connection.execute_wrapper(counting):
            response = get_response(request)
        response[STATEMENTS] = str(count)
        return response

    return middleware


def urls_as_asked(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Let a request see the addresses of a stock Pod when a test says so."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if STOCK_URLS in request.META:
            request.urlconf = "pod.urls"
        return get_response(request)

    return middleware
