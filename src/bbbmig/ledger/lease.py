"""Leases: for a while a recording is one holder's, by the database's clock; so several machines share a ledger.

A lease has a token that goes up with each holder. Whoever writes shows it, so that a run that was frozen for longer
than its lease writes nothing more, whatever it believes: a fencing token (Martin Kleppmann, "How to do distributed
locking", 2016).
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from bbbmig.domain.history import RECORD_ID_LENGTH
from bbbmig.errors import LeaseLost
from bbbmig.ledger.table import IN_MYSQL, SERVER_LENGTH, metadata

log = logging.getLogger(__name__)

LEASE_S = 90.0
"""A lease ends by itself so long after its holder was last heard of."""
BEAT_S = 20.0
"""So often a holder is heard of."""
_MARGIN_S = 10.0
"""A holder takes it for ended so much earlier: clocks of two machines do not run at quite the same pace."""
_HOLDER_LENGTH = 200

leases = sa.Table(
    "bbbmig_leases",
    metadata,
    sa.Column("server", sa.String(SERVER_LENGTH), primary_key=True),
    sa.Column("record_id", sa.String(RECORD_ID_LENGTH), primary_key=True),
    sa.Column("holder", sa.String(_HOLDER_LENGTH), nullable=False),
    sa.Column("token", sa.BigInteger, nullable=False),
    sa.Column("until", sa.Double, nullable=False),
    **IN_MYSQL,
)
"""Who works on which recording: until when, in seconds since 1970 by the database's clock; "" for nobody."""

_CLOCKS = {
    "mysql": "(UNIX_TIMESTAMP(SYSDATE(6)) + 0.0)",
    "postgresql": "EXTRACT(EPOCH FROM clock_timestamp())",
    "sqlite": "((julianday('now') - 2440587.5) * 86400.0)",
}


@dataclass(slots=True)
class Lease:
    """One recording that is ours: `good_until` by this machine's own clock, which goes on while it sleeps."""

    server: str
    record_id: str
    token: int
    good_until: float
    users: int = 1
    """So many actions of this run work on it."""
    lost: bool = False
    """Another holder has had it since, or may have."""


