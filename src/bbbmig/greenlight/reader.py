"""Reads a Greenlight whole: its rooms and people once, in two statements, or from an export."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa

from bbbmig.database.columns import columns_seen
from bbbmig.database.database_url import DatabaseUrl
from bbbmig.database.driver_errors import ConnectionLost
from bbbmig.database.read_only import ReadOnlyConnection
from bbbmig.database.table_file import read_table_file
from bbbmig.domain.account_names import Account
from bbbmig.domain.meeting_register import MeetingRegister
from bbbmig.errors import ConfigError, RemoteRefused
from bbbmig.greenlight.config import GreenlightSource
from bbbmig.greenlight.rows import account_of, need_columns, parts_of
from bbbmig.greenlight.statements import TABLES, Layout, Seen, cached_recordings, everything, layout_of, people

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class GreenlightState:
    """A Greenlight as this account sees it; `read_only` None: a file, which nothing writes to.

    `missing` are columns that are not there, or not granted, and without which it works.
    """

    where: str
    version: int | None
    read_only: bool | None
    missing: tuple[str, ...] = ()


def reader_of(source: GreenlightSource) -> "DatabaseReader | CsvReader":
    """Prepare to read a database or an export; nothing is opened. Raise ConfigError for a file that is not there."""
    return CsvReader(source, source.where) if isinstance(source.where, Path) else DatabaseReader(source, source.where)


class DatabaseReader:
    """Reads the database (`domain.register_owners.Reader`)."""

    def __init__(self, source: GreenlightSource, database: DatabaseUrl) -> None:
        """Prepare; nothing is connected yet. Raise ConfigError when the file of SQLite is not there."""
        self.source = source
        self._database = database
        self._connection = ReadOnlyConnection(database)
        self._found: tuple[Seen, Layout] | None = None

    def reach(self) -> None:
        """Connect, and see which version it is. Raise RemoteError, or RemoteRefused for what is absent or forbidden."""
        if self._found is None:
            seen = columns_seen(self._connection, TABLES, self._schema)
            label, account = self.source.label, self._database.user
            self._found = seen, layout_of(seen, label=label, account=account)

    def register(self) -> MeetingRegister:
        """Read all rooms. Raise RemoteError or RemoteRefused."""
        return self._twice(self._all_rooms)

    def _all_rooms(self) -> MeetingRegister:
        register = MeetingRegister()
        register.add(parts_of(self._rows(everything), self.source))
        return register

    def fill_gaps(self, register: MeetingRegister) -> None:
        """Read version 3's own memory of recordings. Raise RemoteError or RemoteRefused."""
        seen, layout = self._layout
        if layout.cache:
            rows = self._twice(lambda: self._connection.read(cached_recordings(seen, self._schema)))
            register.add_cache((record_id, meeting_id) for record_id, meeting_id in rows if record_id and meeting_id)

    def accounts(self) -> Iterable[Account]:
        """Return everybody of the providers that count. Raise RemoteError or RemoteRefused."""

        def read() -> list[Account]:
            rows = self._rows(lambda seen, _, schema: people(seen, schema))
            found = (account_of(row, {}) for row in rows)
            return [one for one in found if one is not None and self.source.counts(one.provider)]

        return self._twice(read)

    def state(self) -> GreenlightState:
        """Look at what is there, and try to write. Raise RemoteError or RemoteRefused."""
        self.reach()
        _, layout = self._layout
        return GreenlightState(
            where=f"{self._connection.server()}, {self._database.where}",
            version=layout.version,
            read_only=self._refuses_writes(),
            missing=layout.missing,
        )

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    @property
    def _schema(self) -> str:
        return self.source.schema if self._database.driver == "postgresql" else ""

    @property
    def _layout(self) -> tuple[Seen, Layout]:
        self.reach()
        if self._found is None:
            raise AssertionError(self.source.label)
        return self._found

    def _rows(
        self, statements: Callable[[Seen, Layout, str], tuple[sa.Select[Any], ...]]
    ) -> Iterator[Mapping[str, Any]]:
        """Read all rows of some statements, as mappings."""
        seen, layout = self._layout
        for made in statements(seen, layout, self._schema):
            names = [column.name for column in made.selected_columns]
            for row in self._connection.each(made):
                yield dict(zip(names, row, strict=True))

    def _twice(self, read: Callable[[], T]) -> T:
        """Read, and once more with a new connection when the first breaks."""
        try:
            return read()
        except ConnectionLost:
            self._connection.close()
            return read()

    def _refuses_writes(self) -> bool:
        """Try to write, in a way that changes no row."""
        rooms = sa.table("rooms", sa.column("name"), schema=self._schema or None)
        try:
            self._connection.run(sa.update(rooms).values(name=rooms.c.name).where(sa.false()))
        except RemoteRefused:
            return True
        return False


class CsvReader:
    """Reads an export (`domain.register_owners.Reader`): all of it, when it is reached."""

    def __init__(self, source: GreenlightSource, file: Path) -> None:
        """Keep where it is."""
        self.source = source
        self._file = file
        self._register: MeetingRegister | None = None
        self._accounts: dict[str, Account] = {}
        self._columns: tuple[str, ...] = ()

    def reach(self) -> None:
        """Read the file. Raise ConfigError for one that cannot be read, is no table or lacks columns."""
        if self._register is not None:
            return
        path, label = self._file, self.source.label
        columns, lines = read_table_file(path, label, hint="docs/owners.md has the line that exports it")
        need_columns(columns, f"{label}: {path}")
        register = MeetingRegister()
        parts = [*parts_of((cells for _, cells in lines), self.source)]
        if not parts:
            raise ConfigError(f"{label}: {path} has no room", hint="export it again; are `providers` right?")
        register.add(parts)
        self._accounts = {part.account.id: part.account for part in parts if part.account is not None}
        self._columns, self._register = tuple(columns), register

    def register(self) -> MeetingRegister:
        """Return all rooms."""
        self.reach()
        if self._register is None:
            raise AssertionError(self.source.label)
        return self._register

    def fill_gaps(self, register: MeetingRegister) -> None:
        """Have nothing more."""

    def accounts(self) -> Iterable[Account]:
        """Return everybody who has a room, or with whom one is shared."""
        self.register()
        return self._accounts.values()

    def state(self) -> GreenlightState:
        """Return what the file shows. Raise ConfigError as `reach`."""
        self.reach()
        old = {"social_uid", "username", "deleted"} & set(self._columns)
        return GreenlightState(where=str(self._file), version=2 if old else 3, read_only=None)

    def close(self) -> None:
        """Need nothing: the file was read at once."""
