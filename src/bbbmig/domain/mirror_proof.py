"""Whether the copy of one playback format is whole, judged by what the recording says of itself."""

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from bbbmig.domain.mirror_files import FILMS, METADATA, PAGE, page_sources
from bbbmig.domain.presentation_files import (
    CAMERAS,
    DESK,
    MADE_BESIDE,
    SHAPES,
    SOUND,
    Known,
    listed_pages,
    references,
    shares_a_desk,
)

LEAST_SLACK, DIRECTORY_BYTES = -2048, 12288
"""`<size>` counts directories, too: 4 KiB each on ext4, more for hundreds of slides, next to nothing on xfs."""
UNPROVEN = frozenset({"refused", "page", "status", "elsewhere", "unusable"})
"""Answers that do not say that there is no such file."""

DAMAGED = "damaged"
"""What a proof calls a file that is not as it came; the next copy fetches it anew."""
SHORT = "it lasts"
"""How the reason begins for a film that came as the server has it and is shorter than the recording."""

_ALWAYS = (METADATA, SHAPES, "slides_new.xml", "panzooms.xml", "cursor.xml")
_SIZE = re.compile(rb"<playback>(?:(?!</playback>).)*?<size>\s*(\d{1,18})\s*</size>", re.DOTALL)
_ID = re.compile(rb"<recording>\s*(?:<!--.*?-->\s*)*<id>\s*([^<\s]+)\s*</id>", re.DOTALL)
_TLDRAW = re.compile(rb"""\btldraw\s*=\s*["']true["']""")
_MOST_SAID = 20


def announced_size(metadata: bytes) -> int | None:
    """Return the sum of the bytes that were published, folders included; None if it is not said (2.0 and older)."""
    found = _SIZE.search(metadata)
    return int(found[1]) or None if found else None


def what_is_missing(
    kind: str, record_id: str, known: Known, sizes: Mapping[str, int], absent: Mapping[str, str]
) -> tuple[str, ...]:
    """Say what is missing of one format; nothing if it is whole.

    `known` holds the bytes of its index files, `sizes` those of all files that are there, `absent` why others are not.
    """
    found = [*_by_content(kind, record_id, known, sizes)]
    short = _short_by(known.get(METADATA) or b"", sizes)
    if short:
        found.append(f"{short:,} of the bytes that metadata.xml announces")
    proven = short == 0 and not found
    for name, why in absent.items():
        if why in UNPROVEN and not proven:
            found.append(f"{name}: {why} by the server")
        elif why.startswith(("failed", SHORT)):
            found.append(f"{name}: {why}")
    if len(found) > _MOST_SAID:
        found = [*found[:_MOST_SAID], f"and {len(found) - _MOST_SAID} more"]
    return tuple(dict.fromkeys(found))


def _short_by(metadata: bytes, sizes: Mapping[str, int]) -> int | None:
    """Count the bytes that are missing of the announced ones, 0 if none are; None if nobody can tell.

    What other programs put beside a presentation later was not counted by the server.
    """
    announced = announced_size(metadata)
    if announced is None:
        return None
    folders = {parent for name in sizes for parent in PurePosixPath(name).parents}
    there = sum(size for name, size in sizes.items() if name not in MADE_BESIDE)
    short = announced - there
    return short if short > max(DIRECTORY_BYTES * len(folders), LEAST_SLACK) else 0


def _by_content(kind: str, record_id: str, known: Known, sizes: Mapping[str, int]) -> Iterator[str]:
    """Say which files are missing that there must be."""
    metadata = known.get(METADATA) or b""
    if METADATA not in sizes:
        yield METADATA
    elif (named := _ID.search(metadata)) is None or named[1].decode(errors="replace") != record_id:
        yield f"{METADATA} is not that of this recording"
    if kind == "presentation":
        yield from _of_presentation(known, sizes)
    elif kind in ("video", "screenshare"):
        yield from _of_page(kind, known, sizes)
    elif not any(name != METADATA for name in sizes):
        yield "the file itself"


def _of_page(kind: str, known: Known, sizes: Mapping[str, int]) -> Iterator[str]:
    """Say what is missing of a page: itself, and what it plays."""
    if PAGE not in sizes:
        yield PAGE
    yield from (name for name in page_sources(known.get(PAGE) or b"") if name not in sizes)
    if not any(PurePosixPath(name).suffix in FILMS for name in sizes):
        yield f"the film of the {kind}"


def _of_presentation(known: Known, sizes: Mapping[str, int]) -> Iterator[str]:
    """Say what is missing of a presentation."""
    yield from (name for name in _ALWAYS[1:] if name not in sizes)
    yield from (name for name in references(known) if name not in sizes)
    if not any(_has(sizes, stem) for stem in (CAMERAS, SOUND)):
        yield f"film and sound ({CAMERAS}.* or {SOUND}.*)"
    if shares_a_desk(known) and not _has(sizes, DESK):
        yield f"the film of the shared desk ({DESK}.*)"
    drawn = any(_TLDRAW.search((known.get(name) or b"")[:4096]) for name in ("panzooms.xml", "cursor.xml"))
    if drawn and "tldraw.json" not in sizes:
        yield "tldraw.json"
    for folder, numbers in listed_pages(known).items():
        yield from _pages(folder, numbers, sizes)


def _pages(folder: str, numbers: frozenset[int], sizes: Mapping[str, int]) -> Iterator[str]:
    """Say which pages are missing of a presentation: of each kind of file it has all or none."""
    for form in ("slide-{}.png", "thumbnails/thumb-{}.png", "svgs/slide{}.svg", "textfiles/slide-{}.txt"):
        names = [f"{folder}/{form.format(number)}" for number in sorted(numbers)]
        if any(name in sizes for name in names):
            yield from (name for name in names if name not in sizes)


def _has(sizes: Mapping[str, int], stem: str) -> bool:
    """Tell whether a film is there in any form."""
    return any(f"{stem}{suffix}" in sizes for suffix in FILMS)
