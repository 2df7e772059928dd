"""Which files a published presentation consists of: no server lists a folder, so every name follows from other files.

    known = {}                                  # name → its bytes (index files), b"" (there, not read), None (absent)
    while names := next_names(known, RENDERED):  # or WHOLE
        known |= {name: ask(name) for name in names}

The names are those below the presentation's folder, decoded: `video/webcams.webm`, `presentation/ID/slide-1.png`. They
are read with patterns, not with a parser: a broken index file still names most of its files. The names come from
BigBlueButton's publish scripts (record-and-playback/presentation/scripts/publish/presentation.rb).
"""

import functools
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from itertools import islice
from pathlib import PurePosixPath
from urllib.parse import quote, unquote, urlsplit

MEDIA_SUFFIXES = (".webm", ".mp4", ".ogg")
"""What servers make of cameras, desks and sound: the first always, the second as a setting, the third before 2.0."""
CAMERAS, SOUND, DESK = "video/webcams", "audio/audio", "deskshare/deskshare"
"""Names of films and sound, less their suffix."""
MADE_BESIDE = ("meeting.mp4", "video.mp4")
"""What bbb-recording-exporter and bbb-video-download leave beside a presentation."""
SLIDES_OF_ITS_OWN = ("presentation/logo.png", "presentation/deskshare.png")
"""What BigBlueButton shows before the first slide, and in place of one while a desk is shared; often there unused."""
SHAPES, CAPTIONS, TEXTS = "shapes.svg", "captions.json", "presentation_text.json"

Known = Mapping[str, bytes | None]

