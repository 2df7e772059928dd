"""The ledger's tables, and how rows go in and come out."""

import functools
import logging
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql, sqlite

from bbbmig import __version__
from bbbmig.domain.history import RECORD_ID_LENGTH, TARGET_LENGTH, Effect, Entry, State

log = logging.getLogger(__name__)

SERVER_LENGTH = 160
_LOCATION_LENGTH = 600
_DETAIL_LENGTH = 10_000
_ROWS_AT_ONCE = 500

IN_MYSQL: Mapping[str, Any] = {
    # Two people whose names differ by an accent or a capital are two people.
    "mysql_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_bin",
    "mysql_engine": "InnoDB",
}

metadata = sa.MetaData()
effects = sa.Table(
    "bbbmig_effects",
    metadata,
    sa.Column("server", sa.String(SERVER_LENGTH), primary_key=True),
    sa.Column("record_id", sa.String(RECORD_ID_LENGTH), primary_key=True),
    sa.Column("effect", sa.String(16), primary_key=True),
    sa.Column("target", sa.String(TARGET_LENGTH), primary_key=True),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("place", sa.String(_LOCATION_LENGTH), nullable=False),
    sa.Column("size", sa.BigInteger),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("version", sa.String(32), nullable=False),
    sa.Column("at", sa.String(32), nullable=False),
    sa.Column("stand_in", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("duration_s", sa.Double),
    **IN_MYSQL,
)
facts = sa.Table(
    "bbbmig_ledger",
    metadata,
    sa.Column("name", sa.String(32), primary_key=True),
    sa.Column("value", sa.String(_LOCATION_LENGTH), nullable=False),
    **IN_MYSQL,
)
"""What is to be known of the ledger as a whole: the version of its schema, and who holds its lock."""


def read(
    connection: sa.Connection,
    server: str,
    kinds: Collection[Effect],
    columns: Sequence[sa.Column[Any]],
    *,
    record_id: str = "",
) -> Iterator[Entry]:
    """Read the rows of these kinds of effects on one server, or on one recording: those columns.

    One that is spoilt is UNREADABLE.
    """
    query = sa.select(*columns).where(effects.c.server == server, effects.c.effect.in_(kinds))
    if record_id:
        query = query.where(effects.c.record_id == record_id)
    for row in connection.execute(query).mappings():
        yield _entry(row)


def write(connection: sa.Connection, server: str, entries: Iterable[Entry]) -> None:
    """Write rows, each over what stood there for the same recording, effect and target.

    The database decides, row by row: DONE is followed by DONE and UNDONE alone, unless it is done again; it counts
    the failures.
    """
    now = datetime.now(UTC).isoformat(timespec="seconds")
    by_again: dict[bool, list[dict[str, Any]]] = {False: [], True: []}
    for entry in entries:
        by_again[entry.again].append(_values(entry) | {"server": server, "at": now})
    for again, rows in by_again.items():
        for start in range(0, len(rows), _ROWS_AT_ONCE):
            connection.execute(_upsert(connection.dialect.name, again=again), rows[start : start + _ROWS_AT_ONCE])


def _values(entry: Entry) -> dict[str, Any]:
    """Return a row of what is told; of a long path the end is kept, which is its name."""
    return {
        "record_id": entry.record_id,
        "effect": str(entry.effect),
        "target": entry.target,
        "state": str(entry.state),
        "place": _storable(entry.location)[-_LOCATION_LENGTH:],
        "size": entry.size,
        "detail": _storable(entry.detail)[:_DETAIL_LENGTH] if entry.effect is not Effect.NOTICE else entry.detail,
        "attempts": int(entry.state is State.FAILED),
        "version": __version__,
        "stand_in": entry.stand_in,
        "duration_s": entry.duration_s,
    }


def _storable(text: str) -> str:
    """Return a text that every database takes: PostgreSQL refuses NUL, all refuse halves of characters."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def _entry(values: Mapping[Any, Any]) -> Entry:
    """Make a value of a row."""
    effect = Effect(values["effect"])
    try:
        state = State(values["state"])
        attempts, size = int(values["attempts"]), None if values["size"] is None else int(values["size"])
        duration_s = None if values.get("duration_s") is None else float(values["duration_s"])
    except (ValueError, TypeError) as error:
        log.warning("the ledger's row of %s (%s) cannot be read: %s", values["record_id"], effect, error)
        why = f"{error}; correct or delete this row of {effects.name}"
        return Entry(
            record_id=values["record_id"],
            effect=effect,
            state=State.UNREADABLE,
            target=str(values["target"]),
            detail=why,
        )
    return Entry(
        record_id=values["record_id"],
        effect=effect,
        state=state,
        target=sys.intern(values["target"]),
        location=values["place"],
        size=size,
        duration_s=duration_s,
        detail=values["detail"],
        stand_in=bool(values.get("stand_in", False)),
        attempts=attempts,
        at=_moment(values),
    )


def _moment(values: Mapping[Any, Any]) -> datetime | None:
    """Read when a row was written; None if that is spoilt, which keeps nothing else from being known."""
    try:
        return _read_moment(values["at"])
    except (ValueError, TypeError):
        log.warning("the ledger's row of %s: %r is not a date", values["record_id"], values["at"])
        return None


@functools.lru_cache(maxsize=4096)
def _read_moment(text: str) -> datetime:
    """Return an aware moment; many rows were written in the same second, and share it."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _upsert(dialect: str, *, again: bool) -> sa.Insert:
    """Build the insert that updates a row with the same key as far as it may, in the database's own words."""
    if dialect == "mysql":
        in_mysql = mysql.insert(effects)
        new = in_mysql.inserted
        stays = sa.false() if again else _stays(new)
        values = ((name, sa.case((stays, effects.c[name]), else_=value)) for name, value in _changes(new, again=again))
        # They are set from left to right, each with what those before it have become: the state comes last.
        return in_mysql.on_duplicate_key_update(sorted(values, key=lambda one: one[0] == "state"))
    kind = postgresql.insert if dialect == "postgresql" else sqlite.insert
    plain = kind(effects)
    return plain.on_conflict_do_update(
        index_elements=effects.primary_key.columns,
        set_=dict(_changes(plain.excluded, again=again)),
        where=None if again else sa.not_(_stays(plain.excluded)),
    )


def _changes(new: Any, *, again: bool) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - a namespace of columns
    """Return what becomes of each column of a row that is there already: failures are counted, from 0 if done again.

    How long a file is stays known when it has come a step further.
    """
    for column in effects.columns:
        if column.name == "attempts" and not again:
            yield column.name, column + new[column.name]
        elif column.name == "duration_s":
            yield column.name, sa.func.coalesce(new[column.name], column)
        elif not column.primary_key:
            yield column.name, new[column.name]


def _stays(new: Any) -> sa.ColumnElement[bool]:  # noqa: ANN401 - a namespace of columns
    """Tell whether a row goes forward no more: done is done, whatever a run says that knew less."""
    # As literals: PyMySQL sends many rows at once only where parameters are nowhere but in the row.
    done, undone = (sa.literal_column(f"'{state}'", sa.String()) for state in (State.DONE, State.UNDONE))
    return sa.and_(effects.c.state == done, new.state != done, new.state != undone)
