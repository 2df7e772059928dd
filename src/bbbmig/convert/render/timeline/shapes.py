"""shapes.svg: the slides, and the drawings of the classic whiteboard (BBB up to 2.5).

    <image id="image2" class="slide" in="6.2" out="108.4" xlink:href="presentation/…/slide-2.png" width height text/>
    <g class="canvas" id="canvas2" image="image2">
      <g class="shape" id timestamp="19.4" undo="-1" shape="image2-text5" style="…">…</g>…

Up to 1.1, as the scripts of BBB 0.9 write them: a slide has one <image> with lists of times, in="0.5 20.1"
out="10.0 30.2", without a class; only slides that are drawn upon have a canvas; groups are called draw1, draw2…, and
the names of their shapes repeat: pencil and line tool count apart, and both count line1, line2….

0.81 tells times otherwise (bigbluebutton v0.81, record-and-playback/slides/scripts/publish/slides.rb): the id of a
shape is its time, "draw12.3", and it lies in a `<g class="page" in out>` that ends when the page is cleared.
"""

import html
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from pathlib import Path
from sys import intern

from bbbmig.convert.render.timeline.model import DESK_SIZE, NEVER, Drawing, Part, Show, Slide
from bbbmig.convert.render.timeline.notebook import SHOWN_AT_NO_TIME, TIMELESS, Notebook
from bbbmig.convert.render.timeline.versions import Update
from bbbmig.convert.render.timeline.xml import attribute, elements, is_number, number
from bbbmig.errors import RecordingFailed

_SLIDE_SIZE = (1600.0, 900.0)
"""Where the file leaves the size empty, as the beta of 4.0 does for shared desks."""
_GROUPS = frozenset({"g", "switch", "a"})
_GAP_S = 1.0
"""Gaps between slides up to that are rounding; longer ones are real and shown empty, but not up to 1.1, where the
scripts write nothing between sharing a presentation and its first slide, and the player keeps the last one."""
_OLD_GROUP = "draw"
_TIME_IN_ID = re.compile(r"draw(\d+\.\d+)")


@dataclass(slots=True)
class Shapes:
    """What shapes.svg holds: slides as it lists them, drawings by the id of their slide's image.

    `is_old` is true of the form up to BBB 1.1. `images` are the ids of all slides, also of those that are never shown.
    """

    shows: tuple[Show, ...] = ()
    boards: dict[str, list[Update]] = field(default_factory=dict)
    is_old: bool = False
    images: set[str] = field(default_factory=set)


def read_shapes(path: Path, notebook: Notebook) -> Shapes:
    """Read slides and drawings.

    Raise RecordingFailed if the file is not whole, or if it names pictures and none of them is a slide.
    """
    reader = _Reader(notebook)
    for event, element in elements(path, ("start", "end"), notebook):
        if event == "start":
            reader.begin(element)
        else:
            reader.end(element)
    if reader.pictures and not reader.images:
        raise RecordingFailed(
            f"{path.name} names {reader.pictures} pictures, and none of them is understood as a slide",
            hint="please report it with that file: a film without its slides would be worth nothing",
        )
    return Shapes(tuple(reader.shows), reader.boards, reader.is_old, reader.images)


class _Reader:
    """Takes slides and drawings from elements as they begin and end."""

    def __init__(self, notebook: Notebook) -> None:
        """Begin before the first; what is guessed is noted there."""
        self._notebook = notebook
        self.shows: list[Show] = []
        self.boards: dict[str, list[Update]] = {}
        self.pictures = 0
        self.images: set[str] = set()
        self.is_old = False
        self._canvas: ET.Element | None = None
        self._in_shape = False
        self._board = ""
        self._cleared = ""
        self._last_name: dict[str, tuple[str, int]] = {}

    def begin(self, element: ET.Element) -> None:
        """Enter a canvas or a shape."""
        kind = element.get("class", "")
        if kind == "canvas":
            self._canvas, self._board, self._cleared = element, element.get("image", ""), ""
        elif kind == "page":
            self._cleared = element.get("out", "")
        elif kind == "shape":
            self._in_shape = True

    def end(self, element: ET.Element) -> None:
        """Read what is whole now, and drop it."""
        kind = element.get("class", "")
        if element.tag == "image" and not self._in_shape:
            self._read_image(element, is_slide=kind == "slide")
            element.clear()
        elif kind == "shape":
            self._in_shape = False
            self._read_shape(element)
            if self._canvas is not None:
                self._canvas.clear()
        elif kind == "canvas":
            element.clear()
            self._canvas = None

    def _read_image(self, image: ET.Element, *, is_slide: bool) -> None:
        """Take a slide; the logo of 0.9 has neither a class nor a reference."""
        href = attribute(image, "href")
        self.pictures += bool(href or is_slide)
        if image.get("in") is None or not (href or is_slide):
            return
        self.images.add(image.get("id", ""))
        self.is_old = self.is_old or not is_slide or len(image.get("in", "").split()) > 1
        times = (*image.get("in", "").split(), *image.get("out", "").split())
        if not image.get("in", "").strip() or not all(map(is_number, times)):
            self._notebook.count(SHOWN_AT_NO_TIME)
        self.shows.extend(_shows(image))

    def _read_shape(self, group: ET.Element) -> None:
        """Take a state of a shape. In old files it is another shape whenever the name is not that of the one before."""
        at_s = _TIME_IN_ID.fullmatch(group.get("id", "")) if group.get("timestamp") is None else None
        if at_s is not None:
            group.set("timestamp", at_s[1])
            group.set("undo", self._cleared if is_number(self._cleared) else "-1")
        update = _update(group)
        if not is_number(group.get("timestamp")):
            self._notebook.count(TIMELESS)
        if group.get("id", "").startswith(_OLD_GROUP):
            self.is_old = True
            name, number_of = self._last_name.get(self._board, ("", 0))
            number_of += update.shape != name
            self._last_name[self._board] = update.shape, number_of
            update = replace(update, shape=intern(f"{update.shape} {number_of}"))
        self.boards.setdefault(self._board, []).append(update)


