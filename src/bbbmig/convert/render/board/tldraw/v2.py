"""tldraw 2, of BBB 3.0.

    {"id": "shape:…", "type": "draw", "x", "y", "rotation", "opacity", "index": "a3", "parentId": "page:1",
     "props": {"color": "red", "size": "m", "dash": "draw", "segments": [{"type": "free", "points": [{x y z}…]}]}}

Others: geo (geo, w, h, growY, text), line (handles or points, spline), arrow (start, end, bend, heads), text, note,
highlight, frame, group, poll.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import skia

from bbbmig.convert.render.board.ink import NONSENSE, Hatching
from bbbmig.convert.render.board.text import laid_out
from bbbmig.convert.render.board.tldraw import outlines
from bbbmig.convert.render.board.tldraw.connectors import draw_arrow, draw_line
from bbbmig.convert.render.board.tldraw.freehand import Nib, freehand, rounded, smooth_line, smoothed, streamline
from bbbmig.convert.render.board.tldraw.geometry import place, stroke_points
from bbbmig.convert.render.board.tldraw.media import CARDS, Media, draw_card, draw_picture
from bbbmig.convert.render.board.tldraw.poll import draw_poll
from bbbmig.convert.render.board.tldraw.shape import (
    Ink,
    Lookup,
    Painted,
    Shape,
    Text,
    ancestry,
    argb,
    box,
    placeholder,
    polygon,
    real,
    stroke,
)
from bbbmig.convert.render.board.tldraw.styles import (
    FONTS,
    LABELS,
    NOTE,
    OPEN,
    PAPER,
    STROKES,
    fill_color,
    highlight_color,
    line_color,
    note_color,
    pattern_color,
    plain,
    words,
)

_NOTE_PADDING, _NOTE_CORNER, _LABEL_PADDING, _WORDS_PADDING = 16.0, 6.0, 16.0, 16.0
_HIGHLIGHT_WIDTH, _HIGHLIGHT_OPACITY = 1.12, 0.35
_FRAME_LINE, _FRAME_TEXT, _FRAME_NAME, _FRAME_EDGE = 0xFF000000, 12.0, 32.0, 8.0
_HATCH, _ROW = ((-1.3, 0.5), (-0.5, 1.3), (1.3, -0.5), (0.5, -1.3)), 2.25
_HATCHING = Hatching(
    tuple(
        polygon([(x + across * _ROW, y + (across + 3 * down) * _ROW) for x, y in _HATCH])
        for across in range(-1, 5)
        for down in range(-2, 3)
    ),
    3 * _ROW,
)
"""Short strokes in slanting rows, as far apart as the player shows them on a slide that fills its window."""
_FEW = 3
_DOT = math.sqrt(2)
"""How wide a dot by hand is, in sizes of the nib."""


def paint(shape: Shape, lookup: Lookup, media: Media) -> Painted:
    """Record a shape where it stands on the board, inside of its frame if it is in one."""
    ink = Ink()
    _descend(ink, ancestry(shape, lookup), lookup, media)
    return ink.finished()


def _descend(ink: Ink, chain: list[Shape], lookup: Lookup, media: Media) -> None:
    """Draw the first of the chain in the coordinates of all the others, of which the last is the outermost."""
    outer = chain.pop()
    with ink.moved(place(outer)):
        if not chain:
            with ink.faded(real(outer.get("opacity", 1.0))):
                _draw_one(ink, outer, lookup, media)
        elif (seen := _seen_through(outer)) is not None:
            with ink.clipped(seen):
                _descend(ink, chain, lookup, media)
        else:
            _descend(ink, chain, lookup, media)


def _seen_through(shape: Shape) -> skia.Rect | None:
    """Return the box of a frame, outside of which nothing in it is seen; None for groups, and frames of no size."""
    try:
        properties = shape["props"]
        return box(real(properties["w"]), real(properties["h"])) if shape.get("type") == "frame" else None
    except NONSENSE:
        return None


def _draw_one(ink: Ink, shape: Shape, lookup: Lookup, media: Media) -> None:
    """Draw a shape at the origin."""
    kind, properties = str(shape.get("type", "")), shape["props"]
    if kind == "arrow":
        draw_arrow(ink, shape, lookup)
        return
    if kind in _DRAWERS:
        _DRAWERS[kind](ink, properties)
        return
    width, height = real(properties.get("w") or 100.0), real(properties.get("h") or 100.0)
    if kind == "image":
        draw_picture(ink, shape, width, height, media)
    elif kind in CARDS:
        draw_card(ink, CARDS[kind], media.of(shape), width, height)
    else:
        placeholder(ink, width, height)


def _pen(properties: Mapping[str, Any]) -> tuple[float, str]:
    """Return width and dash of lines."""
    width = STROKES.get(str(properties.get("size")), STROKES["m"]) * real(properties.get("scale") or 1.0)
    return width, str(properties.get("dash", "draw"))


def _draw(ink: Ink, properties: Mapping[str, Any]) -> None:
    """Draw a pencil's stroke."""
    points = stroke_points(properties)
    if not points:
        return
    width, dash = _pen(properties)
    color, last = line_color(properties), bool(properties.get("isComplete", True))
    flat = [(x, y) for x, y, _ in points]
    if properties.get("isClosed") and len(points) > _FEW:
        _fill(ink, rounded(flat), properties)
    nib = _nib(width, is_pen=bool(properties.get("isPen")) and dash == "draw")
    if max(math.dist(flat[0], point) for point in flat) < 1:
        thick = 1 + width if dash != "draw" else _DOT * nib.size
        ink.fill(skia.Path().addCircle(*flat[-1], thick / 2), color)
    elif dash == "draw":
        ink.fill(freehand(points, nib, last=last), color)
    else:
        middle = smoothed(points, nib, last=last)
        path = rounded(middle) if properties.get("isClosed") else smooth_line(middle)
        ink.line(path, stroke(color, width, dash))


