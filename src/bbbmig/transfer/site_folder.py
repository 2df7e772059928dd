"""Files below one address of a server, each asked for once and kept whole in a folder under its own name."""

import logging
import threading
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from urllib.parse import quote

from bbbmig.domain.presentation_files import safe_name
from bbbmig.errors import RecordingFailed
from bbbmig.http import UntrustedHost, masked
from bbbmig.transfer.disk import disk_errors
from bbbmig.transfer.download import Downloader
from bbbmig.transfer.first_bytes import is_page_instead
from bbbmig.transfer.own_folder import leave
from bbbmig.transfer.partial_file import Part, part_of
from bbbmig.transfer.wanted import FILM, SIDE_FILE, Limits, NoSuchFile, Wanted, Why

log = logging.getLogger(__name__)

_FILMS = frozenset({".webm", ".mp4", ".m4v", ".ogg", ".mp3", ".ogv", ".mkv"})


class SiteFolder:
    """What is below `base` (ends with "/") on a server, and what of it is in `folder`; for one thread at a time.

    `absent` says by name why there is no such file (see `wanted.NoSuchFile`), `refusals` the same in words. A server
    that fails is never an absence.
    """

    def __init__(  # noqa: PLR0913 - as many as such a folder has sides
        self,
        downloader: Downloader,
        base: str,
        folder: Path,
        *,
        cookies: Mapping[str, str] = MappingProxyType({}),
        stop: threading.Event | None = None,
        told: Callable[[str, int, int | None], None] = lambda _name, _have, _total: None,
        side_file: Limits = SIDE_FILE,
        film: Limits = FILM,
    ) -> None:
        """Prepare; nothing is asked yet, and the folder is made with the first file."""
        self.absent: dict[str, Why] = {}
        self.refusals: dict[str, str] = {}
        self._downloader = downloader
        self._base = base
        self._folder = folder
        self._cookies = cookies
        self._stop = stop or threading.Event()
        self._told = told
        self._limits = {True: film, False: side_file}

    def get(self, name: str) -> Path | None:
        """Return the whole file, fetched unless it is there; None if the server has none (see `absent`).

        Raise RemoteError when the server fails, RecordingFailed when the name leaves the folder or the file is beyond
        all measure, MachineError and Stopped.
        """
        path = self._path(name)
        if path.is_file() and not path.is_symlink():
            return path
        if name in self.absent:
            return None
        wanted = Wanted(
            url=self._base + quote(name),
            cookies=self._cookies,
            accepts=lambda _kind, start: not is_page_instead(name, start),
            limits=self._limits[path.suffix.lower() in _FILMS],
            progress=lambda have, total: self._told(name, have, total),
            stop=self._stop,
        )
        with disk_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
        part = Part(part_of(path))
        try:
            self._downloader.fetch_one(wanted, part)
        except NoSuchFile as error:
            usual = error.why == "missing"  # most recordings lack some of the files that a player asks for
            log.log(logging.DEBUG if usual else logging.INFO, "%s", error.message)
            self.absent[name] = error.why
            self.refusals[name] = error.message
            return None
        except UntrustedHost as error:
            self._note_elsewhere(name, error)
            return None
        with disk_errors(path):
            part.path.replace(path)
            part.forget()
            leave(path.parent)
        return path

    def _note_elsewhere(self, name: str, error: UntrustedHost) -> None:
        """Remember a file that lies, or that the server says to lie, on a host that is not asked."""
        log.info("%s: %s", masked(self._base + quote(name)), error.message)
        self.absent[name] = "elsewhere"
        self.refusals[name] = error.message

    def _path(self, name: str) -> Path:
        """Return where a file is kept. Raise RecordingFailed for names that leave the folder."""
        if not name or safe_name(quote(name)) != str(PurePosixPath(name)):
            raise RecordingFailed(f"the recording refers to {masked(name[:100])!r}, which is no file of its own")
        return self._folder / name
