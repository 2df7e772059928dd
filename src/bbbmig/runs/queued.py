"""`--queue`: a plan's recordings go to workers, the longest first; all outcomes are waited for, and shown."""

import contextlib
import logging
import os
import platform
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import uuid4

from bbbmig.apply.executor import without_effect
from bbbmig.domain.choices import Queueing
from bbbmig.domain.outcome import Outcome, Status
from bbbmig.domain.plan import Action, Plan
from bbbmig.domain.recording_length import length_s
from bbbmig.domain.task import Task
from bbbmig.errors import RemoteError, UsageError
from bbbmig.runs.run import Run
from bbbmig.runs.worker_queue import fleet_of, need_shared, queue_of

if TYPE_CHECKING:
    from bbbmig.ledger.fleet import Fleet
    from bbbmig.worker.queue import Queue

log = logging.getLogger(__name__)

LOOK_S = 2.0
"""How often is asked what has ended."""
LOOK_AFTER_S = 30.0
"""How often is looked whether somebody works, and whether the broker has lost something."""
LOST_AFTER_S = 120.0
"""Longer than a lease: who has a recording still, is heard of within this time."""
PATIENCE_S = 900.0
"""So long may ledger and broker be away while a run only waits."""
_SIGNS = 3

MakeTask = Callable[[str, Action], Task]
"""Makes the task of an action, for the run of that number."""


def be_ready(run: Run, queueing: Queueing) -> None:
    """Make sure, before any server is asked, that recordings can be sent to workers, if they are to be.

    Raise UsageError for limits that each worker has for itself, ConfigError if there is no queue or no shared ledger.
    """
    if not queueing:
        return
    limits = run.adapters.limits
    if limits.jobs > 1 or limits.bytes_per_s:
        raise UsageError(
            "--jobs and --bwlimit do not hold over all workers",
            hint="give them to each `bbbmig worker`; --max-failures, --max-duration and --until-time hold over all",
        )
    if queueing is Queueing.DETACH and (limits.max_failures or limits.max_duration_s or limits.until):
        raise UsageError(
            "--max-failures, --max-duration and --until-time need a run that waits", hint="leave out --detach"
        )
    queue_of(run)
    if not run.dry:
        need_shared(run)


def send(run: Run, plan: Plan, make_task: MakeTask, *, detach: bool) -> None:
    """Send what has an effect, show the rest, and unless `detach` wait for the outcomes of all of it.

    However waiting ends, messages that nobody has taken are withdrawn. Raises as `Queue`, and the ledger.
    """
    fleet, queue = fleet_of(run), queue_of(run)
    run.report.expect(plan)
    run.show(outcome for action in plan if (outcome := without_effect(action)) is not None)
    todo = sorted(plan.effective, key=lambda action: -(length_s(action.recording) or 0.0))
    if not todo:
        return
    number = uuid4().hex
    sent = Sent(
        run=run, fleet=fleet, queue=queue, number=number, pending={one.recording.record_id: one for one in todo}
    )
    tasks = [make_task(number, action) for action in todo]
    sender = f"process {os.getpid()} on {platform.node()}"
    hosts = sorted(run.adapters.hosts.trusted.common)
    fleet.send(number, server=run.server, command=run.command, sender=sender, tasks=len(tasks), hosts=hosts)
    sent.tasks = {task.record_id: task for task in tasks}
    try:
        queue.send(task.as_values() for task in tasks)
        run.report.text(f"{len(tasks)} recordings are in the queue {queue}", sent=len(tasks), run=number)
        if detach:
            return
        run.show(sent.outcomes())
    except BaseException:
        sent.withdraw()
        raise
    fleet.close(number)


@dataclass(slots=True, kw_only=True)
class Sent:
    """A run's tasks, as long as it waits: `pending` are the actions that have not ended, by recordID."""

    run: Run
    fleet: "Fleet"
    queue: "Queue"
    number: str
    pending: dict[str, Action]
    tasks: dict[str, Task] = field(default_factory=dict)
    _since: float = 0.0
    _away_since: float | None = None
    _quiet: int = 0
    _looked: float = field(default_factory=time.monotonic)
    _warned: bool = False

    def outcomes(self) -> Iterator[Outcome]:
        """Yield outcomes as they come, until all have ended or a limit is reached."""
        limits = self.run.adapters.limits.started()
        while self.pending:
            for outcome in self._ended():
                limits.count(outcome)
                yield outcome
            if why := limits.reached():
                yield from self._given_up(why)
                return
            if self.pending:
                self._patiently(self._look_after)
                self.run.adapters.stop.wait(LOOK_S)

    def withdraw(self) -> int:
        """Have workers leave alone what is left, and take its messages out of the queue; say so, return how many."""
        left = len(self.pending)
        try:
            self.fleet.close(self.number)
            self.queue.take_back(self.number)
        except RemoteError as error:
            log.warning("%d recordings may be in the queue still: %s", left, error.message)
        else:
            log.warning("%d recordings were withdrawn from the queue; workers finish what they have begun", left)
        return left

    def _ended(self) -> list[Outcome]:
        """Return what has ended since it was last asked."""
        found: list[Outcome] = []

        def ask() -> None:
            ends, self._since = self.fleet.ends(self.number, self._since)
            for end in ends:
                action = self.pending.pop(end.record_id, None)
                if action is not None:
                    found.append(end.outcome(action))

        self._patiently(ask)
        return found

    def _patiently(self, ask: Callable[[], None]) -> None:
        """Ask ledger or broker; that they are away is said, and waited for. Raise RemoteError if that lasts."""
        try:
            ask()
        except RemoteError as error:
            now = time.monotonic()
            if self._away_since is None:
                self._away_since = now
                log.warning("%s; waiting for it", error.message)
            if now - self._away_since > PATIENCE_S:
                raise
        else:
            self._away_since = None

    def _look_after(self) -> None:
        """Show who is at work; now and then see to it that somebody is, and send again what the broker has lost."""
        busy = self.run.adapters.ledger.at_work(self.run.server) & self.pending.keys()
        for record_id in busy:
            self.run.report.progress(self.pending[record_id], 0.0, None, "s")
        if time.monotonic() - self._looked < LOOK_AFTER_S:
            return
        self._looked = time.monotonic()
        workers = self.fleet.workers()
        if not workers and not self._warned:
            log.warning("no worker is at work: start `bbbmig worker` on one machine or more")
        self._warned = not workers
        if busy or not workers or any(one.waits for one in workers) or self.queue.length():
            self._quiet = 0
            return
        self._quiet += 1
        if self._quiet * LOOK_AFTER_S >= LOST_AFTER_S:
            log.warning("the broker has lost %d recordings: they are sent again", len(self.pending))
            self.queue.send(self.tasks[record_id].as_values() for record_id in self.pending)
            self._quiet = 0

    def _given_up(self, why: str) -> Iterator[Outcome]:
        """Withdraw what nobody has begun, wait for what is at work, and postpone the rest."""
        self.withdraw()
        quiet = 0
        while self.pending and quiet < _SIGNS:
            yield from self._ended()
            with contextlib.suppress(RemoteError):
                quiet = 0 if self.run.adapters.ledger.at_work(self.run.server) & self.pending.keys() else quiet + 1
            self.run.adapters.stop.wait(LOOK_S)
        for action in self.pending.values():
            yield Outcome(action=action, status=Status.POSTPONED, detail=why)
        self.pending.clear()
