"""What is to be done with the text of one activity: decided from values, nothing is read or written here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from bbbmig.domain.notice import Change, Noticed
from bbbmig.domain.notice_inside import Kept
from bbbmig.domain.notice_text import Found, Notice, notices_in

HTML_FORMAT = 1
"""`introformat` of texts that editors write (`lib/weblib.php`: FORMAT_HTML); in others a tag would be shown as such."""
NO_TEXTS: Mapping[str, str] = {}


class ActivityText(NamedTuple):
    """A row of `bigbluebuttonbn`, as far as its text goes; `intro` is NULL where nobody ever wrote one."""

    activity: int
    course: int
    intro: str | None
    introformat: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What is to be done with one activity: put the second of each of `cuts` where the first stands, then append."""

    noticed: Noticed
    append: str = ""
    cuts: tuple[tuple[str, str], ...] = ()
    empty: bool = False
    """Nothing is left, and there was nothing: NULL."""


def adding(text: ActivityText, notice: Notice, *, again: bool = False, own_texts: Mapping[str, str] = NO_TEXTS) -> Edit:
    """Decide how one activity gets the notice; `again`: it was given to it before.

    `own_texts` are those that bbbmig has written before, by their fingerprints.
    """
    found = notices_in(text.intro or "")
    if not all(one.element for one in found):
        return _edit(text, Change.DAMAGED)
    kept = _kept(found, {**own_texts, notice.fingerprint: notice.html})
    for one, part in kept:
        if part is not None and part.ours and one.fingerprint == notice.fingerprint:
            return _edit(text, Change.PRESENT, one.element, mixed=bool(part.before or part.after))
    if text.introformat != HTML_FORMAT:
        return _edit(text, Change.OTHER_FORMAT, found[0].element if found else "")
    told = [(one, part) for one, part in kept if part is not None]
    if len(told) < len(found):
        return _edit(text, Change.EDITED, found[0].element)
    return _added(text, notice, told, again=again)


def _added(text: ActivityText, notice: Notice, told: Sequence[tuple[Found, Kept]], *, again: bool) -> Edit:
    """Put the notice where another stands, else at the end."""
    if any(part.ours for _, part in told):
        element = notice.element(was_null=any(one.was_null for one, _ in told))
        return _edit(text, Change.REPLACED, element, cuts=_cuts(told, element), **_persons(told, all_of_it=True))
    if again:
        return _edit(text, Change.REMOVED_SINCE)
    element = notice.element(was_null=text.intro is None)
    return _edit(text, Change.ADDED, element, append=element, cuts=_cuts(told), **_persons(told))


def removing(text: ActivityText, *, own_texts: Mapping[str, str] = NO_TEXTS) -> Edit:
    """Decide how one activity loses the notice, whatever has become of the text around it and in it."""
    intro = text.intro or ""
    found = notices_in(intro)
    if not found:
        return _edit(text, Change.ABSENT)
    if not all(one.element for one in found):
        return _edit(text, Change.DAMAGED)
    told = [(one, part) for one, part in _kept(found, own_texts) if part is not None]
    if len(told) < len(found):
        return _edit(text, Change.EDITED, found[0].element)
    cuts = _cuts(told)
    for old, new in cuts:
        intro = intro.replace(old, new)
    empty = not intro.strip() and any(one.was_null for one in found)
    return _edit(text, Change.REMOVED, found[0].element, cuts=cuts, empty=empty, **_persons(told))


def _kept(found: Iterable[Found], own_texts: Mapping[str, str]) -> list[tuple[Found, Kept | None]]:
    return [(one, one.kept(own_texts)) for one in found]


def _cuts(told: Iterable[tuple[Found, Kept]], element: str = "") -> tuple[tuple[str, str], ...]:
    """Say what comes in the place of each notice: what a person wrote in it, around `element` if one is to be there."""
    cuts = {one.element: part.before + (element if part.ours else "") + part.after for one, part in told}
    return tuple(sorted(cuts.items(), key=lambda cut: -len(cut[0])))


def _persons(told: Iterable[tuple[Found, Kept]], *, all_of_it: bool = False) -> dict[str, Any]:
    """Say what the ledger is to keep, and whether a person wrote something there."""
    replaced = dict.fromkeys(one.element for one, _ in told if all_of_it or not one.exact)
    return {"replaced": tuple(replaced), "mixed": any(part.before or part.after for _, part in told)}


def _edit(
    text: ActivityText,
    change: Change,
    element: str = "",
    *,
    replaced: tuple[str, ...] = (),
    mixed: bool = False,
    **how: Any,  # noqa: ANN401 - fields of it
) -> Edit:
    noticed = Noticed(
        activity=text.activity, change=change, course=text.course, text=element, replaced=replaced, mixed=mixed
    )
    return Edit(noticed=noticed, **how)
