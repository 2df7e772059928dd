"""Requests whose replies are read whole, tried again where that does no harm.

Clients may be shared between threads (httpx says so of `Client`). Only what may be repeated without harm is
tried again here; whoever POSTs looks first whether the lost request arrived.
"""

import itertools
import logging
import time
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import httpx

from bbbmig.errors import RemoteError
from bbbmig.http.deadline import within
from bbbmig.http.failures import is_refused, translated
from bbbmig.http.reply_body import Oversized, body
from bbbmig.http.waits import wait_s

log = logging.getLogger(__name__)
T = TypeVar("T")

ATTEMPTS = 4
TRY_AGAIN = frozenset({429, 502, 503, 504})
RESTARTING = frozenset({502, 503})
"""What a proxy answers while the server behind it is being restarted."""
LONGEST_PATIENT_WAIT_S = 10.0
REPEATABLE = frozenset({"GET", "HEAD", "OPTIONS"})
SENDING = frozenset({"POST", "PUT", "PATCH"})
REPLY_BYTES = 64 << 20
"""So much may a reply bring that is read whole into memory."""
REPLY_S = 600.0
"""So long may the reply to a question take as a whole."""
NOT_TAKEN = frozenset({429})
"""Statuses of requests that the server did not even begin with."""


def request(  # noqa: PLR0913 - as many as a request has sides
    client: httpx.Client,
    method: str,
    url: str,
    *,
    what: str,
    attempts: int = ATTEMPTS,
    repeatable: bool = False,
    sleep: Callable[[float], None] = time.sleep,
    most_bytes: int = REPLY_BYTES,
    whole_s: float | None = REPLY_S,
    patience_s: float = 0.0,
    **parts: Any,  # noqa: ANN401 - httpx's own: params, json, headers, files…
) -> httpx.Response:
    """Send a request and read its reply whole; `what` names it in messages ("Pod's user list").

    GET, HEAD and OPTIONS are tried again after broken connections and 429, 502, 503, 504, waiting longer each
    time or as long as `Retry-After` says; so is what is `repeatable`: sent twice, it has the effect of once. All
    else is tried again after 429 only. The last reply is given whatever its status. Raise RemoteError when there
    is none, Oversized when it brings more than `most_bytes`. It may take `whole_s` as a whole, unless something is
    sent first: who knows how long that takes. A server that is restarting (it refuses connections, or its proxy answers
    502 or 503) is waited for until that took `patience_s`.
    """
    limit_s = None if method in SENDING else whole_s
    repeatable = repeatable or method in REPEATABLE
    again = TRY_AGAIN if repeatable else NOT_TAKEN
    waited_s = 0.0
    for attempt in itertools.count(1):
        patient = waited_s < patience_s
        try:
            with translated(what), within(limit_s), client.stream(method, url, **parts) as opened:
                response = _whole(opened, what, most_bytes)
        except Oversized:
            raise
        except RemoteError as error:
            waits = patient and is_refused(error)  # nothing was sent: even a POST does no harm
            if not waits and (not repeatable or attempt >= attempts):
                raise
            wait = wait_s(attempt)
            log.info("%s; trying again in %.1f s", error.message, wait)
        else:
            waits = patient and response.status_code in RESTARTING
            if response.status_code not in again or (attempt >= attempts and not waits):
                return response
            wait = wait_s(attempt, response.headers.get("Retry-After", ""))
            log.info("%s: HTTP %d; trying again in %.1f s", what, response.status_code, wait)
        wait = min(wait, LONGEST_PATIENT_WAIT_S) if waits else wait
        waited_s += wait
        sleep(wait)
    raise AssertionError(attempts)  # pragma: no cover - the loop returns or raises


def tried_again(
    once: Callable[[], T], *, waits_s: Iterable[float], on: type[RemoteError], sleep: Callable[[float], None]
) -> T:
    """Return what `once` returns, called again after each of the waits while it raises `on`; then that is raised."""
    for wait in waits_s:
        try:
            return once()
        except on as error:
            log.info("%s; trying again in %.0f s", error.message, wait)
            sleep(wait)
    return once()


def _whole(opened: httpx.Response, what: str, most_bytes: int) -> httpx.Response:
    """Read a reply whole; the one that is given is no longer compressed."""
    content = b"".join(body(opened, what=what, most_bytes=most_bytes))
    left_out = {b"content-encoding", b"transfer-encoding"} | ({b"content-length"} if content else set())
    headers = [(name, value) for name, value in opened.headers.raw if name.lower() not in left_out]
    whole = httpx.Response(opened.status_code, headers=headers, content=content, request=opened.request)
    whole.history = opened.history
    return whole
