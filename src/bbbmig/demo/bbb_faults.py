"""How getRecordings fails on real servers: time-outs that look like wrong addresses, web pages, cut replies."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from pathlib import Path

from bbbmig.demo.bbb_http import Response, page
from bbbmig.demo.bbb_replies import failed

_PAGES = {
    "404": page("<h1>404 Not Found</h1>nginx", HTTPStatus.NOT_FOUND),
    "500": page("<h1>Error 500: Internal Server Error</h1>Grails runtime exception", HTTPStatus.INTERNAL_SERVER_ERROR),
    "502": page("<h1>502 Bad Gateway</h1>nginx", HTTPStatus.BAD_GATEWAY),
    "503": page("<h1>503 Service Unavailable</h1>", HTTPStatus.SERVICE_UNAVAILABLE),
    "504": page("<h1>504 Gateway Time-out</h1>nginx", HTTPStatus.GATEWAY_TIMEOUT),
    "front page": page("Welcome to BigBlueButton"),
    "empty": Response(content_type="text/xml"),
}
_LAUGHS = b'<!DOCTYPE response [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>\n'


@dataclass(slots=True, kw_only=True)
class Fault:
    """A failure of getRecordings, where all conditions hold; `times` None is always.

    `kind` is one of the pages above; "wait" (answer as usual after `delay_s`), "cut off" (half of the bytes),
    "unfinished" (half of the XML, as if that were all), "control character" (in the first name), "doctype"; else a
    messageKey with which the call is refused. `whole` True means calls without recordIDs only, `prefix` calls for
    recordIDs that all begin so, `more_than` those that would bring more recordings than that.
    """

    kind: str
    whole: bool = False
    prefix: str = ""
    more_than: int = -1
    times: int | None = None
    delay_s: float = 0.0

    def strikes(self, wanted: Sequence[str], count: int) -> bool:
        """Tell whether a call for these beginnings, which would bring so many recordings, fails; and count it."""
        if (self.whole and wanted) or (self.prefix and not wanted) or count <= self.more_than or self.times == 0:
            return False
        if not all(prefix.startswith(self.prefix) for prefix in wanted):
            return False
        self.times = self.times and self.times - 1
        return True

    def spoil(self, good: Response) -> Response:
        """Return what is sent instead of the good response."""
        if self.kind == "wait":
            return good
        if self.kind in _PAGES:
            return _PAGES[self.kind]
        text = b"".join(good.body) if not isinstance(good.body, Path) else b""
        half = len(text) // 2
        if self.kind == "cut off":
            return replace(good, sent=half)
        spoilt = {
            "unfinished": text[:half],
            "control character": text.replace(b"<name>", b"<name>&#1;\x02\xff", 1),
            "doctype": _LAUGHS + text,
        }
        return replace(good, body=(spoilt.get(self.kind, failed(self.kind, "a fault of the sample").encode()),))
