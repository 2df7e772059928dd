"""Whose a recording is when several sources were asked: owners file, Pod meeting, Moodle, in this order."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from bbbmig.domain.owner import Confidence, Finding, Owner, Ownership
from bbbmig.domain.person import folded
from bbbmig.domain.plan import Reason

Source = Mapping[str, Ownership]
"""What one source says, by recordID; absent: it was not asked about it, or leaves it to the next source."""


_GRAVEST_FIRST = (
    Finding.FAILED,
    Finding.UNKNOWN_SERVER,
    Finding.IGNORED_SERVER,
    Finding.NOT_SEARCHED,
    Finding.DOUBTFUL,
    Finding.NOBODY,
)
"""Where no source decides, one that failed or was not asked might have: only then is it nobody's."""

_WITHHELD = {
    Finding.FAILED: Reason.OWNER_SEARCH_FAILED,
    Finding.UNKNOWN_SERVER: Reason.UNKNOWN_SERVER,
    Finding.LEFT_OUT: Reason.LEFT_OUT,
}
"""Findings after which not even the administrator gets the recording: a person closes the gap first."""


def withheld(ownership: Ownership) -> tuple[Reason | None, str]:
    """Say why nobody at all is to get a recording, the administrator neither; None if somebody may."""
    if ownership.finding is Finding.NOT_SEARCHED and ownership.detail:
        return Reason.NOT_ASKED, ownership.detail  # other Moodles were: its people are to be found, not replaced
    return _WITHHELD.get(ownership.finding), ownership.detail


def several_say(answers: Sequence[Ownership]) -> Ownership:
    """Return what several sources say together, each of which shows that the recording is its own.

    Those that name the same owner first complete each other; where they do not, it is open whose the recording is, and
    all whom they name are doubtful.
    """
    naming = [one for one in answers if one.owners]
    if len(naming) < 2:  # noqa: PLR2004 - nobody to disagree with
        return (naming or list(answers))[0]
    first = naming[0]
    owners = each_once(owner for one in naming for owner in one.owners)
    sources = " and ".join(dict.fromkeys(one.source for one in naming if one.source))
    doubtful = [one for one in naming if not is_decided(one)]
    if not doubtful and len({folded(one.owners[0].username) for one in naming}) == 1:
        return replace(first, owners=owners, source=sources)
    return replace(
        first,
        owners=tuple(replace(owner, confidence=Confidence.DOUBTFUL) for owner in owners),
        detail=f"{sources} do not name the same owner" if not doubtful else doubtful[0].detail or first.detail,
        source=sources,
    )


def each_once(owners: Iterable[Owner]) -> tuple[Owner, ...]:
    """Return each person once, whichever source named them twice."""
    unique: dict[str, Owner] = {}
    for owner in owners:
        unique.setdefault(folded(owner.username), owner)
    return tuple(unique.values())


def administrator(username: str, ownership: Ownership) -> Owner:
    """Return who takes what is nobody's, and why it is."""
    why = "administrator: nobody found" if ownership.finding is not Finding.NOT_SEARCHED else "administrator"
    if ownership.candidates:
        why = f"administrator: doubtful, perhaps {' '.join(one.username for one in ownership.candidates)}"
    detail = f" ({ownership.detail})" if ownership.detail else ""
    return Owner(username=username, why=why + detail, confidence=Confidence.DOUBTFUL, stand_in=True)


def accepted(ownership: Ownership, least: Confidence) -> Ownership:
    """Keep only those who are at least so sure to be its owners; the others become candidates."""
    sure = tuple(owner for owner in ownership.owners if owner.confidence.reaches(least))
    if len(sure) == len(ownership.owners):
        return ownership
    others = tuple(owner for owner in ownership.owners if owner not in sure)
    finding = ownership.finding if sure else Finding.DOUBTFUL
    return replace(ownership, finding=finding, owners=sure, candidates=(*ownership.candidates, *others))


def is_decided(ownership: Ownership) -> bool:
    """Tell whether no other source need be asked: somebody is known, and not by a mere guess, or a person decided."""
    if ownership.finding is Finding.LEFT_OUT:
        return True
    return any(owner.confidence is not Confidence.DOUBTFUL for owner in ownership.owners)


def undecided(record_ids: Iterable[str], *sources: Source) -> list[str]:
    """Return the recordings that none of these sources decides: those to ask the next one about."""
    return [one for one in record_ids if not any(map(is_decided, _all(one, sources)))]


def combine(record_ids: Iterable[str], *sources: Source) -> dict[str, Ownership]:
    """Return one result for each recording; `sources` come best first.

    The first source that found somebody, or that a person told to leave the recording out, decides; that another one
    failed does not matter then. Somebody who is sure comes before a guess of an earlier source. Otherwise the gravest
    finding counts, so that a failed search or a gap in the settings never ends with the administrator. Course and
    activity come from whichever source knows them, and so do the names and addresses of people of whom the deciding
    source knows no more than the user name.
    """
    known = _people(sources)
    return {one: _combined(one, _all(one, sources), known) for one in record_ids}


def _all(record_id: str, sources: Iterable[Source]) -> list[Ownership]:
    return [source[record_id] for source in sources if record_id in source]


def _people(sources: Iterable[Source]) -> dict[str, Owner]:
    """Collect the people of whom more than the user name is known, by user name without regard to case."""
    people: dict[str, Owner] = {}
    for source in sources:
        for ownership in source.values():
            for owner in ownership.owners:
                if owner.full_name or owner.email:
                    people.setdefault(folded(owner.username), owner)
    return people


def _combined(record_id: str, said: list[Ownership], known: Mapping[str, Owner]) -> Ownership:
    """Decide about one recording, from what each source says of it."""
    if not said:
        return Ownership(record_id=record_id, finding=Finding.NOT_SEARCHED)
    deciding = next((one for one in said if is_decided(one)), None)
    deciding = deciding or next((one for one in said if one.finding is Finding.FOUND), None)
    if deciding is None:
        deciding = min(said, key=lambda one: _GRAVEST_FIRST.index(one.finding))
        details = dict.fromkeys(one.detail for one in said if one.finding is deciding.finding and one.detail)
        deciding = replace(deciding, detail="; ".join(details))
    return replace(
        deciding,
        owners=tuple(_completed(owner, known) for owner in deciding.owners),
        course=next((one.course for one in (deciding, *said) if one.course), ""),
        activity=next((one.activity for one in (deciding, *said) if one.activity), ""),
    )


def _completed(owner: Owner, known: Mapping[str, Owner]) -> Owner:
    """Add name, address and suspension to somebody who came as a bare user name."""
    person = known.get(folded(owner.username))
    if person is None or owner.full_name or owner.email:
        return owner
    return replace(
        owner,
        first_name=person.first_name,
        last_name=person.last_name,
        email=person.email,
        suspended=person.suspended,
    )
