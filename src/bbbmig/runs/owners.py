"""Whose each recording is: the sources that the user asked for, in their order."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from bbbmig.domain.owner import Finding, Ownership
from bbbmig.domain.owner_sources import find_owners
from bbbmig.domain.owners_file import parse_owners
from bbbmig.domain.ownership import Source, combine, undecided
from bbbmig.domain.recording import Recording
from bbbmig.errors import ConfigError
from bbbmig.runs.adapters import log
from bbbmig.runs.owner_sources import chosen_sources
from bbbmig.runs.run import Task


def ownerships(
    run: Task,
    chosen: Sequence[Recording],
    everything: Iterable[Recording],
    *,
    moodles: Sequence[str] = (),
    owners_file: Path | None = None,
    pod_meetings: bool = True,
) -> dict[str, Ownership]:
    """Ask the owners file, Pod's meetings and the Moodles named; by recordID.

    Each source is asked only about what the ones before it left open. Raise ConfigError for a file or section that is
    not there, RemoteError or RemoteRefused when a source cannot be used at all.
    """
    everything = tuple(everything)
    by_id = {recording.record_id: recording for recording in chosen}
    sources: list[Source] = []
    if path := owners_file or run.settings.owners.file:
        sources.append(_from_file(path, everything))
    if pod_meetings and (rest := [by_id[one] for one in undecided(by_id, *sources)]):
        sources.append(run.wiring.meeting_owners(rest))
    if moodles and (rest := [by_id[one] for one in undecided(by_id, *sources)]):
        router = chosen_sources(run.wiring, moodles).router(ignored_servers=run.settings.bbb.ignored_servers)
        sources.append({one.record_id: one for one in find_owners(rest, router, among=everything)})
    return combine(by_id, *sources)


def left_out(run: Task, everything: Iterable[Recording], owners_file: Path | None) -> set[str]:
    """Give the recordIDs that the owners file, if there is one, gives to nobody."""
    path = owners_file or run.settings.owners.file
    if path is None:
        return set()
    decided = _from_file(path, everything)
    return {one for one, ownership in decided.items() if ownership.finding is Finding.LEFT_OUT}


def need_administrator(run: Task, *, staff_for: str) -> None:
    """Make sure that Pod has the administrator, who takes what is nobody's: a mistyped name must not become a person.

    `staff_for` says what Pod has for staff only, "" if that does not matter. Raise ConfigError.
    """
    pod = run.settings.pod
    user = run.wiring.users.find([pod.administrator]).get(pod.administrator.strip().casefold())
    if user is None:
        raise ConfigError(
            f"pod.administrator: Pod has no user {pod.administrator}",
            hint="write the user name of somebody whom Pod has: who takes what is nobody's is never created",
        )
    if staff_for and not user.is_staff and not pod.make_staff:
        raise ConfigError(
            f"pod.administrator: Pod's user {user.username} is not staff: Pod has {staff_for} for staff only",
            hint="make them staff there, or set pod.make_staff = true",
        )


def _from_file(path: Path, everything: Iterable[Recording]) -> Source:
    """Read what people decided; what is odd is said."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror}", hint="`bbbmig owners` writes one") from error
    decided = parse_owners(data, known={recording.record_id for recording in everything}, name=str(path))
    for warning in decided.warnings:
        log.warning("%s: %s", path, warning)
    log.info("%s: %d decided, %d left open", path, len(decided.owners), decided.undecided)
    return decided.owners
