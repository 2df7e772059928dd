"""`mirror`: a copy of everything that the old server publishes, whole and proven."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bbbmig.apply.executor import planned
from bbbmig.apply.mirroring import Mirroring, Proving
from bbbmig.bbb.published_folders import PublishedFolders
from bbbmig.convert.probe import check_media
from bbbmig.domain.mirror import State
from bbbmig.domain.mirror_plan import announced_bytes, plan_mirror, plan_proof
from bbbmig.domain.plan import Plan
from bbbmig.domain.recording import Recording
from bbbmig.domain.selection import EVERYTHING, Selection
from bbbmig.errors import ConfigError, UsageError
from bbbmig.mirror.adoption import Adoption
from bbbmig.mirror.copier import Copier
from bbbmig.mirror.mirror import Mirror
from bbbmig.mirror.proof import Proof
from bbbmig.report import sentences
from bbbmig.runs.listing import listing_for_mirror, mirrored
from bbbmig.runs.mirror_player import put_player, small_files
from bbbmig.runs.run import Run
from bbbmig.transfer.disk import RESERVE_BYTES, check_room, free_bytes

log = logging.getLogger(__name__)

NEEDS = ("bbb", "mirror.directory")


@dataclass(frozen=True, slots=True, kw_only=True)
class MirrorOptions:
    """What the user asks of `mirror`.

    `verify` proves what is there and asks nobody; `adopt` takes over what somebody else has copied; `every_file` asks
    the server about all that is there already. `player` is the folder of a build of bbb-playback, or "server" for the
    old server's own.
    """

    selection: Selection = EVERYTHING
    verify: bool = False
    adopt: bool = False
    every_file: bool = False
    player: str = ""
    include_unpublished: bool = False


def mirror(run: Run, options: MirrorOptions) -> None:
    """Copy each chosen recording, or prove its copy; in a dry run, only say what would be done.

    Raise Locked, NoSpace, ConfigError, RemoteError or RemoteRefused for what ends a run.
    """
    _check_options(options)
    there = run.adapters.mirror
    assert there is not None  # noqa: S101 - NEEDS
    if options.verify:
        _prove(run, options, there)
    elif run.dry:
        listing = run.listing(use_cache=False)
        states = there.states() if there.exists else {}
        plan = _plan(run.choose(listing, options.selection), options, states)
        run.show(planned(plan))
        run.summary = f"{sentences.counts(run.tally)}; {_room_in_words(there, plan)}"
    else:
        there.places.prepare(run.server)
        with there.places.locked():
            if options.player:
                put_player(run, there, options.player)
            _copy(run, options, there)


def _check_options(options: MirrorOptions) -> None:
    """Raise UsageError for what cannot be meant together."""
    others = {"--adopt": options.adopt, "--every-file": options.every_file, "--player": options.player}
    given = [name for name, value in others.items() if value]
    if options.verify and given:
        raise UsageError(f"--verify copies nothing: leave {', '.join(given)} away", hint="bbbmig mirror --help")
    if options.adopt and options.every_file:
        raise UsageError(
            "--adopt asks the old server for nothing: leave --every-file away", hint="bbbmig mirror --help"
        )


def _copy(run: Run, options: MirrorOptions, there: Mirror) -> None:
    """Copy what is not there yet, or take over what somebody else has copied."""
    if not options.adopt and run.settings.bbb.offline:
        raise ConfigError("bbb.offline is set: the old server is not asked for files", hint=_OFFLINE)
    listing = run.noted(listing_for_mirror(run.adapters, there))
    chosen = run.choose(listing, options.selection)
    plan = _plan(chosen, options, there.states())
    if options.adopt:
        adoption = Adoption(places=there.places, stop=run.adapters.stop)
        run.carry_out(plan, Proving(look=adoption.adopt).carry_out)
    else:
        there.places.tidy(one.record_id for one in listing.recordings)
        _check_room(there, plan)
        run.carry_out(plan, _mirroring(run, options, there).carry_out)
    _say_states(run, there, chosen)


_OFFLINE = "`--verify` proves what is there; `--adopt` takes over what rsync has brought"


def _plan(chosen: Sequence[Recording], options: MirrorOptions, states: Mapping[str, State]) -> Plan:
    """Decide; what was adopted counts as copied, published or not."""
    return plan_mirror(chosen, states, include_unpublished=options.include_unpublished or options.adopt)


def _mirroring(run: Run, options: MirrorOptions, there: Mirror) -> Mirroring:
    """Put together what copies."""
    adapters = run.adapters
    copier = Copier(
        places=there.places,
        folders=PublishedFolders(adapters.finder).folders,
        small=small_files(run),
        downloader=adapters.downloader,
        stop=adapters.stop,
        every_file=options.every_file,
    )
    return Mirroring(copier=copier, progress=run.report.progress)


def _prove(run: Run, options: MirrorOptions, there: Mirror) -> None:
    """Prove what is there, without the old server."""
    if not there.exists:
        raise ConfigError(f"nothing was copied into {there.places.directory}", hint="run bbbmig mirror first")
    listing = mirrored(run.adapters, there)
    chosen = run.choose(listing, options.selection)
    copies = {head.recording.record_id: head for head in there.heads()}
    plan = plan_proof(chosen, copies, include_unpublished=options.include_unpublished)
    proof = Proof(
        places=there.places,
        length_of=lambda path: check_media(path, expected_s=None, stop=run.adapters.stop).duration_s,
        stop=run.adapters.stop,
        dry=run.dry,
    )
    run.carry_out(plan, Proving(look=proof.prove).carry_out)
    _say_states(run, there, chosen)


def _needed(there: Mirror, plan: Plan) -> tuple[int, int]:
    """Return the bytes that are to come, as far as the server says them, and how many recordings lack that."""
    have = {head.recording.record_id: head.size for head in there.heads()} if there.exists else {}
    return announced_bytes([action.recording for action in plan.effective], have)


def _check_room(there: Mirror, plan: Plan) -> None:
    """Raise NoSpace if the disk has no room for what the server announces."""
    needed, unsaid = _needed(there, plan)
    if unsaid:
        log.info("the old server does not say how large %d recordings are", unsaid)
    check_room(there.places.directory, needed, what="what is to be copied")


def _room_in_words(there: Mirror, plan: Plan) -> str:
    """Say how much is to come, and how much room there is for it."""
    needed, unsaid = _needed(there, plan)
    folder = there.places.directory
    while not folder.is_dir():
        folder = folder.parent
    free = max(0, free_bytes(folder) - RESERVE_BYTES)
    unknown = f", {unsaid} recordings of unknown size" if unsaid else ""
    verdict = "" if needed <= free else ": NOT ENOUGH"
    return f"{sentences.size(needed)} to come{unknown}, {sentences.size(free)} free{verdict}"


def _say_states(run: Run, there: Mirror, chosen: Sequence[Recording]) -> None:
    """Say in a table how the chosen recordings stand."""
    heads = {head.recording.record_id: head for head in there.heads()}
    rows: dict[str, list[int]] = {state: [0, 0] for state in (*State, _NOT_THERE)}
    for recording in chosen:
        head = heads.get(recording.record_id)
        row = rows[head.state if head else _NOT_THERE]
        row[0] += 1
        row[1] += head.size if head else 0
    for name, (count, size) in rows.items():
        if count:
            said = f"{name:<15} {count:>7,} recordings  {sentences.size(size):>12}"
            run.report.text(said, state=str(name), recordings=count, bytes=size)


_NOT_THERE = "not copied"
