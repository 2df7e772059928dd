"""What `check` and `status` tell of several machines: workers, the queue, the rate of the last hour."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bbbmig import __version__
from bbbmig.bbb.api_url import api_base, host_of
from bbbmig.domain.choices import Language
from bbbmig.errors import ConfigError, RemoteError, RemoteRefused
from bbbmig.ledger.fleet import WorkerAtWork
from bbbmig.report.messages import Check
from bbbmig.runs.adapters import Adapters
from bbbmig.runs.check_machine import note, ok, wrong
from bbbmig.runs.run import Run
from bbbmig.runs.worker_queue import queue_for

PLACE = "Workers"
_HOUR_S = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkersNow:
    """Workers that are alive, how many recordings wait in the queue, and how many of how many seconds an hour did."""

    workers: Sequence[WorkerAtWork]
    waiting: int
    done: int
    done_s: float

    def in_words(self, language: Language = Language.EN) -> str:
        """Say it in one sentence."""
        jobs, busy = sum(one.jobs for one in self.workers), sum(one.busy for one in self.workers)
        hours = f"{self.done_s / _HOUR_S:.1f}"
        if language is Language.FR:
            said = f"{len(self.workers)} worker(s) au travail, {busy} enregistrements en cours sur {jobs} à la fois"
            hours = hours.replace(".", ",")
            return f"{said} ; {self.waiting} dans la file ; {self.done} faits en une heure ({hours} h d'enregistrement)"
        said = f"{len(self.workers)} at work, {busy} recordings of {jobs} at a time"
        return f"{said}; {self.waiting} in the queue; {self.done} done within an hour ({hours} h of recordings)"


def worker_checks(adapters: Adapters) -> Iterator[Check]:
    """Look at queue and workers, if the settings name a broker."""
    if not adapters.settings.has("queue.broker") or not adapters.settings.has("bbb"):
        return
    if not adapters.ledger.shared:
        yield wrong(PLACE, "the ledger is a file of this machine", "set [ledger] url to a MariaDB or PostgreSQL")
        return
    now = workers_now(adapters)
    if now is None:
        yield ok(PLACE, "the ledger has seen none yet")
        return
    yield ok(PLACE, now.in_words())
    if not now.workers:
        yield note(PLACE, "no worker is at work", "bbbmig worker, or its service (docs/operations.md)")
    for one in now.workers:
        if one.waits:
            yield note(PLACE, f"{one.worker} waits: {one.waits}", "it goes on by itself once that answers")
        if one.version != __version__:
            yield note(PLACE, f"{one.worker} has bbbmig {one.version}", f"install {__version__} there, as here")


def workers_now(adapters: Adapters) -> WorkersNow | None:
    """Ask ledger and broker; None if no run has used the ledger yet. Raise ConfigError, RemoteError, RemoteRefused."""
    fleet = adapters.ledger.fleet
    if fleet is None:
        return None
    server = host_of(api_base(adapters.settings.bbb.url))
    done, done_s = fleet.last_hour(server)
    waiting = queue_for(adapters.settings, server).length()
    return WorkersNow(workers=fleet.workers(), waiting=waiting, done=done, done_s=done_s)


def say_workers(run: Run, language: Language) -> None:
    """Add a line of them to what a run shows, if the settings name a broker; what keeps from asking is said there."""
    if not run.settings.has("queue.broker") or not run.adapters.ledger.shared:
        return
    try:
        now = workers_now(run.adapters)
    except (ConfigError, RemoteError, RemoteRefused) as error:
        run.report.text(f"{PLACE}: {error.message}")
        return
    if now is not None:
        numbers = {"workers": len(now.workers), "queued": now.waiting, "done_within_hour": now.done}
        run.report.text(f"{PLACE}: {now.in_words(language)}", **numbers)
