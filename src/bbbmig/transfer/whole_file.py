"""Files that appear under their names only when they are whole."""

import contextlib
import os
import secrets
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from bbbmig.errors import ConfigError

STDOUT = Path("-")
_HINT = "is there room, and may you write there?"


def write_whole(path: Path, content: str | bytes, *, mode: int = 0o600, sync: bool = False) -> None:
    """Write a small file of bbbmig's own whole or not at all; readers see the one before or this one. Raise OSError.

    `sync`: it is certainly on the disk then.
    """
    draft = path.with_name(f"{path.name[:_ROOM]}.{secrets.token_hex(4)}~")
    descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, mode)
    try:
        with open(descriptor, "wb") as file:  # noqa: PTH123 - a descriptor
            file.write(content.encode() if isinstance(content, str) else content)
            if sync:
                file.flush()
                os.fsync(descriptor)
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


_ROOM = 200
"""Characters of a name in that of its draft."""


@contextlib.contextmanager
def opened(path: Path, *, encoding: str = "utf-8") -> Iterator[TextIO]:
    """Open stdout for `-`, else a temporary file beside the one wanted, which takes its name at the end.

    What stood there before stays until then; a link goes on pointing to it, and what is no file (/dev/stdout, a pipe)
    is written to as it is. Raise ConfigError if it cannot be written.
    """
    if path == STDOUT:
        with _stdout_as(encoding) as stream:
            yield stream
        return
    try:
        if path.exists() and not (path.is_file() or path.is_dir()):
            with path.open("w", encoding=encoding, newline="") as stream:
                yield stream
            return
        path = path.resolve()
        temporary = path.with_name(f".{path.name[:100]}.{secrets.token_hex(4)}.part")
        descriptor = os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600)
        try:
            with open(descriptor, "w", encoding=encoding, newline="") as stream:  # noqa: PTH123 - a descriptor
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
            if path.exists():
                temporary.chmod(path.stat().st_mode & 0o777)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise ConfigError(f"cannot write {path}: {error.strerror}", hint=_HINT) from error


@contextlib.contextmanager
def _stdout_as(encoding: str) -> Iterator[TextIO]:
    """Write to stdout in another encoding, lines as they are given; afterwards it is again as it was."""
    stream, before, errors = sys.stdout, sys.stdout.encoding, sys.stdout.errors
    stream.reconfigure(encoding=encoding, newline="")  # type: ignore[union-attr] # a text file
    try:
        yield stream
        stream.flush()
    finally:
        stream.reconfigure(encoding=before, errors=errors, newline=None)  # type: ignore[union-attr]


def ensure_writable(path: Path) -> None:
    """Raise ConfigError unless this user may write a file of that name here; nothing is touched.

    A file that is there may be replaced; stdout (`-`) and what is no file (/dev/stdout, a pipe) is written to.
    """
    if path == STDOUT:
        return
    there = path.resolve()
    special = there.exists() and not (there.is_file() or there.is_dir())
    folder = there.parent
    if there.is_dir():
        why = "it is a folder"
    elif special:
        why = "" if os.access(there, os.W_OK) else "this user may not"
    elif not folder.is_dir():
        why = f"there is no folder {folder}"
    else:
        why = "" if os.access(folder, os.W_OK | os.X_OK) else f"this user may not write into {folder}"
    if why:
        raise ConfigError(f"cannot write {path}: {why}", hint="name another file, or see to its folder and rights")


def ensure_folder(folder: Path, *, key: str) -> None:
    """Raise ConfigError unless this user may write into a folder, or make it; `key` is that of the settings."""
    there = folder
    while not there.exists() and there != there.parent:
        there = there.parent
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        raise ConfigError(f"{key}: this user may not write into {there}", hint=f"give the rights, or correct {key}")


def ensure_new(path: Path, *, hint: str) -> None:
    """Raise ConfigError unless a file of that name can be made here without replacing one that holds something.

    stdout (`-`) and what is no file (/dev/stdout, a pipe) may be written to at any time.
    """
    if path == STDOUT:
        return
    try:
        if path.is_dir() or (path.is_file() and path.stat().st_size):
            raise ConfigError(f"{path} exists already", hint=hint)
        if not path.exists():
            with tempfile.TemporaryFile(dir=path.resolve().parent):
                pass
    except OSError as error:
        raise ConfigError(
            f"cannot write {path}: {error.strerror}", hint="does its folder exist, and may you write there?"
        ) from error
