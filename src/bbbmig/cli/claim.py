"""`bbbmig claim`: a video file for every recording, which its people claim in Pod."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from bbbmig.cli import options as o

if TYPE_CHECKING:
    from bbbmig.apply.claims import ClaimDelivery
    from bbbmig.cli.task import Task
    from bbbmig.domain.claims import ClaimRules
    from bbbmig.ledger import Entry


@o.grouped
def claim(
    *,
    context: typer.Context,
    choice: o.Choice,
    limits: o.RunLimits,
    shown: o.Shown,
    dry: o.Dry = False,
    include_unpublished: o.Unpublished = False,
    retry_failed: o.RetryFailed = False,
    cache: o.UseCache = False,
) -> int:
    """Put a video file of each recording into the recorder's directory, where its people claim it in Pod.

    Videos are downloaded, presentations converted by the converters of the settings. A run can be stopped at any
    moment: the next one goes on.
    """
    from bbbmig.apply.run import planned, side_by_side
    from bbbmig.cli.task import task
    from bbbmig.convert.place import remove_leftovers
    from bbbmig.domain.claims import plan_claims
    from bbbmig.ledger import Effect

    needs = ("bbb", "pod", "recorder")
    with task(context, "claim", shown, *needs, dry=dry) as run, run.wiring.ledger.locked("claim"):
        listing = run.listing(use_cache=cache)
        chosen = run.choose(listing, choice.selection)
        entries = run.wiring.ledger.entries(run.server, Effect.CLAIM)
        rules = _rules(run, entries, include_unpublished=include_unpublished, retry_failed=retry_failed)
        plan = plan_claims(chosen, rules)
        if dry:
            run.show(planned(plan))
        else:
            directory = run.settings.recorder.directory
            remove_leftovers(directory, targets=[directory / action.target for action in plan.effective])
            run.report.expect(plan)
            work = _delivery(run, entries, limits)
            run.show(side_by_side(plan, work.carry_out, jobs=limits.jobs, stop=run.wiring.stop, limits=limits.begun()))
    return run.exit_code


def _rules(run: "Task", entries: Sequence["Entry"], *, include_unpublished: bool, retry_failed: bool) -> "ClaimRules":
    """Put together what decides: the settings, the ledger, the directory, Pod."""
    from pathlib import PurePosixPath

    from bbbmig.domain.claims import ClaimRules
    from bbbmig.domain.naming import PATH_LENGTH
    from bbbmig.ledger import State

    recorder = run.settings.recorder
    return ClaimRules(
        room=PATH_LENGTH - len(str(recorder.pod_directory)) - 1,
        converters=bool(run.wiring.converters),
        retry_failed=retry_failed,
        registered={e.record_id: f"{e.at:%Y-%m-%d}" for e in entries if e.state is State.DONE},
        delivered={e.record_id: PurePosixPath(e.place).name for e in entries if e.state is State.DELIVERED},
        begun={e.record_id for e in entries if e.state in (State.STARTED, State.DELIVERED)},
        failed={e.record_id: e.attempts for e in entries if e.state is State.FAILED},
        present=run.wiring.recorder_files(),
        in_pod=[PurePosixPath(file).name for file in run.wiring.recorder.known_files()],
        ignored_servers=run.settings.bbb.ignored_servers,
        include_unpublished=include_unpublished,
    )


def _delivery(run: "Task", entries: Sequence["Entry"], limits: o.RunLimits) -> "ClaimDelivery":
    """Put together what delivers."""
    from bbbmig.apply.claims import ClaimDelivery
    from bbbmig.apply.files import FileMaker

    wiring = run.wiring
    maker = FileMaker(
        finder=wiring.finder,
        fetcher=wiring.downloader(bytes_per_s=limits.bwlimit, jobs=limits.jobs),
        check=wiring.check_media,
        progress=run.report.progress,
        stop=wiring.stop,
        converters=wiring.converters,
        faithful_only=run.settings.converter.doubtful == "next",
        work=run.settings.converter.directory,
    )
    return ClaimDelivery(
        server=run.server,
        directory=run.settings.recorder.directory,
        pod_directory=str(run.settings.recorder.pod_directory),
        maker=maker,
        place=wiring.place,
        recorder=wiring.recorder,
        memory=wiring.ledger,
        failures={entry.record_id: entry.attempts for entry in entries},
    )
