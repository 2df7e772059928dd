"""The only connection to a Moodle that may write: with the account for the notice, in short transactions."""

import contextlib
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from bbbmig.database.database_url import DatabaseUrl
from bbbmig.database.driver_errors import in_words
from bbbmig.database.read_only import first_of_all
from bbbmig.moodle.config import MoodleSource

_LOCKED_FOR_S = 10
"""How long to wait for a teacher's own change to end; Moodle's take milliseconds."""


class WritingConnection:
    """One connection to one Moodle, opened on first use."""

    def __init__(self, source: MoodleSource) -> None:
        """Prepare; nothing is connected yet. Raise ConfigError when the file of SQLite is not there."""
        self.source = source
        self._engine = _writing_engine(source.database)
        self._connection: sa.Connection | None = None

    @contextlib.contextmanager
    def transaction(self) -> Iterator[sa.Connection]:
        """Yield the connection for one transaction: committed at its end, rolled back when anything is raised.

        Raise CannotConnect, ConnectionLost, RemoteError or RemoteRefused.
        """
        with in_words(self.source.database):
            if self._connection is None:
                self._connection = self._engine.connect()
            with self._connection.begin():
                yield self._connection

    def close(self) -> None:
        """Close the connection, if open; the next transaction opens a new one."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with in_words(self.source.database):
                connection.invalidate()
                connection.close()


def _writing_engine(where: DatabaseUrl) -> sa.Engine:
    """Build an engine; nothing is connected yet."""
    engine = sa.create_engine(
        where.for_sqlalchemy(mode="rw"),
        connect_args=where.connect_arguments(),
        hide_parameters=True,
        poolclass=sa.NullPool,
    )
    statements = {
        # Without the strict mode MySQL cuts off what is too long, and writes "?" for what the column cannot hold.
        "mysql": (
            "SET SESSION sql_mode = CONCAT_WS(',', NULLIF(@@sql_mode, ''), 'STRICT_ALL_TABLES')",
            f"SET SESSION innodb_lock_wait_timeout = {_LOCKED_FOR_S}",
        ),
        "postgresql": (
            f"SET statement_timeout = {where.answer_timeout_ms}",
            f"SET lock_timeout = {_LOCKED_FOR_S * 1000}",
        ),
        "sqlite": (),
    }[where.driver]
    first_of_all(engine, statements)
    if where.driver == "sqlite":  # Python's driver begins transactions too late: a text could change after its reading
        event.listen(engine, "connect", _leave_transactions_to_us)
        event.listen(engine, "begin", _begin)
    return engine


def _leave_transactions_to_us(connection: Any, _record: object) -> None:  # noqa: ANN401 - of the driver
    connection.isolation_level = None


def _begin(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
