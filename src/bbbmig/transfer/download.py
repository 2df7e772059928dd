"""Fetch a file whole, going on where an earlier attempt or an earlier run was cut.

Nothing here looks into the file: see `probe`.
"""

import contextlib
import logging
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Self

import httpx

from bbbmig.errors import NoSpace, RecordingFailed, RemoteError
from bbbmig.http import make_client
from bbbmig.transfer.cancel import LOOK_S, Stopped, check
from bbbmig.transfer.connections import Lines
from bbbmig.transfer.partial_file import Part, digest
from bbbmig.transfer.range_download import Gone, Progress, Transfer
from bbbmig.transfer.throttle import Throttle

__all__ = ["Downloader", "Gone", "NoSpace", "Progress", "Stopped"]

log = logging.getLogger(__name__)


class Downloader:
    """Fetches files over shared connections; may be used by many threads, of which so many download at a time."""

    def __init__(
        self,
        *,
        timeout_s: float = 60.0,
        connect_timeout_s: float = 10.0,
        bytes_per_s: int | None = None,
        connections: int = 4,
    ) -> None:
        """Set limits: `timeout_s` is the longest silence; `bytes_per_s` holds for all threads together."""
        self._lines = Lines(
            make_client(timeout_s=timeout_s, connect_timeout_s=connect_timeout_s, connections=connections)
        )
        self._seats = threading.BoundedSemaphore(connections)
        self._throttle = Throttle(bytes_per_s)

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close the connections."""
        self._lines.client.close()

    @property
    def client(self) -> httpx.Client:
        """Return the client, for questions about files: it keeps no cookies."""
        return self._lines.client

    def fetch(
        self,
        urls: Sequence[str],
        part: Path,
        *,
        cookies: Mapping[str, str] = MappingProxyType({}),
        progress: Progress = lambda _have, _total: None,
        stop: threading.Event | None = None,
    ) -> int:
        """Fetch the file from the first address that answers into `part`; give its size in bytes.

        `part` (see `place.part_of`) and the note beside it survive a failure, for the next attempt to go on. Raise
        Gone when no address has it, RecordingFailed when it is no media file, NoSpace when the disk is full, Stopped
        soon after `stop` is set, RemoteError when the server fails again and again.
        """
        stop = stop or threading.Event()
        file = Part(part)
        failed: RecordingFailed | RemoteError = RecordingFailed("there is no address to download from")
        with self._seat(stop), self._lines.watched(stop):
            for url in _in_order(urls, file):
                try:
                    return Transfer(self._lines, self._throttle, url, file, cookies, progress, stop).whole()
                except Gone as error:
                    failed = error
                except RemoteError as error:
                    if file.origin() and file.resumable(url):
                        raise
                    failed = error
                log.info("%s", failed.message)
        raise failed

    @contextlib.contextmanager
    def _seat(self, stop: threading.Event) -> Iterator[None]:
        """Wait for a connection that is free."""
        while not self._seats.acquire(timeout=LOOK_S):
            check(stop)
        try:
            check(stop)
            yield
        finally:
            self._seats.release()


def taken_from(urls: Sequence[str], part: Path) -> str:
    """Tell from which of the addresses the bytes of an unfinished file came: their kinds of file may differ."""
    return _in_order(urls, Part(part))[0]


def _in_order(urls: Sequence[str], part: Part) -> Sequence[str]:
    """Put the address first of which something is there already."""
    origin = part.origin()
    begun = origin.address if origin else ""
    return sorted(urls, key=lambda url: digest(url) != begun)
