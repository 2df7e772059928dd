"""Disks of this machine: their room, and what their errors mean.

An error of a disk is no fault of the recording at hand (see `errors.MachineError`), unless the recording gave a name
that no disk takes.
"""

import contextlib
import errno
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from bbbmig.errors import BbbmigError, MachineError, NoSpace, RecordingFailed

RESERVE_BYTES = 64 << 20
"""Room that is left on a disk: Pod and its database may live on the same one."""

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_NAMES = frozenset({errno.ENAMETOOLONG, errno.EILSEQ})
_HINTS = {
    errno.EROFS: "mount it writable again (dmesg says why it is not), then run again",
    errno.EIO: "look at the disk: dmesg, SMART",
    errno.ESTALE: "mount the network folder again, then run again",
    errno.ENOENT: "is it mounted? Then run again",
    errno.EMFILE: "raise the limit of open files (ulimit -n, LimitNOFILE=), or use fewer --jobs",
    errno.ENFILE: "this machine has too many files open",
    errno.ENOMEM: "this machine has no memory left: use fewer --jobs",
}


def free_bytes(folder: Path) -> int:
    """Count the bytes that may be written to the disk of a folder. Raise MachineError if it cannot be asked."""
    try:
        return shutil.disk_usage(folder).free
    except OSError as error:
        raise MachineError(f"{folder}: {error.strerror}", hint="does the folder exist, is it mounted?") from error


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
    """Turn what goes wrong while writing to a disk into MachineError or NoSpace, in words.

    Raise RecordingFailed for names that no disk takes.
    """
    try:
        yield
    except OSError as error:
        raise disk_error(path, error) from error


def disk_error(path: Path, error: OSError) -> BbbmigError:
    """Return the error that says what a disk's error means."""
    said = error.strerror or str(error)
    if error.errno in _FULL:
        return NoSpace(f"{path.parent} is full: {said}", hint="free some space, or raise the quota, then run again")
    if error.errno in _NAMES:
        return RecordingFailed(
            f"cannot write {str(path)[:200]!r}: {said}", hint="the recording has names like no other"
        )
    hint = _HINTS.get(error.errno or 0, "look at the folder's rights and at its disk")
    return MachineError(f"cannot write {path}: {said}", hint=hint)


def start_error(program: str, error: OSError) -> BbbmigError:
    """Return the error that says why a program could not be started, other than that it is missing."""
    hint = _HINTS.get(error.errno or 0, "look at the rights of the program, and at the memory of this machine")
    return MachineError(f"{program} cannot be started: {error.strerror or error}", hint=hint)


def sync_folder(folder: Path) -> None:
    """Bring a folder's new name to the disk; some network file systems cannot, and need not."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(descriptor)


def mebibytes(count: int) -> str:
    """Return a size as people read it."""
    return f"{count / (1 << 20):,.1f} MiB"
