"""Versions of the ledger's tables: what each changed, and how older ledgers are read and carried over.

1. bbbmig 0.1.0: the effects alone.
2. A column says which links stand in with the administrator (the detail did, as a sentence); the target of a notice is
   `NAME/31` (it was `moodle NAME activity 31`), its location the number of the course (it was `course 5`).
3. A column says how long delivered files are; a table has a row for each `bbbmig status`.
4. A table says who works on which recording: an older bbbmig would not ask it.
5. Three tables say which runs wait for workers, how their tasks ended, and which workers are alive.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from bbbmig import __version__
from bbbmig.domain.history import Effect, Entry, notice_target
from bbbmig.errors import ConfigError
from bbbmig.ledger.fleet import TABLES
from bbbmig.ledger.lease import leases
from bbbmig.ledger.progress import progress
from bbbmig.ledger.table import effects, facts, metadata

VERSION = 5
_ADDED = {"stand_in": 2, "duration_s": 3}
"""Columns of the effects, by the version that added them."""
_NAME = "schema"
_NUMBER = "number"
_STOOD_IN = "for the administrator, since nobody was known"
_NOTICE = re.compile(r"moodle (.+) activity ([0-9]+)")


def create(engine: sa.Engine) -> None:
    """Create the tables of a new ledger; one that is there is left as it is.

    That of the effects comes last: where it is, all is there, whoever was killed, or made it at the same time.
    """
    if sa.inspect(engine).has_table(effects.name):
        return
    with engine.begin() as connection:
        metadata.create_all(connection, tables=[one for one in metadata.sorted_tables if one is not effects])
        _note(connection, VERSION)
        effects.create(connection, checkfirst=True)


def is_being_made(error: sa.exc.DBAPIError) -> bool:
    """Tell whether an error says that another machine makes the tables at this moment."""
    said = str(error.orig).casefold()
    signs = ("already exists", "concurrent ddl", "deadlock")
    return isinstance(error, sa.exc.IntegrityError) or any(sign in said for sign in signs)


def version(connection: sa.Connection) -> int:
    """Return which version a ledger is of. Raise ConfigError for a later one than this bbbmig knows."""
    if not sa.inspect(connection).has_table(facts.name):
        return 1
    said = connection.scalar(sa.select(facts.c.value).where(facts.c.name == _NAME)) or "1"
    if not said.isdecimal() or int(said) > VERSION:
        raise ConfigError(
            f"the ledger was written by a newer bbbmig: its schema is {said!r}, and {__version__} knows {VERSION}",
            hint="install that bbbmig here, too: an older one would not understand what was done",
        )
    return int(said)


def columns(found: int) -> Sequence[sa.Column[Any]]:
    """Return the columns of the effects that a ledger of that version has."""
    return [column for column in effects.columns if found >= _ADDED.get(column.name, 1)]


def understood(entry: Entry) -> Entry:
    """Return what a row means, in whichever version it was written: several machines are not upgraded at once."""
    if entry.effect is Effect.LINK and entry.detail == _STOOD_IN:
        return replace(entry, stand_in=True)
    if entry.effect is Effect.NOTICE and (match := _NOTICE.fullmatch(entry.target)):
        course = entry.location.removeprefix("course ")
        return replace(entry, target=notice_target(match[1], int(match[2])), location=course)
    return entry


def carry_over(connection: sa.Connection) -> None:
    """Bring a ledger to this version, once; what was killed in the middle is done again."""
    if version(connection) == VERSION:
        return
    there = {column["name"] for column in sa.inspect(connection).get_columns(effects.name)}
    for name in (name for name in _ADDED if name not in there):
        column = sa.schema.CreateColumn(effects.c[name]).compile(dialect=connection.dialect)
        connection.execute(sa.text(f"ALTER TABLE {effects.name} ADD COLUMN {column}"))
    stood_in = effects.c.effect == Effect.LINK, effects.c.detail == _STOOD_IN
    connection.execute(sa.update(effects).where(*stood_in).values(stand_in=True))
    for row in connection.execute(sa.select(effects).where(effects.c.effect == Effect.NOTICE)).mappings().all():
        if match := _NOTICE.fullmatch(row["target"]):
            key = [column == row[column.name] for column in effects.primary_key.columns]
            values = {"target": notice_target(match[1], int(match[2])), "place": row["place"].removeprefix("course ")}
            connection.execute(sa.update(effects).where(*key).values(values))
    for table in (facts, progress, leases, *TABLES):
        table.create(connection, checkfirst=True)
    _note(connection, VERSION)


def number(connection: sa.Connection) -> str:
    """Return the ledger's number, "" if it has none."""
    if not sa.inspect(connection).has_table(facts.name):
        return ""
    return connection.scalar(sa.select(facts.c.value).where(facts.c.name == _NUMBER)) or ""


def give_number(connection: sa.Connection) -> None:
    """Give the ledger a number of its own, once."""
    if not number(connection):
        connection.execute(sa.insert(facts).values(name=_NUMBER, value=uuid4().hex))


def _note(connection: sa.Connection, number: int) -> None:
    """Write down the version."""
    connection.execute(sa.delete(facts).where(facts.c.name == _NAME))
    connection.execute(sa.insert(facts).values(name=_NAME, value=str(number)))
