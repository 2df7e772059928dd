"""A connection to a Moodle's database that the server itself keeps from writing."""

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from bbbmig.errors import ConfigError
from bbbmig.moodle.config import MoodleSource
from bbbmig.moodle.failure import in_words

AnyRow = sa.Row[*tuple[Any, ...]]
AnySelect = sa.Select[*tuple[Any, ...]]

MOST_VALUES = 1000
"""Values in one IN list: MariaDB reads whole tables from some 5,000 on; psycopg takes 65,535 parameters at most."""


class ReadOnlyConnection:
    """One connection to one Moodle, opened on first use; the server refuses whatever would write."""

    def __init__(self, source: MoodleSource) -> None:
        """Prepare; nothing is connected yet. Raise ConfigError when the file of SQLite is not there."""
        self.source = source
        self._engine = read_only_engine(source)
        self._connection: sa.Connection | None = None

    def read(self, statement: AnySelect, **values: object) -> Sequence[AnyRow]:
        """Run one SELECT and give all its rows.

        Raise CannotConnect, ConnectionLost, RemoteError or RemoteRefused.
        """
        with in_words(self.source):
            return self._open().execute(statement, values).all()

    def run(self, statement: sa.Executable) -> None:
        """Run a statement that gives no rows; one that writes is refused by the server: RemoteRefused."""
        with in_words(self.source):
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
        with in_words(self.source):
            dialect = self._open().dialect
        name = {"mysql": "MySQL", "postgresql": "PostgreSQL", "sqlite": "SQLite"}[self.source.driver]
        if getattr(dialect, "is_mariadb", False):
            name = "MariaDB"
        return f"{name} {'.'.join(str(part) for part in dialect.server_version_info or ())}"

    def close(self) -> None:
        """Close the connection, if open; the next statement opens a new one."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with in_words(self.source):
                connection.invalidate()
                connection.close()


def parts(values: Iterable[Any]) -> Iterator[list[Any]]:
    """Cut the distinct values, sorted, into lists short enough for one statement."""
    rest = iter(sorted(set(values)))
    while part := list(itertools.islice(rest, MOST_VALUES)):
        yield part


def read_only_engine(source: MoodleSource) -> sa.Engine:
    """Build an engine whose sessions cannot write, from their first moment on; nothing is connected yet."""
    engine = sa.create_engine(
        url_of(source),
        connect_args=connect_arguments(source),
        hide_parameters=True,
        poolclass=sa.NullPool,
        isolation_level="AUTOCOMMIT",  # single reads: no transaction stays open while the caller thinks
    )
    statements = {
        "mysql": ("SET SESSION TRANSACTION READ ONLY",),
        "postgresql": (
            "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
            f"SET statement_timeout = {milliseconds(source)}",
        ),
        "sqlite": ("PRAGMA query_only = ON",),
    }[source.driver]
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


def url_of(source: MoodleSource, *, mode: str = "ro") -> sa.URL:
    """Write the address for SQLAlchemy; `mode` is that of SQLite's files. Raise ConfigError when the file is absent."""
    if source.driver == "sqlite":
        path = Path(source.database)
        if not path.is_file():
            raise ConfigError(f"moodle {source.name}: there is no file {path}", hint="database: the path of a file")
        return sa.URL.create("sqlite+pysqlite", database=path.resolve().as_uri(), query={"mode": mode, "uri": "true"})
    return sa.URL.create(
        {"mysql": "mysql+pymysql", "postgresql": "postgresql+psycopg"}[source.driver],
        username=source.user or None,
        password=source.password or None,
        host=source.host,
        port=source.port,
        database=source.database,
    )


def connect_arguments(source: MoodleSource) -> dict[str, Any]:
    """Give what the drivers want to know beside the address: time limits and the charset."""
    wait = math.ceil(source.connect_timeout_s)
    if source.driver == "mysql":  # with any other charset, emoji are read as "?"
        return {
            "charset": "utf8mb4",
            "connect_timeout": wait,
            "read_timeout": math.ceil(source.answer_timeout_s),
        }
    if source.driver == "postgresql":
        return {
            "connect_timeout": max(2, wait),  # libpq takes no less
            "application_name": "bbbmig",
            "tcp_user_timeout": milliseconds(source),
            "prepare_threshold": None,  # prepared statements do not survive behind PgBouncer
        }
    return {"timeout": wait}


def milliseconds(source: MoodleSource) -> int:
    """Give the time that an answer may take."""
    return math.ceil(source.answer_timeout_s * 1000)
