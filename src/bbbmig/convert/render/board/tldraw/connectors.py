"""Lines and arrows of tldraw 2. An arrow's end is a point, or bound to a shape: then it stops at that shape's edge."""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import skia

from bbbmig.convert.render.board.text import laid_out
from bbbmig.convert.render.board.tldraw.arrows import arrow_head, body, whole
from bbbmig.convert.render.board.tldraw.freehand import smooth_line
from bbbmig.convert.render.board.tldraw.shape import Ink, Label, Lookup, Shape, centred, polygon, stroke
from bbbmig.convert.render.board.tldraw.styles import ARROW_LABELS, STROKES, fill_color, line_color, words

_GAP = 8.0
"""How far from a shape a bound arrow ends."""
_STEPS = 64
_LABEL_GAP, _LABEL_WIDTH = 4.25, 16.0
"""Around an arrow's words, and their greatest width in sizes."""

Point = tuple[float, float]


def draw_line(ink: Ink, properties: Mapping[str, Any]) -> None:
    """Draw a line through its points; "cubic" ones are rounded."""
    places = properties.get("points") or properties.get("handles") or {}
    ordered = sorted(
        (place for place in places.values() if place.get("type", "vertex") == "vertex"),
        key=lambda place: str(place.get("index", "")),
    )
    points = [(float(place["x"]), float(place["y"])) for place in ordered]
    if len(points) > 1:
        width = STROKES.get(str(properties.get("size")), STROKES["m"])
        path = _through(points) if properties.get("spline") == "cubic" else polygon(points, closed=False)
        ink.line(path, stroke(line_color(properties), width, str(properties.get("dash", "draw"))))


def _through(points: list[Point]) -> skia.Path:
    """Give the curve that passes through all points (Catmull-Rom)."""
    if len(points) <= 2:  # noqa: PLR2004 - nothing to round
        return smooth_line(points)
    path = skia.Path()
    path.moveTo(*points[0])
    padded = [points[0], *points, points[-1]]
    for before, here, there, after in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        first = (here[0] + (there[0] - before[0]) / 6, here[1] + (there[1] - before[1]) / 6)
        second = (there[0] - (after[0] - here[0]) / 6, there[1] - (after[1] - here[1]) / 6)
        path.cubicTo(*first, *second, *there)
    return path


def draw_arrow(ink: Ink, shape: Shape, lookup: Lookup) -> None:
    """Draw an arrow in its own coordinates, with heads and label."""
    properties = shape["props"]
    start, end = _ends(shape, lookup)
    through = _middle(start, end, float(properties.get("bend") or 0.0))
    line = body(start, end, through)
    width = STROKES.get(str(properties.get("size")), STROKES["m"]) * float(properties.get("scale") or 1.0)
    pen = stroke(line_color(properties), width, str(properties.get("dash", "draw")))
    size = max(min(line.length / 5, width * 3), 1.0)
    both = (
        arrow_head(str(properties.get("arrowheadStart") or "none"), start, line.at_start, size),
        arrow_head(str(properties.get("arrowheadEnd") or "arrow"), end, line.at_end, size),
    )
    heads = [head for head in both if head is not None]
    label = _label(properties, through)
    with ink.sparing([*(head.path for head in heads if head.closed), *([label.room] if label else [])]):
        ink.line(line.path, pen)
    fill = fill_color(properties)
    for head in heads:
        if fill is not None and head.closed:
            ink.fill(head.path, fill)
        ink.line(head.path, whole(pen))
    if label is not None:
        label.write(ink)


def _label(properties: Mapping[str, Any], middle: Point) -> Label | None:
    """Give an arrow's words around its middle, wrapped when they are long; None if it has none."""
    text = words(properties, ARROW_LABELS, color=line_color(properties, "labelColor"))
    if not text.content.strip():
        return None
    paragraph, widest = laid_out(text), _LABEL_WIDTH * text.size
    width = paragraph.LongestLine
    if width > widest:
        text, width = replace(text, width=widest), widest
        paragraph = laid_out(text)
    return Label(text, centred(*middle, width, paragraph.Height), _LABEL_GAP)


def _middle(start: Point, end: Point, bend: float) -> Point:
    """Give the point in the middle of the arrow's line, `bend` to the side."""
    length = math.dist(start, end) or 1.0
    x, y = (end[0] - start[0]) / length, (end[1] - start[1]) / length
    return (start[0] + end[0]) / 2 - bend * y, (start[1] + end[1]) / 2 + bend * x


def _ends(shape: Shape, lookup: Lookup) -> tuple[Point, Point]:
    """Give both ends; those that are bound are moved to the edge of their shape."""
    properties = shape["props"]
    origin = (float(shape.get("x") or 0.0), float(shape.get("y") or 0.0))
    ends, boxes = [], []
    for end in (properties["start"], properties["end"]):
        bound = _bounds(lookup(str(end.get("boundShapeId")))) if end.get("type") == "binding" else None
        boxes.append(bound and bound.makeOffset(-origin[0], -origin[1]))
        if bound is None:
            ends.append((float(end.get("x") or 0.0), float(end.get("y") or 0.0)))
        else:
            anchor = end.get("normalizedAnchor") or {"x": 0.5, "y": 0.5}
            x = bound.left() + float(anchor["x"]) * bound.width() - origin[0]
            ends.append((x, bound.top() + float(anchor["y"]) * bound.height() - origin[1]))
    start, end = ends
    return _outside(start, end, boxes[0]), _outside(end, start, boxes[1])


def _bounds(shape: Shape | None) -> skia.Rect | None:
    """Give the box of a shape on the board."""
    if shape is None:
        return None
    properties = shape["props"]
    width = float(properties.get("w") or 200.0)
    height = float(properties.get("h") or 200.0) + float(properties.get("growY") or 0.0)
    return skia.Rect.MakeXYWH(float(shape.get("x") or 0.0), float(shape.get("y") or 0.0), width, height)


def _outside(point: Point, other: Point, bound: skia.Rect | None) -> Point:
    """Walk from an end towards the other until outside of the box, with a gap."""
    if bound is None:
        return point
    grown = bound.makeOutset(_GAP, _GAP)
    for step in range(_STEPS + 1):
        part = step / _STEPS
        at = point[0] + (other[0] - point[0]) * part, point[1] + (other[1] - point[1]) * part
        if not grown.contains(*at):
            return at
    return point
