"""Strokes of tldraw's pencil: the outline that perfect-freehand gives, its corners rounded."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import skia
from perfect_freehand import get_stroke

Point = tuple[float, float, float]
"""x, y and pressure; 0.5 is a mouse."""
_FEW = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Nib:
    """What a stroke is drawn with, in the words of perfect-freehand.

    `mouse`: pressure is made up from speed. `squared`: a pen's own pressure counts by its square, as in tldraw 1.
    """

    size: float
    thinning: float
    streamline: float
    smoothing: float
    mouse: bool
    squared: bool = False


def freehand(points: Sequence[Point], nib: Nib, *, last: bool) -> skia.Path:
    """Return the outline of a stroke; `last`: it is complete."""
    outline = get_stroke(
        points,
        size=nib.size,
        thinning=nib.thinning,
        streamline=nib.streamline,
        smoothing=nib.smoothing,
        simulate_pressure=nib.mouse,
        easing=_ease_out_sine if nib.mouse else _ease_square if nib.squared else _ease_pen,
        last=last,
    )
    return rounded([(x, y) for x, y in outline])


def streamline(properties: Mapping[str, Any], width: float) -> float:
    """Return how much tldraw 2 smooths the points of a stroke that is drawn with so wide a line."""
    return 0.62 if properties.get("isPen") else 0.62 + 0.0075 * (1 + width)


def rounded(points: Sequence[tuple[float, float]]) -> skia.Path:
    """Return the closed curve through the middles of a polygon's edges."""
    if len(points) < _FEW:
        return skia.Path.Polygon([skia.Point(*point) for point in points], True)  # noqa: FBT003 - Skia's: closed
    path = skia.Path()
    previous = points[-1]
    path.moveTo((previous[0] + points[0][0]) / 2, (previous[1] + points[0][1]) / 2)
    for point, following in zip(points, (*points[1:], points[0]), strict=True):
        path.quadTo(*point, (point[0] + following[0]) / 2, (point[1] + following[1]) / 2)
    path.close()
    return path


def smooth_line(points: Sequence[tuple[float, float]]) -> skia.Path:
    """Return the open curve through the middles, for dashed strokes."""
    path = skia.Path()
    path.moveTo(*points[0])
    for point, following in pairwise(points[1:]):
        path.quadTo(*point, (point[0] + following[0]) / 2, (point[1] + following[1]) / 2)
    path.lineTo(*points[-1])
    return path


def _ease_out_sine(t: float) -> float:
    """Ease as tldraw does for a mouse."""
    return math.sin(t * math.pi / 2)


def _ease_square(t: float) -> float:
    """Ease as tldraw 1 does for a pen."""
    return t * t


def _ease_pen(t: float) -> float:
    """Ease as tldraw 2 does for a pen."""
    return t * 0.65 + math.sin(t * math.pi / 2) * 0.35
