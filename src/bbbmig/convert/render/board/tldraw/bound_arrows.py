"""Where arrows of tldraw 2 begin and end: at points, or at the edges of shapes to which they are bound.

An end with a head keeps a distance from its shape, one without touches it. How tldraw finds the place is public
(https://github.com/tldraw/tldraw: straight-arrow, curved-arrow); the figures are those of the version that bbb-playback
shows, 2.0.0-alpha.25. Points are (x, y) in the arrow's own coordinates unless said otherwise.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import skia

from bbbmig.convert.render.board.ink import NONSENSE
from bbbmig.convert.render.board.tldraw.crossings import Arc, first_on_line, on_arc
from bbbmig.convert.render.board.tldraw.geometry import Geometry, Point, geometry, page_matrix
from bbbmig.convert.render.board.tldraw.shape import Lookup, Shape, is_second, real
from bbbmig.convert.render.board.tldraw.styles import STROKES

_STRAIGHT = 8.0
"""A bend of less is none."""
_DISTANCE, _SHORTEST = 10.0, 10.0
_NEAR = 1e-4
_ROUNDING = 1e-6
"""Radians: an arc that is not longer than that is the one it was made of."""
_SMALL_LOOP = 30.0


@dataclass(frozen=True, slots=True)
class Course:
    """Where an arrow runs: from `start` to `end`, bent if `middle` is not between them."""

    start: Point
    end: Point
    middle: Point


@dataclass(frozen=True, slots=True)
class _Target:
    """The shape to which an end is bound: its edge, its box on the board, and the point in it that is meant."""

    name: str
    edge: Geometry
    box: skia.Rect
    center: Point
    anchor: Point


@dataclass(slots=True)
class _End:
    """One end of an arrow. `at` is where it points, `tip` where it ends; `hit`: that is on its target's edge."""

    at: Point
    target: _Target | None
    precise: bool
    exact: bool
    head: bool
    stroke: float
    hit: bool = False
    tip: Point = (0.0, 0.0)

    @property
    def stops(self) -> bool:
        """Tell whether it ends at the edge of a shape."""
        return self.target is not None and not self.exact

    @property
    def room(self) -> float:
        """Return what the widths of both lines take of the distance."""
        return (self.stroke + (self.target.edge.stroke if self.target else 0.0)) / 2


def course(shape: Shape, lookup: Lookup) -> Course:
    """Return where an arrow runs. Raise ValueError if it has no place."""
    properties, inverse = shape["props"], skia.Matrix()
    if not page_matrix(shape, lookup).invert(inverse):
        raise ValueError("it has no place on the board")
    start, end = (_end(properties, side, inverse, lookup) for side in ("start", "end"))
    relation = _relation(start.target, end.target)
    for one, inside in ((start, "start contains end"), (end, "end contains start")):
        if one.target is not None:
            one.at = one.target.anchor if one.precise or relation in {"same", inside} else one.target.center
        one.tip = one.at
    if math.dist(start.at, end.at) < _NEAR:
        return Course(start.at, end.at, start.at)
    bend = real(properties.get("bend") or 0.0)
    bent = _bent(start, end, bend, relation) if abs(bend) >= _STRAIGHT else None
    return bent or _straight(start, end, relation)


def _end(properties: Mapping[str, Any], side: str, inverse: skia.Matrix, lookup: Lookup) -> _End:
    """Read one end."""
    terminal = properties[side]
    bound = terminal.get("type") == "binding"
    default = "arrow" if side == "end" else "none"
    return _End(
        at=(real(terminal.get("x") or 0.0), real(terminal.get("y") or 0.0)),
        target=_target(terminal, inverse, lookup) if bound else None,
        precise=bool(terminal.get("isPrecise", True)),
        exact=bool(terminal.get("isExact")),
        head=str(properties.get(f"arrowhead{side.capitalize()}") or default) != "none",
        stroke=STROKES.get(str(properties.get("size")), STROKES["m"]),
    )


def _target(terminal: Mapping[str, Any], inverse: skia.Matrix, lookup: Lookup) -> _Target | None:
    """Return what an end is bound to; None if that is not visible, or its data make no sense."""
    name = str(terminal.get("boundShapeId"))
    shape = lookup(name)
    try:
        if shape is None or not is_second(shape):
            return None
        own, on_page = geometry(shape), page_matrix(shape, lookup)
        matrix = skia.Matrix()
        matrix.setConcat(inverse, on_page)
        box, anchor = own.box, terminal.get("normalizedAnchor") or {}
        x = box.left() + real(anchor.get("x", 0.5)) * box.width()
        y = box.top() + real(anchor.get("y", 0.5)) * box.height()
        center, meant = matrix.mapPoints([skia.Point(box.centerX(), box.centerY()), skia.Point(x, y)])
    except NONSENSE:
        return None
    places = (center.x(), center.y()), (meant.x(), meant.y())
    return _Target(name, own.moved(matrix), own.moved(on_page).box, *places)


