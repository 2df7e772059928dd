"""The ledger's one table, and its rows as values."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql, sqlite

from bbbmig import __version__
from bbbmig.errors import ConfigError

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


metadata = sa.MetaData()
effects = sa.Table(
    "bbbmig_effects",
    metadata,
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


def read(connection: sa.Connection, server: str, effect: Effect) -> list[Entry]:
    """Read all rows of one kind of effect on one server. Raise ConfigError for one that only a later bbbmig knows."""
    query = sa.select(effects).where(effects.c.server == server, effects.c.effect == effect)
    return [_entry(row) for row in connection.execute(query)]


def write(connection: sa.Connection, server: str, effect: Effect, entries: Iterable[Entry]) -> None:
    """Write rows, each over what stood there for the same recording and target."""
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
    for lot in _lots(rows, _ROWS_AT_ONCE):
        connection.execute(_upsert(connection.dialect.name), lot)


def _entry(row: sa.Row[Any]) -> Entry:
    """Make a value of a row."""
    try:
        state, at = State(row.state), datetime.fromisoformat(row.at)
    except ValueError:
        raise ConfigError(
            f"the ledger's row of {row.record_id} was written by a newer bbbmig ({row.version}): {row.state!r}",
            hint=f"this is {__version__}: install that version here, too",
        ) from None
    return Entry(
        record_id=row.record_id,
        state=state,
        target=row.target,
        place=row.place,
        size=row.size,
        detail=row.detail,
        attempts=row.attempts,
        at=at,
    )


def _upsert(dialect: str) -> sa.Insert:
    """Build the insert that overwrites a row with the same key, in the database's own words."""
    changing = [column.name for column in effects.columns if not column.primary_key]
    if dialect == "mysql":
        insert = mysql.insert(effects)
        return insert.on_duplicate_key_update({name: insert.inserted[name] for name in changing})
    kind = postgresql.insert if dialect == "postgresql" else sqlite.insert
    plain = kind(effects)
    return plain.on_conflict_do_update(
        index_elements=effects.primary_key.columns, set_={name: plain.excluded[name] for name in changing}
    )


def _lots(rows: Sequence[dict[str, Any]], size: int) -> Iterator[Sequence[dict[str, Any]]]:
    """Cut into lots of that size."""
    for start in range(0, len(rows), size):
        yield rows[start : start + size]
