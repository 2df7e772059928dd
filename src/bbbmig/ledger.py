"""What was done, written down right after each effect, and the lock that lets one run at a time do it.

The ledger is a memory, not the truth: whoever creates something asks Pod first. One row stands for one effect on
one recording: `(server, record_id, effect, target)`; a link's target is its owner, a file has none.
SQLite by default; any MySQL, MariaDB or PostgreSQL when several machines share it.
"""

import contextlib
import fcntl
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql, sqlite

from bbbmig import __version__
from bbbmig.errors import ConfigError, Locked, RemoteError

LOCK_NAME = "bbbmig"
_ADVISORY_KEY = int.from_bytes(LOCK_NAME.encode(), "big")
"""PostgreSQL names its advisory locks by 64-bit numbers."""
_ROWS_AT_ONCE = 500


class Effect(StrEnum):
    """Kinds of effects; each command looks up its own."""

    LINK = "link"
    CLAIM = "claim"
    PUBLISH = "publish"
    """A video in Pod: the target is its owner, the place its slug; the row without target tells of the file itself."""
    NOTICE = "notice"
    """The notice in an activity of Moodle: the target names it, there is no recordID, the detail is its exact text."""


class State(StrEnum):
    """How far an effect has come."""

    STARTED = "started"
    DELIVERED = "delivered"
    """The file is whole and under its name, but Pod has not been told."""
    DONE = "done"
    UNDONE = "undone"
    """It was done, and bbbmig has taken it back."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One row. `place` is a path or Pod's id, `size` in bytes, `at` aware (when it was last written)."""

    record_id: str
    state: State
    target: str = ""
    place: str = ""
    size: int | None = None
    detail: str = ""
    attempts: int = 1
    at: datetime | None = None


_metadata = sa.MetaData()
_effects = sa.Table(
    "bbbmig_effects",
    _metadata,
    sa.Column("server", sa.String(160), primary_key=True),
    sa.Column("record_id", sa.String(100), primary_key=True),
    sa.Column("effect", sa.String(16), primary_key=True),
    sa.Column("target", sa.String(160), primary_key=True),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("place", sa.String(600), nullable=False),
    sa.Column("size", sa.BigInteger),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("version", sa.String(32), nullable=False),
    sa.Column("at", sa.String(32), nullable=False),
    # Two people whose names differ by an accent or a capital are two people.
    mysql_charset="utf8mb4",
    mysql_collate="utf8mb4_bin",
    mysql_engine="InnoDB",
)


class Ledger:
    """An open ledger; use it as a context manager."""

    def __init__(self, url: str, *, read_only: bool = False) -> None:
        """Open the ledger at that SQLAlchemy URL and create its table.

        With `read_only` (dry runs) nothing is created: a ledger that does not exist yet is an empty one.
        Raise ConfigError if the URL is wrong or a file's folder cannot be written, RemoteError if the database
        does not answer.
        """
        self.url = _parsed(url)
        self.file = _file(self.url)
        self._read_only = read_only
        self._engine: sa.Engine | None = None
        if read_only and self.file is not None and not self.file.exists():
            return
        if self.file is not None and not read_only:
            _make_folder(self.file.parent)
        engine = sa.create_engine(self.url, hide_parameters=True)
        try:
            with self._translated():
                if not read_only:
                    _metadata.create_all(engine)
                if sa.inspect(engine).has_table(_effects.name):
                    self._engine = engine
        finally:
            if self._engine is None:
                engine.dispose()

    def __enter__(self) -> Self:
        """Give itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()

    def close(self) -> None:
        """Give back the connections."""
        if self._engine is not None:
            self._engine.dispose()

    def __str__(self) -> str:
        """Name it as a person would, without its password."""
        return str(self.file or self.url)

    def entries(self, server: str, effect: Effect) -> list[Entry]:
        """Give all that is remembered of one kind of effect on one server's recordings."""
        if self._engine is None:
            return []
        columns = _effects.c
        query = sa.select(
            columns.record_id,
            columns.state,
            columns.target,
            columns.place,
            columns.size,
            columns.detail,
            columns.attempts,
            columns.at,
        ).where(columns.server == server, columns.effect == effect)
        with self._translated(), self._engine.connect() as connection:
            return [
                Entry(
                    record_id=row.record_id,
                    state=State(row.state),
                    target=row.target,
                    place=row.place,
                    size=row.size,
                    detail=row.detail,
                    attempts=row.attempts,
                    at=datetime.fromisoformat(row.at),
                )
                for row in connection.execute(query)
            ]

    def write(self, server: str, effect: Effect, entries: Iterable[Entry]) -> None:
        """Write rows in one transaction, each over what stood there for the same recording and target."""
        if self._engine is None or self._read_only:
            raise AssertionError("a dry run writes nothing")
        now = datetime.now(UTC).isoformat(timespec="seconds")
        rows: list[dict[str, Any]] = [
            {
                "server": server,
                "record_id": entry.record_id,
                "effect": str(effect),
                "target": entry.target,
                "state": str(entry.state),
                "place": entry.place,
                "size": entry.size,
                "detail": entry.detail,
                "attempts": entry.attempts,
                "version": __version__,
                "at": now,
            }
            for entry in entries
        ]
        with self._translated(), self._engine.begin() as connection:
            for lot in _lots(rows, _ROWS_AT_ONCE):
                connection.execute(_upsert(self._engine.dialect.name), lot)

    @contextlib.contextmanager
    def locked(self, who: str) -> Iterator[None]:
        """Hold the run lock; `who` is told to those who find it taken. Raise Locked when another run has it."""
        if self._engine is None or self._read_only:
            yield
        elif self.file is not None:
            with _file_lock(self.file, who):
                yield
        else:
            with self._translated(), self._engine.connect() as connection, _server_lock(connection, str(self)):
                yield

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        """Turn the database's errors into ours, without statements or values."""
        try:
            yield
        except sa.exc.DBAPIError as error:
            hint = "is [ledger] url right, and may this account create tables there?"
            raise RemoteError(f"ledger {self}: {error.orig}", hint=hint) from error


