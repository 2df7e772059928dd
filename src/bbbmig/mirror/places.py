"""Where things lie in a mirror: what is published as on the old server, bbbmig's own beside it.

presentation/ID/…  video/ID/…  screenshare/ID/…  podcast/ID/…  notes/ID/…   as in /var/bigbluebutton/published
playback/presentation/2.3/…       the player
.bbbmig/server                    of which server it is a copy
.bbbmig/list/                     the last list of recordings (see `bbb.cache`)
.bbbmig/recordings/1a/1a2b….jsonl what is there of one recording (see `manifest`)
.bbbmig/parts/                    files on their way
"""

import contextlib
import fcntl
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from bbbmig.domain.file_names import key_of
from bbbmig.domain.mirror import is_plain_name
from bbbmig.errors import ConfigError, Locked, RecordingFailed
from bbbmig.transfer.disk import disk_errors
from bbbmig.transfer.own_folder import FOLDER, own_folder
from bbbmig.transfer.whole_file import write_whole

_SERVER = "server"


class Places:
    """The paths of one mirror; nothing is made before `prepare`."""

    def __init__(self, directory: Path) -> None:
        """Look into that directory, which need not exist."""
        self.directory = directory
        self._own = directory / FOLDER
        self.lists = self._own / "list"
        self.parts = self._own / "parts"

    @property
    def exists(self) -> bool:
        """Tell whether a copy was begun here."""
        return (self._own / _SERVER).is_file()

    def folder(self, kind: str, record_id: str) -> Path:
        """Return the folder of a playback's files. Raise RecordingFailed if the recordID can be no folder's name."""
        if not is_plain_name(record_id):
            raise RecordingFailed(f"{record_id[:80]!r} cannot be the name of a folder")
        return self.directory / kind / record_id

    def manifest(self, record_id: str) -> Path:
        """Return the file that says what is there of a recording."""
        key = key_of(record_id)
        return self._own / "recordings" / key[:2] / f"{key}.jsonl"

    def journal(self, record_id: str) -> Path:
        """Return the file that says what has come of a recording that is being copied."""
        return self.manifest(record_id).with_suffix(".part")

    def manifests(self) -> Iterator[Path]:
        """Yield what is remembered of all recordings, in a fixed order."""
        folder = self._own / "recordings"
        for part in sorted(folder.iterdir()) if folder.is_dir() else ():
            yield from sorted(part.glob("*.jsonl"))

    def server(self) -> str:
        """Return the server of which this is a copy, "" if that is not known."""
        try:
            return (self._own / _SERVER).read_text(encoding="utf-8").strip()
        except OSError:
            return ""

    def prepare(self, server: str) -> None:
        """Make bbbmig's own folders. Raise ConfigError if this is the copy of another server, MachineError."""
        with disk_errors(self.directory):
            self.directory.mkdir(parents=True, exist_ok=True)
        own_folder(self.directory)
        known = self.server()
        if known and known != server:
            raise ConfigError(
                f"{self.directory} is the copy of {known}, not of {server}",
                hint="each server needs a directory of its own: [mirror] directory",
            )
        with disk_errors(self._own / "parts"):
            self.parts.mkdir(mode=0o700, exist_ok=True)
            if not known:
                write_whole(self._own / _SERVER, f"{server}\n", sync=True)

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other runs from writing into this mirror. Raise Locked if one is at work."""
        with disk_errors(self._own / "lock"):
            descriptor = os.open(self._own / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise Locked(f"another run writes into {self.directory}", hint="wait until it has ended") from error
            yield
        finally:
            os.close(descriptor)

    def tidy(self, record_ids: Iterable[str]) -> None:
        """Remove what runs that died left of recordings that are no longer listed, and what nobody can go on with."""
        keys = {key_of(record_id) for record_id in record_ids}
        with disk_errors(self.parts):
            for path in self.parts.iterdir():
                if path.is_file() and (path.name[:32] not in keys or path.name.endswith(SMALL)):
                    path.unlink(missing_ok=True)


SMALL = ".small.part"
"""How the names of small files end that are being written."""
