"""The notice as a piece of HTML: made from the settings, recognised and taken out of texts that people edit. Pure.

It is one element, `<div class="bbbmig-notice bbbmig-1a2b3c4d bbbmig-tail">…</div><p><br></p>`: the class marks it, for
editors keep classes and drop comments; the eight digits are a fingerprint of what is inside, by which its end is found
and a changed text recognised. The empty paragraph is where an editor puts the caret at the end of the text: what a
person types there stands outside; it goes with the notice if it is still empty (0.1.0 wrote none, nor the class
that tells of it). `bbbmig-was-null` is added where the activity had no text at all (NULL, not ""), so that the
text that was there before can be restored to the byte from what is in Moodle alone.
"""

import hashlib
import html
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bbbmig.domain.notice_inside import Kept, is_empty, persons_part
from bbbmig.errors import ConfigError

MARK = "bbbmig-notice"
_WAS_NULL = "bbbmig-was-null"
_HAS_TAIL = "bbbmig-tail"
_TAIL = "<p><br></p>"

_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_ONE_CLASS = rf"(?<![\w-]){MARK}(?![\w-])"
_BEGIN = re.compile(
    rf"""<div\b[^<>]*\bclass\s*=\s*(?:"[^"<>]*{_ONE_CLASS}[^"<>]*"|'[^'<>]*{_ONE_CLASS}[^'<>]*'|{_ONE_CLASS})[^<>]*>""",
    re.IGNORECASE,
)
_FINGERPRINT = re.compile(r"\bbbbmig-([0-9a-f]{8})\b")
_DIV = re.compile(r"<(/?)div\b[^<>]*>", re.IGNORECASE)
_END = "</div>"
_EMPTY_TAIL = re.compile(r"\s*<p>(?:\s|<br\s*/?>|&nbsp;|&#160;)*</p>", re.IGNORECASE)
_HARMLESS = re.compile(
    r"""<div(?:\s+(?:class|id|style|dir|lang|align|contenteditable)\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'<>]+))*\s*>""",
    re.IGNORECASE,
)
_MOST_OF_UTF8MB3 = 0xFFFF


