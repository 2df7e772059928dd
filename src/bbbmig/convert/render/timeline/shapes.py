"""shapes.svg: the slides, and the drawings of the classic whiteboard (BBB up to 2.5).

    <image id="image2" class="slide" in="6.2" out="108.4" xlink:href="presentation/…/slide-2.png" width height text/>
    <g class="canvas" id="canvas2" image="image2">
      <g class="shape" id timestamp="19.4" undo="-1" shape="image2-text5" style="…">…</g>…

Up to 1.1 a slide has one <image> with lists of times: in="0.5 20.1" out="10.0 30.2".
"""

import html
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from sys import intern

from bbbmig.convert.render.timeline.model import NEVER, Drawing, Part, Show, Slide
from bbbmig.convert.render.timeline.versions import Update
from bbbmig.convert.render.timeline.xml import attribute, elements, number

_DESK_SIZE = (1280.0, 720.0)
_SLIDE_SIZE = (1600.0, 900.0)
"""Where the file leaves the size empty, as the beta of 4.0 does for shared desks."""
_GROUPS = frozenset({"g", "switch", "a"})
_GAP_S = 1.0
"""Gaps between slides up to that are rounding; longer ones are real and shown empty."""


def read_shapes(path: Path, duration_s: float) -> tuple[tuple[Show, ...], dict[str, list[Update]]]:
    """Read slides and drawings; drawings by the id of their slide's image.

    `duration_s` cuts what is beyond the end of the recording; infinity if it is not known.
    """
    shows: list[Show] = []
    boards: dict[str, list[Update]] = {}
    canvas: ET.Element | None = None
    board = ""
    for event, element in elements(path, ("start", "end")):
        kind = element.get("class", "")
        if event == "start":
            if kind == "canvas":
                canvas, board = element, element.get("image", "")
        elif kind == "slide" and element.tag == "image":
            shows.extend(_shows(element))
            element.clear()
        elif kind == "shape":
            boards.setdefault(board, []).append(_update(element))
            if canvas is not None:
                canvas.clear()
        elif kind == "canvas":
            element.clear()
            canvas = None
    return in_order(shows, duration_s), boards


def in_order(shows: list[Show], duration_s: float) -> tuple[Show, ...]:
    """Put shows one after another: the later one wins, rounding gaps are closed, the last one stays until the end."""
    begun = sorted((show for show in shows if show.start < duration_s), key=lambda show: show.start)
    found: list[Show] = []
    for show, following in zip_longest(begun, begun[1:]):
        next_start = following.start if following else duration_s
        end = show.end if show.end >= show.start else NEVER
        if following is None or (end < next_start <= end + _GAP_S):
            end = next_start
        start = 0.0 if not found and show.start <= _GAP_S else max(0.0, show.start)
        end = min(end, next_start)
        if start < end:
            found.append(Show(start, end, show.slide))
    return tuple(found)


def _shows(image: ET.Element) -> Iterator[Show]:
    """Give the times of one `<image>`; those that begin and end at once are none (the logo of 0.9)."""
    href = attribute(image, "href")
    default = _DESK_SIZE if "deskshare" in href else _SLIDE_SIZE
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
    """Give what a group draws, groups within it opened."""
    for child in element:
        tag = child.tag
        if tag in _GROUPS:
            yield from _parts(child)
        else:
            attributes = {intern(key.rpartition(":")[2]): value for key, value in child.attrib.items()}
            yield Part(intern(tag), attributes, _text(child) if tag in {"foreignObject", "text"} else "")


def _text(element: ET.Element) -> str:
    """Give the text of a text box, a line feed for each `<br/>` and between paragraphs.

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
    return html.unescape(text) if "&" in text else text


def _words(text: str | None, *, boxed: bool) -> str:
    """Give text; nothing for blanks directly in a box."""
    return "" if text is None or (boxed and not text.strip()) else text
