"""`worker`: takes recordings from the queue, one at a time for each job, until it is stopped.

What a worker promises: a recording whose worker dies comes back; one that is delivered twice is done once, since it is
decided anew under its lease; a server that is away pauses the queue and fails nothing.
"""

import contextlib
import logging
import os
import platform
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bbbmig import __version__
from bbbmig.apply.executor import failed
from bbbmig.domain.outcome import Outcome
from bbbmig.domain.plan import Action
from bbbmig.domain.recording import Recording
from bbbmig.domain.recording_length import length_s
from bbbmig.domain.task import Task, TaskEnd
from bbbmig.errors import BbbmigError, ExitCode, LeaseLost, RecordingFailed, RemoteError, UsageError
from bbbmig.report.messages import Level, worst
from bbbmig.runs.check_machine import local_checks
from bbbmig.runs.one_recording import OneByOne
from bbbmig.runs.pause import Pause
from bbbmig.runs.run import Run
from bbbmig.runs.stopping import Stopping
from bbbmig.runs.worker_queue import fleet_of, need_shared, queue_of

if TYPE_CHECKING:
    from bbbmig.ledger.fleet import Fleet
    from bbbmig.worker.queue import Queue
    from bbbmig.worker.serving import Serving, Verdict

log = logging.getLogger(__name__)

NEEDS = ("bbb", "pod", "queue.broker")
HELD_S = 10.0
"""So long a worker waits for a recording that another one has, before it puts it at the end of the queue."""
ATTEMPTS = 3
"""So often a recording is tried whose server fails though it answers."""
AGAIN_S = 5.0


def work(run: Run) -> None:
    """Work until SIGTERM, Ctrl-C, a limit of the run, or an error of this machine.

    Raise ConfigError if this machine is not ready, MachineError and RemoteRefused for what ends a worker; its
    recordings are back in the queue then.
    """
    queue = queue_of(run)
    need_shared(run)  # before anything is asked of anybody
    queue.length()  # a broker that refuses us is said, and not tried again for ever
    run.adapters.pod.wait_for_restarts(run.settings.pod.patience_s)
    _be_ready(run)
    with run.adapters.ledger.working("worker"):
        Worker(run=run, queue=queue, fleet=fleet_of(run)).serve()


def purge(run: Run) -> None:
    """Take everything out of the queue, and say what that was."""
    queue, fleet = queue_of(run), fleet_of(run)
    waiting = [one for one in fleet.open_runs() if one.server == run.server]
    fleet.close(*(one.run for one in waiting))
    count = queue.purge()
    for one in waiting:
        when = f"{one.at.astimezone():%Y-%m-%d %H:%M}"
        run.report.text(f"{one.command} ({one.sender}, {when}): {one.tasks} recordings were sent", run=one.run)
    run.summary = f"{count} recordings were taken out of {queue}; workers finish what they have begun"


def _be_ready(run: Run) -> None:
    """Check this machine, and show it. Raise ConfigError for what keeps it from working."""
    found = list(local_checks(run.adapters))
    for one in found:
        run.report.check(one)
    wrong = [one for one in found if one.level is Level.WRONG]
    if wrong:
        error = BbbmigError(f"this machine is not ready: {wrong[0].place}: {wrong[0].what}", hint=wrong[0].hint)
        error.exit_code = worst(found)
        raise error