def _parsed(url: str) -> sa.URL:
    """Read the URL, with the drivers that bbbmig ships. Raise ConfigError if it is none."""
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError as error:
        raise ConfigError(
            "ledger.url: not a SQLAlchemy URL", hint="for example sqlite:////var/lib/bbbmig/l.sqlite"
        ) from error
    drivers = {
        "sqlite": "sqlite",
        "mysql": "mysql+pymysql",
        "mariadb": "mysql+pymysql",
        "postgresql": "postgresql+psycopg",
    }
    backend = parsed.get_backend_name()
    if backend not in drivers:
        raise ConfigError(f"ledger.url: {backend} is not supported", hint="use sqlite, mysql, mariadb or postgresql")
    return parsed.set(drivername=drivers[backend])


def _file(url: sa.URL) -> Path | None:
    """Give the file of a SQLite ledger. Raise ConfigError when it would live in memory only."""
    if url.get_backend_name() != "sqlite":
        return None
    if not url.database or url.database == ":memory:":
        raise ConfigError("ledger.url: names no file", hint="for example sqlite:////var/lib/bbbmig/ledger.sqlite")
    return Path(url.database).expanduser()


def _make_folder(folder: Path) -> None:
    """Create the ledger's folder; what it holds says who recorded what, so only its user may read it."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"ledger: cannot create {folder}: {error.strerror}", hint="set [ledger] url") from error
    if not os.access(folder, os.W_OK):
        raise ConfigError(f"ledger: {folder} cannot be written by this user", hint="set [ledger] url or its rights")


def _upsert(dialect: str) -> sa.Insert:
    """Build the insert that overwrites a row with the same key, in the database's own words."""
    changing = [column.name for column in _effects.columns if not column.primary_key]
    if dialect == "mysql":
        insert = mysql.insert(_effects)
        return insert.on_duplicate_key_update({name: insert.inserted[name] for name in changing})
    kind = postgresql.insert if dialect == "postgresql" else sqlite.insert
    plain = kind(_effects)
    return plain.on_conflict_do_update(
        index_elements=_effects.primary_key.columns, set_={name: plain.excluded[name] for name in changing}
    )


@contextlib.contextmanager
def _file_lock(ledger: Path, who: str) -> Iterator[None]:
    """Lock a file beside the ledger; the kernel frees it however the run ends, kill -9 included."""
    path = ledger.with_name(ledger.name + ".lock")
    with path.open("a+", encoding="utf-8") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            handle.seek(0)
            holder = handle.read().strip() or "another run"
            raise Locked(f"{ledger} is in use by {holder}", hint="wait until it has ended") from error
        handle.truncate(0)
        handle.write(f"{who} (process {os.getpid()})\n")
        handle.flush()
        yield
        handle.truncate(0)


@contextlib.contextmanager
def _server_lock(connection: sa.Connection, name: str) -> Iterator[None]:
    """Hold a lock that the database frees when this connection ends."""
    if connection.dialect.name == "mysql":
        take, free = sa.select(sa.func.get_lock(LOCK_NAME, 0)), sa.select(sa.func.release_lock(LOCK_NAME))
    else:
        take = sa.select(sa.func.pg_try_advisory_lock(_ADVISORY_KEY))
        free = sa.select(sa.func.pg_advisory_unlock(_ADVISORY_KEY))
    if not connection.scalar(take):
        raise Locked(f"{name} is in use by another run", hint="wait until it has ended")
    try:
        yield
    finally:
        connection.execute(free)


def _lots(rows: Sequence[dict[str, Any]], size: int) -> Iterator[Sequence[dict[str, Any]]]:
    """Cut into lots of that size."""
    for start in range(0, len(rows), size):
        yield rows[start : start + size]
