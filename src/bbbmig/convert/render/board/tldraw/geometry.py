"""Where shapes of tldraw 2 stand and have their edges, for arrows that are bound to them.

An outline is what tldraw calls the geometry of a shape: the polygon of a geometric shape, the pencil's line as it is
smoothed, the box of words as they are measured (https://github.com/tldraw/tldraw, `getGeometry` of each shape).
"""

import math
from dataclasses import dataclass

import skia
from perfect_freehand import get_stroke_points

from bbbmig.convert.render.board.text import laid_out
from bbbmig.convert.render.board.tldraw import outlines
from bbbmig.convert.render.board.tldraw.freehand import streamline
from bbbmig.convert.render.board.tldraw.shape import Lookup, Shape, ancestry, polygon, real
from bbbmig.convert.render.board.tldraw.styles import FONTS, NOTE, STROKES, words

Point = tuple[float, float]
_SIDES = 64
"""Of the polygon that stands for a curve."""
_STEPS, _STEP, _ENDS = 4, 16.0, 0.65
"""Of a straight segment: its fewest points, how far apart they are, how much more its ends are pressed."""
_NARROWEST = 16.0
"""Of a box of words."""


@dataclass(frozen=True, slots=True)
class Geometry:
    """The edge of a shape, and whether it ends where it begins. `stroke` is the width of its line, 0 without one."""

    outline: tuple[Point, ...]
    closed: bool
    stroke: float = 0.0

    @property
    def box(self) -> skia.Rect:
        """Return the box around it."""
        across, down = zip(*self.outline, strict=True)
        return skia.Rect.MakeLTRB(min(across), min(down), max(across), max(down))

    def moved(self, matrix: skia.Matrix) -> "Geometry":
        """Return it in other coordinates."""
        points = matrix.mapPoints([skia.Point(*point) for point in self.outline])
        return Geometry(tuple((point.x(), point.y()) for point in points), self.closed, self.stroke)


def place(shape: Shape) -> skia.Matrix:
    """Return the way from a shape's coordinates to its parent's; it is turned around its origin."""
    matrix = skia.Matrix.Translate(real(shape.get("x") or 0.0), real(shape.get("y") or 0.0))
    matrix.preRotate(math.degrees(real(shape.get("rotation") or 0.0)))
    return matrix


def page_matrix(shape: Shape, lookup: Lookup) -> skia.Matrix:
    """Return the way from a shape's coordinates to the board's, through groups and frames."""
    matrix = skia.Matrix()
    for one in ancestry(shape, lookup):
        matrix.postConcat(place(one))
    return matrix


def geometry(shape: Shape) -> Geometry:
    """Return the edge of a shape in its own coordinates."""
    properties = shape["props"]
    stroke = STROKES.get(str(properties.get("size")), STROKES["m"]) if "size" in properties else 0.0
    made: Geometry = _MADE.get(str(shape.get("type")), _boxed)(properties, stroke)
    return made


def text_size(properties: Shape) -> tuple[float, float]:
    """Return width and height of words, which are measured whatever the file says of boxes that grow with them."""
    width = 0.0 if properties.get("autoSize", True) else max(_NARROWEST, real(properties.get("w") or 0.0))
    text = words(properties, FONTS, width=width)
    paragraph, scale = laid_out(text), real(properties.get("scale") or 1.0)
    return (width or max(_NARROWEST, paragraph.LongestLine + 1)) * scale, max(text.size, paragraph.Height) * scale


def stroke_points(properties: Shape) -> list[tuple[float, float, float]]:
    """Return the points of all segments, with their pressure.

    A straight segment goes from its first point to its second, and gets more points between them, as in tldraw 2: so
    corners stay where they are when the stroke is smoothed.
    """
    found: list[tuple[float, float, float]] = []
    for segment in properties["segments"]:
        points = [(real(point["x"]), real(point["y"]), real(point.get("z", 0.5))) for point in segment["points"]]
        if segment.get("type") == "straight" and len(points) > 1:
            points = _between(points[0], points[1])
        found.extend(points)
    return found


def _between(start: tuple[float, float, float], end: tuple[float, float, float]) -> list[tuple[float, float, float]]:
    """Return points from one to another, nearer to each other at the start; pressed less in the middle."""
    steps = max(_STEPS, int(math.dist(start[:2], end[:2]) / _STEP)) - 1
    found = []
    for index in range(steps + 1):
        way = (index / steps) ** 2
        eased = 2 * way * way if way < 0.5 else 1 - 2 * (1 - way) ** 2  # noqa: PLR2004 - the middle
        pressure = min(1.0, 0.5 + abs(0.5 - eased) * _ENDS)
        found.append((start[0] + (end[0] - start[0]) * way, start[1] + (end[1] - start[1]) * way, pressure))
    return found


