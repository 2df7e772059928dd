"""Where the files come from: a folder of this machine, or a server."""

import contextlib
import hashlib
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Protocol

from bbbmig.convert.render.files.names import safe_name
from bbbmig.convert.render.files.remote import RemoteFiles
from bbbmig.domain.conversion import Presentation


class Files(Protocol):
    """The files of one presentation."""

    def find(self, name: str) -> Path | None:
        """Give a whole file of this machine's disk, fetched if need be; None if the presentation has none.

        Raise RemoteError when the server fails, RecordingFailed when it refuses this file or the name leaves the
        folder.
        """
        ...

    def size(self, name: str) -> int | None:
        """Give a file's size in bytes without fetching it, 0 if the server does not say; None if there is none."""
        ...


class LocalFiles:
    """Files of a folder of this machine: a copy of the server's, or the server's own."""

    def __init__(self, folder: Path) -> None:
        """Read below that folder, and nowhere else."""
        self._folder = folder.resolve()

    def find(self, name: str) -> Path | None:
        """Give the file, None if there is none or if it lies elsewhere by a symbolic link."""
        safe = safe_name(name)
        path = (self._folder / safe).resolve()
        return path if safe and path.is_relative_to(self._folder) and path.is_file() else None

    def size(self, name: str) -> int | None:
        """Give the file's size."""
        path = self.find(name)
        return path.stat().st_size if path else None


@contextlib.contextmanager
def open_files(presentation: Presentation, cache: Path | None = None, *, timeout_s: float = 60.0) -> Iterator[Files]:
    """Open a presentation's files. `cache` keeps what is fetched, for later runs; else it is dropped at the end.

    `timeout_s` is the longest silence of the server.
    """
    if presentation.folder is not None:
        yield LocalFiles(presentation.folder)
        return
    with contextlib.ExitStack() as stack:
        if cache is None:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bbbmig-render-")))
        else:
            # the same recordID may exist on two servers, after one was moved into another
            short = hashlib.sha256(presentation.media.encode()).hexdigest()[:8]
            folder = cache / f"{PurePosixPath(presentation.record_id).name}-{short}"
        yield stack.enter_context(
            RemoteFiles(presentation.media, folder, cookies=presentation.cookies, timeout_s=timeout_s)
        )
