"""What is to be done with the text of one activity: decided from values, nothing is read or written here."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from bbbmig.moodle.notice_text import Notice, notices_in, without

HTML_FORMAT = 1
"""`introformat` of texts that editors write (`lib/weblib.php`: FORMAT_HTML); in others a tag would be shown as such."""


class ActivityText(NamedTuple):
    """A row of `bigbluebuttonbn`, as far as its text goes; `intro` is NULL where nobody ever wrote one."""

    activity: int
    course: int
    intro: str | None
    introformat: int


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
    GONE = "gone"
    """There is no such activity any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Noticed:
    """One activity. `text` is the notice that stands in it now, or stood in it, to the byte; "" if none.

    `stale`: the course page shows the old text until somebody purges that course's cache, for this account may not.
    """

    activity: int
    change: Change
    course: int | None = None
    text: str = ""
    stale: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What is to be done with one activity: append `append`, or put `new` where each of `old` stands."""

    noticed: Noticed
    append: str = ""
    old: tuple[str, ...] = ()
    new: str = ""
    empty: bool = False
    """Nothing is left, and there was nothing: NULL."""


def adding(text: ActivityText, notice: Notice, *, again: bool = False) -> Edit:
    """Decide how one activity gets the notice; `again`: it was given to it before."""
    found = notices_in(text.intro or "")
    if not all(one.element for one in found):
        return _edit(text, Change.DAMAGED)
    if present := next((one for one in found if one.fingerprint == notice.fingerprint), None):
        return _edit(text, Change.PRESENT, present.element)
    if text.introformat != HTML_FORMAT:
        return _edit(text, Change.OTHER_FORMAT, found[0].element if found else "")
    if found:
        element = notice.element(was_null=any(one.was_null for one in found))
        return _edit(text, Change.REPLACED, element, old=tuple(one.element for one in found), new=element)
    if again:
        return _edit(text, Change.REMOVED_SINCE)
    element = notice.element(was_null=text.intro is None)
    return _edit(text, Change.ADDED, element, append=element)


def removing(text: ActivityText) -> Edit:
    """Decide how one activity loses the notice, whatever has become of the text around it."""
    intro = text.intro or ""
    found = notices_in(intro)
    if not found:
        return _edit(text, Change.ABSENT)
    if not all(one.element for one in found):
        return _edit(text, Change.DAMAGED)
    elements = tuple(one.element for one in found)
    return _edit(text, Change.REMOVED, elements[0], old=elements, empty=without(intro, found) is None)


def _edit(text: ActivityText, change: Change, element: str = "", **how: Any) -> Edit:  # noqa: ANN401 - fields of it
    return Edit(noticed=Noticed(activity=text.activity, change=change, course=text.course, text=element), **how)