def _nib(width: float, *, is_pen: bool) -> Nib:
    """Return what tldraw draws with by hand: thicker by one, thinner at speed; a pen's own pressure changes slowly."""
    if is_pen:
        size = 1 + width * 1.2
        return Nib(size=size, thinning=0.62, streamline=0.62, smoothing=0.62, mouse=False)
    return Nib(size=width + 1, thinning=0.5, streamline=streamline({}, width), smoothing=0.62, mouse=True)


def _fill(ink: Ink, path: skia.Path, properties: Mapping[str, Any], *, corner: float = 0.0) -> None:
    """Fill a shape as its style says."""
    color, pattern = fill_color(properties), pattern_color(properties)
    if color is not None:
        ink.fill(path, color, corner=corner)
    if pattern is not None:
        ink.fill(path, pattern, corner=corner, hatching=_HATCHING)


def _highlight(ink: Ink, properties: Mapping[str, Any]) -> None:
    """Draw with the marker, through which one can see."""
    flat = [(x, y) for x, y, _ in stroke_points(properties)]
    if flat:
        width = FONTS.get(str(properties.get("size")), FONTS["m"]) * _HIGHLIGHT_WIDTH
        with ink.faded(_HIGHLIGHT_OPACITY):
            ink.line(smooth_line([flat[0], *flat]), stroke(highlight_color(properties), width, "solid"))


def _geo(ink: Ink, properties: Mapping[str, Any]) -> None:
    """Draw a geometric shape with its label."""
    width, height = real(properties["w"]), real(properties["h"]) + real(properties.get("growY") or 0.0)
    path = outlines.outline(str(properties.get("geo", "rectangle")), width, height)
    if path is None:
        placeholder(ink, width, height)
    else:
        line_width, dash = _pen(properties)
        pen = stroke(line_color(properties), line_width, dash, corner=2 * line_width)
        _fill(ink, path, properties, corner=pen.corner)
        ink.line(path, pen)
    label_color = line_color(properties, "labelColor")
    label = words(properties, LABELS, width=max(1.0, width - 2 * _LABEL_PADDING), color=label_color)
    _write(ink, label, properties, _LABEL_PADDING, height)


def _write(ink: Ink, text: Text, properties: Mapping[str, Any], left: float, height: float) -> None:
    """Write words where `verticalAlign` says: at the top of a shape, in its middle, at its bottom."""
    match str(properties.get("verticalAlign", "middle")):
        case "start":
            ink.text(text, left, _WORDS_PADDING)
        case "end":
            ink.text(text, left, max(0.0, height - _WORDS_PADDING - laid_out(text).Height))
        case _:
            ink.text(text, left, 0, middle_of=height)


def _text(ink: Ink, properties: Mapping[str, Any]) -> None:
    """Write words, wrapped unless their box grows with them."""
    width = 0.0 if properties.get("autoSize", True) else real(properties.get("w") or 0.0)
    scale = real(properties.get("scale") or 1.0)
    with ink.moved(skia.Matrix.Scale(scale, scale)):
        ink.text(words(properties, FONTS, width=width / scale), 0, 0)


def _note(ink: Ink, properties: Mapping[str, Any]) -> None:
    """Draw a note with words in its middle."""
    height = NOTE + real(properties.get("growY") or 0.0)
    scale = real(properties.get("scale") or 1.0)
    with ink.moved(skia.Matrix.Scale(scale, scale)):
        paper = skia.RRect.MakeRectXY(box(NOTE, height), _NOTE_CORNER, _NOTE_CORNER)
        ink.fill(skia.Path().addRRect(paper), note_color(properties))
        text = words(properties, LABELS, width=NOTE - 2 * _NOTE_PADDING, color=argb(0x1D1D1D))
        _write(ink, replace(text, halo=0), properties, _NOTE_PADDING, height)


def _frame(ink: Ink, properties: Mapping[str, Any]) -> None:
    """Draw a frame with its name above; what is in it is drawn by itself."""
    path = skia.Path().addRect(box(real(properties["w"]), real(properties["h"])))
    ink.fill(path, OPEN)
    ink.line(path, stroke(_FRAME_LINE, 1.0, "solid"))
    name = str(properties.get("name") or "Frame")
    words = Text(content=name, size=_FRAME_TEXT, color=skia.ColorBLACK)
    paragraph = laid_out(words)
    wide = min(paragraph.LongestLine, path.getBounds().width())
    with ink.clipped(skia.Rect.MakeXYWH(-_FRAME_EDGE, -_FRAME_NAME, wide + 2 * _FRAME_EDGE, _FRAME_NAME)):
        ink.fill(
            skia.Path().addRect(skia.Rect.MakeXYWH(-_FRAME_EDGE, -_FRAME_NAME, wide + 2 * _FRAME_EDGE, _FRAME_NAME)),
            argb(PAPER),
        )
        ink.text(words, 0, -(_FRAME_NAME + paragraph.Height) / 2)


def _nothing(_ink: Ink, _properties: Mapping[str, Any]) -> None:
    """Draw nothing: a group is its members."""


_DRAWERS: Mapping[str, Callable[[Ink, Mapping[str, Any]], None]] = {
    "draw": _draw,
    "highlight": _highlight,
    "geo": _geo,
    "line": draw_line,
    "text": _text,
    "note": _note,
    "frame": _frame,
    "group": _nothing,
    "poll": draw_poll,
}
DRAWN = frozenset({*_DRAWERS, "arrow", "image", *CARDS, *(f"geo:{kind}" for kind in outlines.KINDS)})

__all__ = ["DRAWN", "paint", "plain"]
