"""tldraw 2, of BBB 3.0.

    {"id": "shape:…", "type": "draw", "x", "y", "rotation", "opacity", "index": "a3", "parentId": "page:1",
     "props": {"color": "red", "size": "m", "dash": "draw", "segments": [{"type": "free", "points": [{x y z}…]}]}}

Others: geo (geo, w, h, growY, text), line (handles or points, spline), arrow (start, end, bend, heads), text, note,
highlight, frame, group, poll.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any

import skia

from bbbmig.convert.render.board.ink import Hatching
from bbbmig.convert.render.board.tldraw import outlines
from bbbmig.convert.render.board.tldraw.connectors import draw_arrow, draw_line
from bbbmig.convert.render.board.tldraw.freehand import Nib, freehand, rounded, smooth_line
from bbbmig.convert.render.board.tldraw.poll import draw_poll
from bbbmig.convert.render.board.tldraw.shape import (
    Ink,
    Lookup,
    Painted,
    Shape,
    Text,
    argb,
    box,
    parent_of,
    placeholder,
    polygon,
    stroke,
)
from bbbmig.convert.render.board.tldraw.styles import (
    FONTS,
    LABELS,
    OPEN,
    STROKES,
    fill_color,
    highlight_color,
    line_color,
    note_color,
    pattern_color,
    plain,
    words,
)

_NOTE, _NOTE_PADDING, _NOTE_CORNER, _LABEL_PADDING = 200.0, 16.0, 6.0, 8.0
_HIGHLIGHT_WIDTH, _HIGHLIGHT_OPACITY = 1.12, 0.35
_FRAME_LINE, _FRAME_TEXT = 0xFF000000, 12.0
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
_DEEPEST = 20
_FEW = 3


def paint(shape: Shape, lookup: Lookup) -> Painted:
    """Record a shape where it stands on the board, inside of its frame if it is in one."""
    ink = Ink()
    _inside(ink, shape, parent_of(shape, lookup), lookup, 0)
    return ink.finished()


def _inside(ink: Ink, shape: Shape, parent: Shape | None, lookup: Lookup, depth: int) -> None:
    """Go to the coordinates of the outermost frame or group, then of the next; there, draw."""
    chain = [shape]
    while parent is not None and depth < _DEEPEST:
        chain.append(parent)
        parent, depth = parent_of(parent, lookup), depth + 1
    _descend(ink, chain, lookup)


def _descend(ink: Ink, chain: list[Shape], lookup: Lookup) -> None:
    """Draw the first of the chain in the coordinates of all the others."""
    outer = chain.pop()
    with ink.moved(place(outer)):
        if not chain:
            with ink.faded(float(outer.get("opacity", 1.0))):
                _draw_one(ink, outer, lookup)
        elif outer.get("type") == "frame":
            properties = outer["props"]
            with ink.clipped(box(float(properties["w"]), float(properties["h"]))):
                _descend(ink, chain, lookup)
        else:
            _descend(ink, chain, lookup)


def place(shape: Shape) -> skia.Matrix:
    """Give where a shape stands in its parent's coordinates; it is turned around its origin."""
    matrix = skia.Matrix.Translate(float(shape.get("x") or 0.0), float(shape.get("y") or 0.0))
    matrix.preRotate(math.degrees(float(shape.get("rotation") or 0.0)))
    return matrix


def _draw_one(ink: Ink, shape: Shape, lookup: Lookup) -> None:
    """Draw a shape at the origin."""
    kind, properties = str(shape.get("type", "")), shape["props"]
    if kind == "arrow":
        draw_arrow(ink, shape, lookup)
        return
    draw = _DRAWERS.get(kind)
    if draw is None:
        placeholder(ink, float(properties.get("w") or 100.0), float(properties.get("h") or 100.0))
    else:
        draw(ink, properties)


def _pen(properties: Mapping[str, Any]) -> tuple[float, str]:
    """Give width and dash of lines."""
    width = STROKES.get(str(properties.get("size")), STROKES["m"]) * float(properties.get("scale") or 1.0)
    return width, str(properties.get("dash", "draw"))


def _points(properties: Mapping[str, Any]) -> list[tuple[float, float, float]]:
    """Give the points of all segments; where one begins as the last ended, once."""
    found: list[tuple[float, float, float]] = []
    for segment in properties["segments"]:
        for point in segment["points"]:
            at = (float(point["x"]), float(point["y"]), float(point.get("z", 0.5)))
            if not found or at[:2] != found[-1][:2]:
                found.append(at)
    return found


