"""What `bbbmig check` tells of the owners: how many are known, who would be new or made staff, what is theirs alone."""

from collections import Counter
from collections.abc import Iterator, Sequence

from bbbmig.domain.exclusion import Exclusion
from bbbmig.domain.owner import Finding
from bbbmig.domain.recording import Recording
from bbbmig.report.messages import Check, Level
from bbbmig.runs.adapters import Adapters
from bbbmig.runs.owners import OwnerSearch

PLACE = "Owners"
EXCLUDED = "Excluded"


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


def exclusion_checks(adapters: Adapters, recordings: Sequence[Recording]) -> Iterator[Check]:
    """Count the recordings that `[choose] exclude` keeps off the claim page, and name patterns that match none."""
    patterns = adapters.settings.choose.exclude
    if not recordings or not patterns:
        return
    kept = Exclusion(patterns).of(recordings)
    each = {pattern: len(Exclusion([pattern]).of(recordings)) for pattern in patterns}
    said = ", ".join(f"{pattern}: {count}" for pattern, count in each.items() if count)
    yield Check(
        place=EXCLUDED,
        level=Level.OK,
        what=f"{len(kept)} of {len(recordings)} recordings are for their known owners alone{said and f' ({said})'}",
    )
    if useless := [pattern for pattern, count in each.items() if not count]:
        yield Check(
            place=EXCLUDED,
            level=Level.NOTE,
            what=f"no title and no course matches {', '.join(useless)}",
            hint="correct these in [choose] exclude, unless they are for recordings to come",
        )


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
