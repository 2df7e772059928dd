"""What the user asks of `publish`, and what a worker is told of it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from bbbmig.domain.choices import Queueing, Via
from bbbmig.domain.owner import Ownership
from bbbmig.domain.plan import Action
from bbbmig.domain.selection import EVERYTHING, Selection
from bbbmig.domain.task import Task
from bbbmig.runs.run import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishOptions:
    """What the user asks of `publish`.

    `owners_from` are names of owner sources, "all" or "none"; without any, all are asked. `via` None: the settings'.
    """

    selection: Selection = EVERYTHING
    owners_from: tuple[str, ...] = ()
    owners_file: Path | None = None
    via: Via | None = None
    include_unpublished: bool = False
    retry_failed: bool = False
    again: bool = False
    create_unknown: bool = False
    use_cache: bool = False
    queue: Queueing = Queueing.NONE


def task_of(
    run: Run,
    options: PublishOptions,
    whose: Mapping[str, Ownership],
    several: Collection[str],
    number: str,
    action: Action,
) -> Task:
    """Return what a worker is told of an action."""
    record_id = action.recording.record_id
    return Task(
        run=number,
        command="publish",
        server=run.server,
        record_id=record_id,
        kind=action.kind,
        ownership=whose.get(record_id),
        several=record_id in several,
        via=options.via,
        include_unpublished=options.include_unpublished,
        retry_failed=options.retry_failed,
        again=options.again,
    )