def line_points(properties: Shape) -> list[Point]:
    """Return the points of a line in their order."""
    places = properties.get("points") or properties.get("handles") or {}
    ordered = sorted(
        (place for place in places.values() if place.get("type", "vertex") == "vertex"),
        key=lambda place: str(place.get("index", "")),
    )
    return [(real(place["x"]), real(place["y"])) for place in ordered]


def _box(width: float, height: float, stroke: float) -> Geometry:
    """Return the outline of a box."""
    return Geometry(((0.0, 0.0), (width, 0.0), (width, height), (0.0, height)), closed=True, stroke=stroke)


def _boxed(properties: Shape, stroke: float) -> Geometry:
    """Return the outline of what is a box: a frame, a picture, a poll."""
    return _box(real(properties.get("w", 1.0)), real(properties.get("h", 1.0)), stroke)


def _text(properties: Shape, stroke: float) -> Geometry:
    """Return the box of words."""
    return _box(*text_size(properties), stroke)


def _note(properties: Shape, stroke: float) -> Geometry:
    """Return the outline of a note."""
    return _box(NOTE, NOTE + real(properties.get("growY") or 0.0), stroke)


def _line(properties: Shape, stroke: float) -> Geometry:
    """Return the line through its points."""
    return Geometry(tuple(line_points(properties)), closed=False, stroke=stroke)


def _geo(properties: Shape, stroke: float) -> Geometry:
    """Return the outline of a geometric shape."""
    width = max(1.0, real(properties["w"]))
    height = max(1.0, real(properties["h"]) + real(properties.get("growY") or 0.0))
    kind = str(properties.get("geo", "rectangle"))
    path = outlines.outline("rectangle" if kind in outlines.BOXES else kind, width, height)
    points = _along(path) if path is not None else ()
    return Geometry(points, closed=True, stroke=stroke) if points else _box(width, height, stroke)


def _along(path: skia.Path) -> tuple[Point, ...]:
    """Return points along a closed path: its corners, or many where it is curved."""
    if path.getSegmentMasks() == skia.Path.kLine_SegmentMask:
        points = [path.getPoint(index) for index in range(path.countPoints())]
        return tuple((point.x(), point.y()) for point in points)
    measure = skia.PathMeasure(path, False)  # noqa: FBT003 - Skia's: closed as it is
    length = measure.getLength()
    points = [measure.getPosTan(length * index / _SIDES)[0] for index in range(_SIDES if length else 0)]
    return tuple((point.x(), point.y()) for point in points)


def _drawn(properties: Shape, stroke: float) -> Geometry:
    """Return the line of the pencil: smoothed as it is drawn, or the circle of a dot."""
    points = stroke_points(properties)
    size = max((math.dist(points[0][:2], point[:2]) for point in points), default=0.0)
    if size < 2 * stroke:
        return _circle(stroke)
    smoothed = get_stroke_points(points, size=stroke + 1, streamline=streamline(properties, stroke), last=True)
    outline = tuple((float(point["point"][0]), float(point["point"][1])) for point in smoothed)
    return Geometry(outline, closed=bool(properties.get("isClosed")), stroke=stroke)


def _marked(properties: Shape, stroke: float) -> Geometry:
    """Return the edge of the marker's broad line."""
    points = [point[:2] for point in stroke_points(properties)]
    width = FONTS.get(str(properties.get("size")), FONTS["m"])
    line = skia.Path()
    paint = skia.Paint(Style=skia.Paint.kStroke_Style, StrokeWidth=width, StrokeCap=skia.Paint.kRound_Cap)
    paint.getFillPath(polygon([points[0], *points], closed=False), line)
    return Geometry(_along(line), closed=True, stroke=stroke) if not line.isEmpty() else _circle(width / 2)


def _circle(radius: float) -> Geometry:
    """Return a circle around the origin."""
    turns = [math.tau * index / _SIDES for index in range(_SIDES)]
    outline = tuple((radius * math.cos(turn), radius * math.sin(turn)) for turn in turns)
    return Geometry(outline, closed=True, stroke=radius)


_MADE = {"geo": _geo, "text": _text, "note": _note, "draw": _drawn, "highlight": _marked, "line": _line}
