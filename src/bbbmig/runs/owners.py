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
from bbbmig.runs.owner_sources import Chosen, chosen_sources
from bbbmig.runs.run import Run

log = logging.getLogger(__name__)


class OwnerSearch:
    """Asks the owners file, Pod's meetings and the sources named whose recordings are.

    Each is asked only about what the ones before it left open. Making one looks at all that needs no server: raise
    ConfigError for a file that is not there or holds bad lines, and for sources that the settings do not have.
    """

    def __init__(
        self, run: Run, *, sources: Sequence[str] = (), owners_file: Path | None = None, pod_meetings: bool = True
    ) -> None:
        """Take what the user asked for: names of sources, a file in place of that of the settings."""
        self._run = run
        self._pod_meetings = pod_meetings
        self._path = owners_file or run.settings.owners.file
        self._data = None if self._path is None else _read(self._path)
        self._chosen = chosen_sources(run.adapters, sources) if sources else Chosen(asked=())
        self.asked = bool(sources) or self._path is not None

    def find(self, chosen: Sequence[Recording], everything: Iterable[Recording]) -> dict[str, Ownership]:
        """Return whose the chosen recordings are, by recordID; `everything` is the whole list of the server.

        Raise ConfigError if the owners file is about another server, RemoteError or RemoteRefused when a source cannot
        be used at all.
        """
        everything = tuple(everything)
        by_id = {recording.record_id: recording for recording in chosen}
        found: list[Source] = [self._decided(everything)]
        if self._pod_meetings and (rest := [by_id[one] for one in undecided(by_id, *found)]):
            found.append(_meeting_owners(self._run, rest))
        if self._chosen.asked and (rest := [by_id[one] for one in undecided(by_id, *found)]):
            router = self._chosen.router(ignored_servers=self._run.settings.bbb.ignored_servers)
            found.append({one.record_id: one for one in find_owners(rest, router, among=everything)})
        return combine(by_id, *found)

    def left_out(self, everything: Iterable[Recording]) -> set[str]:
        """Return the recordIDs that the owners file, if there is one, gives to nobody. Raise ConfigError as `find`."""
        decided = self._decided(everything)
        return {one for one, ownership in decided.items() if ownership.finding is Finding.LEFT_OUT}

    def _decided(self, everything: Iterable[Recording]) -> Source:
        """Return what people decided, by recordID; what is odd is said."""
        if self._data is None:
            return {}
        decided = parse_owners(self._data, known={one.record_id for one in everything}, name=str(self._path))
        for warning in decided.warnings:
            log.warning("%s: %s", self._path, warning)
        log.info("%s: %d decided, %d left open", self._path, len(decided.owners), decided.undecided)
        return decided.owners


def _meeting_owners(run: Run, recordings: Iterable[Recording]) -> dict[str, Ownership]:
    """Return the owners of recordings that were made from Pod's own meetings, keyed by recordID."""
    from bbbmig.pod.meetings import Meetings, may_be_of_pod, owners_by_meeting

    candidates = [recording for recording in recordings if may_be_of_pod(recording)]
    if not candidates:
        return {}  # saves reading Pod's meetings, 12 at a time
    adapters = run.adapters
    meetings = Meetings(adapters.pod)
    return owners_by_meeting(candidates, meetings.all(), adapters.users.by_id, hosts=meetings.hosts())


def _read(path: Path) -> bytes:
    """Return the bytes of an owners file. Raise ConfigError if it cannot be read, or has bad lines."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror}", hint="`bbbmig owners` writes one") from error
    parse_owners(data, name=str(path))
    return data
