"""One file from one address, with as many requests as it takes.

nginx, which serves the recordings of BigBlueButton and Scalelite, answers ranges and gives ETags
(docs/facts/bbb-api.md#files-over-http). What does not is fetched from the beginning.
"""

import contextlib
import logging
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from urllib.parse import urlsplit

import httpx

from bbbmig.errors import NoSpace, RecordingFailed, RemoteError
from bbbmig.http import ATTEMPTS, TRY_AGAIN, masked, translated, wait_s
from bbbmig.transfer.cancel import check
from bbbmig.transfer.connections import Lines
from bbbmig.transfer.first_bytes import is_film
from bbbmig.transfer.partial_file import Origin, Part, check_room, digest, disk_errors
from bbbmig.transfer.throttle import Throttle

log = logging.getLogger(__name__)

Progress = Callable[[int, int | None], None]
"""Called with bytes there and bytes in all (None if the server does not say), about ten times a second."""

_GONE = frozenset({401, 403, 404, 410})
_PAGE_HINT = "open the address in a browser: has the recording moved, does it ask for a password?"
_CONTENT_RANGE = re.compile(r"bytes (?P<first>\d+)-\d+/(?P<total>\d+|\*)")
_REDIRECTIONS = 5
_TELL_S = 0.1


class Gone(RecordingFailed):
    """The server does not give the file (any more): its cookie may be too old, a fresh token may open it."""


class _Busy(RemoteError):
    """The server has too much to do now; `retry_after` is its header of that name, or ""."""

    def __init__(self, message: str, retry_after: str) -> None:
        super().__init__(message, hint="run again later")
        self.retry_after = retry_after


