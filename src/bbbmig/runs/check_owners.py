"""What `bbbmig check` tells of the owners: how many are known, and whom Pod would have to create or make staff."""

from collections import Counter
from collections.abc import Iterator, Sequence

from bbbmig.domain.owner import Finding
from bbbmig.domain.recording import Recording
from bbbmig.report.messages import Check, Level
from bbbmig.runs.adapters import Adapters
from bbbmig.runs.owners import OwnerSearch

PLACE = "Owners"


def owner_checks(adapters: Adapters, recordings: Sequence[Recording]) -> Iterator[Check]:
    """Look whose all recordings are, and who these people are in Pod.

    Raise ConfigError, RemoteError or RemoteRefused when an owner source, or Pod, cannot be asked.
    """
    search = OwnerSearch(adapters)
    if not recordings or not search.asked or not adapters.settings.has("pod"):
        return
    whose = search.find(recordings, recordings)
    findings = Counter(ownership.finding for ownership in whose.values())
    people = {owner.username for ownership in whose.values() for owner in ownership.owners}
    said = f"{len(people)} people own {findings[Finding.FOUND]} of {len(recordings)} recordings"
    if findings[Finding.DOUBTFUL]:
        said += f"; of {findings[Finding.DOUBTFUL]} the owners are doubtful: `bbbmig owners` lists them"
    yield Check(place=PLACE, level=Level.OK, what=said)
    if people and adapters.settings.pod.make_staff:
        yield from _staff(adapters, people)


def _staff(adapters: Adapters, people: set[str]) -> Iterator[Check]:
    """Count those who would get staff rights in Pod."""
    known = adapters.users.find(people)
    promoted = sum(not user.is_staff for user in known.values())
    created = len(people) - len(known) if adapters.settings.pod.create_users else 0
    if promoted or created:
        yield Check(
            place=PLACE,
            level=Level.NOTE,
            what=f"accounts in Pod that would get staff rights: {promoted}; that would be created with them: {created}",
            hint="staff see all files on Pod's claim page and may add videos; pod.make_staff = false gives nobody any",
        )
