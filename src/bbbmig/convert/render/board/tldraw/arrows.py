"""Bodies and heads of arrows, straight or bent; points are (x, y) in board units."""

import math
from dataclasses import dataclass

import skia

from bbbmig.convert.render.board.tldraw.shape import Pen, polygon

Point = tuple[float, float]
_STRAIGHT = 1.0
"""A bend of less than that is none."""
_HEAD_ANGLE = math.pi / 6


@dataclass(frozen=True, slots=True)
class Body:
    """The line of an arrow and its directions at both ends, in radians, each pointing out of the arrow."""

    path: skia.Path
    length: float
    at_start: float
    at_end: float


def body(start: Point, end: Point, through: Point | None) -> Body:
    """Return a straight body, or the arc through a third point."""
    circle = _circle(start, through, end) if through else None
    if circle is None or through is None:
        direction = math.atan2(end[1] - start[1], end[0] - start[0])
        return Body(polygon([start, end], closed=False), math.dist(start, end), direction + math.pi, direction)
    (x, y), radius = circle
    first, middle, last = (math.atan2(point[1] - y, point[0] - x) for point in (start, through, end))
    sweep = _turn(first, last)
    if (_turn(first, middle) > sweep) == (sweep > 0):
        # the third point lies on the other way round
        sweep -= math.copysign(math.tau, sweep)
    path = skia.Path()
    oval = skia.Rect.MakeLTRB(x - radius, y - radius, x + radius, y + radius)
    path.arcTo(oval, math.degrees(first), math.degrees(sweep), True)  # noqa: FBT003 - Skia's: begin anew
    quarter = math.copysign(math.pi / 2, sweep)
    return Body(path, abs(sweep) * radius, first - quarter, last + quarter)


def _turn(first: float, last: float) -> float:
    """Return the angle from one direction to another, counted clockwise (the y axis points down): 0 to 2 pi."""
    return (last - first) % math.tau


def _circle(a: Point, b: Point, c: Point) -> tuple[Point, float] | None:
    """Return centre and radius of the circle through three points; None if they are nearly in line."""
    chord = math.dist(a, c)
    area = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
    if chord == 0 or abs(area) / chord < _STRAIGHT:
        return None
    squares = [x * x + y * y for x, y in (a, b, c)]
    x = (squares[0] * (b[1] - c[1]) + squares[1] * (c[1] - a[1]) + squares[2] * (a[1] - b[1])) / (2 * area)
    y = (squares[0] * (c[0] - b[0]) + squares[1] * (a[0] - c[0]) + squares[2] * (b[0] - a[0])) / (2 * area)
    return (x, y), math.dist((x, y), a)


@dataclass(frozen=True, slots=True)
class Head:
    """An arrow's head; the arrow's line does not go on inside of a `closed` one."""

    path: skia.Path
    closed: bool


def arrow_head(kind: str, tip: Point, direction: float, size: float) -> Head | None:
    """Return a head whose tip is there and points in that direction; None if there is none."""

    def at(angle: float, distance: float) -> Point:
        return tip[0] + distance * math.cos(direction + angle), tip[1] + distance * math.sin(direction + angle)

    left, right = at(math.pi - _HEAD_ANGLE, size), at(math.pi + _HEAD_ANGLE, size)
    back, half = at(math.pi, size), size / 2
    slanted = size / math.sqrt(2)
    middle = at(math.pi, half)
    match kind:
        case "none":
            return None
        case "triangle":
            path = polygon([tip, left, right])
        case "inverted":
            path = polygon([back, at(math.pi / 2, half), at(-math.pi / 2, half)])
        case "diamond":
            path = polygon([tip, at(math.pi * 3 / 4, slanted), back, at(math.pi * 5 / 4, slanted)])
        case "square":
            path = skia.Path().addRect(skia.Rect.MakeXYWH(middle[0] - half, middle[1] - half, size, size))
        case "dot":
            path = skia.Path().addCircle(*middle, half)
        case "bar" | "pipe":
            return Head(polygon([at(math.pi / 2, half), at(-math.pi / 2, half)], closed=False), closed=False)
        case _:
            return Head(polygon([left, tip, right], closed=False), closed=False)
    return Head(path, closed=True)


def whole(pen: Pen) -> Pen:
    """Return the pen of heads, which have no dashes."""
    return Pen(color=pen.color, width=pen.width, cap="round", join="round")
