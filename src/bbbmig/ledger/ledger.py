"""The ledger itself: opened, read, written, locked."""

import contextlib
from collections.abc import Iterable, Iterator
from typing import Self

import sqlalchemy as sa

from bbbmig.ledger import location, table
from bbbmig.ledger.failure import in_words
from bbbmig.ledger.lock import Check, file_lock, server_lock
from bbbmig.ledger.table import Effect, Entry


class Ledger:
    """An open ledger; use it as a context manager."""

    def __init__(self, url: str, *, read_only: bool = False) -> None:
        """Open the ledger at that SQLAlchemy URL and create its table.

        With `read_only` (dry runs) nothing is created: a ledger that does not exist yet is an empty one.
        Raise ConfigError if the URL is wrong, the file cannot be used by this user, or the database refuses us;
        RemoteError if it does not answer.
        """
        self.url = location.parsed(url)
        self.file = location.file_of(self.url)
        self._read_only = read_only
        self._engine: sa.Engine | None = None
        self._check: Check | None = None
        if self.file is not None:
            self.url = self.url.set(database=str(self.file))
            if not read_only:
                location.create(self.file)
            elif not location.exists(self.file):
                return
        engine = sa.create_engine(self.url, hide_parameters=True, pool_pre_ping=self.file is None)
        try:
            with in_words(self):
                if not read_only:
                    table.metadata.create_all(engine)
                if sa.inspect(engine).has_table(table.effects.name):
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

    def unwritable(self) -> str:
        """Say what keeps this user from writing a ledger that is a file, "" if nothing does."""
        return location.unwritable(self.file) if self.file is not None else ""

    def entries(self, server: str, effect: Effect) -> list[Entry]:
        """Give all that is remembered of one kind of effect on one server's recordings.

        Raise ConfigError for what only a later bbbmig knows; as `__init__` for the database.
        """
        if self._engine is None:
            return []
        with in_words(self), self._engine.connect() as connection:
            return table.read(connection, server, effect)

    def write(self, server: str, effect: Effect, entries: Iterable[Entry]) -> None:
        """Write rows in one transaction, each over what stood there for the same recording and target.

        Raise RemoteError when the run lock is lost; as `__init__` for the database.
        """
        if self._engine is None or self._read_only:
            raise AssertionError("a dry run writes nothing")
        if self._check is not None:
            self._check()
        with in_words(self), self._engine.begin() as connection:
            table.write(connection, server, effect, entries)

    @contextlib.contextmanager
    def locked(self, who: str) -> Iterator[None]:
        """Hold the run lock; `who` is told to those who find it taken. Raise Locked when another run has it.

        Without it, `write` fails: the lock of a server can be lost with its connection.
        """
        if self._engine is None or self._read_only:
            yield
        elif self.file is not None:
            with file_lock(self.file, who):
                yield
        else:
            with server_lock(self.url, str(self)) as check:
                self._check = check
                try:
                    yield
                finally:
                    self._check = None
