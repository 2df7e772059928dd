"""The run lock: a locked file beside a SQLite ledger, a named lock of the server elsewhere.

A server frees its lock when the connection ends, and it ends connections that say nothing for long: a conversion
takes hours. So a thread asks over it now and then, and a run whose lock is gone does and writes no more.
"""

import contextlib
import fcntl
import logging
import os
import platform
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import sqlalchemy as sa

from bbbmig.errors import Locked, LockLost
from bbbmig.ledger.failure import errors_translated
from bbbmig.ledger.location import lock_of, unusable
from bbbmig.ledger.named_lock import NamedLock, named_lock
from bbbmig.ledger.table import facts

log = logging.getLogger(__name__)

ASK_EVERY_S = 20.0
FRESH_S = 1.0
"""So old may the server's answer be when something is to be done that only the holder may do."""
_SILENCE_S = 30
"""So long may the server be silent before the connection counts as broken."""
_PATIENCE_S = 5.0
_WAIT = "wait until it has ended"
_HOLDER = "holder"

Check = Callable[[], None]
"""Raises LockLost when the lock is not held any more."""


@contextlib.contextmanager
def file_lock(ledger: Path, who: str) -> Iterator[Check]:
    """Lock a file beside the ledger; the kernel frees it however the run ends, kill -9 included.

    Raise Locked when another run has it, ConfigError when this user may not open it.
    """
    path = lock_of(ledger)
    with _opened(path) as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            handle.seek(0)
            holder = handle.read().strip() or "another run"
            raise Locked(f"{ledger} is in use by {holder}", hint=_WAIT) from error
        try:
            handle.truncate(0)
            handle.write(f"{who} (process {os.getpid()})\n")
            handle.flush()
        except OSError as error:
            raise unusable(path, error) from error
        yield lambda: None  # the kernel takes it from nobody
        handle.truncate(0)


def _opened(path: Path) -> IO[str]:
    """Open the file to be locked, for its user alone."""
    try:
        path.touch(mode=0o600)
        return path.open("a+", encoding="utf-8")
    except OSError as error:
        raise unusable(path, error) from error


@contextlib.contextmanager
def server_lock(url: sa.URL, name: str, who: str) -> Iterator[Check]:
    """Hold a lock that the server frees when its connection ends; return what tells whether it is still held.

    Raise Locked when another run has it, as `failure.errors_translated` when there is no connection.
    """
    # No transaction stays open: it would keep PostgreSQL from tidying up for days.
    engine = sa.create_engine(
        url,
        isolation_level="AUTOCOMMIT",
        poolclass=sa.NullPool,
        hide_parameters=True,
        connect_args=_limits(url.get_backend_name()),
    )
    with errors_translated(name):
        connection = engine.connect()
        try:
            lock = named_lock(connection)
            _take(connection, lock, name)
            every_s = min(ASK_EVERY_S, lock.longest_silence_s / 3)
            keeper = _Keeper(connection, lock, name, every_s=every_s)
            _note_holder(connection, f"{who} (process {os.getpid()} on {platform.node()})")
        except BaseException:
            _closed(connection)
            raise
    keeper.start()
    try:
        yield keeper.check
    finally:
        keeper.release()


def _take(connection: sa.Connection, lock: NamedLock, name: str) -> None:
    """Take the lock. Raise Locked when another run has it."""
    if not connection.scalar(lock.take):
        raise Locked(f"{name} is in use by {_holder(connection)}", hint=_WAIT)


def _holder(connection: sa.Connection) -> str:
    """Name the run that has the lock, as it has named itself."""
    said = connection.scalar(sa.select(facts.c.value).where(facts.c.name == _HOLDER))
    return said or "another run"


def _note_holder(connection: sa.Connection, holder: str) -> None:
    """Write down who has the lock, for those who find it taken."""
    if sa.inspect(connection).has_table(facts.name):  # not yet in a ledger of an older bbbmig
        connection.execute(sa.delete(facts).where(facts.c.name == _HOLDER))
        connection.execute(sa.insert(facts).values(name=_HOLDER, value=holder))


class _Keeper:
    """Asks over the lock's connection whether it is still ours: in a thread now and then, and before each effect."""

    def __init__(self, connection: sa.Connection, lock: NamedLock, name: str, *, every_s: float) -> None:
        self._connection = connection
        self._lock = lock
        self._name = name
        self._every_s = every_s
        self._one_asks = threading.Lock()
        self._ended = threading.Event()
        self._lost = ""
        self._asked = _now()
        self._thread = threading.Thread(target=self._keep, name="ledger lock", daemon=True)

    def start(self) -> None:
        """Begin to ask."""
        self._thread.start()

    def check(self) -> None:
        """Raise LockLost when the lock is lost; the server is asked unless it has just answered."""
        if _now() - self._asked > FRESH_S:
            self._ask()
        if self._lost:
            raise LockLost(
                f"ledger {self._name}: the lock of this run is lost: {self._lost}",
                hint="run again when the database is up: what was done is not done twice",
            )

    def release(self) -> None:
        """Give the lock back and close the connection; one that is lost is free already."""
        self._ended.set()
        # A job that was left behind may be asking: then the lock goes with the process.
        if not self._one_asks.acquire(timeout=_PATIENCE_S):
            return
        try:
            if not self._lost:
                self._connection.execute(self._lock.free)
        except sa.exc.DBAPIError as error:
            log.info("ledger %s: the lock went with its connection: %s", self._name, error.orig)
        finally:
            _closed(self._connection)
            self._one_asks.release()

    def _keep(self) -> None:
        """Ask now and then, until the end or the loss."""
        while not self._lost and not self._ended.wait(self._every_s):
            self._ask()

    def _ask(self) -> None:
        """Ask whether the lock is still ours."""
        with self._one_asks:
            if self._lost or self._ended.is_set():
                return
            try:
                mine = self._connection.scalar(self._lock.is_mine)
            except sa.exc.DBAPIError as error:
                self._lost = " ".join(str(error.orig).split())
            else:
                self._lost = "" if mine else "somebody has freed it"
            self._asked = _now()
        if self._lost:
            log.warning("ledger %s: the lock of this run is lost: %s", self._name, self._lost)


def _now() -> float:
    """Return seconds of a clock that goes on while this machine sleeps."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if clock is None else time.clock_gettime(clock)


def _limits(backend: str) -> dict[str, int]:
    """Return the driver's settings by which a server that vanished is noticed."""
    if backend == "mysql":
        return {"read_timeout": _SILENCE_S, "write_timeout": _SILENCE_S}
    return {"tcp_user_timeout": _SILENCE_S * 1000}


def _closed(connection: sa.Connection) -> None:
    """Close a connection that may be broken."""
    with contextlib.suppress(sa.exc.DBAPIError):  # the lock goes with it one way or the other
        connection.close()