@dataclass(frozen=True, slots=True)
class Notice:
    """What is told in the activities: HTML, without the element around it."""

    html: str

    @classmethod
    def of(cls, template: str, values: Mapping[str, str]) -> "Notice":
        """Fill the placeholders, `{pod}` for one, of a text from the settings; the values become HTML.

        Characters beyond the first 65,536 (emoji) are written as `&#…;`: old databases of Moodle (utf8mb3) do not
        hold them. Raise ConfigError for a placeholder whose value is absent or empty, and for HTML that cannot be
        taken out again.
        """

        def value(placeholder: re.Match[str]) -> str:
            if not values.get(placeholder[1]):
                known = ", ".join(f"{{{key}}}" for key in sorted(values) if values[key]) or "none"
                raise ConfigError(f"notice: {placeholder[0]} has no value", hint=f"those with a value: {known}")
            return html.escape(values[placeholder[1]])

        filled = _PLACEHOLDER.sub(value, template).strip()
        notice = cls("".join(c if ord(c) <= _MOST_OF_UTF8MB3 else f"&#{ord(c)};" for c in filled))
        if not filled:
            raise ConfigError("notice: its text is empty", hint="html: what activities are to show")
        levels = [0, *(level for level, _, _ in _divs(notice.html, 0))]
        if MARK in filled or min(levels) < 0 or levels[-1] != 0:
            raise ConfigError("notice: its <div> and </div> do not match", hint=f"and no class may be {MARK}")
        return notice

    @property
    def fingerprint(self) -> str:
        """Return the eight digits that stand for this text."""
        return _fingerprint(self.html)

    def element(self, *, was_null: bool = False) -> str:
        """Write it as it stands in an activity."""
        classes = " ".join((MARK, f"bbbmig-{self.fingerprint}", _HAS_TAIL, *([_WAS_NULL] if was_null else [])))
        return f'<div class="{classes}">{self.html}{_END}{_TAIL}'


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A notice in a text: `element` is all of it, "" if its end is missing because somebody edited it.

    `inside` is what stands in its `<div>`, `exact` whether that is to the character what bbbmig wrote.
    """

    element: str
    inside: str
    fingerprint: str
    was_null: bool
    exact: bool

    def kept(self, own_texts: Mapping[str, str]) -> Kept | None:
        """Tell what of it a person wrote; None if that cannot be told.

        `own_texts` are bbbmig's texts that may stand in it, by their fingerprints.
        """
        if not _HARMLESS.match(self.element):
            return None
        if self.exact:
            return Kept()
        if is_empty(self.inside):
            return Kept(ours=False)
        likely = own_texts.get(self.fingerprint)
        found = [persons_part(self.inside, own) for own in ([likely] if likely is not None else own_texts.values())]
        known = [kept for kept in found if kept is not None]
        ours = next((kept for kept in known if kept.ours), None)
        if ours is not None:
            return _without_nested(ours, own_texts)
        return _without_nested(known[0], own_texts) if known and len(known) == len(found) else None


def notices_in(text: str) -> list[Found]:
    """Find the notices in an activity's text, from the beginning on; those within another are part of it."""
    found: list[Found] = []
    position = 0
    while begin := _BEGIN.search(text, position):
        fingerprint = _FINGERPRINT.search(begin[0])
        digits = fingerprint[1] if fingerprint else ""
        inside, end = _end(text, begin.end(), digits)
        exact = end > 0 and _fingerprint(inside) == digits
        if end and _HAS_TAIL in begin[0] and (tail := _EMPTY_TAIL.match(text, end)):
            end = tail.end()
        element = text[begin.start() : end] if end else ""
        found.append(
            Found(element=element, inside=inside, fingerprint=digits, was_null=_WAS_NULL in begin[0], exact=exact)
        )
        position = end or begin.end()
    return found


def texts_written(texts: Iterable[str]) -> dict[str, str]:
    """Return what bbbmig wrote inside the notices in these texts, by its fingerprint; what somebody edited is left."""
    return {one.fingerprint: one.inside for text in texts for one in notices_in(text) if one.exact}


def _without_nested(kept: Kept, own_texts: Mapping[str, str]) -> Kept | None:
    """Take out the notices that were copied into what a person wrote."""
    parts = [_without_notices(part, own_texts) for part in (kept.before, kept.after)]
    before, after = parts
    return None if before is None or after is None else Kept(before=before, after=after, ours=kept.ours)


def _without_notices(text: str, own_texts: Mapping[str, str]) -> str | None:
    for one in notices_in(text):
        kept = one.kept(own_texts) if one.element else None
        if kept is None:
            return None
        text = text.replace(one.element, kept.before + kept.after)
    return text


def _fingerprint(inside: str) -> str:
    return hashlib.sha1(inside.encode(), usedforsecurity=False).hexdigest()[:8]


def _end(text: str, inside: int, fingerprint: str) -> tuple[str, int]:
    """Find where a notice ends: where the fingerprint is right, or, if somebody edited it, where its `<div>` closes.

    Give what is in it and the position behind its end, 0 if it has none.
    """
    end = text.find(_END, inside)
    while end >= 0:
        if _fingerprint(text[inside:end]) == fingerprint:
            return text[inside:end], end + len(_END)
        end = text.find(_END, end + 1)
    for level, start, end in _divs(text, inside):
        if level < 0:
            return text[inside:start], end
    return "", 0


def _divs(text: str, position: int) -> Iterator[tuple[int, int, int]]:
    """Yield how deep in `<div>` each of its tags leaves us, and where the tag begins and ends."""
    level = 0
    for tag in _DIV.finditer(text, position):
        level += -1 if tag[1] else 1
        yield level, tag.start(), tag.end()