class Transfer:
    """One file from one address, with as many requests as it takes."""

    def __init__(
        self,
        lines: Lines,
        throttle: Throttle,
        url: str,
        part: Part,
        cookies: Mapping[str, str],
        progress: Progress,
        stop: threading.Event,
    ) -> None:
        """Prepare; nothing is sent yet. The other parts are as in `Downloader.fetch`."""
        self._lines = lines
        self._throttle = throttle
        self._url = url
        self._part = part
        self._cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
        self._progress = progress
        self._stop = stop
        self._what = f"downloading {masked(url)}"
        self._began = 0

    def whole(self) -> int:
        """Ask until the file is whole: again as long as each attempt brings something new."""
        if urlsplit(self._url).scheme not in ("http", "https"):
            raise RecordingFailed(f"{self._what}: not an address of http or https")
        fruitless = 0
        furthest = self._part.size if self._part.resumable(self._url) else 0
        while True:
            self._began = 0
            try:
                return self._once()
            except RemoteError as error:
                self._settle()
                check(self._stop)
                size = self._part.size
                brought = size > self._began and (self._began > 0 or size > furthest)
                fruitless, furthest = 1 if brought else fruitless + 1, max(furthest, size)
                if fruitless == ATTEMPTS:
                    raise
                wait = wait_s(fruitless, error.retry_after if isinstance(error, _Busy) else "")
                log.info("%s; going on in %.1f s", error.message, wait)
            except NoSpace:
                self._part.forget()  # whatever else lives on that disk needs the room more
                raise
            except BaseException:
                self._settle()
                raise
            self._stop.wait(wait)
            check(self._stop)

    def _settle(self) -> None:
        """Make what came so far useful for later; if that fails, only a later download takes longer."""
        try:
            self._part.settle()
        except OSError as error:
            log.warning("cannot note how far %s came: %s", self._part.path, error)

    def _once(self) -> int:
        """Send one request and take what comes. Give the size if the file is whole now; raise RemoteError if not."""
        origin = self._part.resumable(self._url)
        have = self._part.size if origin else 0
        headers = {"Accept-Encoding": "identity"}
        if origin:
            headers |= {"Range": f"bytes={have}-", "If-Range": origin.validator}
        with translated(self._what), self._opened(headers) as response:
            check(self._stop)
            self._refuse(response)
            if response.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
                return self._complete(response, origin, have)
            total = _total(response)
            if response.status_code == httpx.codes.PARTIAL_CONTENT:
                self._same(response, origin, have, total)
            else:
                have = 0
                self._begin(response, total)
            self._began = have
            return self._take(response, have, total)

    @contextlib.contextmanager
    def _opened(self, headers: Mapping[str, str]) -> Iterator[httpx.Response]:
        """Open the address, following redirections; the cookies go to its own host only."""
        cookie = {"Cookie": self._cookie} if self._cookie else {}
        request = self._lines.request(self._url, {**headers, **cookie})
        for _ in range(_REDIRECTIONS):
            response = self._lines.client.send(request, stream=True)
            if response.next_request is None:
                break
            response.close()
            here, request = request.url, response.next_request
            if (request.url.scheme, request.url.host, request.url.port) == (here.scheme, here.host, here.port):
                request.headers.update(cookie)
        else:
            raise RecordingFailed(f"{self._what}: more than {_REDIRECTIONS} redirections")
        try:
            yield response
        finally:
            response.close()

    def _refuse(self, response: httpx.Response) -> None:
        """Raise what an answer that is no media file means."""
        status = response.status_code
        if status in _GONE:
            raise Gone(f"{self._what}: HTTP {status}", hint="is it still published on the old server?")
        if status in TRY_AGAIN:
            raise _Busy(f"{self._what}: HTTP {status}", response.headers.get("Retry-After", ""))
        if httpx.codes.is_server_error(status):
            raise RemoteError(f"{self._what}: HTTP {status}", hint="run again later; the server's logs say more")
        if status == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
            return
        if status not in (httpx.codes.OK, httpx.codes.PARTIAL_CONTENT):
            raise RecordingFailed(f"{self._what}: HTTP {status}")
        if response.headers.get("Content-Encoding", "identity") != "identity":
            raise RecordingFailed(f"{self._what}: sent compressed, though asked not to")
        if response.headers.get("Content-Length") == "0":
            raise RecordingFailed(f"{self._what}: the file is empty on the server")

    def _complete(self, response: httpx.Response, origin: Origin | None, have: int) -> int:
        """Take "no such range" for "you have it all" if the sizes agree; else start anew."""
        _, _, told = response.headers.get("Content-Range", "").partition("bytes */")
        total = int(told) if told.isdigit() else origin and origin.total
        if have and have == total:
            return have
        self._part.forget()
        raise RemoteError(f"{self._what}: the server has {total} bytes, not {have}", hint="run again")

    def _same(self, response: httpx.Response, origin: Origin | None, have: int, total: int | None) -> None:
        """Make sure that a range is one of the same file, and the one asked for."""
        found = _CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", ""))
        etag = response.headers.get("ETag", "")
        if origin and found and int(found["first"]) == have and total == origin.total and etag == origin.etag:
            check_room(self._part.path.parent, (total or have) - have, what=self._part.path.name)
            return
        self._part.forget()
        raise RemoteError(f"{self._what}: the server sent another part, or another file, than was asked for")

    def _begin(self, response: httpx.Response, total: int | None) -> None:
        """Throw away what does not belong to this file, and note where the new bytes come from."""
        origin = Origin(
            address=digest(self._url),
            etag=response.headers.get("ETag", ""),
            last_modified=response.headers.get("Last-Modified", ""),
            total=total,
        )
        with disk_errors(self._part.path):
            self._part.begin(origin)
        check_room(self._part.path.parent, total or 0, what=self._part.path.name)

    def _take(self, response: httpx.Response, have: int, total: int | None) -> int:
        """Write the body behind what is there. Raise RemoteError if it ends too early."""
        told = time.monotonic()
        with self._part.opened() as file:
            for block in response.iter_raw():
                check(self._stop)
                if not have and not is_film(response.headers.get("Content-Type", ""), block):
                    self._part.forget()
                    raise RecordingFailed(f"{self._what}: a page instead of media", hint=_PAGE_HINT)
                self._throttle.take(len(block), self._stop)
                self._part.write(file, block)
                have += len(block)
                if (now := time.monotonic()) - told >= _TELL_S:
                    told = now
                    self._progress(have, total)
        check(self._stop)
        self._progress(have, total)
        if total is not None and have != total:
            raise RemoteError(f"{self._what}: {have} of {total} bytes came", hint="run again")
        return have


def _total(response: httpx.Response) -> int | None:
    """Read the size of the whole file; None if the server does not say."""
    if found := _CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", "")):
        return int(found["total"]) if found["total"].isdigit() else None
    length = response.headers.get("Content-Length", "")
    return int(length) if length.isdigit() else None
