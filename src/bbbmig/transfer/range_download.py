"""One file from one address, with as many requests as it takes.

nginx, which serves the recordings of BigBlueButton and Scalelite, answers ranges and gives ETags
(docs/facts/bbb-api.md#files-over-http). What does not is fetched from the beginning.
"""

import contextlib
import itertools
import logging
import re
import time
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

import httpx

from bbbmig.errors import NoSpace, RecordingFailed, RemoteError
from bbbmig.http import ATTEMPTS, TRY_AGAIN, Busy, decoded, is_encoded, masked, translated, wait_s, within
from bbbmig.transfer import straight_body
from bbbmig.transfer.cancel import check
from bbbmig.transfer.disk import check_room, mebibytes
from bbbmig.transfer.first_bytes import ENOUGH
from bbbmig.transfer.pace import Pace
from bbbmig.transfer.partial_file import Origin, Part, digest
from bbbmig.transfer.throttle import Throttle
from bbbmig.transfer.wanted import Gone, NoSuchFile, TooSlow, Wanted

log = logging.getLogger(__name__)

_MISSING = frozenset({404, 410})
_REFUSED = frozenset({401, 403})
_PAGE_HINT = "open the address in a browser: has the recording moved, does it ask for a password?"
_CONTENT_RANGE = re.compile(r"bytes (?P<first>\d+)-\d+/(?P<total>\d+|\*)")
_REDIRECTIONS = 5
_LOOK_AT_ROOM_BYTES = 256 << 20


