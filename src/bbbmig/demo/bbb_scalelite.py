"""What sets a Scalelite apart from a BigBlueButton: few threads behind nginx, types by `Accept`, tenants by host.

All of it as Scalelite 1.8.5 was seen to do (https://github.com/blindsidenetworks/scalelite): `config/puma.rb` has three
threads, nginx gives up after `proxy_read_timeout` while the application goes on, `PlaybackController#resource` answers
`head :ok` with X-Accel-Redirect, and a host whose first label is no tenant gets checksumError.
"""

import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from http import HTTPStatus

from bbbmig.demo.bbb_http import Request, Response, page
from bbbmig.demo.bbb_replies import failed
from bbbmig.domain.recording import Recording

THREADS = 3
"""RAILS_MAX_THREADS, for everything: lists, files, and people who join."""
PROXY_TIMEOUT_S = 60.0
"""Scalelite's proxy_read_timeout."""
TENANT = "tenant-id"
"""The metadata that says whose a recording is; those from before tenants were switched on lack it."""

NO_SUCH_ADDRESS = Response(
    body=(failed("unsupportedRequest", "This request is not supported.").encode(),), content_type="application/xml"
)
"""What it answers to every address that it does not know, with status 200: `config/routes.rb` sends them to the API."""
NO_PLAYER = page("<h1>500 Internal Server Error</h1>nginx", HTTPStatus.INTERNAL_SERVER_ERROR)
"""nginx looks for the player's page in a circle where nobody installed one."""
FOLDER = page("<h1>403 Forbidden</h1>nginx", HTTPStatus.FORBIDDEN)
"""The folder of a presentation has no index."""

_STEP_S = 0.02
_SHOWN_IN_BROWSERS = frozenset({"presentation", "video", "screenshare"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """How a Scalelite is set up: threads for everything, how long it computes to list one recording, nginx' patience.

    With `tenants` (name: secret) the first label of the host that is asked says whose recordings are listed.
    """

    threads: int = THREADS
    seconds_per_recording: float = 0.0
    proxy_timeout_s: float = PROXY_TIMEOUT_S
    tenants: Mapping[str, str] = field(default_factory=dict)


class Puma:
    """The application's threads: what finds none free waits in the queue, and what nginx gave up on goes on."""

    def __init__(self, site: Site, stopping: threading.Event) -> None:
        """Begin with all threads free; `stopping` ends what is being computed."""
        self._threads = ThreadPoolExecutor(site.threads, thread_name_prefix="puma")
        self._proxy_timeout_s = site.proxy_timeout_s
        self._stopping = stopping
        self._computing = 0
        self._lock = threading.Lock()

    def answer(self, work: Callable[[], Response]) -> Response:
        """Return what the application answers, or nginx' page if that takes too long."""
        try:
            return self._threads.submit(work).result(self._proxy_timeout_s)
        except TimeoutError:
            return page("<h1>504 Gateway Time-out</h1>nginx", HTTPStatus.GATEWAY_TIMEOUT)

    def compute(self, seconds: float) -> None:
        """Take that long, longer if others compute too: Ruby runs one thread at a time."""
        with self._lock:
            self._computing += 1
        last = time.monotonic()
        while seconds > 0 and not self._stopping.wait(min(_STEP_S, seconds)):
            now = time.monotonic()
            seconds -= (now - last) / self._computing
            last = now
        with self._lock:
            self._computing -= 1

    def stop(self) -> None:
        """Answer no more."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def as_rails_sends(response: Response, request: Request, kind: str) -> Response:
    """Return a file the type that Rails gives it, and offer it for download where the format is not for browsers.

    With `Accept: */*` alone that is text/html; anything else beside it, or no such header, and the suffix decides.
    """
    if response.status not in (HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT):
        return response
    attached = {} if kind in _SHOWN_IN_BROWSERS else {"Content-Disposition": "attachment"}
    any_type = request.headers.get("Accept", "").strip() == "*/*"
    return replace(
        response,
        content_type="text/html" if any_type else response.content_type,
        headers={**response.headers, **attached},
    )


def tenant_of(request: Request, secrets: Mapping[str, str]) -> str | None:
    """Return the tenant whose host was asked, None if its first label is that of none."""
    label = request.headers.get("Host", "").partition(".")[0]
    return label if label in secrets else None


def belongs_to(recording: Recording, tenant: str) -> bool:
    """Tell whether a recording is in a tenant's list: those without tenant are in nobody's."""
    return recording.metadata.get(TENANT) == tenant
