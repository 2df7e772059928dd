"""Files of a server, each fetched once and whole, going on where a broken transfer stopped (RFC 9110, 14.2)."""

import http
import itertools
import logging
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Self
from urllib.parse import quote, urlsplit

import httpx

from bbbmig.convert.render.files.names import safe_name
from bbbmig.errors import RecordingFailed, RemoteError
from bbbmig.http import TRY_AGAIN, make_client, request, translated
from bbbmig.transfer.first_bytes import ENOUGH, is_page_instead

log = logging.getLogger(__name__)

_ATTEMPTS = 5
_MISSING = frozenset({http.HTTPStatus.NOT_FOUND, http.HTTPStatus.GONE})
_REFUSED = frozenset({http.HTTPStatus.UNAUTHORIZED, http.HTTPStatus.FORBIDDEN})
_PAGES = (".html", ".htm")
_BLOCK = 1 << 18


class RemoteFiles:
    """Files below `base`, kept in `folder` under their own names; usable inside `with`."""

    def __init__(
        self,
        base: str,
        folder: Path,
        *,
        cookies: tuple[tuple[str, str], ...] = (),
        timeout_s: float = 60.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Fetch from there. Nothing is asked yet; the folder is made when the first file comes."""
        self._base = base
        self._what = PurePosixPath(urlsplit(base).path).name or base
        """The recordID, as a rule: the folder's name."""
        self._folder = folder
        self._client = make_client(timeout_s=timeout_s, follow_redirects=True, headers={"Accept-Encoding": "identity"})
        host = urlsplit(base).hostname or ""
        for name, value in cookies:
            # http.cookiejar calls hosts without a dot so
            self._client.cookies.set(name, value, domain=host if "." in host else f"{host}.local")
        self._absent: set[str] = set()
        self._sleep = sleep

    def __enter__(self) -> Self:
        """Keep connections open."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close connections."""
        self._client.close()

    def find(self, name: str) -> Path | None:
        """Give the file, fetched unless an earlier run did. Raises as `Files.find`."""
        name = self._checked(name)
        path = self._folder / name
        if path.is_file():
            return path
        if name in self._absent:
            return None
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                found = self._fetch(name, path)
            except RemoteError as error:
                if attempt == _ATTEMPTS:
                    raise
                log.info("%s; going on in %d s", error.message, attempt)
                self._sleep(attempt)
            else:
                return path if found else None
        raise AssertionError(name)  # pragma: no cover - the loop returns or raises

    def size(self, name: str) -> int | None:
        """Ask for the size. Raises as `Files.find`."""
        name = self._checked(name)
        if (self._folder / name).is_file():
            return (self._folder / name).stat().st_size
        if name in self._absent:
            return None
        response = request(self._client, "HEAD", self._url(name), what=name, sleep=self._sleep)
        if not self._is_there(response, name) or (_says_page(response, name) and not self._begins_as_it_should(name)):
            return None
        length = response.headers.get("Content-Length", "")
        return int(length) if length.isdigit() else 0

    def _checked(self, name: str) -> str:
        """Refuse names that leave the folder."""
        safe = safe_name(name)
        if not safe:
            raise RecordingFailed(f"the recording refers to {name[:100]!r}, which is no file of its own")
        return safe

    def _url(self, name: str) -> str:
        """Give the file's address."""
        return self._base + quote(name)

    def _fetch(self, name: str, path: Path) -> bool:
        """Fetch a file, or the rest of it; False if the server has none. Raise RemoteError if it breaks off."""
        part = path.with_name(f"{path.name}.part")
        mark = path.with_name(f"{path.name}.etag")
        have = part.stat().st_size if part.is_file() and mark.is_file() else 0
        headers = {"Range": f"bytes={have}-", "If-Range": mark.read_text()} if have else {}
        with translated(name), self._client.stream("GET", self._url(name), headers=headers) as response:
            if response.status_code == http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
                part.unlink(missing_ok=True)
                raise RemoteError(f"{name}: the server has less of it than we")
            if not self._is_there(response, name):
                return False
            blocks = response.iter_bytes(_BLOCK)
            first = next(blocks, b"")
            if response.status_code == http.HTTPStatus.OK and is_page_instead(name, first):
                self._absent.add(name)
                return False
            part.parent.mkdir(parents=True, exist_ok=True)
            goes_on = response.status_code == http.HTTPStatus.PARTIAL_CONTENT
            self._remember(response, mark)
            self._write(itertools.chain((first,), blocks), part, goes_on=goes_on)
            _check_length(response, part, name)
        part.replace(path)
        mark.unlink(missing_ok=True)
        return True

    def _is_there(self, response: httpx.Response, name: str) -> bool:
        """Tell a file from a missing one. Raise RemoteError if the server is at fault, else RecordingFailed.

        A file that is refused is this recording's trouble, not the end of the run: others may be open.
        """
        status = response.status_code
        if status in _REFUSED:
            raise RecordingFailed(
                f"{self._what}: the server refuses {name} (HTTP {status})",
                hint="is the recording protected? Then its cookies are missing or too old",
            )
        if status in _MISSING:
            self._absent.add(name)
            return False
        if not response.is_success:
            if status in TRY_AGAIN or response.is_server_error:
                raise RemoteError(f"{name}: HTTP {status}", hint="run again later")
            raise RecordingFailed(f"{self._what}: {name}: HTTP {status}", hint="look at the server's logs")
        return True

    def _remember(self, response: httpx.Response, mark: Path) -> None:
        """Note what tells this content from a later one; without it there is no going on."""
        tag = response.headers.get("ETag", "")
        strong = tag if not tag.startswith("W/") else ""
        known = strong or response.headers.get("Last-Modified", "")
        if known:
            mark.write_text(known)
        else:
            mark.unlink(missing_ok=True)

    def _begins_as_it_should(self, name: str) -> bool:
        """Look at a file's first bytes; if it is a page instead, it is missing: remember that."""
        headers = {"Range": f"bytes=0-{ENOUGH - 1}"}
        with translated(name), self._client.stream("GET", self._url(name), headers=headers) as response:
            there = response.is_success and not is_page_instead(name, next(response.iter_bytes(ENOUGH), b""))
        if not there:
            self._absent.add(name)
        return there

    def _write(self, blocks: Iterator[bytes], part: Path, *, goes_on: bool) -> None:
        """Write what comes to the end of the disk file, or from its beginning."""
        with part.open("ab" if goes_on else "wb") as file:
            for block in blocks:
                file.write(block)
            file.flush()
            os.fsync(file.fileno())


def _says_page(response: httpx.Response, name: str) -> bool:
    """Tell whether the type is that of a page, which says little: see `transfer.first_bytes`."""
    return response.headers.get("Content-Type", "").startswith("text/html") and not name.endswith(_PAGES)


def _check_length(response: httpx.Response, part: Path, name: str) -> None:
    """Raise RemoteError when fewer bytes came than the server promised."""
    _, _, total = response.headers.get("Content-Range", "").rpartition("/")
    promised = total or response.headers.get("Content-Length", "")
    if promised.isdigit() and part.stat().st_size != int(promised):
        raise RemoteError(f"{name}: {part.stat().st_size} bytes came of {promised}", hint="run again: it goes on")