class Transfer:
    """One file from one address, with as many requests as it takes."""

    def __init__(self, client: httpx.Client, throttle: Throttle, wanted: Wanted, part: Part) -> None:
        """Prepare; nothing is sent yet."""
        self._client = client
        self._throttle = throttle
        self._wanted = wanted
        self._stop = wanted.stop
        self._part = part
        self._cookie = "; ".join(f"{name}={value}" for name, value in wanted.cookies.items())
        self._what = f"downloading {masked(wanted.url)}"
        self._began = 0

    def whole(self) -> int:
        """Ask until the file is whole: again as long as each attempt brings something new. Return its size.

        Raise NoSuchFile, Gone among them, when the server answers something else, RecordingFailed when it is larger
        than the limits allow, RemoteError when the server fails again and again, MachineError and Stopped.
        """
        if urlsplit(self._wanted.url).scheme not in ("http", "https"):
            raise RecordingFailed(f"{self._what}: not an address of http or https")
        with within(self._wanted.limits.whole_s, self._stop):
            return self._until_whole()

    def _until_whole(self) -> int:
        """Ask again and again."""
        fruitless = 0
        furthest = self._part.size if self._part.resumable(self._wanted.url) else 0
        deadline = time.monotonic() + (self._wanted.limits.whole_s or float("inf"))
        while True:
            self._began = 0
            try:
                return self._once()
            except RemoteError as error:
                self._settle()
                check(self._stop)
                size = self._part.size
                brought = size > self._began and (self._began > 0 or size > furthest) and not isinstance(error, TooSlow)
                fruitless, furthest = 1 if brought else fruitless + 1, max(furthest, size)
                wait = wait_s(fruitless, error.retry_after if isinstance(error, Busy) else "")
                if fruitless == ATTEMPTS or time.monotonic() + wait > deadline:
                    raise
                log.info("%s; going on in %.1f s", error.message, wait)
            except (NoSpace, NoSuchFile) as error:
                if not isinstance(error, Gone):
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
        """Send one request and take what comes. Return the size if the file is whole now; raise RemoteError if not."""
        origin = self._part.resumable(self._wanted.url)
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
            self._check_size(total or 0)
            if response.status_code == httpx.codes.PARTIAL_CONTENT:
                self._same(response, origin, have, total)
                self._began = have
                return self._take(self._blocks(response), have, total, anew=False)
            return self._from_the_beginning(response, total)

    def _from_the_beginning(self, response: httpx.Response, total: int | None) -> int:
        """Take a whole reply, once its first bytes have shown that it is the file."""
        blocks = self._blocks(response)
        first = b""
        while len(first) < ENOUGH and (block := next(blocks, b"")):
            first += block
        if not first:
            raise NoSuchFile(f"{self._what}: the file is empty on the server", why="empty")
        kind = response.headers.get("Content-Type", "")
        if not self._wanted.accepts(kind, first):
            said = f" ({kind})" if kind else ""
            raise NoSuchFile(f"{self._what}: a page{said} instead of the file", why="page", hint=_PAGE_HINT)
        self._begin(response, total)
        return self._take(itertools.chain((first,), blocks), 0, total, anew=True)

    @contextlib.contextmanager
    def _opened(self, headers: Mapping[str, str]) -> Iterator[httpx.Response]:
        """Open the address, following redirections; the cookies go to its own host only."""
        cookie = {"Cookie": self._cookie} if self._cookie else {}
        request = self._client.build_request("GET", self._wanted.url, headers={**headers, **cookie})
        for _ in range(_REDIRECTIONS):
            response = self._client.send(request, stream=True)
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
        """Raise what an answer that does not bring the file means."""
        status = response.status_code
        message = f"{self._what}: HTTP {status}"
        if status in _MISSING:
            raise Gone(message, why="missing", hint="is it still published on the old server?")
        if status in _REFUSED:
            raise Gone(message, why="refused", hint="is it still published, is it protected?")
        if status in TRY_AGAIN:
            raise Busy(message, response.headers.get("Retry-After", ""))
        if httpx.codes.is_server_error(status):
            raise RemoteError(message, hint="run again later; the server's logs say more")
        if status == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
            return
        if status not in (httpx.codes.OK, httpx.codes.PARTIAL_CONTENT):
            raise NoSuchFile(message, why="status", hint="look at the server's logs")

    def _complete(self, response: httpx.Response, origin: Origin | None, have: int) -> int:
        """Take "no such range" for "you have it all" if the sizes agree; else start anew."""
        _, _, told = response.headers.get("Content-Range", "").partition("bytes */")
        total = int(told) if told.isdigit() else origin and origin.total
        if have and have == total:
            self._wanted.progress(have, total)
            return have
        self._part.forget()
        raise RemoteError(f"{self._what}: the server has {total} bytes, not {have}", hint="run again")

    def _same(self, response: httpx.Response, origin: Origin | None, have: int, total: int | None) -> None:
        """Make sure that a range is one of the same file, and the one asked for, byte for byte."""
        found = _CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", ""))
        etag = response.headers.get("ETag", "")
        if (
            origin
            and found
            and int(found["first"]) == have
            and (total, etag) == (origin.total, origin.etag)
            and not is_encoded(response)
        ):
            check_room(self._part.path.parent, (total or have) - have, what=self._part.path.name)
            return
        self._part.forget()
        raise RemoteError(f"{self._what}: the server sent another part, or another file, than was asked for")

    def _begin(self, response: httpx.Response, total: int | None) -> None:
        """Throw away what does not belong to this file, and note where the new bytes come from.

        Nobody can go on with compressed bytes, so they get no validator.
        """
        known = {} if is_encoded(response) else response.headers
        origin = Origin(
            address=digest(self._wanted.url),
            etag=known.get("ETag", ""),
            last_modified=known.get("Last-Modified", ""),
            total=total,
        )
        self._part.begin(origin)
        check_room(self._part.path.parent, total or 0, what=self._part.path.name)

    def _blocks(self, response: httpx.Response) -> Iterator[bytes]:
        """Yield the bytes of the file: decompressed, if they were compressed without being asked for.

        Raise RecordingFailed if they grow beyond all measure.
        """
        if not is_encoded(response):
            yield from straight_body.blocks(response)
            return
        limits, came = self._wanted.limits, 0
        for block in decoded(response, what=self._what):
            came += len(block)
            if came > max(limits.free_ratio_bytes, limits.most_ratio * response.num_bytes_downloaded):
                raise RecordingFailed(f"{self._what}: {mebibytes(came)} come out of a few compressed bytes")
            yield block

    def _take(self, blocks: Iterator[bytes], have: int, total: int | None, *, anew: bool) -> int:
        """Write the body behind what is there. Raise RemoteError if it ends too early, or hardly anything comes."""
        pace = Pace(self._wanted.limits, self._what)
        look_at = have + _LOOK_AT_ROOM_BYTES
        with self._part.opened(anew=anew) as file:
            for block in blocks:
                check(self._stop)
                waited = self._throttle.take(len(block), self._stop)
                self._check_size(have + len(block))
                self._part.write(file, block)
                have += len(block)
                if pace.came(len(block), waited_s=waited):
                    self._wanted.progress(have, total)
                if total is None and have >= look_at:
                    look_at = have + _LOOK_AT_ROOM_BYTES
                    check_room(self._part.path.parent, 0, what=self._part.path.name)
        check(self._stop)
        self._wanted.progress(have, total)
        if total is not None and have != total:
            raise RemoteError(f"{self._what}: {have} of {total} bytes came", hint="run again")
        return have

    def _check_size(self, size: int) -> None:
        """Raise RecordingFailed for what is larger than any file of its kind."""
        if size > self._wanted.limits.most_bytes:
            self._part.forget()
            raise RecordingFailed(
                f"{self._what}: more than {mebibytes(self._wanted.limits.most_bytes)}",
                hint="look at the address: what is sent there?",
            )


def _total(response: httpx.Response) -> int | None:
    """Read the size of the whole file; None if the server does not say, or only that of compressed bytes."""
    if is_encoded(response):
        return None
    if found := _CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", "")):
        return int(found["total"]) if found["total"].isdigit() else None
    length = response.headers.get("Content-Length", "")
    return int(length) if length.isdigit() else None
