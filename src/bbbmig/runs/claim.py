"""`claim`: a video file for every recording in the recorder's directory, where its people claim it in Pod."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import MappingProxyType

from bbbmig.apply.claims import ClaimDelivery
from bbbmig.apply.executor import planned
from bbbmig.apply.taking import give_back
from bbbmig.apply.video_file import FileMaker, remove_unchecked
from bbbmig.convert.install_file import install
from bbbmig.convert.only_film import leave_only_film
from bbbmig.convert.probe import check_media, probe
from bbbmig.domain.choices import Queueing
from bbbmig.domain.claim_plan import ClaimRules, plan_claims
from bbbmig.domain.exclusion import KeptBack, excluded, known
from bbbmig.domain.history import History, LinkKey
from bbbmig.domain.plan import Action, Plan
from bbbmig.domain.recording import Recording
from bbbmig.domain.selection import EVERYTHING, Selection
from bbbmig.domain.task import Task
from bbbmig.domain.video_standing import Stands
from bbbmig.errors import ConfigError
from bbbmig.runs import delivered, queued, recorder_directory
from bbbmig.runs.leasing import under_lease
from bbbmig.runs.owner_sources import NONE
from bbbmig.runs.owners import OwnerSearch
from bbbmig.runs.recorder_mark import check_mark, leave_mark
from bbbmig.runs.run import Run
from bbbmig.runs.source import source_of

NEEDS = ("bbb", "pod", "recorder")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimOptions:
    """What the user asks of `claim`; with an owners file, recordings that it gives to nobody are left out.

    `only_unknown`: all owner sources are asked, and what has a known owner is left to `publish`. `queue`:
    workers do it.
    """

    selection: Selection = EVERYTHING
    owners_file: Path | None = None
    only_unknown: bool = False
    include_unpublished: bool = False
    retry_failed: bool = False
    again: bool = False
    use_cache: bool = False
    queue: Queueing = Queueing.NONE


def claim(run: Run, options: ClaimOptions) -> None:
    """Deliver a file of each chosen recording; in a dry run, only show the plan.

    Raise Locked, ConfigError, RemoteError or RemoteRefused for what ends a run; recordings that fail are counted.
    """
    recorder_directory.ensure_usable(run)
    queued.be_ready(run, options.queue)
    sources = () if options.only_unknown else (NONE,)
    owners = OwnerSearch(run.adapters, sources=sources, owners_file=options.owners_file)
    if options.only_unknown and not owners.asked:
        raise ConfigError(
            "--only-unknown: nobody can be asked whose recordings are",
            hint="set up a source of owners ([moodle.NAME], docs/moodle.md), or give an owners file with --owners FILE",
        )
    run.adapters.pod.wait_for_restarts(run.settings.pod.patience_s)
    with run.adapters.ledger.working("claim"):
        check_mark(run)
        in_pod = recorder_directory.in_pod(run).names
        listing = run.listing(use_cache=options.use_cache)
        chosen = run.choose(listing, options.selection)
        history = run.adapters.ledger.history(run.server, *delivered.KINDS)
        whose = owners.find(chosen, listing.recordings) if options.only_unknown else {}
        rules = claim_rules(
            run,
            options,
            history=history,
            stands=delivered.stands_in_pod(run, history, chosen),
            in_pod=in_pod,
            left_out=owners.left_out(listing.recordings),
            kept_back=known(whose) | excluded(run.exclusion.of(chosen, whose)),
        )
        plan = plan_claims(chosen, rules)
        delivered.say_what_is_lost(run, plan, history)
        if run.dry:
            run.show(planned(plan))
            return
        if plan.effective:
            leave_mark(run)
        give_back(run.settings.recorder.directory, busy=recorder_directory.busy_with(run))
        recorder_directory.tidy(run, plan.effective)
        tidy_work(run, listing.recordings)
        _do(run, options, plan, rules)


def _do(run: Run, options: ClaimOptions, plan: Plan, rules: ClaimRules) -> None:
    """Carry a plan out here, or have workers do it."""
    if options.queue:
        queued.send(run, plan, partial(_task, run, options), detach=options.queue is Queueing.DETACH)
        return
    maker = file_maker(run)
    work = under_lease(
        run,
        rules.history,
        planned=claim_delivery(run, maker, rules.history).carry_out,
        decide=lambda recording, now: plan_claims([recording], decided_anew(run, rules, now)),
        work=lambda now: claim_delivery(run, maker, now).carry_out,
    )
    run.carry_out(plan, work)


def _task(run: Run, options: ClaimOptions, number: str, action: Action) -> Task:
    """Return what a worker is told of an action."""
    return Task(
        run=number,
        command="claim",
        server=run.server,
        record_id=action.recording.record_id,
        kind=action.kind,
        include_unpublished=options.include_unpublished,
        retry_failed=options.retry_failed,
        again=options.again,
    )


def file_maker(run: Run) -> FileMaker:
    """Put together what makes files."""
    adapters, converter = run.adapters, run.settings.converter
    source = source_of(adapters)
    return FileMaker(
        finder=source.finder,
        fetcher=source.fetcher,
        published=source.published,
        check=partial(_check_media, run),
        shows_a_cut=lambda path: probe(path, stop=adapters.stop).shows_a_cut,
        part_of=recorder_directory.unfinished(run),
        progress=partial(_told, run),
        stop=adapters.stop,
        sources=converter.sources,
        converters=adapters.converters,
        faithful_only=converter.doubtful == "next",
        work=converter.directory,
        only_film=partial(leave_only_film, work=converter.directory, stop=adapters.stop),
    )


def _told(run: Run, action: Action, done: float, total: float | None, unit: str) -> None:
    """Show how much is done. Raise LeaseLost as soon as the recording is not ours any more: nothing more is written."""
    run.adapters.ledger.check_lock(action.recording.record_id)
    run.report.progress(action, done, total, unit)


def _check_media(run: Run, path: Path, expected_s: float | None) -> float:
    """Make sure that a file is whole and as long as the recording; return its length in seconds."""
    converter = run.settings.converter
    tolerance_s = max(converter.duration_tolerance_s, (expected_s or 0) * converter.duration_tolerance_percent / 100)
    return check_media(path, expected_s=expected_s, tolerance_s=tolerance_s, stop=run.adapters.stop).duration_s


def claim_rules(
    run: Run,
    options: ClaimOptions,
    *,
    history: History,
    stands: Mapping[LinkKey, Stands],
    in_pod: Sequence[str],
    left_out: Collection[str] = (),
    kept_back: Mapping[str, KeptBack] = MappingProxyType({}),
) -> ClaimRules:
    """Put together what decides: the settings, the ledger, the directory, Pod."""
    return ClaimRules(
        room=recorder_directory.room_for_names(run.settings.recorder),
        converters=bool(run.adapters.converters),
        sources=run.settings.converter.sources,
        retry_failed=options.retry_failed,
        history=history,
        stands=stands,
        present=recorder_directory.files_here(run.settings.recorder),
        unfit=recorder_directory.others_here(run.settings.recorder),
        in_pod=in_pod,
        left_out=left_out,
        kept_back=kept_back,
        ignored_servers=run.settings.bbb.ignored_servers,
        include_unpublished=options.include_unpublished,
        again=options.again,
    )


def decided_anew(run: Run, rules: ClaimRules, history: History) -> ClaimRules:
    """Return what decides on a recording that another machine has worked on since: what is there by now."""
    recorder = run.settings.recorder
    return replace(
        rules,
        history=history,
        present=recorder_directory.files_here(recorder),
        unfit=recorder_directory.others_here(recorder),
    )


def claim_delivery(run: Run, maker: FileMaker, history: History) -> ClaimDelivery:
    """Put together what delivers into the recorder's directory."""
    adapters, recorder = run.adapters, run.settings.recorder
    return ClaimDelivery(
        server=run.server,
        directory=recorder.directory,
        pod_directory=str(recorder.pod_directory),
        maker=maker,
        install=partial(install, mode=recorder.mode, owner=recorder.owner, group=recorder.group),
        recorder=adapters.recorder,
        memory=adapters.ledger,
        history=history,
    )


def tidy_work(run: Run, recordings: Iterable[Recording]) -> None:
    """Remove conversions of these recordings that were not checked before a run was killed."""
    busy = run.adapters.ledger.at_work(run.server)
    remove_unchecked(run.settings.converter.directory, {recording.record_id for recording in recordings} - busy)
