"""A folder of bbbmig's own inside others' folders: `.bbbmig`, in which unfinished files lie.

A recorder's directory may be written by others (FTP, Pod, another recorder). What they put there, links to other files
above all, must never be gone on with, made readable or delivered. Pod's cron leaves files alone whose extension is no
video's, in folders below the recorder's too.
"""

import contextlib
import functools
import os
import secrets
import stat
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from bbbmig.errors import MachineError
from bbbmig.transfer.disk import disk_errors

FOLDER = ".bbbmig"
_OTHERS_WRITE = 0o022
_TRIES = 5

T = TypeVar("T")


def own_folder(parent: Path) -> Path:
    """Return bbbmig's own folder in another one, made if need be; only this user may read or write it.

    The other one is not made: it may be one that is not mounted. Raise MachineError if it is missing, or something else
    is there under our folder's name: a link, a file, another user's folder.
    """
    folder = parent / FOLDER
    with disk_errors(folder):
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError:
            _check(folder)
    return folder


def make_inside(parent: Path, make: Callable[[], T]) -> T:
    """Do what makes a file in our folder, again if another thread has just removed the empty folder.

    Raises as `own_folder`, and OSError.
    """
    for _ in range(_TRIES):
        own_folder(parent)
        with contextlib.suppress(FileNotFoundError):
            return make()
    own_folder(parent)
    return make()


def leave(parent: Path) -> None:
    """Remove our folder if nothing is in it any more."""
    with contextlib.suppress(OSError):
        (parent / FOLDER).rmdir()


def _check(folder: Path) -> None:
    """Raise MachineError unless a folder is one that we made."""
    seen = folder.lstat()
    why = ""
    if not stat.S_ISDIR(seen.st_mode):
        why = "is not a folder"
    elif seen.st_mode & _OTHERS_WRITE:
        why = "can be written by others"
    elif seen.st_uid != uid_in(folder):
        why = "belongs to another user"
    if why:
        raise MachineError(f"{folder} {why}", hint="only bbbmig works in there: look at it, and move it away")


@functools.lru_cache(maxsize=256)
def uid_in(folder: Path) -> int:
    """Return the number of the user to whom files belong that we make in a folder: not always ours on NFS."""
    path = folder / f"{secrets.token_hex(8)}.part"
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600)
    try:
        return os.fstat(descriptor).st_uid
    finally:
        path.unlink()
        os.close(descriptor)


def open_own(path: Path, flags: int) -> int | None:
    """Open a regular file that is ours and has one name only; None if it is anything else. Raises as `os.open`.

    Nothing is followed: a link, or a second name of somebody's file, is not ours.
    """
    descriptor = os.open(path, flags | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK, 0o600)
    seen = os.fstat(descriptor)
    if stat.S_ISREG(seen.st_mode) and seen.st_nlink == 1 and seen.st_uid == uid_in(path.parent):
        return descriptor
    os.close(descriptor)
    return None
