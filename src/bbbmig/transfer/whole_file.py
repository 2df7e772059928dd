"""Files that appear under their names only when they are whole."""

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from bbbmig.errors import ConfigError

STDOUT = Path("-")


@contextlib.contextmanager
def opened(path: Path, *, encoding: str = "utf-8") -> Iterator[TextIO]:
    """Open stdout for `-`, else a temporary file beside the one wanted, which takes its name at the end.

    What stood there before stays until then; a link goes on pointing to it, and what is no file (/dev/stdout, a pipe)
    is written to as it is. Raise ConfigError if it cannot be written.
    """
    if path == STDOUT:
        sys.stdout.reconfigure(encoding=encoding, newline="")  # type: ignore[union-attr] # a text file
        yield sys.stdout
        sys.stdout.flush()
        return
    try:
        if path.exists() and not (path.is_file() or path.is_dir()):
            with path.open("w", encoding=encoding, newline="") as stream:
                yield stream
            return
        path = path.resolve()
        handle, name = tempfile.mkstemp(prefix=f".{path.name[:100]}.", suffix=".part", dir=path.parent)
        temporary = Path(name)
        try:
            with open(handle, "w", encoding=encoding, newline="") as stream:  # noqa: PTH123 - a descriptor
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
            temporary.chmod(_mode(path))
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise ConfigError(
            f"cannot write {path}: {error.strerror}", hint="is there room, and may you write there?"
        ) from error


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


def _mode(path: Path) -> int:
    """Give the rights of the file that is replaced, else those that a new file has here."""
    if path.exists():
        return path.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
