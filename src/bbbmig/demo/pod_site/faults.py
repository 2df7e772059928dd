"""What can go wrong between a client and Pod, on demand: a test says which requests are to suffer and how."""

import contextlib
import json
import socket
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

Environ = dict[str, Any]
StartResponse = Callable[..., Callable[[bytes], object]]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

SOCKET = "sample_pod.socket"
"""Key of the WSGI environment: the connection, to be cut."""
STOCK_URLS = "sample_pod.stock_urls"
"""Key of the WSGI environment that `pod.main.middleware` looks for."""

TORN = "sample_pod.torn"
"""Key of the WSGI environment that `pod.video.rest_views` looks for."""

_PAGE = "<!DOCTYPE html>\n<html lang='fr'><head><title>{0}</title></head><body><h1>{0}</h1></body></html>\n"
_DETAILS = {401: "Token non valide.", 403: "Vous n'avez pas la permission d'effectuer cette action."}
_REASONS = {
    401: "Unauthorized",
    403: "Forbidden",
    429: "Too Many Requests",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}


@dataclass(kw_only=True)
class Fault:
    """Something that happens to requests whose method and path match.

    `kind` is one of

    - `status`: answer with `status`: JSON as REST framework writes it for 401 and 403, an HTML page else;
    - `slow`: wait `seconds`, then go on;
    - `cut`: break the connection without an answer; `half`: in the middle of the answer's body;
    - `absent`: answer as a Pod without the extension;
    - `torn`: break when a new video's row is there and its co-owners and sites are not yet.

    With `late`, `status` and `cut` let Pod do its work first: the effect is there and its answer is lost.
    `skip` requests go unharmed first, then `times` suffer (None: all).
    """

    kind: str
    path: str = "/"
    method: str = ""
    status: int = 500
    seconds: float = 1.0
    retry_after: int = 1
    late: bool = False
    skip: int = 0
    times: int | None = None

    def __post_init__(self) -> None:
        """Refuse what does not exist: a fault that never happens proves nothing."""
        if self.kind not in ("status", "slow", "cut", "half", "absent", "torn"):
            raise ValueError(f"no such fault: {self.kind}")

    def hits(self, method: str, path: str) -> bool:
        """Tell whether this request suffers, and count it."""
        if self.method not in ("", method) or not path.startswith(self.path) or self.times == 0:
            return False
        if self.skip:
            self.skip -= 1
            return False
        if self.times is not None:
            self.times -= 1
        return True


class Faults:
    """The faults that are set at this moment, before the application that suffers them."""

    def __init__(self, application: Application) -> None:
        """Begin with none."""
        self.application = application
        self.lock = threading.Lock()
        self.faults: list[Fault] = []

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request, or do to it what was asked for."""
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        with self.lock:
            fault = next((fault for fault in self.faults if fault.hits(method, path)), None)
        match fault.kind if fault else "":
            case "status" if fault:
                return self._status(fault, environ, start_response)
            case "cut" if fault:
                if fault.late:
                    self._work(environ)
                return _cut(environ, start_response)
            case "half":
                return self._half(environ, start_response)
            case "absent":
                environ[STOCK_URLS] = True
            case "torn":
                environ[TORN] = True
            case "slow" if fault:
                time.sleep(fault.seconds)
        return self.application(environ, start_response)

    def _work(self, environ: Environ) -> None:
        """Let Pod do what was asked for, and drop its answer."""
        answer: Any = self.application(environ, lambda *_: len)
        with contextlib.closing(answer):
            b"".join(answer)

    def _status(self, fault: Fault, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer with an error."""
        if fault.late:
            self._work(environ)
        reason = _REASONS.get(fault.status, "Error")
        if fault.status in _DETAILS:
            content_type, text = "application/json", json.dumps({"detail": _DETAILS[fault.status]}, ensure_ascii=False)
        else:
            content_type, text = "text/html; charset=utf-8", _PAGE.format(reason)
        body = text.encode()
        headers = [("Content-Type", content_type), ("Content-Length", str(len(body)))]
        if fault.status in (429, 503):
            headers.append(("Retry-After", str(fault.retry_after)))
        if fault.status == 401:  # noqa: PLR2004 - the number says it
            headers.append(("WWW-Authenticate", 'Basic realm="api"'))
        start_response(f"{fault.status} {reason}", headers)
        return [body]

    def _half(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer with all headers and half of the body."""
        body = b"".join(self.application(environ, start_response))
        yield body[: len(body) // 2]
        environ[SOCKET].shutdown(socket.SHUT_RDWR)


def _cut(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """Break the connection; the status is for the log, nobody gets it."""
    environ[SOCKET].shutdown(socket.SHUT_RDWR)
    start_response("000 Cut", [])
    return []
