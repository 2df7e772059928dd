"""The folder for conversions: whether it can be used, and a folder in it for each of them.

That one disappears with its conversion, also when bbbmig was killed.
"""

import contextlib
import fcntl
import logging
import os
import secrets
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from bbbmig.errors import ConfigError, MachineError
from bbbmig.transfer.cancel import LOOK_S, check
from bbbmig.transfer.disk import check_room, disk_errors

logger = logging.getLogger(__name__)

_PREFIX = "job-"
_LOCK = "lock"
_LINK = "bbbmig-job-"
_OLD_S = 3600.0
_BYTES = 5 << 30


def work_problems(work: Path) -> Iterator[ConfigError]:
    """Yield what keeps browsers from working there; for bbb-recorder it is `copyToPath`, Downloads and /tmp at once."""
    there = work
    while not there.exists() and there != there.parent:
        there = there.parent
    if not os.access(there, os.W_OK | os.X_OK):
        yield ConfigError(
            f"{work}, the folder for conversions, cannot be written", hint=f"look at the rights of {there}"
        )
    try:
        check_room(there, _BYTES, what="a conversion of some hours")
    except MachineError as error:
        yield ConfigError(error.message, hint=error.hint)


@contextlib.contextmanager
def job_folder(work: Path) -> Iterator[Path]:
    """Make a folder below `work`, and remove it at the end.

    It is locked as long as this process lives, so that `remove_dead_jobs` knows. Raise MachineError when it
    cannot be made.
    """
    with disk_errors(work):
        work.mkdir(parents=True, exist_ok=True)
        remove_dead_jobs(work)
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=work))
    try:
        with _locked(folder):
            yield folder
    finally:
        _remove(folder)


@contextlib.contextmanager
def short_path(folder: Path) -> Iterator[Path]:
    """Yield a folder a second, short path: browsers make sockets in theirs, whose paths may have 107 bytes only."""
    with disk_errors(folder):
        folder.mkdir(exist_ok=True)
        link = Path(tempfile.gettempdir()) / f"{_LINK}{secrets.token_hex(4)}"
        link.symlink_to(folder)
    try:
        yield link
    finally:
        link.unlink(missing_ok=True)


def remove_dead_jobs(work: Path) -> list[Path]:
    """Remove the folders of conversions whose process is gone; give them."""
    for link in Path(tempfile.gettempdir()).glob(f"{_LINK}*"):
        if link.is_symlink() and not link.exists() and link.lstat().st_uid == os.geteuid():
            link.unlink(missing_ok=True)
    removed = []
    for folder in work.glob(f"{_PREFIX}*"):
        if _is_dead(folder):
            logger.info("removing %s, which an earlier run left", folder)
            _remove(folder)
            removed.append(folder)
    return removed


class Turn:
    """Lets one thread of one process at a time begin, among all that name the same file."""

    def __init__(self, path: Path) -> None:
        """Use that file, which stays."""
        self._path = path
        self._file: IO[str] | None = None

    def take(self, stop: threading.Event) -> Self:
        """Wait for the others. Raise Stopped soon after `stop` is set."""
        with disk_errors(self._path):
            self._file = self._path.open("w")
        while True:
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                stop.wait(LOOK_S)
            else:
                return self
            try:
                check(stop)
            except BaseException:
                self.give()
                raise

    def give(self) -> None:
        """Let the next one begin; may be called again."""
        if self._file:
            self._file.close()
            self._file = None

    def __enter__(self) -> Self:
        """Go on with the turn that was taken."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Let the next one begin."""
        self.give()


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold a folder's lock, which gets its name when it is held already."""
    with disk_errors(folder):
        draft = folder / f"{_LOCK}~"
        lock = draft.open("w")
        fcntl.flock(lock, fcntl.LOCK_EX)
        draft.rename(folder / _LOCK)
    with lock:
        yield


def _is_dead(folder: Path) -> bool:
    """Tell whether nobody holds a folder's lock; one without a lock is just being made, or old."""
    try:
        with (folder / _LOCK).open("r") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return _age_s(folder) > _OLD_S
    except OSError:
        return False
    return True


def _age_s(folder: Path) -> float:
    """Tell how long ago a folder was changed; 0 if it is gone."""
    try:
        return time.time() - folder.stat().st_mtime
    except OSError:
        return 0.0


def _remove(folder: Path) -> None:
    """Remove a folder with all that is in it; what does not go is for a later run."""
    shutil.rmtree(folder, ignore_errors=True)
    if folder.exists():
        logger.warning("cannot remove %s", folder)