@dataclass(slots=True)
class Leases:
    """The leases of one holder, kept by a thread as long as there are any.

    `holder` names host, process and run. `lease_s` and `beat_s` in seconds.
    """

    engine: sa.Engine
    holder: str
    lease_s: float = LEASE_S
    beat_s: float = BEAT_S
    now: Callable[[], float] = field(default_factory=lambda: boot_time)
    _held: dict[tuple[str, str], Lease] = field(default_factory=dict)
    _guard: threading.Lock = field(default_factory=threading.Lock)
    _wake: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def take(self, server: str, record_id: str) -> str:
        """Take the lease of a recording; return "" if it is ours now, else the name of its holder.

        Raise sqlalchemy.exc.DBAPIError.
        """
        with self._guard:
            ours = self._held.get((server, record_id))
            if ours is not None and not ours.lost:
                ours.users += 1
                return ""
        asked = self.now()
        key = (leases.c.server == server, leases.c.record_id == record_id)
        now = self._clock()
        with self.engine.begin() as connection:
            row = connection.execute(
                sa.select(leases.c.holder, leases.c.token, (leases.c.until >= now).label("live")).where(*key)
            ).first()
            if row is not None and row.holder and row.live:
                return str(row.holder)
            token = 1 if row is None else int(row.token) + 1
            values = {"holder": self.holder, "token": token, "until": now + self.lease_s}
            if row is None:
                taken = _inserted(connection, {"server": server, "record_id": record_id} | values)
            else:
                update = sa.update(leases).where(*key, leases.c.token == row.token).values(values)
                taken = connection.execute(update).rowcount == 1
        if not taken:  # somebody was faster
            return self.holder_of(server, record_id) or "another run"
        self._keep(Lease(server, record_id, token, asked + self.lease_s - _margin(self.lease_s)))
        return ""

    def holder_of(self, server: str, record_id: str) -> str:
        """Name who holds the lease of a recording now, "" if nobody does."""
        key = (leases.c.server == server, leases.c.record_id == record_id)
        with self.engine.connect() as connection:
            query = sa.select(leases.c.holder).where(*key, leases.c.until >= self._clock())
            return connection.scalar(query) or ""

    def live(self, server: str) -> dict[str, str]:
        """Return the recordIDs that somebody works on now, with their holders."""
        query = sa.select(leases.c.record_id, leases.c.holder)
        query = query.where(leases.c.server == server, leases.c.until >= self._clock(), leases.c.holder != "")
        with self.engine.connect() as connection:
            return {row.record_id: row.holder for row in connection.execute(query)}

    def give_back(self, server: str, record_id: str) -> None:
        """Free a lease that is ours still."""
        with self._guard:
            lease = self._held.get((server, record_id))
            if lease is None:
                return
            lease.users -= 1
            if lease.users:
                return
            del self._held[server, record_id]
        if lease.lost:
            return
        with self.engine.begin() as connection:
            connection.execute(sa.update(leases).where(*_mine(lease, self.holder)).values(holder="", until=0.0))

    def check(self, record_id: str = "") -> None:
        """Raise LeaseLost if the lease of that recording is not certainly ours any more; without one, nothing.

        The database is asked only when it has not been for long: after a sleep, or when it did not answer.
        """
        with self._guard:
            ours = [lease for lease in self._held.values() if lease.record_id == record_id]
        for lease in ours:
            if lease.lost or (self.now() > lease.good_until and not self._extended(lease)):
                raise lost(lease)

    def check_in(self, connection: sa.Connection, server: str, record_ids: Iterable[str]) -> None:
        """Raise LeaseLost if, in this transaction, a lease that we hold bears another token: no row may be written."""
        with self._guard:
            held = [self._held.get((server, record_id)) for record_id in set(record_ids)]
        for lease in (one for one in held if one is not None):
            query = sa.select(leases.c.token).where(
                leases.c.server == lease.server, leases.c.record_id == lease.record_id
            )
            if connection.scalar(query.with_for_update()) != lease.token:
                lease.lost = True
                raise lost(lease)

    def close(self) -> None:
        """Give back what is still held, and end the thread."""
        with self._guard:
            keys = list(self._held)
            for lease in self._held.values():
                lease.users = 1
        for server, record_id in keys:
            self.give_back(server, record_id)
        self._wake.set()

    def _keep(self, lease: Lease) -> None:
        """Begin to extend a lease."""
        with self._guard:
            self._held[lease.server, lease.record_id] = lease
            if self._thread is None:
                self._thread = threading.Thread(target=self._beat, name="leases", daemon=True)
                self._thread.start()

    def _beat(self) -> None:
        """Extend all leases now and then, until the end."""
        while not self._wake.wait(self.beat_s):
            with self._guard:
                held = [lease for lease in self._held.values() if not lease.lost]
            for lease in held:
                try:
                    self._extended(lease)
                except sa.exc.DBAPIError as error:  # `check` asks again before anything is done
                    log.warning("the lease on %s could not be extended: %s", lease.record_id, error.orig)

    def _extended(self, lease: Lease) -> bool:
        """Extend a lease; False if somebody else has taken it. One that ended and that nobody took is ours again."""
        asked = self.now()
        with self.engine.begin() as connection:
            values = {"until": self._clock() + self.lease_s}
            extended = connection.execute(sa.update(leases).where(*_mine(lease, self.holder)).values(values)).rowcount
        if extended == 1:
            lease.good_until = asked + self.lease_s - _margin(self.lease_s)
            return True
        with self._guard:
            lease.lost = self._held.get((lease.server, lease.record_id)) is lease  # not one that was given back
        if lease.lost:
            log.warning("the lease on %s is lost: another machine may work on it", lease.record_id)
        return False

    def _clock(self) -> sa.ColumnElement[float]:
        """Return the database's clock, as an expression."""
        return clock(self.engine)


def clock(engine: sa.Engine) -> sa.ColumnElement[float]:
    """Return the clock of a database, in seconds since 1970, as an expression."""
    return sa.literal_column(_CLOCKS[engine.dialect.name], sa.Double())


def boot_time() -> float:
    """Return seconds of a clock that goes on while this machine sleeps."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if clock is None else time.clock_gettime(clock)


def lost(lease: Lease) -> LeaseLost:
    """Return the error of a lease that is gone."""
    return LeaseLost(
        f"{lease.record_id}: the lease on it is lost, another machine may work on it",
        hint="nothing more is done with it here: what the other one does counts",
    )


def _margin(lease_s: float) -> float:
    """Return how much earlier a holder takes its lease for ended."""
    return min(_MARGIN_S, lease_s / 4)


def _mine(lease: Lease, holder: str) -> tuple[sa.ColumnElement[bool], ...]:
    """Return what the row of a lease is known by, as long as it is ours."""
    return (
        leases.c.server == lease.server,
        leases.c.record_id == lease.record_id,
        leases.c.holder == holder,
        leases.c.token == lease.token,
    )


def _inserted(connection: sa.Connection, values: dict[str, Any]) -> bool:
    """Insert a new lease; False if somebody was faster."""
    try:
        with connection.begin_nested():
            connection.execute(sa.insert(leases).values(values))
    except sa.exc.IntegrityError:
        return False
    return True
