"""The notice as a piece of HTML: made from the settings, recognised and taken out of texts that people edit. Pure.

It is one element, `<div class="bbbmig-notice bbbmig-1a2b3c4d">…</div>`: the class marks it, for editors keep classes
and drop comments; the eight digits are a fingerprint of what is inside, by which its end is found and a changed
text recognised. `bbbmig-was-null` is added where the activity had no text at all (NULL, not ""), so that the
text that was there before can be restored to the byte from what is in Moodle alone.
"""

import hashlib
import html
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bbbmig.errors import ConfigError

MARK = "bbbmig-notice"
_WAS_NULL = "bbbmig-was-null"

_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_ONE_CLASS = rf"(?<![\w-]){MARK}(?![\w-])"
_BEGIN = re.compile(
    rf"""<div\b[^<>]*\bclass\s*=\s*(?:"[^"<>]*{_ONE_CLASS}[^"<>]*"|'[^'<>]*{_ONE_CLASS}[^'<>]*'|{_ONE_CLASS})[^<>]*>""",
    re.IGNORECASE,
)
_FINGERPRINT = re.compile(r"\bbbbmig-([0-9a-f]{8})\b")
_DIV = re.compile(r"<(/?)div\b[^<>]*>", re.IGNORECASE)
_END = "</div>"
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
        levels = [0, *(level for level, _ in _divs(notice.html, 0))]
        if MARK in filled or min(levels) < 0 or levels[-1] != 0:
            raise ConfigError("notice: its <div> and </div> do not match", hint=f"and no class may be {MARK}")
        return notice

    @property
    def fingerprint(self) -> str:
        """Give the eight digits that stand for this text."""
        return _fingerprint(self.html)

    def element(self, *, was_null: bool = False) -> str:
        """Write it as it stands in an activity."""
        classes = " ".join((MARK, f"bbbmig-{self.fingerprint}", *([_WAS_NULL] if was_null else [])))
        return f'<div class="{classes}">{self.html}{_END}'


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A notice in a text: `element` is all of it, "" if its end is missing because somebody edited it."""

    element: str
    fingerprint: str
    was_null: bool


def notices_in(text: str) -> list[Found]:
    """Find the notices in an activity's text, from the beginning on."""
    found: list[Found] = []
    position = 0
    while begin := _BEGIN.search(text, position):
        fingerprint = _FINGERPRINT.search(begin[0])
        digits = fingerprint[1] if fingerprint else ""
        end = _end(text, begin.end(), digits)
        element = "" if end is None else text[begin.start() : end]
        found.append(Found(element=element, fingerprint=digits, was_null=_WAS_NULL in begin[0]))
        position = begin.end() if end is None else end
    return found


def without(text: str, found: Iterable[Found]) -> str | None:
    """Take notices out of a text; None when there was none (NULL) before they came."""
    was_null = False
    for one in found:
        text = text.replace(one.element, "")
        was_null = was_null or one.was_null
    return None if was_null and not text else text


def _fingerprint(inside: str) -> str:
    return hashlib.sha1(inside.encode(), usedforsecurity=False).hexdigest()[:8]


def _end(text: str, inside: int, fingerprint: str) -> int | None:
    """Find where a notice ends: where the fingerprint is right, or, if somebody edited it, where its `<div>` closes."""
    end = text.find(_END, inside)
    while end >= 0:
        if _fingerprint(text[inside:end]) == fingerprint:
            return end + len(_END)
        end = text.find(_END, end + 1)
    for level, end in _divs(text, inside):
        if level < 0:
            return end
    return None


def _divs(text: str, position: int) -> Iterator[tuple[int, int]]:
    """Give how deep in `<div>` each of its tags leaves us, and where the tag ends."""
    level = 0
    for tag in _DIV.finditer(text, position):
        level += -1 if tag[1] else 1
        yield level, tag.end()