@dataclass(slots=True, kw_only=True)
class Worker:
    """A worker at work. `ends_with` is the error that ends it."""

    run: Run
    queue: "Queue"
    fleet: "Fleet"
    name: str = field(default_factory=lambda: f"{platform.node()} (process {os.getpid()})")
    ends_with: BbbmigError | None = None
    _jobs: OneByOne = field(init=False)
    _pause: Pause = field(init=False)
    _serving: "Serving" = field(init=False)
    _mine: set[str] = field(default_factory=set)
    _guard: threading.Lock = field(default_factory=threading.Lock)
    _stopping: Stopping = field(init=False)

    def __post_init__(self) -> None:
        """Put it together."""
        from bbbmig.worker.serving import Serving

        jobs = self.run.adapters.limits.jobs
        self._jobs = OneByOne(run=self.run)
        self._pause = Pause(run=self.run, fleet=self.fleet)
        name = f"bbbmig-{os.getpid()}@{platform.node()}"
        self._serving = Serving(self.queue.app, self.queue.name, self.handle, jobs=jobs, name=name)
        adapters = self.run.adapters
        self._stopping = Stopping(drain=self._serving.drain, stop=adapters.stop, limits=adapters.limits.started())

    def serve(self) -> None:
        """Take recordings until the end."""
        with self._stopping.on_signals(), self._stopping.looking(self._beat):
            self._serving.run(ready=self._say_ready)
        with contextlib.suppress(RemoteError):  # it is forgotten by itself
            self.fleet.leave(self.name)
        if self.ends_with is not None:
            raise self.ends_with
        self._stopping.end()
        self.run.code = self.run.code or (ExitCode.PARTIAL if self.run.alarmed else ExitCode.DONE)

    def _beat(self) -> None:
        """Say that this worker is alive."""
        jobs, busy = self.run.adapters.limits.jobs, self._serving.active
        self.fleet.beat(self.name, jobs=jobs, busy=busy, waits=self._pause.why, version=__version__)

    def _say_ready(self) -> None:
        jobs = self.run.adapters.limits.jobs
        self.run.report.text(f"worker {self.name}: {jobs} at a time from {self.queue}", worker=self.name, jobs=jobs)

    def handle(self, values: Mapping[str, Any]) -> "Verdict":
        """See to one message."""
        from bbbmig.worker.serving import Verdict

        try:
            done = self._seen_to(values)
        except RemoteError as error:
            self._pause.begin(error)
            return Verdict.BACK
        except BbbmigError as error:
            if not self.run.adapters.stop.is_set():
                self._end(error)
            return Verdict.BACK
        return Verdict.DONE if done else Verdict.BACK

    def _seen_to(self, values: Mapping[str, Any]) -> bool:
        """Do a recording; tell whether its message may go. Raise what is not about this recording."""
        try:
            task = Task.of_values(values)
        except UsageError as error:
            self.run.alarm(f"{error.message} ({error.hint})")
            return True
        if not self._pause.over(stop=self._stops):
            return False
        if not self._is_wanted(task):
            return True
        with self._alone(task.record_id) as alone, self._lease(task.record_id, wanted=alone) as ours:
            if ours:
                outcome = self._outcome(task)
                if outcome is None:
                    return False
                self._tell(task, outcome)
                return True
        return self._later(task)

    def _is_wanted(self, task: Task) -> bool:
        """Tell whether a run waits for it, and trust the hosts that its list commonly names."""
        sent = self.fleet.run(task.run)
        if sent is None or not sent.is_open:
            log.info("%s is not wanted any more", task.record_id)
            return False
        if task.server != self.run.server:
            mine = self.run.server
            self.run.alarm(f"{task.record_id} is a recording of {task.server}, and this worker's are of {mine}")
            return False
        self.run.adapters.hosts.trust_common(sent.hosts)
        return True

    def _outcome(self, task: Task) -> Outcome | None:
        """Do it, and say how it ended; None if it is to be done by somebody else, or later."""
        recording = Recording(record_id=task.record_id)
        for attempt in range(1, ATTEMPTS + 1):
            try:
                recording = self._jobs.find(task.record_id)
                return self._jobs.carry_out(task, recording)
            except LeaseLost as error:
                log.warning("%s", error.message)
                return None
            except RecordingFailed as error:
                if self.run.adapters.stop.is_set():
                    return None
                return failed(Action(kind=task.kind, recording=recording), error)
            except RemoteError as error:
                if self._pause.trouble():
                    raise
                if attempt == ATTEMPTS:  # the servers answer: it is about this recording alone
                    return failed(Action(kind=task.kind, recording=recording), error)
                log.info("%s: %s; trying again", task.record_id, error.message)
                self._serving.wait(AGAIN_S)
            except BbbmigError:
                raise
            except Exception as error:
                log.exception("%s", task.record_id)
                self.run.code = ExitCode.BUG
                said = RecordingFailed(f"a bug in bbbmig: {type(error).__name__}: {error}", hint="see the worker's log")
                return failed(Action(kind=task.kind, recording=recording), said)
        raise AssertionError(task)  # pragma: no cover - the loop returns or raises

    def _tell(self, task: Task, outcome: Outcome) -> None:
        """Write down how it ended, for the run that waits, and show it here."""
        length = length_s(outcome.action.recording) or 0.0
        self.fleet.write(self.run.server, TaskEnd.of(task.run, outcome, worker=self.name, length_s=length))
        with self._guard:
            self.run.show(iter([outcome]))
            self._stopping.limits.count(outcome)

    @contextlib.contextmanager
    def _alone(self, record_id: str) -> Iterator[bool]:
        """Tell whether no other job of this worker has the recording: a lease is one worker's, not one job's."""
        with self._guard:
            alone = record_id not in self._mine
            self._mine.add(record_id)
        try:
            yield alone
        finally:
            if alone:
                with self._guard:
                    self._mine.discard(record_id)

    @contextlib.contextmanager
    def _lease(self, record_id: str, *, wanted: bool) -> Iterator[bool]:
        """Hold the lease; tell whether it is ours, which somebody's last one may keep us from for a while."""
        ends = time.monotonic() + HELD_S
        ledger = self.run.adapters.ledger
        while True:
            with contextlib.ExitStack() as stack:
                ours = wanted and not stack.enter_context(ledger.leased(self.run.server, record_id))
                if ours:
                    yield True
                    return
            if time.monotonic() >= ends or self._stops():
                yield False
                return
            self._serving.wait(1.0)

    def _later(self, task: Task) -> bool:
        """Put a recording that somebody has at the end of the queue; tell whether its message may go."""
        if self._stops():
            return False
        self.queue.send([task.as_values()])
        return True

    def _stops(self) -> bool:
        """Tell whether nothing new is begun."""
        return self._serving.draining

    def _end(self, error: BbbmigError) -> None:
        """End this worker with an error that the next recording would meet, too."""
        with self._guard:
            if self.ends_with is None:
                log.error("%s; this worker ends, its recordings go back into the queue", error.message)
                self.ends_with = error
        self._serving.drain()
