"""What became of the notice in the activities of a Moodle."""

from dataclasses import dataclass
from enum import StrEnum


class Change(StrEnum):
    """What became of one activity; the words are stable, for `--json`."""

    ADDED = "added"
    REPLACED = "replaced"
    """It had the notice with another text, which the new one replaces in place."""
    PRESENT = "present"
    """It had this notice already, from an earlier run: nothing was written."""
    REMOVED_SINCE = "removed since"
    """It had the notice once, and somebody took it out: nothing was written."""
    REMOVED = "removed"
    ABSENT = "absent"
    """To be removed, and there is none: somebody has taken it out, or the text mentions only its mark."""
    OTHER_FORMAT = "other format"
    """Its text is not HTML: nothing was written."""
    DAMAGED = "damaged"
    """Somebody edited the notice so that its end cannot be told: a person must look at it; nothing was written."""
    EDITED = "edited"
    """Somebody changed words of the notice itself, so that ours and theirs cannot be told apart: a person must look at
    it; nothing was written."""
    GONE = "gone"
    """There is no such activity any more."""


WAITING = frozenset((Change.DAMAGED, Change.EDITED))
"""A person must look at these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Noticed:
    """One activity. `text` is the notice that stands in it now, or stood in it, to the byte; "" if none.

    `replaced` is what was taken out of the activity's text, for the ledger to keep: notices that another took the
    place of, and those that were not to the byte what bbbmig wrote. `mixed`: a person wrote something inside the
    notice, which stays. `stale`: the course page shows the old text until somebody purges that course's cache, for
    this account may not.
    """

    activity: int
    change: Change
    course: int | None = None
    text: str = ""
    replaced: tuple[str, ...] = ()
    mixed: bool = False
    stale: bool = False
