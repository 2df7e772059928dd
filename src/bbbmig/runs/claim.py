"""What commands that make video files share: the maker of files, and the way into the recorder's directory."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from pathlib import PurePosixPath

from bbbmig.apply.claims import ClaimDelivery
from bbbmig.apply.video_file import FileMaker, remove_unchecked
from bbbmig.cli.options import RunLimits
from bbbmig.domain.claim_plan import ClaimRules
from bbbmig.domain.file_names import PATH_LENGTH
from bbbmig.domain.plan import Action
from bbbmig.domain.recording import Recording
from bbbmig.ledger import Effect, State
from bbbmig.runs.run import Task
from bbbmig.transfer.leftovers import remove_leftovers


def file_maker(run: Task, limits: RunLimits) -> FileMaker:
    """Put together what makes files."""
    wiring = run.wiring
    return FileMaker(
        finder=wiring.finder,
        fetcher=wiring.downloader(bytes_per_s=limits.bwlimit, jobs=limits.jobs),
        check=wiring.check_media,
        progress=run.report.progress,
        stop=wiring.stop,
        sources=run.settings.converter.sources,
        converters=wiring.converters,
        faithful_only=run.settings.converter.doubtful == "next",
        work=run.settings.converter.directory,
    )


def room_for_names(run: Task) -> int:
    """Count the characters that a file's name in the recorder's directory may have."""
    return PATH_LENGTH - len(str(run.settings.recorder.pod_directory)) - 1


def names_in_pod(run: Task) -> list[str]:
    """Name the files that Pod's recorder knows."""
    return [PurePosixPath(file).name for file in run.wiring.recorder.known_files()]


def claim_rules(
    run: Task,
    *,
    in_pod: Sequence[str],
    include_unpublished: bool,
    retry_failed: bool,
    left_out: Collection[str] = (),
    again: bool = False,
) -> ClaimRules:
    """Put together what decides: the settings, the ledger, the directory, Pod."""
    entries = run.wiring.ledger.entries(run.server, Effect.CLAIM)
    return ClaimRules(
        room=room_for_names(run),
        converters=bool(run.wiring.converters),
        sources=run.settings.converter.sources,
        retry_failed=retry_failed,
        registered={e.record_id: f"{e.at:%Y-%m-%d}" for e in entries if e.state is State.DONE},
        delivered={e.record_id: PurePosixPath(e.place).name for e in entries if e.state is State.DELIVERED},
        begun={e.record_id for e in entries if e.state in (State.STARTED, State.DELIVERED)},
        failed={e.record_id: e.attempts for e in entries if e.state is State.FAILED},
        published={one: max(days.values()) for one, days in published(run).items()},
        present=run.wiring.recorder_files(),
        in_pod=in_pod,
        left_out=left_out,
        ignored_servers=run.settings.bbb.ignored_servers,
        include_unpublished=include_unpublished,
        again=again,
    )


def published(run: Task) -> dict[str, dict[str, str]]:
    """Say which recordings are videos in Pod by the ledger: by recordID, when each owner (lower case) got theirs."""
    found: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for entry in run.wiring.ledger.entries(run.server, Effect.PUBLISH):
        if entry.target and entry.state is State.DONE:
            found[entry.record_id][entry.target.casefold()] = f"{entry.at:%Y-%m-%d}"
    return dict(found)


def claim_delivery(run: Task, maker: FileMaker) -> ClaimDelivery:
    """Put together what delivers into the recorder's directory."""
    wiring = run.wiring
    return ClaimDelivery(
        server=run.server,
        directory=run.settings.recorder.directory,
        pod_directory=str(run.settings.recorder.pod_directory),
        maker=maker,
        place=wiring.place,
        recorder=wiring.recorder,
        memory=wiring.ledger,
        failures={entry.record_id: entry.attempts for entry in wiring.ledger.entries(run.server, Effect.CLAIM)},
    )


def tidy_recorder(run: Task, actions: Iterable[Action]) -> None:
    """Remove what runs that were killed left in the recorder's directory, but what these actions go on with."""
    directory = run.settings.recorder.directory
    remove_leftovers(directory, targets=[directory / action.target for action in actions])


def tidy_work(run: Task, recordings: Iterable[Recording]) -> None:
    """Remove conversions of these recordings that were not checked before a run was killed."""
    remove_unchecked(run.settings.converter.directory, {recording.record_id for recording in recordings})
