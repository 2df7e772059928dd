"""What is done about recordings that are published already: nothing, unless their videos are gone or never play."""

from bbbmig.domain.file_plan import FileRules
from bbbmig.domain.history import Effect, Entry
from bbbmig.domain.owner import Owner
from bbbmig.domain.plan import Action, Kind, Reason, left_alone
from bbbmig.domain.recording import Recording
from bbbmig.domain.video_standing import Standing, Stands, best, worst

AGAIN = "now Pod has it no more; `publish --again` makes it once more"
LOOK = "in Pod's administration, /admin/video/video/, choose it and have it encoded; Pod's log says why it was not"
ASK_LATER = "run again when Pod is well"
PLAYABLE = Stands(standing=Standing.PLAYABLE)


def has(recording: Recording, username: str, rules: FileRules) -> bool:
    """Tell whether a person has got a video, or is to have it no more because it was deleted in Pod."""
    entry = rules.history.done(Effect.PUBLISH, recording.record_id, username)
    return entry is not None and not (rules.again and _standing(entry, rules).standing is Standing.GONE)


def as_published(recording: Recording, rules: FileRules, *, every: bool = False) -> Action | None:
    """Return what is done about a recording that was published; None if it was not, or is to be published again.

    The best of its videos decides, or, if `every` owner has one of their own, the worst.
    """
    rows = list(rules.history.owners(Effect.PUBLISH, recording.record_id).values())
    if not rows:
        return None
    stands = (worst if every else best)(_standing(row, rules) for row in rows)
    row = next(row for row in reversed(rows) if _standing(row, rules) == stands)
    if stands.standing is Standing.GONE and rules.again:
        return None
    return _as_it_stands(recording, row, stands)


def _standing(row: Entry, rules: FileRules) -> Stands:
    return rules.stands.get(row.key, PLAYABLE)


def _as_it_stands(recording: Recording, row: Entry, stands: Stands) -> Action:
    """Decide about a recording whose video stands like this."""
    match stands.standing:
        case Standing.GONE:
            return left_alone(recording, Reason.REMOVED_SINCE, "published", since=row.at, hint=AGAIN)
        case Standing.NOT_TOLD:
            return left_alone(recording, Reason.POD_CANNOT_SAY, "published", since=row.at, hint=ASK_LATER)
        case Standing.BEING_ENCODED:
            return left_alone(recording, Reason.BEING_ENCODED, stands.slug, since=row.at)
        case Standing.GIVEN_UP:
            return left_alone(recording, Reason.NEVER_ENCODED, stands.slug, since=row.at, hint=LOOK)
        case Standing.NEVER_ENCODED:
            owner = Owner(username=row.target)
            why = "Pod never encoded it"
            return Action(kind=Kind.ENCODE, recording=recording, target=stands.slug, owner=owner, detail=why)
        case Standing.PLAYABLE:
            return left_alone(recording, Reason.ALREADY_DONE, since=row.at)
