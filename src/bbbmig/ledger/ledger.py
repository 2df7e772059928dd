"""The ledger itself: opened, read, written, locked."""

import contextlib
import os
import platform
import time
from collections.abc import Iterable, Iterator
from typing import Self
from uuid import uuid4

import sqlalchemy as sa

from bbbmig.domain.history import RECORD_ID_LENGTH, TARGET_LENGTH, Effect, Entry, History
from bbbmig.domain.progress import Point
from bbbmig.errors import ConfigError, RecordingFailed
from bbbmig.ledger import location, progress, schema, table
from bbbmig.ledger.failure import errors_translated
from bbbmig.ledger.fleet import Fleet
from bbbmig.ledger.lease import Leases
from bbbmig.ledger.lock import Check, file_lock, server_lock
from bbbmig.ledger.places import NOWHERE, Places

_LOOKS = 40
_LOOK_S = 0.25
"""So often, and after so long, is looked again while another machine makes the tables."""


class Ledger:
    """An open ledger; use it as a context manager."""

    def __init__(self, url: str, *, read_only: bool = False, places: Places = NOWHERE) -> None:
        """Open the ledger at that SQLAlchemy URL and create its table.

        `places` are this machine's directories: rows name files below them, wherever another machine has them.
        With `read_only` (dry runs) nothing is created: a ledger that does not exist yet is an empty one.
        Raise ConfigError if the URL is wrong, the file cannot be used by this user, the database refuses us, or a newer
        bbbmig wrote it; MachineError if the file is spoilt or its disk full; RemoteError if the database does not
        answer.
        """
        self.url = location.parsed(url)
        self.file = location.file_of(self.url)
        self._read_only = read_only
        self._places = places
        self._engine: sa.Engine | None = None
        self._check: Check | None = None
        self._leases: Leases | None = None
        self._version = schema.VERSION
        if self.file is not None:
            self.url = self.url.set(database=str(self.file))
            if not read_only:
                location.create(self.file)
            elif not location.exists(self.file):
                return
        engine = sa.create_engine(self.url, hide_parameters=True, pool_pre_ping=self.file is None)
        try:
            with errors_translated(self):
                if self.file is not None:
                    location.check_whole(engine)
                self._look(engine)
        finally:
            if self._engine is None:
                engine.dispose()

    def _look(self, engine: sa.Engine) -> None:
        """Create the tables, and look which version they are; several machines may begin at the same moment."""
        for left in reversed(range(_LOOKS)):
            try:
                if not self._read_only:
                    schema.create(engine)
                with engine.connect() as connection:
                    if sa.inspect(connection).has_table(table.effects.name):
                        self._version = schema.version(connection)
                        self._engine = engine
            except sa.exc.DBAPIError as error:
                if not left or not schema.is_being_made(error):
                    raise
                time.sleep(_LOOK_S)
            else:
                return

    def __enter__(self) -> Self:
        """Return itself."""
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

    def entries(self, server: str, *kinds: Effect, record_id: str = "") -> list[Entry]:
        """Return all that is remembered of these kinds of effects on one server's recordings, or on one of them.

        A row that is spoilt is UNREADABLE, and said. Raises as `__init__`.
        """
        if self._engine is None:
            return []
        with errors_translated(self), self._engine.connect() as connection:
            rows = table.read(connection, server, kinds, schema.columns(self._version), record_id=record_id)
            return [self._places.as_here(schema.understood(entry)) for entry in rows]

    def history(self, server: str, *kinds: Effect, record_id: str = "") -> History:
        """Return the same, sorted. Raises as `entries`."""
        return History(self.entries(server, *kinds, record_id=record_id))

    def write(self, server: str, entries: Iterable[Entry]) -> None:
        """Write rows in one transaction, each over what stood there for the same recording, effect and target.

        What is done stays done: see `table.write`. Raise RecordingFailed for those that no row can hold, after the
        others are written, LockLost when the run lock is lost, LeaseLost when another machine has had the lease of one
        of these recordings since; as `__init__` for the database.
        """
        if self._engine is None or self._read_only:
            raise AssertionError("a dry run writes nothing")
        if len(server) > table.SERVER_LENGTH:
            raise ConfigError(
                f"the ledger takes names of servers of {table.SERVER_LENGTH} characters: {server}",
                hint="write its IP address into bbb.url",
            )
        self.check_lock()
        entries = list(entries)
        refused = [entry for entry in entries if _is_too_long(entry)]
        with errors_translated(self), self._engine.begin() as connection:
            self._carry_over(connection)
            if self._leases is not None:
                self._leases.check_in(connection, server, (entry.record_id for entry in entries))
            kept = (entry for entry in entries if not _is_too_long(entry))
            table.write(connection, server, map(self._places.to_store, kept))
        if refused:
            raise RecordingFailed(
                f"the ledger cannot remember {refused[0].record_id[:200]} {refused[0].target[:200]}".rstrip(),
                hint=f"a recordID may have {RECORD_ID_LENGTH} characters, a user name {TARGET_LENGTH}",
            )

    def points(self, server: str) -> list[Point]:
        """Return what earlier looks at the migration of one server found, the oldest first. Raises as `entries`."""
        if self._engine is None:
            return []
        with errors_translated(self), self._engine.connect() as connection:
            return progress.read(connection, server)

    def note(self, server: str, point: Point) -> None:
        """Remember what a look at the migration found; nothing in a dry run. Raises as `__init__`."""
        if self._engine is None or self._read_only:
            return
        with errors_translated(self), self._engine.begin() as connection:
            self._carry_over(connection)
            progress.write(connection, server, point)

    def number(self) -> str:
        """Return the number that this ledger has wherever it is, "" for one that no run has written to yet."""
        if self._engine is None:
            return ""
        with errors_translated(self), self._engine.connect() as connection:
            return schema.number(connection)

    def check_lock(self, record_id: str = "") -> None:
        """Raise LockLost when the run lock is lost, LeaseLost when the lease on that recording is.

        To be asked before each effect.
        """
        if self._check is not None:
            self._check()
        if self._leases is not None and record_id:
            with errors_translated(self):
                self._leases.check(record_id)

    @property
    def shared(self) -> bool:
        """Tell whether several machines may work with it at once: one in a file is one machine's."""
        return self.file is None

    @property
    def fleet(self) -> Fleet | None:
        """What several machines know of each other; None where one works alone, or nobody has worked yet."""
        if self._engine is None or not self.shared or self._version < schema.VERSION:
            return None
        return Fleet(self._engine, str(self))

    @contextlib.contextmanager
    def working(self, who: str) -> Iterator[None]:
        """Work on recordings one by one: in a shared ledger under leases, side by side with others; else as `locked`.

        Raise as `locked`.
        """
        if not self.shared or self._engine is None or self._read_only:
            with self.locked(who):
                yield
            return
        if self._version < schema.VERSION or not self.number():
            with self.locked(who):
                pass  # it is carried over, and numbered: alone
        self._leases = Leases(self._engine, f"{who} (process {os.getpid()} on {platform.node()}) {uuid4().hex[:8]}")
        try:
            yield
        finally:
            with contextlib.suppress(sa.exc.DBAPIError):  # they end by themselves
                self._leases.close()
            self._leases = None

    @contextlib.contextmanager
    def leased(self, server: str, record_id: str) -> Iterator[str]:
        """Hold the lease of a recording; yield "" if it is ours, else who holds it: then nothing may be done with it.

        Where there are no leases, the run lock says that nobody else is at work. Raises as `__init__`.
        """
        if self._leases is None:
            yield ""
            return
        with errors_translated(self):
            other = self._leases.take(server, record_id)
        try:
            yield other
        finally:
            if not other:
                with contextlib.suppress(sa.exc.DBAPIError):  # it ends by itself
                    self._leases.give_back(server, record_id)

    def at_work(self, server: str) -> set[str]:
        """Return the recordIDs that somebody has a lease on; none where the run lock keeps others out."""
        if self._leases is None:
            return set()
        with errors_translated(self):
            return set(self._leases.live(server))

    @contextlib.contextmanager
    def locked(self, who: str) -> Iterator[None]:
        """Hold the run lock; `who` is told to those who find it taken. A ledger of an older bbbmig is carried over.

        Raise Locked when another run has it, LockLost at the end when it was lost meanwhile: the lock of a server goes
        with its connection, and then `write` fails, too.
        """
        if self._engine is None or self._read_only:
            yield
            return
        with self._lock(who) as check:
            with errors_translated(self), self._engine.begin() as connection:
                self._carry_over(connection)
                schema.give_number(connection)
            self._check = check
            try:
                yield
                self.check_lock()
            finally:
                self._check = None

    def _lock(self, who: str) -> contextlib.AbstractContextManager[Check]:
        """Take the lock of a file or of a server."""
        if self.file is not None:
            return file_lock(self.file, who)
        return server_lock(self.url, str(self), who)

    def _carry_over(self, connection: sa.Connection) -> None:
        """Bring a ledger that an older bbbmig wrote to this version, once."""
        if self._version < schema.VERSION:
            schema.carry_over(connection)
            self._version = schema.VERSION


def _is_too_long(entry: Entry) -> bool:
    """Tell whether no row can hold an entry."""
    return len(entry.record_id) > RECORD_ID_LENGTH or len(entry.target) > TARGET_LENGTH
