"""What a reply is, told by its first bytes: types that servers give are not to be trusted.

Scalelite 1.2 to 1.8 calls every file `text/html` for clients that take anything (`head(:ok)` of Rails with
X-Accel-Redirect), storage calls everything `application/octet-stream`, and servers with a front page or a log-in page
for every address answer 200 to anything.
"""

import re
from pathlib import PurePosixPath

__all__ = ["ENOUGH", "is_film", "is_html", "is_markup", "is_media", "is_page_instead"]

ENOUGH = 512
"""Bytes that suffice to tell."""

_BLANK = b" \t\r\n\f\0"
_BOM = b"\xef\xbb\xbf"
_HTML = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|title|meta|link|script|style|div|center|h1|p)\b|<frameset", re.IGNORECASE
)
_SIGNATURES = (
    (0, b"\x1aE\xdf\xa3"),  # webm, mkv
    (4, b"ftyp"),  # mp4, m4v, m4a, mov
    (4, b"moov"),  # old mov
    (4, b"mdat"),
    (0, b"OggS"),
    (0, b"RIFF"),  # wav, avi
    (0, b"fLaC"),
    (0, b"ID3"),
    (0, b"FLV\x01"),
    (0, b"0&\xb2u"),  # asf, wmv
    (0, b"\0\0\x01\xba"),  # mpeg
)
_MPEG_AUDIO = re.compile(rb"\xff[\xe2-\xff]")
_TEXT_TYPES = ("text/", "application/json", "application/xml", "application/xhtml")
_CONTROL = re.compile(rb"[\0-\x08\x0e-\x1a]")
_PAGES = frozenset({".html", ".htm"})
_MARKUP = frozenset({".xml", ".svg"})
_WORDS = frozenset({".txt", ".vtt", ".srt"})


def is_html(start: bytes) -> bool:
    """Tell whether bytes begin a web page; comments and declarations before it are passed over."""
    rest = _stripped(start)
    while rest.startswith((b"<!--", b"<?")):
        _, _, rest = rest.partition(b"-->" if rest.startswith(b"<!--") else b"?>")
        rest = rest.lstrip(_BLANK)
    return _HTML.match(rest) is not None


def is_markup(start: bytes) -> bool:
    """Tell whether bytes begin a page or XML of any kind: storage says in XML that it has no such file."""
    return _stripped(start).startswith(b"<")


def is_media(start: bytes) -> bool:
    """Tell whether bytes begin film or sound, by the marks of the containers that servers have."""
    if any(start.startswith(mark, at) for at, mark in _SIGNATURES):
        return True
    return _MPEG_AUDIO.match(start) is not None


def is_film(content_type: str, start: bytes) -> bool:
    """Tell whether a reply is film or sound. Its type is asked only where its bytes could be anything."""
    if is_media(start):
        return True
    if not start or is_markup(start) or _is_json(start):
        return False
    return not content_type.startswith(_TEXT_TYPES) or _CONTROL.search(start) is not None


def is_page_instead(name: str, start: bytes) -> bool:
    """Tell whether bytes that should begin the file of that name begin a page: then there is no such file."""
    suffix = PurePosixPath(name).suffix.lower()
    if suffix in _PAGES:
        return False
    return is_html(start) if suffix in _MARKUP | _WORDS else is_markup(start)


def _is_json(start: bytes) -> bool:
    """Tell whether bytes begin an object or a list of JSON, as errors of newer servers do."""
    return _stripped(start).startswith((b"{", b"["))


def _stripped(start: bytes) -> bytes:
    """Leave out a byte order mark and blanks before it all."""
    return start.removeprefix(_BOM).lstrip(_BLANK)
