"""What several machines know of each other: runs that wait for workers, how their tasks ended, who is at work.

All times are the database's, in seconds since 1970. An end is written once: who comes second, having got the same
message again, changes nothing.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from bbbmig.domain.history import RECORD_ID_LENGTH
from bbbmig.domain.outcome import Status
from bbbmig.domain.plan import Kind, Reason
from bbbmig.domain.task import TaskEnd
from bbbmig.ledger.failure import errors_translated
from bbbmig.ledger.lease import clock
from bbbmig.ledger.table import IN_MYSQL, SERVER_LENGTH, metadata

ALIVE_S = 90.0
"""A worker that was not heard of for so long is gone."""
KEPT_S = 30 * 86400.0
"""So long are ends and runs kept."""
_OVERLAP_S = 60.0
"""So far back is looked again for ends: those of transactions that were under way when it was looked last."""
_HOUR_S = 3600.0
_NUMBER_LENGTH = 32
_NAME_LENGTH = 200

runs = sa.Table(
    "bbbmig_runs",
    metadata,
    sa.Column("run", sa.String(_NUMBER_LENGTH), primary_key=True),
    sa.Column("server", sa.String(SERVER_LENGTH), nullable=False),
    sa.Column("command", sa.String(16), nullable=False),
    sa.Column("sender", sa.String(_NAME_LENGTH), nullable=False),
    sa.Column("tasks", sa.Integer, nullable=False),
    sa.Column("hosts", sa.Text, nullable=False),
    sa.Column("is_open", sa.Boolean, nullable=False),
    sa.Column("at", sa.Double, nullable=False),
    **IN_MYSQL,
)
"""Runs that sent tasks; `hosts` are those that the list of recordings commonly names, as JSON."""
ends = sa.Table(
    "bbbmig_ends",
    metadata,
    sa.Column("run", sa.String(_NUMBER_LENGTH), primary_key=True),
    sa.Column("record_id", sa.String(RECORD_ID_LENGTH), primary_key=True),
    sa.Column("server", sa.String(SERVER_LENGTH), nullable=False),
    sa.Column("worker", sa.String(_NAME_LENGTH), nullable=False),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("length_s", sa.Double, nullable=False),
    sa.Column("told", sa.Text, nullable=False),
    sa.Column("at", sa.Double, nullable=False),
    sa.Index("bbbmig_ends_of_run", "run", "at"),
    sa.Index("bbbmig_ends_at", "at"),
    **IN_MYSQL,
)
"""How tasks ended; `told` is the rest of it, as JSON."""
workers = sa.Table(
    "bbbmig_workers",
    metadata,
    sa.Column("worker", sa.String(_NAME_LENGTH), primary_key=True),
    sa.Column("jobs", sa.Integer, nullable=False),
    sa.Column("busy", sa.Integer, nullable=False),
    sa.Column("waits", sa.String(_NAME_LENGTH), nullable=False),
    sa.Column("version", sa.String(32), nullable=False),
    sa.Column("since", sa.Double, nullable=False),
    sa.Column("seen", sa.Double, nullable=False),
    **IN_MYSQL,
)
"""Workers; `waits` says for which server one waits before it goes on, "" for none."""
TABLES = (runs, ends, workers)


@dataclass(frozen=True, slots=True, kw_only=True)
class SentRun:
    """A run that sent tasks: `sender` names process and host, `at` (aware) when it began."""

    run: str
    server: str
    command: str
    sender: str
    tasks: int
    hosts: tuple[str, ...]
    is_open: bool
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerAtWork:
    """A worker that was heard of of late: `busy` of its `jobs` have a recording; `waits` says for which server."""

    worker: str
    jobs: int
    busy: int
    waits: str
    version: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Fleet:
    """The tables in an open ledger. Everything raises as the ledger does."""

    engine: sa.Engine
    name: str

    def send(self, run: str, *, server: str, command: str, sender: str, tasks: int, hosts: Sequence[str]) -> None:
        """Note a run before its tasks are sent; what is older than 30 days is forgotten."""
        now = clock(self.engine)
        values = {"run": run, "server": server, "command": command, "sender": sender[:_NAME_LENGTH], "tasks": tasks}
        with errors_translated(self.name), self.engine.begin() as connection:
            for table in (ends, runs):
                connection.execute(sa.delete(table).where(table.c.at < now - KEPT_S))
            connection.execute(sa.delete(workers).where(workers.c.seen < now - KEPT_S))
            rest = {"hosts": json.dumps([*hosts]), "is_open": True, "at": now}
            connection.execute(sa.insert(runs).values(values | rest))

    def close(self, *numbers: str) -> None:
        """Note that runs want nothing more: workers leave alone what is left of their tasks."""
        with errors_translated(self.name), self.engine.begin() as connection:
            connection.execute(sa.update(runs).where(runs.c.run.in_(numbers)).values(is_open=False))

    def run(self, number: str) -> SentRun | None:
        """Return one run, None if it was forgotten."""
        return next(iter(self._runs(runs.c.run == number)), None)

    def open_runs(self) -> list[SentRun]:
        """Return the runs whose tasks are wanted still, the first first."""
        return self._runs(runs.c.is_open)

    def _runs(self, which: sa.ColumnElement[bool]) -> list[SentRun]:
        with errors_translated(self.name), self.engine.connect() as connection:
            rows = connection.execute(sa.select(runs).where(which).order_by(runs.c.at)).mappings().all()
        return [
            SentRun(**{**row, "hosts": tuple(json.loads(row["hosts"])), "at": _moment(row["at"]), "is_open": _is(row)})
            for row in rows
        ]

    def write(self, server: str, end: TaskEnd) -> None:
        """Note how a task ended, unless that is noted already."""
        told = {
            "kind": end.kind,
            "target": end.target,
            "reason": end.reason,
            "why": end.why,
            "since": end.since.isoformat() if end.since else None,
            "hint": end.hint,
            "detail": end.detail,
            "location": end.location,
            "size": end.size,
        }
        values = {
            "run": end.run,
            "record_id": end.record_id,
            "server": server,
            "worker": end.worker[:_NAME_LENGTH],
            "status": str(end.status),
            "length_s": end.length_s,
            "told": json.dumps(told),
            "at": clock(self.engine),
        }
        key = (ends.c.run == end.run, ends.c.record_id == end.record_id)
        with errors_translated(self.name), self.engine.begin() as connection:
            if connection.scalar(sa.select(ends.c.run).where(*key)) is not None:
                return
            try:
                with connection.begin_nested():
                    connection.execute(sa.insert(ends).values(values))
            except sa.exc.IntegrityError:
                return  # somebody was faster

    def ends(self, run: str, since: float = 0.0) -> tuple[list[TaskEnd], float]:
        """Return how tasks of a run ended since a moment that the last call returned, and the next such moment.

        Some that were returned before come again.
        """
        query = sa.select(ends).where(ends.c.run == run, ends.c.at >= since - _OVERLAP_S).order_by(ends.c.at)
        with errors_translated(self.name), self.engine.connect() as connection:
            rows = connection.execute(query).mappings().all()
        return [_end(row) for row in rows], max((row["at"] for row in rows), default=since)

    def beat(self, worker: str, *, jobs: int, busy: int, waits: str, version: str) -> None:
        """Note that a worker is alive."""
        now = clock(self.engine)
        values: dict[str, Any] = {"jobs": jobs, "busy": busy, "waits": waits[:_NAME_LENGTH], "version": version}
        with errors_translated(self.name), self.engine.begin() as connection:
            update = sa.update(workers).where(workers.c.worker == worker).values(values | {"seen": now})
            if connection.execute(update).rowcount == 0:
                new = values | {"worker": worker[:_NAME_LENGTH], "since": now, "seen": now}
                connection.execute(sa.insert(workers).values(new))

    def leave(self, worker: str) -> None:
        """Note that a worker has ended."""
        with errors_translated(self.name), self.engine.begin() as connection:
            connection.execute(sa.delete(workers).where(workers.c.worker == worker))

    def workers(self) -> list[WorkerAtWork]:
        """Return those that were heard of of late, by their names."""
        alive = workers.c.seen >= clock(self.engine) - ALIVE_S
        query = sa.select(workers).where(alive).order_by(workers.c.worker)
        with errors_translated(self.name), self.engine.connect() as connection:
            rows = connection.execute(query).mappings().all()
        return [
            WorkerAtWork(
                **{name: row[name] for name in row if name not in ("since", "seen")}, since=_moment(row["since"])
            )
            for row in rows
        ]

    def last_hour(self, server: str) -> tuple[int, float]:
        """Return how many tasks were done within an hour, and how many seconds of recordings they are."""
        query = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(ends.c.length_s), 0.0)).where(
            ends.c.server == server, ends.c.status == str(Status.DONE), ends.c.at >= clock(self.engine) - _HOUR_S
        )
        with errors_translated(self.name), self.engine.connect() as connection:
            count, length_s = connection.execute(query).one()
        return int(count), float(length_s)


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _is(row: Any) -> bool:  # noqa: ANN401 - a row
    return bool(row["is_open"])


def _end(row: Any) -> TaskEnd:  # noqa: ANN401 - a row
    """Make a value of a row."""
    told = json.loads(row["told"])
    reason, since = told.pop("reason"), told.pop("since")
    return TaskEnd(
        run=row["run"],
        record_id=row["record_id"],
        worker=row["worker"],
        status=Status(row["status"]),
        kind=Kind(told.pop("kind")),
        reason=Reason(reason) if reason else None,
        since=datetime.fromisoformat(since) if since else None,
        length_s=row["length_s"],
        **told,
    )
