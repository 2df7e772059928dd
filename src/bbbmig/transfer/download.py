"""Fetch files whole, going on where an earlier attempt or an earlier run was cut.

Nothing here looks into the file: see `convert.probe`.
"""

import contextlib
import logging
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Self

import httpx

from bbbmig.errors import RecordingFailed, RemoteError
from bbbmig.http import UntrustedHost
from bbbmig.transfer.cancel import LOOK_S, check
from bbbmig.transfer.connections import file_client
from bbbmig.transfer.partial_file import Part, digest
from bbbmig.transfer.range_download import Transfer
from bbbmig.transfer.throttle import Throttle
from bbbmig.transfer.wanted import FILM, Gone, Limits, NoSuchFile, Progress, Wanted

__all__ = ["Downloader", "Gone", "Limits", "NoSuchFile", "Progress", "Wanted"]

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
        limits: Limits = FILM,
    ) -> None:
        """Set limits: `timeout_s` is the longest silence; `bytes_per_s` holds for all threads together."""
        self._client = file_client(timeout_s=timeout_s, connect_timeout_s=connect_timeout_s, connections=connections)
        self._seats = threading.BoundedSemaphore(connections)
        self._throttle = Throttle(bytes_per_s)
        self._limits = limits

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close the connections."""
        self._client.close()

    @property
    def throttle(self) -> Throttle:
        """Return the limit that all downloads share."""
        return self._throttle

    @property
    def client(self) -> httpx.Client:
        """Return the client, for questions about files: it keeps no cookies."""
        return self._client

    def fetch(
        self,
        urls: Sequence[str],
        part: Path,
        *,
        cookies: Mapping[str, str] = MappingProxyType({}),
        progress: Progress = lambda _have, _total: None,
        stop: threading.Event | None = None,
    ) -> int:
        """Fetch film or sound from the first address that has it into `part`; return its size in bytes.

        `part` (see `partial_file.part_of`) and the note beside it survive a failure, for the next attempt to go on.
        Raise Gone when no address has it, another NoSuchFile when it is no media file, MachineError (NoSpace when the
        disk is full), Stopped soon after `stop` is set, RemoteError when the server fails again and again.
        """
        file = Part(part)
        wanted = Wanted(url="", cookies=cookies, limits=self._limits, progress=progress, stop=stop or threading.Event())
        failed: RecordingFailed | RemoteError = RecordingFailed("there is no address to download from")
        for url in _in_order(urls, file):
            try:
                return self.fetch_one(replace(wanted, url=url), file)
            except (NoSuchFile, UntrustedHost) as error:
                failed = error if isinstance(failed, Gone) or not isinstance(failed, NoSuchFile) else failed
            except RemoteError as error:
                if file.origin() and file.resumable(url):
                    raise
                failed = error
            log.info("%s", failed.message)
        raise failed

    def fetch_one(self, wanted: Wanted, file: Part) -> int:
        """Fetch one file, of any kind, from its address; return its size in bytes. Raises as `Transfer.whole`."""
        with self._seat(wanted.stop):
            return Transfer(self._client, self._throttle, wanted, file).whole()

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
