"""A file that is not whole yet: its bytes, and a note beside it of where they come from.

The note makes it safe to go on where a download was cut: the bytes that are there must be those of the same file on
the same address. A machine that lost its power may have kept a file's length but not its bytes; so after a restart
only what was certainly on the disk counts.
"""

import contextlib
import fcntl
import functools
import hashlib
import io
import json
import os
import stat
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from bbbmig.transfer.disk import disk_error, disk_errors
from bbbmig.transfer.own_folder import FOLDER, make_inside, open_own
from bbbmig.transfer.whole_file import write_whole

SUFFIX = ".part"
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_NAME_BYTES = 200
_DIGEST = 12


def part_of(target: Path, *, holder: str = "") -> Path:
    """Name the unfinished form of a file: in bbbmig's own folder beside it, no video for Pod.

    `holder` tells apart who works on it, where several machines may.
    """
    name = target.name
    if len(name.encode()) > _NAME_BYTES:
        cut = name.encode()[:_NAME_BYTES].decode(errors="ignore")
        name = f"{cut}~{hashlib.sha256(name.encode()).hexdigest()[:_DIGEST]}"
    return target.parent / FOLDER / f"{name}{f'.{holder}' if holder else ''}{SUFFIX}"


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
        """Return the value for `If-Range`, "" if the server gave none that may be used (RFC 9110, 13.1.5)."""
        return self.last_modified if not self.etag or self.etag.startswith("W/") else self.etag


class Part:
    """The bytes that are there so far, and their note. One program at a time works on it: the run lock says so.

    What lies under its name and is not ours, or has a second name, is neither read nor written, but forgotten.
    """

    def __init__(self, path: Path) -> None:
        """Work on that file, which need not exist."""
        self.path = path
        self.note = note_of(path)

    @property
    def size(self) -> int:
        """Count the bytes that are there."""
        try:
            seen = self.path.lstat()
        except FileNotFoundError:
            return 0
        return seen.st_size if stat.S_ISREG(seen.st_mode) and seen.st_nlink == 1 else 0

    def origin(self) -> Origin | None:
        """Read the note; None if there is none, or none that can be used."""
        try:
            descriptor = open_own(self.note, os.O_RDONLY)
            if descriptor is None:
                return None
            with open(descriptor, encoding="utf-8") as file:  # noqa: PTH123 - a descriptor
                return Origin(**json.load(file))
        except (OSError, ValueError, TypeError):
            return None

    def resumable(self, url: str) -> Origin | None:
        """Say from where to go on with that address, after cutting off what a restart may have spoilt; else None."""
        origin = self.origin()
        if origin is None or origin.address != digest(url) or not origin.validator:
            return None
        if not self.size or self._at_work():
            return None
        with disk_errors(self.path):
            descriptor = open_own(self.path, os.O_WRONLY)
            if descriptor is None:
                return None
            try:
                if origin.boot != _boot() and self.size > origin.settled:
                    os.ftruncate(descriptor, origin.settled)
            finally:
                os.close(descriptor)
        return origin if self.size else None

    def begin(self, origin: Origin) -> None:
        """Start anew with these bytes' origin: the note first, since bytes without one are thrown away."""
        with disk_errors(self.path):
            self.forget()
            noted = replace(origin, boot=_boot())
            if self.path.parent.name == FOLDER:
                make_inside(self.path.parent.parent, lambda: self._write(noted))
            else:
                self._write(noted)

    def opened(self, *, anew: bool) -> io.RawIOBase:
        """Open it to write behind what is there, or, `anew`, as a new file. Raises as `disk_errors`."""
        with disk_errors(self.path):
            flags = os.O_WRONLY | os.O_APPEND
            descriptor = open_own(self.path, flags | os.O_CREAT | os.O_EXCL if anew else flags)
            if descriptor is None:
                raise FileExistsError(None, "somebody put another file there", str(self.path))
            file = io.FileIO(descriptor, "ab")
            with contextlib.suppress(OSError):  # a file system without locks: the run lock or a lease must do
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return file

    def _at_work(self) -> bool:
        """Tell whether another program of this machine has it open to write: one that was frozen, and goes on."""
        descriptor = open_own(self.path, os.O_RDONLY)
        if descriptor is None:
            return False
        with io.FileIO(descriptor) as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
            except OSError:
                return False
        return False

    def write(self, file: io.RawIOBase, block: bytes) -> None:
        """Write all of a block: a disk that gets full takes a piece of it first. Raises as `disk_errors`."""
        try:
            written = file.write(block) or 0
            while written < len(block):
                written += file.write(memoryview(block)[written:]) or 0
        except OSError as error:
            raise disk_error(self.path, error) from error

    def settle(self) -> None:
        """Bring the bytes to the disk, and note how many they are: before leaving it unfinished."""
        origin = self.origin()
        if origin is None or not self.size:
            return
        descriptor = open_own(self.path, os.O_RDONLY)
        if descriptor is not None:
            with contextlib.closing(io.FileIO(descriptor)):
                os.fsync(descriptor)
            self._write(replace(origin, settled=self.size))

    def forget(self) -> None:
        """Throw away the bytes and the note."""
        self.path.unlink(missing_ok=True)
        self.note.unlink(missing_ok=True)

    def _write(self, origin: Origin) -> None:
        """Write the note whole or not at all."""
        write_whole(self.note, json.dumps(asdict(origin)))


def note_of(part: Path) -> Path:
    """Name the note of an unfinished file."""
    return part.with_name(part.name + ".json")


def digest(url: str) -> str:
    """Return an address's digest, without its query: tokens change from one download to the next."""
    return hashlib.sha256(url.partition("?")[0].encode()).hexdigest()


@functools.cache
def _boot() -> str:
    """Name this start of the machine; "" on systems that do not say."""
    try:
        return _BOOT_ID.read_text().strip()
    except OSError:
        return ""
