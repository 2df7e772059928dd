"""A file on its way to Pod: read as it is sent, counted, held back by a throttle, given up when asked to stop."""

import threading
from collections.abc import Callable
from io import FileIO
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from bbbmig.errors import RecordingFailed

Progress = Callable[[int, int | None], None]
"""Told how many bytes are sent, and of how many."""


class Throttle(Protocol):
    """Limits the rate of all threads together, as `convert.rate.Throttle` does."""

    def take(self, count: int, stop: threading.Event) -> object:
        """Wait until so many more bytes may be sent, or `stop` is set."""
        ...


class Sending:
    """A file in the shape that httpx reads for a form: never more than one piece of it in memory.

    `whole` tells whether the last byte was read, so that the other side may have all of it. Reading raises
    RecordingFailed after `stop` was set; so does opening a file that cannot be read.
    """

    def __init__(self, path: Path, *, progress: Progress, stop: threading.Event, throttle: Throttle | None) -> None:
        """Open it."""
        self._path = path
        self._progress = progress
        self._stop = stop
        self._throttle = throttle
        try:
            self._file = FileIO(path)
        except OSError as error:
            raise RecordingFailed(f"cannot read {path}: {error.strerror}", hint="is it there, and readable?") from error
        self.size = path.stat().st_size
        self.sent = 0

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close the file."""
        self._file.close()

    @property
    def whole(self) -> bool:
        """Tell whether all of it was read."""
        return self.sent >= self.size

    def fileno(self) -> int:
        """Return the open file's number: httpx asks it for the length."""
        return self._file.fileno()

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to a place in the file: to its beginning when it is sent again."""
        self.sent = self._file.seek(offset, whence)
        return self.sent

    def read(self, size: int = -1) -> bytes:
        """Read the next piece."""
        if self._stop.is_set():
            raise RecordingFailed(f"stopped while {self._path.name} was sent to Pod", hint="run again")
        piece = self._file.read(size)
        if piece and self._throttle is not None:
            self._throttle.take(len(piece), self._stop)
        self.sent += len(piece)
        self._progress(self.sent, self.size)
        return piece
