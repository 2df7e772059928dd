"""Outlines of the geometric shapes of tldraw 2, in a box at the origin."""

import math
from collections.abc import Callable, Mapping
from functools import partial

import skia

from bbbmig.convert.render.board.tldraw.shape import box, polygon

_STAR_INNER = 0.5
_BULGING = frozenset({"cloud", "heart"})
"""Made of curves that do not keep to the box by themselves."""
_OFFSET = 0.38
"""How far slanted sides lean, in heights at most."""


def outline(geo: str, width: float, height: float) -> skia.Path | None:
    """Return an outline, None if that kind is not known."""
    if geo in _CORNERS:
        return polygon(_stretched(_CORNERS[geo], width, height))
    make = _OTHERS.get(geo)
    if make is None:
        return None
    path = make(width, height)
    found = path.computeTightBounds()
    if geo in _BULGING and not found.isEmpty():
        fitting = skia.Matrix.Scale(width / found.width(), height / found.height())
        path.transform(fitting.preTranslate(-found.left(), -found.top()))
    return path


def _stretched(corners: tuple[tuple[float, float], ...], width: float, height: float) -> list[tuple[float, float]]:
    """Fit corners into the box."""
    left, top = (min(corner[axis] for corner in corners) for axis in (0, 1))
    across = max(corner[0] for corner in corners) - left
    down = max(corner[1] for corner in corners) - top
    return [((x - left) / across * width, (y - top) / down * height) for x, y in corners]


def _regular(sides: int, width: float, height: float) -> skia.Path:
    """Return a regular polygon, one corner at the top, as large as on the ellipse in the box: it may be smaller."""
    turns = [math.tau * index / sides - math.pi / 2 for index in range(sides)]
    left = min(map(math.cos, turns))
    return polygon([(width / 2 * (math.cos(turn) - left), height / 2 * (1 + math.sin(turn))) for turn in turns])


def _star() -> tuple[tuple[float, float], ...]:
    """Return a star of five points."""
    corners = []
    for index in range(10):
        radius, angle = (_STAR_INNER if index % 2 else 1.0), math.pi * index / 5 - math.pi / 2
        corners.append((radius * math.cos(angle), radius * math.sin(angle)))
    return tuple(corners)


_ARROW = ((0.0, 0.16), (0.62, 0.16), (0.62, 0.0), (1.0, 0.5), (0.62, 1.0), (0.62, 0.84), (0.0, 0.84))
_CORNERS: Mapping[str, tuple[tuple[float, float], ...]] = {
    "triangle": ((0.5, 0.0), (1.0, 1.0), (0.0, 1.0)),
    "diamond": ((0.5, 0.0), (1.0, 0.5), (0.5, 1.0), (0.0, 0.5)),
    "star": _star(),
    "arrow-right": _ARROW,
    "arrow-left": tuple((1 - x, y) for x, y in _ARROW),
    "arrow-down": tuple((y, x) for x, y in _ARROW),
    "arrow-up": tuple((y, 1 - x) for x, y in _ARROW),
}


def _slanted(width: float, height: float) -> skia.Path:
    """Return a rhombus: sides that lean to the right."""
    lean = min(width * _OFFSET, height * _OFFSET)
    return polygon([(lean, 0), (width, 0), (width - lean, height), (0, height)])


def _slanted_back(width: float, height: float) -> skia.Path:
    """Return a rhombus that leans to the left."""
    lean = min(width * _OFFSET, height * _OFFSET)
    return polygon([(0, 0), (width - lean, 0), (width, height), (lean, height)])


def _trapezoid(width: float, height: float) -> skia.Path:
    """Return a trapezoid, its short side above."""
    lean = min(width * _OFFSET, height * _OFFSET)
    return polygon([(lean, 0), (width - lean, 0), (width, height), (0, height)])


def _crossed(width: float, height: float) -> skia.Path:
    """Return a box with a cross."""
    path = _rectangle(width, height)
    path.addPath(polygon([(0, 0), (width, height)], closed=False))
    path.addPath(polygon([(width, 0), (0, height)], closed=False))
    return path


def _ticked(width: float, height: float) -> skia.Path:
    """Return a box with a tick."""
    path, size = _rectangle(width, height), min(width, height)
    x, y = (width - size) / 2, (height - size) / 2
    tick = [(x + size * 0.25, y + size * 0.52), (x + size * 0.45, y + size * 0.82), (x + size * 0.82, y + size * 0.22)]
    path.addPath(polygon(tick, closed=False))
    return path


def _rectangle(width: float, height: float) -> skia.Path:
    """Return a rectangle."""
    return skia.Path().addRect(box(width, height))


def _ellipse(width: float, height: float) -> skia.Path:
    """Return an ellipse."""
    return skia.Path().addOval(box(width, height))


def _oval(width: float, height: float) -> skia.Path:
    """Return a rectangle whose short sides are round."""
    radius = min(width, height) / 2
    return skia.Path().addRRect(skia.RRect.MakeRectXY(box(width, height), radius, radius))


def _cloud(width: float, height: float) -> skia.Path:
    """Return a cloud: bumps around an ellipse, as many as there is room for."""
    count = max(6, round((width + height) / 70))
    path = skia.Path()
    points = []
    for index in range(count):
        angle = math.tau * index / count
        points.append((width / 2 * (1 + 0.9 * math.cos(angle)), height / 2 * (1 + 0.9 * math.sin(angle))))
    path.moveTo(*points[-1])
    previous = points[-1]
    for point in points:
        radius = math.dist(previous, point) / 2
        path.arcTo(radius, radius, 0, skia.Path.kSmall_ArcSize, skia.PathDirection.kCW, *point)
        previous = point
    path.close()
    return path


def _heart(width: float, height: float) -> skia.Path:
    """Return a heart."""
    path = skia.Path()
    path.moveTo(width / 2, height)
    path.cubicTo(-width * 0.35, height * 0.5, width * 0.1, -height * 0.3, width / 2, height * 0.2)
    path.cubicTo(width * 0.9, -height * 0.3, width * 1.35, height * 0.5, width / 2, height)
    path.close()
    return path


_OTHERS: Mapping[str, Callable[[float, float], skia.Path]] = {
    "rectangle": _rectangle,
    "ellipse": _ellipse,
    "oval": _oval,
    "pentagon": partial(_regular, 5),
    "hexagon": partial(_regular, 6),
    "octagon": partial(_regular, 8),
    "rhombus": _slanted,
    "rhombus-2": _slanted_back,
    "trapezoid": _trapezoid,
    "x-box": _crossed,
    "check-box": _ticked,
    "cloud": _cloud,
    "heart": _heart,
}
BOXES = frozenset({"x-box", "check-box"})
"""Rectangles with something drawn in them."""
KINDS = frozenset({*_CORNERS, *_OTHERS})
