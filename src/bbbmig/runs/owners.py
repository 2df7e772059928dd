"""Resolve the owners of recordings from the sources asked for, in order of precedence."""

import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from bbbmig.domain.near_names import mistyped
from bbbmig.domain.owner import Confidence, Finding, Ownership
from bbbmig.domain.owner_sources import find_owners
from bbbmig.domain.owners_file import parse_owners
from bbbmig.domain.ownership import Source, accepted, combine, undecided
from bbbmig.domain.person import folded
from bbbmig.domain.recording import Recording
from bbbmig.errors import ConfigError
from bbbmig.runs.adapters import Adapters
from bbbmig.runs.owner_sources import chosen_sources

log = logging.getLogger(__name__)


class PodPeople(Protocol):
    """Pod's users, by name."""

    def find(self, usernames: Collection[str]) -> Mapping[str, object]:
        """Look users up; those who exist, keyed by their names as `folded` writes them."""
        ...

    def names(self) -> set[str]:
        """Return the names of users who are known already, to guess who was meant."""
        ...


class OwnerSearch:
    """Asks the owners file, Pod's meetings and the sources named whose recordings are.

    Each is asked only about what the ones before it left open. Making one looks at all that needs no server: raise
    ConfigError for a file that is not there or holds bad lines, and for sources that the settings do not have.
    """

    def __init__(
        self,
        adapters: Adapters,
        *,
        sources: Sequence[str] = (),
        owners_file: Path | None = None,
        also: Path | None = None,
        pod_meetings: bool = True,
    ) -> None:
        """Take what the user asked for: names of sources, else all there are; a file in place of the settings' one.

        `also` is a second owners file, for what the first leaves open.
        """
        self._adapters = adapters
        self._pod_meetings = pod_meetings
        paths = [path for path in (owners_file or adapters.settings.owners.file, also) if path is not None]
        self._files = {path: _read(path) for path in {path.resolve(): path for path in reversed(paths)}.values()}
        self._chosen = chosen_sources(adapters, sources)
        self._accept = Confidence(adapters.settings.owners.accept)
        self.asked = bool(self._chosen.asked) or bool(paths)

    def find(self, chosen: Sequence[Recording], everything: Iterable[Recording]) -> dict[str, Ownership]:
        """Return whose the chosen recordings are, by recordID; `everything` is the whole list of the server.

        Raise ConfigError if the owners file is about another server, RemoteError or RemoteRefused when a source cannot
        be used at all.
        """
        everything = tuple(everything)
        by_id = {recording.record_id: recording for recording in chosen}
        found: list[Source] = [self._decided(everything)]
        if self._pod_meetings and (rest := [by_id[one] for one in undecided(by_id, *found)]):
            found.append(_meeting_owners(self._adapters, rest))
        if self._chosen.asked and (rest := [by_id[one] for one in undecided(by_id, *found)]):
            router = self._chosen.router(ignored_servers=self._adapters.settings.bbb.ignored_servers)
            found.append({one.record_id: one for one in find_owners(rest, router, among=everything)})
        return {one: accepted(ownership, self._accept) for one, ownership in combine(by_id, *found).items()}

    def need_known_names(self, people: PodPeople) -> None:
        """Make sure that everybody whom the owners files name is somebody: in Pod, or in one of the owner sources.

        Raise ConfigError with all names that nobody has, where they stand and who may be meant; RemoteError or
        RemoteRefused when Pod or a source that has to be asked cannot be.
        """
        named = {path: parse_owners(data, name=str(path)).lines for path, data in self._files.items()}
        everybody = [name for lines in named.values() for name in lines]
        in_pod = people.find(everybody)
        missing = {name for name in everybody if folded(name) not in in_pod}
        known: set[str] = set()
        for source in (*self._chosen.asked, *self._chosen.not_asked) if missing else ():
            source.reach()
            known |= {folded(name) for name in source.usernames()}
        if not (unknown := {name for name in missing if folded(name) not in known}):
            return
        near = known | people.names() | {folded(name) for name in everybody if name not in unknown}
        problems = [
            f"  {path}, {mistyped(name, lines[name], near)}"
            for path, lines in named.items()
            for name in lines
            if name in unknown
        ]
        asked = ", ".join(one.name for one in (*self._chosen.asked, *self._chosen.not_asked))
        who = f"neither Pod nor {asked} knows" if asked else "Pod does not know"
        count = f"{len(unknown)} name{'s' if len(unknown) > 1 else ''}"
        raise ConfigError(
            "\n".join([f"owners file: {count} that {who}", *problems]),
            hint="nothing was done; correct them, or create accounts in Pod for them all with --create-unknown",
        )

    def left_out(self, everything: Iterable[Recording]) -> set[str]:
        """Return the recordIDs that the owners file, if there is one, gives to nobody. Raise ConfigError as `find`."""
        decided = self._decided(tuple(everything))
        return {one for one, ownership in decided.items() if ownership.finding is Finding.LEFT_OUT}

    def _decided(self, everything: Sequence[Recording]) -> Source:
        """Return what people decided, by recordID; what is odd is said."""
        found: dict[str, Ownership] = {}
        known = {one.record_id for one in everything}
        for path, data in self._files.items():
            decided = parse_owners(data, known=known, name=str(path))
            for warning in decided.warnings:
                log.warning("%s: %s", path, warning)
            said = decided.of(everything)
            log.info("%s: %d decided, %d left open", path, len(said), decided.undecided)
            found |= said
        return found


def _meeting_owners(adapters: Adapters, recordings: Iterable[Recording]) -> dict[str, Ownership]:
    """Return the owners of recordings that were made from Pod's own meetings, keyed by recordID."""
    from bbbmig.pod.meetings import Meetings, may_be_of_pod, owners_by_meeting

    candidates = [recording for recording in recordings if may_be_of_pod(recording)]
    if not candidates:
        return {}  # saves reading Pod's meetings, 12 at a time
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
