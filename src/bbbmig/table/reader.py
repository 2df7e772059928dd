"""Reads a table of the site whole: by its SELECT, from a file, or out of what recordings say themselves."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from bbbmig.database.database_url import DatabaseUrl
from bbbmig.database.driver_errors import ConnectionLost
from bbbmig.database.read_only import ReadOnlyConnection
from bbbmig.database.table_file import read_table_file
from bbbmig.domain.account_names import Account
from bbbmig.domain.meeting_register import MeetingRegister, Part, Room
from bbbmig.domain.recording import Recording
from bbbmig.errors import ConfigError, RemoteRefused
from bbbmig.table.config import TableSource
from bbbmig.table.rows import need_columns, parts_of

MOST_ROWS = 2_000_000
"""A row is a person in a room: more than any university has, and what memory holds."""


def reader_of(source: TableSource) -> "SqlReader | TableCsvReader | MetadataReader":
    """Prepare to read a table; nothing is opened. Raise ConfigError for a file of SQLite that is not there."""
    match source.where:
        case DatabaseUrl() as database:
            return SqlReader(source, database)
        case Path() as file:
            return TableCsvReader(source, file)
        case None:
            return MetadataReader(source)


def metadata_of(key: str, pattern: str, recording: Recording) -> list[str]:
    """Return what a key of a recording says: all of it, or what the first group of the pattern finds, each time."""
    wanted = key.casefold()
    origin = recording.origin
    special = {
        "meetingid": recording.meeting_id,
        "bbb-origin": origin.name,
        "bbb-context": origin.context,
        "bbb-context-id": origin.context_id,
        "bbb-context-label": origin.context_label,
    }
    value = special.get(wanted) or next(
        (text for name, text in recording.metadata.items() if name.casefold() == wanted), ""
    )
    if not pattern:
        return [value.strip()] if value.strip() else []
    found = re.finditer(pattern, value)
    return [text.strip() for text in (one[1] if one.re.groups else one[0] for one in found) if text and text.strip()]


def _first(key: str, pattern: str, recording: Recording) -> str:
    return next(iter(metadata_of(key, pattern, recording)), "")


class _Whole:
    """What both kinds of tables have in common: all parts, kept."""

    def __init__(self, source: TableSource) -> None:
        """Keep where it is."""
        self.source = source
        self._parts: Sequence[Part] | None = None

    def reach(self) -> None:
        """Look whether it can be read."""
        raise NotImplementedError

    def _read(self) -> Sequence[Part]:
        raise NotImplementedError

    def register(self) -> MeetingRegister:
        """Read all rows. Raise ConfigError, RemoteError or RemoteRefused."""
        key, pattern = self.source.key
        register = MeetingRegister(metadata_of=partial(_first, key, pattern)) if key else MeetingRegister()
        register.add(self._all())
        return register

    def fill_gaps(self, register: MeetingRegister) -> None:
        """Have nothing more."""

    def accounts(self) -> Iterable[Account]:
        """Return everybody. Raise as `register`."""
        return {part.account.id: part.account for part in self._all() if part.account is not None}.values()

    def close(self) -> None:
        """Close what is open."""

    def _all(self) -> Sequence[Part]:
        if self._parts is None:
            self._parts = self._read()
        return self._parts


class SqlReader(_Whole):
    """Reads by one SELECT (`domain.register_owners.Reader`)."""

    def __init__(self, source: TableSource, database: DatabaseUrl) -> None:
        """Prepare; nothing is connected yet. Raise ConfigError when the file of SQLite is not there."""
        super().__init__(source)
        self._database = database
        self._connection = ReadOnlyConnection(database)
        self._reached = False

    @property
    def where(self) -> str:
        """Name the server, for `check`. Raise RemoteError or RemoteRefused."""
        return f"{self._connection.server()}, {self._database.where}"

    def reach(self) -> None:
        """Connect, and look which columns the SELECT has. Raise ConfigError, RemoteError or RemoteRefused."""
        if self._reached:
            return
        columns, _ = self._connection.read_text(
            f"SELECT * FROM (\n{self._statement}\n) bbbmig_rows WHERE 1 = 0",  # noqa: S608 - the site's own, read-only
            most=0,
        )
        need_columns([one.lower() for one in columns], self.source.label)
        self._reached = True

    def _read(self) -> Sequence[Part]:
        self.reach()
        try:
            columns, rows = self._connection.read_text(self._statement, most=MOST_ROWS)
        except ConnectionLost:
            self._connection.close()
            columns, rows = self._connection.read_text(self._statement, most=MOST_ROWS)
        if len(rows) > MOST_ROWS:
            raise RemoteRefused(
                f"{self.source.label}: the query gives more than {MOST_ROWS} rows",
                hint="one row for each person and room is meant: does it multiply rows?",
            )
        names = [one.lower() for one in columns]
        return list(parts_of((self.source.label, dict(zip(names, row, strict=True))) for row in rows))

    @property
    def _statement(self) -> str:
        """Return the SELECT without the semicolon at its end."""
        return self.source.statement.strip().rstrip("; \n\t")

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


class TableCsvReader(_Whole):
    """Reads a file (`domain.register_owners.Reader`): all of it, when it is reached."""

    def __init__(self, source: TableSource, file: Path) -> None:
        """Keep where it is."""
        super().__init__(source)
        self._file = file

    @property
    def where(self) -> str:
        """Name the file."""
        return str(self._file)

    def reach(self) -> None:
        """Read the file. Raise ConfigError for one that cannot be read, is no table, lacks columns or is empty."""
        if not self._all():
            raise ConfigError(f"{self.source.label}: {self.where} has no row with a room", hint="export it again")

    def _read(self) -> Sequence[Part]:
        name = f"{self.source.label}: {self._file}"
        columns, lines = read_table_file(self._file, self.source.label, hint="database: the path of the file")
        need_columns(columns, name)
        return list(parts_of(_named(name, lines)))


def _named(name: str, lines: Iterable[tuple[int, Mapping[str, str]]]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    return ((f"{name}: line {number}", cells) for number, cells in lines)


class MetadataReader:
    """Reads nothing: recordings name people themselves (`domain.register_owners.Reader`)."""

    where = "recordings themselves"

    def __init__(self, source: TableSource) -> None:
        """Keep which key says it."""
        self.source = source

    def reach(self) -> None:
        """Need nothing."""

    def register(self) -> MeetingRegister:
        """Return what looks into recordings."""
        return _Said(source=self.source)

    def fill_gaps(self, register: MeetingRegister) -> None:
        """Have nothing more."""

    def accounts(self) -> Iterable[Account]:
        """Return nobody: who is named shows with each recording."""
        return ()

    def close(self) -> None:
        """Need nothing."""


@dataclass(slots=True, kw_only=True)
class _Said(MeetingRegister):
    """A register whose rows are recordings' own words."""

    source: TableSource
    _known: dict[str, Sequence[Part]] = field(default_factory=dict)

    def _sure(self, recording: Recording) -> Sequence[Part]:
        key, pattern = self.source.key
        parts = []
        for word in dict.fromkeys(metadata_of(key, pattern, recording)):
            by_name = self.source.value == "username"
            account = Account(id=word, username=word if by_name else "", email="" if by_name else word)
            parts.append(Part(room=Room(id=recording.meeting_id), account=account, part="named", why=f"metadata {key}"))
        return parts
