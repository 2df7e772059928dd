"""The run lock: a locked file beside a SQLite ledger, a named lock of the server elsewhere.

A server frees its lock when the connection ends, and it ends connections that say nothing for long: a conversion
takes hours. So a thread asks over it now and then, and a run whose lock is gone writes no more.
"""

import contextlib
import fcntl
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

import sqlalchemy as sa

from bbbmig.errors import Locked, RemoteError
from bbbmig.ledger.failure import in_words
from bbbmig.ledger.location import lock_of, unusable

log = logging.getLogger(__name__)

LOCK_NAME = "bbbmig"
_ADVISORY_KEY = int.from_bytes(LOCK_NAME.encode(), "big")
"""PostgreSQL names its advisory locks by 64-bit numbers."""
ASK_EVERY_S = 60.0
_SILENCE_S = 30
"""So long may the server be silent before the connection counts as broken."""
_PATIENCE_S = 5.0
_WAIT = "wait until it has ended"

Check = Callable[[], None]
"""Raises RemoteError when the lock is not held any more."""


@contextlib.contextmanager
def file_lock(ledger: Path, who: str) -> Iterator[None]:
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
        yield
        handle.truncate(0)


def _opened(path: Path) -> IO[str]:
    """Open the file to be locked, for its user alone."""
    try:
        path.touch(mode=0o600)
        return path.open("a+", encoding="utf-8")
    except OSError as error:
        raise unusable(path, error) from error


@contextlib.contextmanager
def server_lock(url: sa.URL, name: str) -> Iterator[Check]:
    """Hold a lock that the server frees when its connection ends; give what tells whether it is still held.

    Raise Locked when another run has it, as `failure.in_words` when there is no connection.
    """
    # No transaction stays open: it would keep PostgreSQL from tidying up for days.
    engine = sa.create_engine(
        url,
        isolation_level="AUTOCOMMIT",
        poolclass=sa.NullPool,
        hide_parameters=True,
        connect_args=_limits(url.get_backend_name()),
    )
    with contextlib.ExitStack() as stack:
        with in_words(name):
            connection = engine.connect()
            stack.callback(_closed, connection)
            if not connection.scalar(_statements(connection)[0]):
                raise Locked(f"{name} is in use by another run", hint=_WAIT)
            keeper = _Keeper(connection, name, every_s=min(ASK_EVERY_S, _longest_silence_s(connection) / 3))
        stack.callback(keeper.release)
        keeper.start()
        yield keeper.check


class _Keeper:
    """Asks over the lock's connection whether it is still ours, in a thread."""

    def __init__(self, connection: sa.Connection, name: str, *, every_s: float) -> None:
        self._connection = connection
        self._name = name
        self._every_s = every_s
        self._mine, self._free = _statements(connection)[1:]
        self._one_asks = threading.Lock()
        self._ended = threading.Event()
        self._lost = ""
        self._asked = time.monotonic()
        self._thread = threading.Thread(target=self._keep, name="ledger lock", daemon=True)

    def start(self) -> None:
        """Begin to ask."""
        self._thread.start()

    def check(self) -> None:
        """Raise RemoteError when the lock is lost; ask at once after a sleep of this machine."""
        if time.monotonic() - self._asked > 2 * self._every_s:
            self._ask()
        if self._lost:
            raise RemoteError(
                f"ledger {self._name}: the lock of this run is lost: {self._lost}",
                hint="run again when the database is up: what was done is not done twice",
            )

    def release(self) -> None:
        """Give the lock back; one that is lost is free already."""
        self._ended.set()
        self._thread.join(_PATIENCE_S)
        if self._lost or self._thread.is_alive():
            return
        try:
            self._connection.execute(self._free)
        except sa.exc.DBAPIError as error:
            log.info("ledger %s: the lock went with its connection: %s", self._name, error.orig)

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
                mine = self._connection.scalar(self._mine)
            except sa.exc.DBAPIError as error:
                self._lost = " ".join(str(error.orig).split())
            else:
                self._lost = "" if mine else "somebody has freed it"
            self._asked = time.monotonic()
        if self._lost:
            log.warning("ledger %s: the lock of this run is lost: %s", self._name, self._lost)


def _statements(connection: sa.Connection) -> tuple[sa.Select[Any], sa.Select[Any], sa.Select[Any]]:
    """Give what takes the lock, what tells whether this connection has it, and what frees it."""
    if connection.dialect.name == "mysql":
        return (
            sa.select(sa.func.get_lock(LOCK_NAME, 0)),
            sa.select(sa.func.is_used_lock(LOCK_NAME) == sa.func.connection_id()),
            sa.select(sa.func.release_lock(LOCK_NAME)),
        )
    # An advisory lock lives as long as its session: that it answers is enough.
    return (
        sa.select(sa.func.pg_try_advisory_lock(_ADVISORY_KEY)),
        sa.select(sa.literal(1)),
        sa.select(sa.func.pg_advisory_unlock(_ADVISORY_KEY)),
    )


def _longest_silence_s(connection: sa.Connection) -> float:
    """Ask after how long the server ends a connection that says nothing."""
    if connection.dialect.name == "mysql":
        return float(connection.scalar(sa.text("SELECT @@session.wait_timeout")) or 0) or 3 * ASK_EVERY_S
    # Since PostgreSQL 14; in milliseconds, 0: never.
    query = sa.text("SELECT setting FROM pg_settings WHERE name = 'idle_session_timeout'")
    return float(connection.scalar(query) or 0) / 1000 or 3 * ASK_EVERY_S


def _limits(backend: str) -> dict[str, Any]:
    """Give the driver's settings by which a server that vanished is noticed."""
    if backend == "mysql":
        return {"read_timeout": _SILENCE_S, "write_timeout": _SILENCE_S}
    return {"tcp_user_timeout": _SILENCE_S * 1000}


def _closed(connection: sa.Connection) -> None:
    """Close a connection that may be broken."""
    with contextlib.suppress(sa.exc.DBAPIError):  # the lock goes with it one way or the other
        connection.close()