def in_order(shows: Iterable[Show], duration_s: float, *, holes_stay: bool = True) -> tuple[Show, ...]:
    """Put shows one after another until the end: the later one wins, rounding gaps are closed, the last one stays.

    With `holes_stay` false a slide stays until the next one, however long that takes.
    """
    begun = sorted((show for show in shows if show.start < duration_s), key=lambda show: show.start)
    found: list[Show] = []
    for show, following in zip_longest(begun, begun[1:]):
        next_start = following.start if following else duration_s
        end = show.end if show.end >= show.start else NEVER
        if following is None or (end < next_start and (next_start <= end + _GAP_S or not holes_stay)):
            end = next_start
        start = 0.0 if not found and show.start <= _GAP_S else max(0.0, show.start)
        end = min(end, next_start)
        if start < end:
            found.append(Show(start, end, show.slide))
    return tuple(found)


def _shows(image: ET.Element) -> Iterator[Show]:
    """Yield the times of one `<image>`; those that begin and end at once are none (the logo of 0.9)."""
    href = attribute(image, "href")
    default = DESK_SIZE if "deskshare" in href else _SLIDE_SIZE
    slide = Slide(
        board=image.get("id", ""),
        href=href,
        width=_positive(image.get("width"), default[0]),
        height=_positive(image.get("height"), default[1]),
        x=number(image.get("x")),
        y=number(image.get("y")),
        text=image.get("text", ""),
    )
    starts, ends = image.get("in", "").split(), image.get("out", "").split()
    for start, end in zip_longest(starts, ends[: len(starts)]):
        begin, finish = number(start), number(end, NEVER)
        if begin != finish:
            yield Show(begin, finish, slide)


def _positive(text: str | None, default: float) -> float:
    """Read a length that must be one."""
    value = number(text)
    return value if value > 0 else default


def _update(group: ET.Element) -> Update:
    """Read one `<g class="shape">`."""
    parts = tuple(_parts(group))
    kind = next((part.tag for part in reversed(parts)), "empty")
    return Update(
        at=number(group.get("timestamp")),
        undo=number(group.get("undo"), -1.0),
        shape=intern(group.get("shape", "") or group.get("id", "")),
        kind=intern(kind),
        content=Drawing(intern(group.get("style", "")), parts),
    )


def _parts(element: ET.Element) -> Iterator[Part]:
    """Yield what a group draws, groups within it opened."""
    for child in element:
        tag = child.tag
        if tag in _GROUPS:
            yield from _parts(child)
        else:
            attributes = {intern(key.rpartition(":")[2]): value for key, value in child.attrib.items()}
            yield Part(intern(tag), attributes, _text(child) if tag in {"foreignObject", "text"} else "")


def _text(element: ET.Element) -> str:
    """Return the text of a text box, a line feed for each `<br/>` and between paragraphs.

    Old recordings have it escaped twice, which the real player shows as typed code. Blanks around paragraphs only
    indent the file.
    """
    boxed = element.tag == "foreignObject"
    pieces: list[str] = [_words(element.text, boxed=boxed)]
    for child in element:
        tag = child.tag
        if tag == "br" or (tag == "p" and "".join(pieces).strip()):
            pieces.append("\n")
        pieces.extend((_text(child), _words(child.tail, boxed=boxed)))
    text = "".join(pieces)
    text = text if element.tag == "p" else text.strip("\n")
    text = text.replace("\N{REPLACEMENT CHARACTER}", "")  # what could not be read is not drawn
    return html.unescape(text) if "&" in text else text


def _words(text: str | None, *, boxed: bool) -> str:
    """Return text; nothing for blanks directly in a box."""
    return "" if text is None or (boxed and not text.strip()) else text
