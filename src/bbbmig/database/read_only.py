"""A connection to a database of others that the server itself keeps from writing."""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from bbbmig.database.database_url import DatabaseUrl
from bbbmig.database.driver_errors import in_words

AnyRow = sa.Row[*tuple[Any, ...]]
AnySelect = sa.Select[*tuple[Any, ...]]

MOST_VALUES = 1000
"""Values in one IN list: MariaDB reads whole tables from some 5,000 on; psycopg takes 65,535 parameters at most."""


class ReadOnlyConnection:
    """One connection to one database, opened on first use; the server refuses whatever would write."""

    def __init__(self, where: DatabaseUrl) -> None:
        """Prepare; nothing is connected yet. Raise ConfigError when the file of SQLite is not there."""
        self.where = where
        self._engine = read_only_engine(where)
        self._connection: sa.Connection | None = None

    def read(self, statement: AnySelect, **values: object) -> Sequence[AnyRow]:
        """Run one SELECT and return all its rows.

        Raise CannotConnect, ConnectionLost, RemoteError or RemoteRefused.
        """
        with in_words(self.where):
            return self._open().execute(statement, values).all()

    def each(self, statement: sa.Executable) -> Iterator[AnyRow]:
        """Run one SELECT and yield its rows as they come, without keeping them. Raise as `read`, in mid-way, too."""
        with in_words(self.where):
            options = {"stream_results": True} if self.where.driver == "mysql" else {}  # others keep nothing twice
            result = self._open().execution_options(**options).execute(statement)
            for some in result.partitions(1000):
                yield from some

    def read_text(self, statement: str, *, most: int) -> tuple[tuple[str, ...], Sequence[AnyRow]]:
        """Run a SELECT that somebody else wrote, as it is; return the names of its columns and at most `most` + 1 rows.

        Raise as `read`.
        """
        with in_words(self.where):
            plain = self._open().execution_options(no_parameters=True)  # no sign in it stands for a value
            result = plain.exec_driver_sql(statement)
            return tuple(result.keys()), result.fetchmany(most + 1)

    def run(self, statement: sa.Executable) -> None:
        """Run a statement that gives no rows; one that writes is refused by the server: RemoteRefused."""
        with in_words(self.where):
            self._open().execute(statement)

    def _open(self) -> sa.Connection:
        if self._connection is None:
            self._connection = self._engine.connect()
        return self._connection

    def read_in(self, statement: AnySelect, key: str, among: Iterable[Any], **values: object) -> Iterator[AnyRow]:
        """Run a statement with an expanding list named `key` once for each 1000 of the values, sorted; or never."""
        for part in parts(among):
            yield from self.read(statement, **{key: part}, **values)

    def server(self) -> str:
        """Name the server and its version: "MariaDB 10.11.19"."""
        with in_words(self.where):
            dialect = self._open().dialect
        name = {"mysql": "MySQL", "postgresql": "PostgreSQL", "sqlite": "SQLite"}[self.where.driver]
        if getattr(dialect, "is_mariadb", False):
            name = "MariaDB"
        return f"{name} {'.'.join(str(part) for part in dialect.server_version_info or ())}"

    def close(self) -> None:
        """Close the connection, if open; the next statement opens a new one."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with in_words(self.where):
                connection.invalidate()
                connection.close()


def parts(values: Iterable[Any]) -> Iterator[list[Any]]:
    """Cut the distinct values, sorted, into lists short enough for one statement."""
    rest = iter(sorted(set(values)))
    while part := list(itertools.islice(rest, MOST_VALUES)):
        yield part


def read_only_engine(where: DatabaseUrl) -> sa.Engine:
    """Build an engine whose sessions cannot write, from their first moment on; nothing is connected yet."""
    engine = sa.create_engine(
        where.for_sqlalchemy(),
        connect_args=where.connect_arguments(),
        hide_parameters=True,
        poolclass=sa.NullPool,
        isolation_level="AUTOCOMMIT",  # single reads: no transaction stays open while the caller thinks
    )
    statements = {
        "mysql": ("SET SESSION TRANSACTION READ ONLY",),
        "postgresql": (
            "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
            f"SET statement_timeout = {where.answer_timeout_ms}",
        ),
        "sqlite": ("PRAGMA query_only = ON",),
    }[where.driver]
    first_of_all(engine, statements)
    return engine


def first_of_all(engine: sa.Engine, statements: Iterable[str]) -> None:
    """Have each connection of an engine begin with these statements."""

    def prepare(connection: Any, _record: object) -> None:  # noqa: ANN401 - of three drivers
        cursor = connection.cursor()
        for statement in statements:
            cursor.execute(statement)
        cursor.close()
        connection.commit()

    event.listen(engine, "connect", prepare)
