"""A file that is not whole yet: its bytes, and a note beside it of where they come from.

The note makes it safe to go on where a download was cut: the bytes that are there must be those of the same file on
the same address. A machine that lost its power may have kept a file's length but not its bytes; so after a restart
only what was certainly on the disk counts.
"""

import contextlib
import errno
import functools
import hashlib
import io
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from bbbmig.errors import BbbmigError, NoSpace, RecordingFailed

RESERVE_BYTES = 64 << 20
"""Room that is left on a disk: Pod and its database may live on the same one."""

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What a server said of a file: enough to tell later whether it is still the same one.

    `address` is a digest, since addresses may hold secrets. `settled` is how many bytes are certainly on the disk,
    `boot` since which start of the machine the others were written.
    """

    address: str
    etag: str = ""
    last_modified: str = ""
    total: int | None = None
    settled: int = 0
    boot: str = ""

    @property
    def validator(self) -> str:
        """Give the value for `If-Range`, "" if the server gave none that may be used (RFC 9110, 13.1.5)."""
        return self.last_modified if not self.etag or self.etag.startswith("W/") else self.etag


class Part:
    """The bytes that are there so far, and their note. One program at a time works on it: the run lock says so."""

    def __init__(self, path: Path) -> None:
        """Work on that file, which need not exist."""
        self.path = path
        self.note = note_of(path)

    @property
    def size(self) -> int:
        """Count the bytes that are there."""
        try:
            return self.path.stat().st_size
        except FileNotFoundError:
            return 0

    def origin(self) -> Origin | None:
        """Read the note; None if there is none, or none that can be used."""
        try:
            return Origin(**json.loads(self.note.read_text()))
        except (OSError, ValueError, TypeError):
            return None

    def resumable(self, url: str) -> Origin | None:
        """Say from where to go on with that address, after cutting off what a restart may have spoilt; else None."""
        origin = self.origin()
        if origin is None or origin.address != digest(url) or not origin.validator or not self.size:
            return None
        if origin.boot != _boot() and self.size > origin.settled:
            os.truncate(self.path, origin.settled)
        return origin if self.size else None

    def begin(self, origin: Origin) -> None:
        """Start anew with these bytes' origin: the note first, since bytes without one are thrown away."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.forget()
        self._write(replace(origin, boot=_boot()))

    def opened(self) -> io.RawIOBase:
        """Open it to write behind what is there. Raises as `disk_errors`."""
        with disk_errors(self.path):
            return self.path.open("ab", buffering=0)

    def write(self, file: io.RawIOBase, block: bytes) -> None:
        """Write all of a block: a disk that gets full takes a piece of it first. Raises as `disk_errors`."""
        try:
            written = file.write(block) or 0
            while written < len(block):
                written += file.write(memoryview(block)[written:]) or 0
        except OSError as error:
            raise _in_words(self.path, error) from error

    def settle(self) -> None:
        """Bring the bytes to the disk, and note how many they are: before leaving it unfinished."""
        origin = self.origin()
        if origin is None or not self.size:
            return
        with self.path.open("rb") as file:
            os.fsync(file.fileno())
        self._write(replace(origin, settled=self.size))

    def forget(self) -> None:
        """Throw away the bytes and the note."""
        self.path.unlink(missing_ok=True)
        self.note.unlink(missing_ok=True)

    def _write(self, origin: Origin) -> None:
        """Write the note whole or not at all."""
        draft = self.note.with_name(self.note.name + "~")
        draft.write_text(json.dumps(asdict(origin)))
        draft.replace(self.note)


def note_of(part: Path) -> Path:
    """Name the note of an unfinished file."""
    return part.with_name(part.name + ".json")


def digest(url: str) -> str:
    """Give an address's digest, without its query: tokens change from one download to the next."""
    return hashlib.sha256(url.partition("?")[0].encode()).hexdigest()


def free_bytes(folder: Path) -> int:
    """Count the bytes that may be written to the disk of a folder. Raise RecordingFailed if it cannot be asked."""
    try:
        return shutil.disk_usage(folder).free
    except OSError as error:
        raise RecordingFailed(f"{folder}: {error.strerror}", hint="does the folder exist, is it mounted?") from error


def check_room(folder: Path, needed: int, *, what: str) -> None:
    """Raise NoSpace if a disk has not so many bytes left, and a reserve."""
    free = free_bytes(folder)
    if free < needed + RESERVE_BYTES:
        raise NoSpace(
            f"{what} needs {mebibytes(needed)}, and {folder} has only {mebibytes(free)} left",
            hint=f"free some space ({mebibytes(RESERVE_BYTES)} are kept for others), then run again",
        )


@contextlib.contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Turn what goes wrong while writing to a disk into RecordingFailed or NoSpace, in words."""
    try:
        yield
    except OSError as error:
        raise _in_words(path, error) from error


def _in_words(path: Path, error: OSError) -> BbbmigError:
    """Say what a disk's error means."""
    said = error.strerror or str(error)
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return NoSpace(f"{path.parent} is full: {said}", hint="free some space, or raise the quota, then run again")
    return RecordingFailed(f"cannot write {path}: {said}", hint="look at the folder's rights and at its disk")


def mebibytes(count: int) -> str:
    """Give a size as people read it."""
    return f"{count / (1 << 20):,.1f} MiB"


@functools.cache
def _boot() -> str:
    """Name this start of the machine; "" on systems that do not say."""
    try:
        return _BOOT_ID.read_text().strip()
    except OSError:
        return ""
