"""Resolve the owners of recordings from the sources asked for, in order of precedence."""

import logging
from collections.abc import Iterable, Sequence
from pathlib import Path

from bbbmig.domain.owner import Finding, Ownership
from bbbmig.domain.owner_sources import find_owners
from bbbmig.domain.owners_file import parse_owners
from bbbmig.domain.ownership import Source, combine, undecided
from bbbmig.domain.recording import Recording
from bbbmig.errors import ConfigError
from bbbmig.runs.owner_sources import chosen_sources
from bbbmig.runs.run import Run

log = logging.getLogger(__name__)


def ownerships(
    run: Run,
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
        sources.append(_meeting_owners(run, rest))
    if moodles and (rest := [by_id[one] for one in undecided(by_id, *sources)]):
        router = chosen_sources(run.adapters, moodles).router(ignored_servers=run.settings.bbb.ignored_servers)
        sources.append({one.record_id: one for one in find_owners(rest, router, among=everything)})
    return combine(by_id, *sources)


def left_out(run: Run, everything: Iterable[Recording], owners_file: Path | None) -> set[str]:
    """Give the recordIDs that the owners file, if there is one, gives to nobody."""
    path = owners_file or run.settings.owners.file
    if path is None:
        return set()
    decided = _from_file(path, everything)
    return {one for one, ownership in decided.items() if ownership.finding is Finding.LEFT_OUT}


def _meeting_owners(run: Run, recordings: Iterable[Recording]) -> dict[str, Ownership]:
    """Return the owners of recordings that were made from Pod's own meetings, keyed by recordID."""
    from bbbmig.pod.meetings import Meetings, may_be_of_pod, owners_by_meeting

    candidates = [recording for recording in recordings if may_be_of_pod(recording)]
    if not candidates:
        return {}  # saves reading Pod's meetings, 12 at a time
    adapters = run.adapters
    meetings = Meetings(adapters.pod)
    return owners_by_meeting(candidates, meetings.all(), adapters.users.by_id, hosts=meetings.hosts())


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
