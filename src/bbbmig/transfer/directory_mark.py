"""The mark in a directory that says whose it is: `.bbbmig/ledger`, a few lines of `name: value`.

It stays, unlike all else in that folder. Whoever comes second finds it: it appears whole or not at all.
"""

import contextlib
import os
import secrets
import stat
from collections.abc import Mapping
from pathlib import Path

from bbbmig.transfer.disk import disk_errors
from bbbmig.transfer.own_folder import FOLDER, make_inside
from bbbmig.transfer.partial_file import SUFFIX

_NAME = "ledger"
_LARGEST = 1 << 16


def mark_of(directory: Path) -> Path:
    """Name the mark of a directory."""
    return directory / FOLDER / _NAME


def read_mark(directory: Path) -> dict[str, str] | None:
    """Return what the mark says, None if there is none; one that says nothing, or is no file, is empty.

    Raise MachineError if it cannot be read.
    """
    path = mark_of(directory)
    with disk_errors(path), contextlib.suppress(FileNotFoundError, NotADirectoryError):
        if not stat.S_ISREG(path.lstat().st_mode):
            return {}
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
            text = file.read(_LARGEST).decode(errors="replace")
        return {name: value for name, found, value in (line.partition(": ") for line in text.splitlines()) if found}
    return None


def write_mark(directory: Path, said: Mapping[str, str], *, replace: bool = False) -> bool:
    """Write the mark, over an older one only if told so; return False if there is one. Raise MachineError, NoSpace."""
    path = mark_of(directory)
    draft = path.with_name(f"{_NAME}{SUFFIX}{secrets.token_hex(8)}")  # a run that is killed leaves what is tidied up
    text = "".join(f"{name}: {' '.join(value.split())}\n" for name, value in said.items())
    with disk_errors(path):
        make_inside(directory, lambda: _write_new(draft, text))
        if replace:
            draft.replace(path)
            return True
        if os.path.lexists(path):
            draft.unlink()
            return False
        try:
            os.link(draft, path)
        except FileExistsError:
            return False
        except OSError:  # a file system without links
            return _written_directly(path, text)
        finally:
            draft.unlink(missing_ok=True)
    return True


def _written_directly(path: Path, text: str) -> bool:
    """Write it under its own name where there are no links."""
    with contextlib.suppress(FileExistsError):
        _write_new(path, text)
        return True
    return False


def _write_new(path: Path, text: str) -> None:
    """Write a file that must not be there yet, certainly onto the disk."""
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600), "wb") as file:
        file.write(text.encode())
        file.flush()
        os.fsync(file.fileno())
