"""Texts of other people, made safe to show: terminals, spreadsheets and web pages obey characters that nobody sees.

Everything that comes from a server and goes to a terminal, a CSV, JSON lines or Pod passes through here.
"""

_SPACES = (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029)
"""Controls (C0, C1) and separators of lines: they end a line, or begin an escape sequence."""
_INVISIBLE = (
    0x061C,
    0x180E,
    0x200E,
    0x200F,
    *range(0x202A, 0x202F),
    *range(0x2060, 0x2070),
    0xFEFF,
    *range(0xFFF9, 0xFFFC),
)
"""Marks that turn the direction of what follows (Unicode Standard Annex 9), and others that have no width: they let a
text look like another one. Joiners stay: emoji and Persian are written with them."""
_LINES = frozenset({0x09, 0x0A, 0x2028, 0x2029})
_TAGS = range(0xE0000, 0xE0080)

_TABLE = {**dict.fromkeys(_SPACES, " "), **dict.fromkeys((*_INVISIBLE, *_TAGS), None)}
_LINES_KEPT = {code: text for code, text in _TABLE.items() if code not in _LINES}


def one_line(text: str) -> str:
    """Return a text in one line: controls become blanks, unseen marks go, runs of blanks become one."""
    if not text.isprintable():  # most are, and this is the quickest way to know
        text = text.translate(_TABLE)
    elif " " not in text:
        return text
    return " ".join(text.split())


def without_controls(text: str) -> str:
    """Return a text in one line, its blanks as they are."""
    return text if text.isprintable() else text.translate(_TABLE)


def shown(text: str) -> str:
    """Return a text of several lines without anything that a terminal would obey."""
    return text if text.isprintable() else text.translate(_LINES_KEPT)
