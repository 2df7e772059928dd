"""Names that a client cut: Moodle's plug-in sends 64 characters and "..." of a recording's name, the meeting's whole.

Source: Moodle's `mod/bigbluebuttonbn`, `html2text($name, 64)` for `bbb-recording-name`
(https://github.com/moodle/moodle/blob/main/mod/bigbluebuttonbn/classes/local/helpers/meeting.php). Some versions count
bytes, so that a name with accents is cut earlier, in the middle of a letter or of an entity, or gets its dots though it
is whole.
"""

import html
import re
import unicodedata

MOODLES_LENGTH = 64
"""Characters, or bytes, that Moodle keeps."""
SHORTEST_CUT = 20
"""Bytes: a shorter beginning with dots is what a person typed ("Cours...")."""

_TAG = re.compile(r"<[^<>]{0,300}>")
_BROKEN_ENTITY = re.compile(r"&#?\w{0,10}\Z")
_LONGEST_LETTER = 4
"""Bytes; and so many blanks may have been at the end."""
_DOTS = ("...", "…")


def is_cut_from(name: str, whole: str) -> bool:
    """Tell whether a name is nothing but the beginning of another one, with or without dots at its end."""
    if not name or name == whole:
        return False
    stem = name.rstrip()
    dots = stem.endswith(_DOTS)
    has_moodles_length = _has_moodles_length(name.rstrip("\N{REPLACEMENT CHARACTER}"))
    if not dots and not has_moodles_length and len(name) < MOODLES_LENGTH:
        return False
    stem = stem.rstrip(" .…\N{REPLACEMENT CHARACTER}")
    beginnings = {_plain(one) for one in (stem, stem.removesuffix("?"), _BROKEN_ENTITY.sub("", stem))} - {""}
    for long in {_plain(whole), _plain(_TAG.sub("", whole))}:
        for short in beginnings:
            if dots and _plain(whole.rstrip(" .…")) == short:
                return True
            may_be_cut = dots or has_moodles_length or _ends_within_a_word(short, long)
            if may_be_cut and long.startswith(short) and len(stem.encode()) >= SHORTEST_CUT:
                return True
    return False


def _ends_within_a_word(short: str, long: str) -> bool:
    """Tell whether a name that is as long as what Moodle keeps, or longer, ends where no person ends it."""
    return len(short) >= MOODLES_LENGTH and short[-1].isalnum() and long[len(short) : len(short) + 1].isalnum()


def _has_moodles_length(name: str) -> bool:
    """Tell whether a name without dots is as long as what Moodle keeps, in letters or in bytes, escaped or not."""
    if len(html.escape(name).encode()) <= MOODLES_LENGTH - _LONGEST_LETTER:
        return False  # it is the longest of the four
    sizes = (size for text in (name, html.escape(name)) for size in (len(text), len(text.encode())))
    return any(MOODLES_LENGTH - _LONGEST_LETTER < size <= MOODLES_LENGTH for size in sizes)


def _plain(text: str) -> str:
    """Return a name as it is compared: entities undone, letters and accents apart, each white space one blank."""
    return " ".join(unicodedata.normalize("NFD", html.unescape(html.unescape(text))).split())
