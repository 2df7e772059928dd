"""The queue of the settings, if Celery is installed: one for each old server, so that sites may share a broker."""

import importlib.util
from typing import TYPE_CHECKING

from bbbmig.errors import ConfigError
from bbbmig.extras import install
from bbbmig.runs.run import Run
from bbbmig.settings import Settings

if TYPE_CHECKING:
    from bbbmig.ledger.fleet import Fleet
    from bbbmig.worker.queue import Queue

_MODULES = ("celery", "redis")


def need_celery() -> None:
    """Raise ConfigError, with the pip command for the Python that runs now, if the extra is not installed."""
    absent = [name for name in _MODULES if importlib.util.find_spec(name) is None]
    if absent:
        raise ConfigError(
            f"workers need {' and '.join(absent)}, which this Python does not have",
            hint=install("worker"),
        )


def queue_of(run: Run) -> "Queue":
    """Return the queue for recordings of this run's server. Raise ConfigError if it is not set, or cannot be used."""
    run.settings.need("queue.broker")
    return queue_for(run.settings, run.server)


def queue_for(settings: Settings, server: str) -> "Queue":
    """Return the queue for recordings of that old server. Raise ConfigError if Celery is not installed."""
    need_celery()
    from bbbmig.worker.queue import Queue

    section = settings.queue
    return Queue(section.broker.get_secret_value(), f"{section.name}.{server}")


def need_shared(run: Run) -> None:
    """Raise ConfigError where the ledger is one machine's."""
    ledger = run.adapters.ledger
    if not ledger.shared:
        raise ConfigError(
            f"the ledger {ledger} is a file, and workers on several machines need one that they share",
            hint="set [ledger] url to a MariaDB or PostgreSQL, the same on all machines (docs/operations.md)",
        )


def fleet_of(run: Run) -> "Fleet":
    """Return what machines know of each other. Raise ConfigError where the ledger is one machine's, or an old one."""
    need_shared(run)
    ledger = run.adapters.ledger
    fleet = ledger.fleet
    if fleet is None:
        raise ConfigError(f"the ledger {ledger} is of an older bbbmig", hint="run bbbmig claim or publish once")
    return fleet
