"""Where straight lines and arcs cross the edge of a shape."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from bbbmig.convert.render.board.tldraw.geometry import Geometry, Point

_LARGEST = 1e6
"""Of a circle whose arc is taken for one."""


@dataclass(frozen=True, slots=True)
class Arc:
    """A way round a circle: `clockwise` as one sees it, the y axis pointing down."""

    center: Point
    radius: float
    clockwise: bool

    @classmethod
    def through(cls, start: Point, end: Point, middle: Point, clockwise: bool) -> "Arc | None":  # noqa: FBT001
        """Return the arc through three points; None if they are nearly in line."""
        (ax, ay), (bx, by), (cx, cy) = start, middle, end
        area = 2 * (ax * (by - cy) + bx * (cy - ay) + cx * (ay - by))
        if not area:
            return None
        a, b, c = ax * ax + ay * ay, bx * bx + by * by, cx * cx + cy * cy
        x = (a * (by - cy) + b * (cy - ay) + c * (ay - by)) / area
        y = (a * (cx - bx) + b * (ax - cx) + c * (bx - ax)) / area
        radius = math.dist((x, y), start)
        return cls((x, y), radius, clockwise) if radius < _LARGEST else None

    def angle(self, point: Point) -> float:
        """Return the direction from the centre to a point."""
        return math.atan2(point[1] - self.center[1], point[0] - self.center[0])

    def turn(self, one: Point, other: Point) -> float:
        """Return the angle from one point to another on this way round, 0 to 2 pi."""
        turn = self.angle(other) - self.angle(one)
        return (turn if self.clockwise else -turn) % math.tau

    def moved(self, point: Point, distance: float) -> Point:
        """Return a point of the circle moved on this way round."""
        turn = distance / self.radius
        angle = self.angle(point) + (turn if self.clockwise else -turn)
        return self.center[0] + self.radius * math.cos(angle), self.center[1] + self.radius * math.sin(angle)


def first_on_line(edge: Geometry, start: Point, end: Point) -> Point | None:
    """Return where a straight line first meets an edge; None if it never does."""
    (x, y), across, down = start, end[0] - start[0], end[1] - start[1]
    best: float | None = None
    for (ax, ay), (bx, by) in _sides(edge):
        sx, sy = bx - ax, by - ay
        area = across * sy - down * sx
        if not area:
            continue
        along = ((ax - x) * sy - (ay - y) * sx) / area
        side = ((ax - x) * down - (ay - y) * across) / area
        if 0 <= along <= 1 and 0 <= side <= 1 and (best is None or along < best):
            best = along
    return None if best is None else (x + across * best, y + down * best)


def on_arc(edge: Geometry, arc: Arc, start: Point, end: Point, share: float) -> Point | None:
    """Return where the arc between two points meets an edge; None if it never does.

    Of several places it is the one nearest to that share of the way, of a line that is not closed the first.
    """
    whole = arc.turn(start, end)
    turns = [(arc.turn(start, point), point) for point in _on_circle(edge, arc)]
    turns = [(turn, point) for turn, point in turns if turn <= whole]
    wanted = whole * share if edge.closed else 0.0
    return min(turns, key=lambda found: abs(found[0] - wanted), default=(0.0, None))[1]


def _on_circle(edge: Geometry, arc: Arc) -> Iterator[Point]:
    """Yield where an edge crosses the circle of an arc."""
    for (ax, ay), (bx, by) in _sides(edge):
        x, y, across, down = ax - arc.center[0], ay - arc.center[1], bx - ax, by - ay
        a, b = across * across + down * down, 2 * (x * across + y * down)
        root = b * b - 4 * a * (x * x + y * y - arc.radius * arc.radius)
        if not a or root < 0:
            continue
        for along in ((-b - math.sqrt(root)) / (2 * a), (-b + math.sqrt(root)) / (2 * a)):
            if 0 <= along <= 1:
                yield ax + along * across, ay + along * down


def _sides(edge: Geometry) -> Iterator[tuple[Point, Point]]:
    """Yield the sides of an edge, with the one that closes it."""
    yield from pairwise(edge.outline)
    if edge.closed and edge.outline:
        yield edge.outline[-1], edge.outline[0]
