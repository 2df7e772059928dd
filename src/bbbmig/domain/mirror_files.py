"""Which files a playback of any format consists of, for a copy of them: see `presentation_files` for the rule.

`video` and `screenshare` are a page with its films, `podcast` and `notes` one file, whose name the API gives
(https://github.com/bigbluebutton/bigbluebutton: record-and-playback/*/scripts/publish).
"""

import functools
import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from html import unescape
from itertools import islice
from pathlib import PurePosixPath
from urllib.parse import quote, unquote, urlsplit

from bbbmig.domain.presentation_files import (
    CAPTIONS,
    MOST_FILES,
    WHOLE,
    Known,
    caption_files,
    index_names,
    next_names,
    safe_name,
)

PAGE, METADATA = "index.html", "metadata.xml"
FORMATS = ("presentation", "video", "screenshare", "podcast", "notes")
"""The formats that are copied, in that order; each is a folder below the mirror, as below a server's `published/`."""
FILMS = frozenset({".webm", ".mp4", ".m4v", ".ogg", ".mp3", ".ogv", ".mkv"})

_HREF = re.compile(rb"""\b(?:href|src|poster)\s*=\s*(?:"([^"]{1,2000})"|'([^']{1,2000})')""", re.IGNORECASE)
_SOURCE = re.compile(rb"""<(?:source|video|track)\b[^>]{0,2000}?\bsrc\s*=\s*["']([^"']{1,2000})["']""", re.IGNORECASE)
_URL = re.compile(rb"""url\(\s*["']?([^"')\s]{1,2000})["']?\s*\)""")
_READ = frozenset({".css"})


def wanted_names(kind: str, known: Known, *, address: str = "") -> list[str]:
    """Return the names to ask for next, those that are known left out; nothing when all is known.

    `address` is that of the playback, which names the file of a `podcast` or of `notes`.
    """
    if kind == "presentation":
        return next_names(known, WHOLE)
    names = islice(_LISTS[kind](known, address), MOST_FILES + 1)
    return [name for name in dict.fromkeys(names) if name not in known]


def is_read(kind: str, name: str) -> bool:
    """Tell whether the bytes of a file are needed to know further names."""
    if kind == "presentation":
        return name in _INDEX
    return name in (PAGE, METADATA, CAPTIONS) or PurePosixPath(name).suffix in _READ


@functools.lru_cache(maxsize=1 << 14)
def own_name(name: str) -> str:
    """Return a name as it is if it is one of a file below its folder, else "": see `presentation_files.safe_name`."""
    return name if name and safe_name(quote(name, errors="replace")) == name == str(PurePosixPath(name)) else ""


def page_sources(page: bytes) -> list[str]:
    """List the films and captions that a page of `video` or `screenshare` plays."""
    found = (safe_name(unescape(match[1].decode(errors="replace"))) for match in _SOURCE.finditer(page))
    return [name for name in dict.fromkeys(found) if name]


def file_named(address: str) -> str:
    """Return the name of the file at the end of an address, "" if it ends with a folder or is none."""
    try:
        name = unquote(urlsplit(address).path.rpartition("/")[2])
    except ValueError:
        return ""
    return own_name(name) if PurePosixPath(name).suffix else ""


def _page(known: Known, _address: str) -> Iterator[str]:
    """Yield a page and what it refers to; what its style sheets refer to as well."""
    yield from (METADATA, PAGE, CAPTIONS)
    page = known.get(PAGE) or b""
    yield from page_sources(page)
    yield from caption_files(known.get(CAPTIONS) or b"")
    for match in _HREF.finditer(page):
        name = safe_name(unescape((match[1] or match[2]).decode(errors="replace")))
        if name and PurePosixPath(name).suffix:
            yield name
    for name, content in known.items():
        if content and PurePosixPath(name).suffix == ".css":
            yield from _of_style_sheet(name, content)


def _video(known: Known, address: str) -> Iterator[str]:
    """Yield the same, and the chat of a `video`."""
    yield from _page(known, address)
    yield "video.xml"


def _of_style_sheet(sheet: str, content: bytes) -> Iterator[str]:
    """Yield the fonts and pictures that a style sheet refers to, from where it lies itself."""
    for match in _URL.finditer(content):
        reference = match[1].decode(errors="replace")
        path = urlsplit(reference)._replace(query="", fragment="").geturl() if "[" not in reference else ""
        name = posixpath.normpath(posixpath.join(posixpath.dirname(sheet), path)) if path else ""
        if name and not reference.startswith(("data:", "/", "http:", "https:")) and safe_name(name):
            yield safe_name(name)


def _one_file(usual: str) -> Callable[[Known, str], Iterator[str]]:
    """Return what yields the one file of a format."""

    def names(_known: Known, address: str) -> Iterator[str]:
        yield METADATA
        yield file_named(address) or usual

    return names


_INDEX = index_names(WHOLE)
_LISTS: Mapping[str, Callable[[Known, str], Iterator[str]]] = {
    "video": _video,
    "screenshare": _page,
    "podcast": _one_file("audio.ogg"),
    "notes": _one_file("notes.pdf"),
}
