"""What is to be done with the text of one activity: decided from values, nothing is read or written here."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from bbbmig.domain.notice import Change, Noticed
from bbbmig.domain.notice_text import Notice, notices_in, without

HTML_FORMAT = 1
"""`introformat` of texts that editors write (`lib/weblib.php`: FORMAT_HTML); in others a tag would be shown as such."""


class ActivityText(NamedTuple):
    """A row of `bigbluebuttonbn`, as far as its text goes; `intro` is NULL where nobody ever wrote one."""

    activity: int
    course: int
    intro: str | None
    introformat: int


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