def _draw(ink: Ink, properties: Mapping[str, Any]) -> None:
    """Draw a pencil's stroke."""
    points = _points(properties)
    width, dash = _pen(properties)
    color = line_color(properties)
    flat = [(x, y) for x, y, _ in points]
    if properties.get("isClosed") and len(points) > _FEW:
        _fill(ink, rounded(flat), properties)
    if len(points) < _FEW or max(math.dist(flat[0], point) for point in flat) < 1:
        if flat:
            ink.line(smooth_line([flat[0], flat[-1]]), stroke(color, width + 1, "solid"))
    elif dash in {"draw", "solid"}:
        nib = _nib(width, dash, is_pen=bool(properties.get("isPen")))
        ink.fill(freehand(points, nib, last=bool(properties.get("isComplete", True))), color)
    else:
        ink.line(smooth_line(flat), stroke(color, width, dash))


def _nib(width: float, dash: str, *, is_pen: bool) -> Nib:
    """Give what tldraw draws with: thicker by one, thinner at speed unless the line is "solid"."""
    if is_pen:
        return Nib(size=1 + width * 1.2, thinning=0.62, streamline=0.62, smoothing=0.62, mouse=False)
    drawn = dash == "draw"
    streamline = 0.62 + 0.0075 * (1 + width)
    return Nib(size=width + 1, thinning=0.5 if drawn else 0.0, streamline=streamline, smoothing=0.62, mouse=drawn)


def _fill(ink: Ink, path: skia.Path, properties: Mapping[str, Any], *, corner: float = 0.0) -> None:
    """Fill a shape as its style says."""
    color, pattern = fill_color(properties), pattern_color(properties)
    if color is not None:
        ink.fill(path, color, corner=corner)
    if pattern is not None:
        ink.fill(path, pattern, corner=corner, hatching=_HATCHING)


def _highlight(ink: Ink, properties: Mapping[str, Any]) -> None:
    """Draw with the marker, through which one can see."""
    flat = [(x, y) for x, y, _ in _points(properties)]
    if flat:
        width = FONTS.get(str(properties.get("size")), FONTS["m"]) * _HIGHLIGHT_WIDTH
        with ink.faded(_HIGHLIGHT_OPACITY):
            ink.line(smooth_line([flat[0], *flat]), stroke(highlight_color(properties), width, "solid"))


def _geo(ink: Ink, properties: Mapping[str, Any]) -> None:
    """Draw a geometric shape with its label."""
    width, height = float(properties["w"]), float(properties["h"]) + float(properties.get("growY") or 0.0)
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
    vertical = str(properties.get("verticalAlign", "middle"))
    ink.text(label, _LABEL_PADDING, _LABEL_PADDING if vertical == "start" else 0, middle_of=_middle(vertical, height))


def _middle(vertical: str, height: float) -> float:
    """Give the height in whose middle words stand, 0 for those at the top."""
    return 0.0 if vertical == "start" else height


def _text(ink: Ink, properties: Mapping[str, Any]) -> None:
    """Write words, wrapped unless their box grows with them."""
    width = 0.0 if properties.get("autoSize", True) else float(properties.get("w") or 0.0)
    scale = float(properties.get("scale") or 1.0)
    with ink.moved(skia.Matrix.Scale(scale, scale)):
        ink.text(words(properties, FONTS, width=width / scale), 0, 0)


def _note(ink: Ink, properties: Mapping[str, Any]) -> None:
    """Draw a note with words in its middle."""
    height = _NOTE + float(properties.get("growY") or 0.0)
    scale = float(properties.get("scale") or 1.0)
    with ink.moved(skia.Matrix.Scale(scale, scale)):
        paper = skia.RRect.MakeRectXY(box(_NOTE, height), _NOTE_CORNER, _NOTE_CORNER)
        ink.fill(skia.Path().addRRect(paper), note_color(properties))
        text = words(properties, LABELS, width=_NOTE - 2 * _NOTE_PADDING, color=argb(0x1D1D1D))
        ink.text(text, _NOTE_PADDING, 0, middle_of=height)


def _frame(ink: Ink, properties: Mapping[str, Any]) -> None:
    """Draw a frame with its name above; what is in it is drawn by itself."""
    path = skia.Path().addRect(box(float(properties["w"]), float(properties["h"])))
    ink.fill(path, OPEN)
    ink.line(path, stroke(_FRAME_LINE, 1.0, "solid"))
    name = str(properties.get("name") or "Frame")
    ink.text(Text(content=name, size=_FRAME_TEXT, color=argb(0x1D1D1D), family="plex sans"), 0, -_FRAME_TEXT * 1.6)


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
DRAWN = frozenset({*_DRAWERS, "arrow", *(f"geo:{kind}" for kind in outlines.KINDS)})

__all__ = ["DRAWN", "paint", "place", "plain"]