def _relation(start: _Target | None, end: _Target | None) -> str:
    """Tell how the shapes of both ends lie to each other."""
    if start is None or end is None:
        return "apart"
    if start.name == end.name:
        return "same"
    if start.box.contains(end.box):
        return "start contains end"
    return "end contains start" if end.box.contains(start.box) else "apart"


def _straight(start: _End, end: _End, relation: str) -> Course:
    """Return a straight course."""
    toward = _unit(start.at, end.at)
    for one, other in ((end, start), (start, end)):
        if one.stops and one.target is not None:
            found = first_on_line(one.target.edge, other.at, one.at)
            one.tip, one.hit = found or one.at, found is not None
    if relation == "apart" and start.stops and end.stops:
        if end.hit and not start.hit and _is_closed(start):
            start.tip = _moved(end.tip, toward, _SHORTEST)
        elif not end.hit and _is_closed(end):
            end.tip = _moved(start.tip, toward, -_SHORTEST)
    along = _unit(start.tip, end.tip)
    flipped = math.dist(along, toward) > _NEAR
    sign = -1 if flipped else 1
    distances = _distances(start, end, relation)
    least = _SHORTEST + sum(one.room for one, distance in zip((start, end), distances, strict=True) if distance)
    tips = _moved(start.tip, along, sign * distances[0]), _moved(end.tip, along, -sign * distances[1])
    if math.dist(*tips) < least:
        turned = -1.5 if all(distances) else -1.0
        distances = distances[0] * turned, distances[1] * turned
    first, last = _moved(start.tip, along, sign * distances[0]), _moved(end.tip, along, -sign * distances[1])
    if flipped:
        if start.target is not None and end.target is not None:
            last = _moved(first, along, -_SHORTEST)
        return Course(first, last, _between(start.at, end.at))
    return Course(first, last, _between(first, last))


def _distances(start: _End, end: _End, relation: str) -> tuple[float, float]:
    """Return how far from the edges of their shapes the two ends stop on a straight line."""
    if relation == "same":
        return 0.0, 0.0
    first = _DISTANCE + start.room if start.stops and start.head and relation != "start contains end" else 0.0
    last = _DISTANCE + end.room if end.stops and end.head and relation != "end contains start" else 0.0
    return first, last


def _bent(start: _End, end: _End, bend: float, relation: str) -> Course | None:
    """Return a bent course; None if no circle passes through its three points."""
    toward, middle = _unit(start.at, end.at), _between(start.at, end.at)
    arc = Arc.through(start.at, end.at, (middle[0] - bend * toward[1], middle[1] + bend * toward[0]), bend < 0)
    if arc is None:
        return None
    whole = arc.turn(start.at, end.at)
    for one, share in ((start, 0.25), (end, 0.75)):
        if one.stops and one.target is not None:
            found = on_arc(one.target.edge, arc, start.tip, end.tip, share)
            if found is None and not one.target.edge.closed:
                found = one.at
            one.tip, one.hit = found or one.at, found is not None
    distances = [_DISTANCE + one.room if one.hit and one.head else 0.0 for one in (start, end)]
    least = _SHORTEST + sum(one.room for one, distance in zip((start, end), distances, strict=True) if distance)
    if math.dist(arc.moved(start.tip, distances[0]), arc.moved(end.tip, -distances[1])) < least:
        turned = -1.5 if all(distances) else -2.0
        distances = [distance * turned for distance in distances]
    first, last = arc.moved(start.tip, distances[0]), arc.moved(end.tip, -distances[1])
    if start.stops and end.stops:
        first, last = _apart(start, end, (first, last), arc, relation)
    half = arc.turn(first, last) / 2
    if 2 * half > whole + _ROUNDING:
        return Course(last, first, arc.moved(first, half * arc.radius + math.pi * arc.radius))
    return Course(first, last, arc.moved(first, half * arc.radius))


def _apart(start: _End, end: _End, tips: tuple[Point, Point], arc: Arc, relation: str) -> tuple[Point, Point]:
    """Return the tips of a bent arrow between two shapes, which may lie over each other."""
    first, last = tips
    length = arc.turn(first, last) * arc.radius
    if relation == "same" and length < _SMALL_LOOP:
        return start.at, end.at
    if relation == "apart":
        first = first if start.hit else start.at
        if not end.hit or arc.turn(start.at, first) > arc.turn(start.at, last):
            last = arc.moved(first, min(0.9 * length, _SHORTEST))
    return first, last


def _is_closed(end: _End) -> bool:
    """Tell whether it is bound to a closed shape."""
    return end.target is not None and end.target.edge.closed


def _unit(one: Point, other: Point) -> Point:
    """Return the direction from one point to another, of length 1."""
    length = math.dist(one, other) or 1.0
    return (other[0] - one[0]) / length, (other[1] - one[1]) / length


def _moved(point: Point, direction: Point, distance: float) -> Point:
    """Return a point moved in a direction."""
    return point[0] + direction[0] * distance, point[1] + direction[1] * distance


def _between(one: Point, other: Point) -> Point:
    """Return the point in the middle of two."""
    return (one[0] + other[0]) / 2, (one[1] + other[1]) / 2