_HREF = re.compile(rb"""\b(?:xlink:)?href\s*=\s*(?:"([^"]{1,2000})"|'([^']{1,2000})')""")
_TEXT = re.compile(rb"""\btext\s*=\s*(?:"([^"]{1,2000})"|'([^']{1,2000})')""")
_UPLOAD = re.compile(rb"""(?:^|[/"'=(\s])(file-uploads/[^"'<>\s)\\]{1,500})""")
_SLIDE = re.compile(r"(?P<folder>.*?)/(?:svgs/slide|slide-)(?P<number>\d{1,5})\.\w+")
_LOCALE = re.compile(r"[A-Za-z0-9_-]{1,20}")
_NAME_BYTES = 255
_LONGEST_REFERENCE = 8192
_MOST_PAGES = 5000
MOST_FILES = 20_000
"""More names than any recording has: what a broken or hostile index file says is cut off there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Purpose:
    """What the files are for: `index` are asked for by these names, and `every_page` means pages never shown, too.

    Without `pictures`, neither slides nor the film of a shared desk are meant.
    """

    index: tuple[str, ...]
    every_page: bool = False
    films: bool = True
    pictures: bool = True


RENDERED = Purpose(
    index=(
        *("metadata.xml", SHAPES, "panzooms.xml", "cursor.xml", "deskshare.xml", "tldraw.json"),
        *("slides_new.xml", TEXTS, CAPTIONS, "external_videos.json"),
    )
)
"""Everything that a video is made of."""
LENGTH = Purpose(index=("metadata.xml",), films=False)
"""How long it says that it is."""
HEARD = Purpose(index=("metadata.xml", SHAPES, "panzooms.xml", "cursor.xml", "deskshare.xml"), pictures=False)
"""How long it is, and what is heard."""
WHOLE = Purpose(
    index=(*RENDERED.index, "polls.json", "notes.html", "layout.xml", "shapes_old.svg", "slides.xml", "events.xml"),
    every_page=True,
)
"""Everything that a server of any age publishes."""


@functools.lru_cache(maxsize=1 << 14)
def safe_name(reference: str) -> str:
    """Return the name of a file below the presentation's folder, from a reference of shapes.svg; "" if it leaves it.

    What a recording says about files is not to be trusted with the rest of the disk or of the server.
    """
    try:
        parts = urlsplit(reference.strip()[:_LONGEST_REFERENCE])
    except ValueError:
        return ""
    path = PurePosixPath(unquote(parts.path))
    if parts.scheme or parts.netloc or path.is_absolute() or ".." in path.parts or "\\" in str(path):
        return ""
    if any(len(step.encode(errors="replace")) > _NAME_BYTES or not step.isprintable() for step in path.parts):
        return ""
    return "" if str(path) == "." or path.parts[0].startswith(".") else str(path)


def next_names(known: Known, purpose: Purpose) -> list[str]:
    """Return the names to ask for next, those that are known left out; nothing when all is known."""
    names = dict.fromkeys(purpose.index)
    if all(name in known for name in purpose.index):
        names |= dict.fromkeys(islice(_named(known, purpose), MOST_FILES + 1))
    return [name for name in names if name not in known]


def most_of(purposes: Iterable[Purpose]) -> Purpose:
    """Return the one of them that asks for most; LENGTH if there is none."""
    return max(purposes, key=lambda purpose: (len(purpose.index), purpose.films), default=LENGTH)


def index_names(purpose: Purpose) -> frozenset[str]:
    """Return the names of files whose bytes `next_names` reads."""
    return frozenset(purpose.index)


def film_names(stem: str) -> list[str]:
    """Return the names under which a server may keep a film or sound."""
    return [stem + suffix for suffix in MEDIA_SUFFIXES]


def references(known: Known) -> list[str]:
    """List the pictures that shapes.svg shows, and the files of captions: what must be there if these files are."""
    return [*_references(known, with_texts=False), *caption_files(known.get(CAPTIONS) or b"")]


def listed_pages(known: Known) -> dict[str, frozenset[int]]:
    """Return the numbers of the pages that presentation_text.json lists, by folder of their presentation."""
    pages = {}
    for folder, listed in _texts(known).items():
        numbers = {int(page[6:]) for page in listed if re.fullmatch(r"slide-[0-9]{1,5}", page)}
        pages[folder] = frozenset(number for number in numbers if 0 < number < _MOST_PAGES)
    return pages


def shares_a_desk(known: Known) -> bool:
    """Tell whether a desk was shared, by what was published: then there is a film of it."""
    return b"<event" in (known.get("deskshare.xml") or b"")


def _named(known: Known, purpose: Purpose) -> Iterator[str]:
    """Yield what the index files name, films first: they are what a recording is."""
    if purpose.films:
        yield from _every_film(known) if purpose.every_page else _films(known, with_desk=purpose.pictures)
    yield from caption_files(known.get(CAPTIONS) or b"")
    if SHAPES not in purpose.index or not purpose.pictures:
        return
    shown = _references(known, with_texts=purpose.every_page or not known.get(TEXTS))
    yield from shown
    if purpose.every_page:
        yield from SLIDES_OF_ITS_OWN
        yield from _pages(known, shown)
        for name in ("slides_new.xml", "notes.html", "tldraw.json"):
            for found in _UPLOAD.finditer(known.get(name) or b""):
                yield from filter(None, [safe_name(unescape(found[1].decode(errors="replace")))])


def _films(known: Known, *, with_desk: bool) -> Iterator[str]:
    """Yield films, one form after another until one is there; sound of its own only where there are no cameras."""
    yield from _until_there(known, CAMERAS)
    if all(name in known and known[name] is None for name in film_names(CAMERAS)):
        yield from _until_there(known, SOUND)
    if with_desk and (shares_a_desk(known) or b"deskshare" in (known.get(SHAPES) or b"")):
        yield from _until_there(known, DESK)


def _every_film(known: Known) -> Iterator[str]:
    """Yield films and sound in every form that servers make side by side (`video_formats` of presentation.yml).

    What other programs made beside a presentation is asked for as well: bbb-recording-exporter, bbb-video-download.
    """
    cameras = [CAMERAS + suffix for suffix in (".webm", ".mp4")]
    yield from cameras
    yield from (DESK + suffix for suffix in (".webm", ".mp4"))
    if all(name in known and known[name] is None for name in cameras):
        yield from (SOUND + suffix for suffix in (".webm", ".ogg"))
    yield from MADE_BESIDE


def _until_there(known: Known, stem: str) -> Iterator[str]:
    """Yield the names of a film up to the first that is there, or is not known yet."""
    for name in film_names(stem):
        yield name
        if name not in known or known[name] is not None:
            return


def caption_files(listed: bytes) -> Iterator[str]:
    """Yield the files of captions: `[{"locale": "fr", …}]` means caption_fr.vtt."""
    try:
        entries = json.loads(listed.decode("utf-8", "replace") or "[]")
    except (ValueError, RecursionError):
        return
    for entry in entries if isinstance(entries, list) else ():
        locale = entry.get("locale") if isinstance(entry, dict) else None
        if isinstance(locale, str) and _LOCALE.fullmatch(locale):
            yield f"caption_{locale}.vtt"


def _references(known: Known, *, with_texts: bool) -> list[str]:
    """List the files that shapes.svg refers to: slides, pictures of polls; texts of slides too, if wanted."""
    shapes = known.get(SHAPES) or b""
    patterns = (_HREF, _TEXT) if with_texts else (_HREF,)
    found = (
        safe_name(unescape((match[1] or match[2]).decode(errors="replace")))
        for pattern in patterns
        for match in pattern.finditer(shapes)
    )
    return [name for name in dict.fromkeys(found) if PurePosixPath(name).suffix]


def _pages(known: Known, shown: list[str]) -> Iterator[str]:
    """Yield pictures, thumbnails and texts of every page of every presentation, also of those never shown.

    Pages without text are in no list, so the page after the last is asked for until there is none: by its thumbnail, or
    by its slide where a server as old as 0.9 made no thumbnails.
    """
    for folder, last in _last_pages(known, shown).items():
        for number in range(1, _MOST_PAGES):
            if number > last:
                has_thumbnails = known.get(f"{folder}/{_THUMBNAIL.format(1)}") is not None
                probe = f"{folder}/{(_THUMBNAIL if has_thumbnails else _SLIDE_FILE).format(number)}"
                yield probe
                if known.get(probe) is None:
                    break
            yield from (f"{folder}/{form.format(number)}" for form in (_THUMBNAIL, _SLIDE_FILE, _TEXT_FILE))
            for form in _LIKE_THE_FIRST:
                if number == 1 or known.get(f"{folder}/{form.format(1)}") is not None:
                    yield f"{folder}/{form.format(number)}"


_THUMBNAIL, _SLIDE_FILE, _TEXT_FILE = "thumbnails/thumb-{}.png", "slide-{}.png", "textfiles/slide-{}.txt"
_LIKE_THE_FIRST = (
    *("svgs/slide{}.svg", "svgs/svgs/slide{}.svg"),
    *("thumbnails/thumbnails/thumb-{}.png", "textfiles/textfiles/slide-{}.txt"),
)
"""What there is of all pages or of none: pictures since 2.6, folders within themselves of what was shared twice."""


def _last_pages(known: Known, shown: list[str]) -> dict[str, int]:
    """Return the number of the last page that something names, by folder of the presentation."""
    last: dict[str, int] = {}
    for name in shown:
        if match := _SLIDE.fullmatch(name):
            last[match["folder"]] = max(last.get(match["folder"], 1), int(match["number"]))
    for folder, numbers in listed_pages(known).items():
        last[folder] = max(last.get(folder, 1), *numbers, 1)
    return {folder: min(number, _MOST_PAGES) for folder, number in last.items()}


def _texts(known: Known) -> dict[str, dict[str, object]]:
    """Return what presentation_text.json lists, by folder: `{"ID": {"slide-1": "its text", …}, …}`."""
    try:
        texts = json.loads((known.get(TEXTS) or b"{}").decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return {}
    listed = (
        ((safe_name(f"presentation/{quote(name)}"), pages) for name, pages in texts.items())
        if isinstance(texts, dict)
        else ()
    )
    return {folder: pages for folder, pages in listed if folder and isinstance(pages, dict)}
