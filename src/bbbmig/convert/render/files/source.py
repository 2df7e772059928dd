"""Where the files come from: a folder of this machine (see `convert.published_files` for those of a server)."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from bbbmig.domain.conversion import Presentation
from bbbmig.domain.presentation_files import safe_name
from bbbmig.errors import RecordingFailed


class Files(Protocol):
    """The files of one presentation."""

    def find(self, name: str) -> Path | None:
        """Return a whole file of this machine's disk; None if the presentation has none."""
        ...

    def size(self, name: str) -> int | None:
        """Return a file's size in bytes; None if there is none."""
        ...


class LocalFiles:
    """Files of a folder of this machine: a copy of the server's, or the server's own."""

    def __init__(self, folder: Path) -> None:
        """Read below that folder, and nowhere else."""
        self._folder = folder.resolve()

    def find(self, name: str) -> Path | None:
        """Return the file, None if there is none or if it lies elsewhere by a symbolic link."""
        safe = safe_name(name)
        path = (self._folder / safe).resolve()
        return path if safe and path.is_relative_to(self._folder) and path.is_file() else None

    def size(self, name: str) -> int | None:
        """Return the file's size."""
        path = self.find(name)
        return path.stat().st_size if path else None


@contextlib.contextmanager
def open_files(presentation: Presentation) -> Iterator[Files]:
    """Open the files in a presentation's folder. Raise RecordingFailed if they have not been fetched."""
    if presentation.folder is None:
        raise RecordingFailed(f"the files of {presentation.record_id} have not been fetched")
    yield LocalFiles(presentation.folder)
