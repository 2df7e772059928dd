"""Strokes of tldraw's pencil: the outline that perfect-freehand gives, its corners rounded."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import skia
from perfect_freehand import get_stroke_outline_points, get_stroke_points
from perfect_freehand.types import StrokePoint

Point = tuple[float, float, float]
"""x, y and pressure; 0.5 is a mouse."""
_FEW = 4
_SHARP = -0.62
"""The cosine of a turn that is sharp."""
_RATE, _FIRST_PART = 0.275, 5.0
"""How fast pressure changes, and how many sizes of the nib its beginning is taken from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Nib:
    """What a stroke is drawn with, in the words of perfect-freehand.

    `mouse`: pressure is made up from speed. `squared`: a pen's own pressure counts by its square, as in tldraw 1;
    otherwise it changes slowly along the line, as in tldraw 2.
    """

    size: float
    thinning: float
    streamline: float
    smoothing: float
    mouse: bool
    squared: bool = False


def freehand(points: Sequence[Point], nib: Nib, *, last: bool) -> skia.Path:
    """Return the outline of a stroke; `last`: it is complete."""
    numbered = [(x, y, float(number)) for number, (x, y, _) in enumerate(points)]
    smooth = get_stroke_points(numbered, size=nib.size, streamline=nib.streamline, last=last)
    numbers = [point["pressure"] for point in smooth]
    for point, number in zip(smooth, numbers, strict=True):
        point["pressure"] = _pressure_at(points, number)
    if not nib.mouse and not nib.squared:
        _slow_down(smooth, nib.size)
    path = skia.Path()
    for part in [smooth] if nib.squared else _parts(smooth, [points[round(number)] for number in numbers]):
        path.addPath(_outline(part, nib, last=last))
    return path


def _pressure_at(points: Sequence[Point], number: float) -> float:
    """Return the pressure at a point, or between two."""
    before = points[int(number)][2]
    after = points[min(int(number) + 1, len(points) - 1)][2]
    return before + (after - before) * (number - int(number))


def _outline(smooth: Sequence[StrokePoint], nib: Nib, *, last: bool) -> skia.Path:
    """Return the outline of a smooth line."""
    outline = get_stroke_outline_points(
        list(smooth),
        size=nib.size,
        thinning=nib.thinning,
        smoothing=nib.smoothing,
        simulate_pressure=nib.mouse,
        easing=_ease_out_sine if nib.mouse else _ease_square if nib.squared else _ease_pen,
        last=last,
    )
    return rounded([(x, y) for x, y in outline])


def _parts(smooth: Sequence[StrokePoint], hand: Sequence[Point]) -> list[list[StrokePoint]]:
    """Cut a line where it turns back sharply, and let it reach the point where the hand was, as tldraw 2 does.

    Smoothing alone would shorten quick strokes back and forth until hardly anything is left of them.
    """
    ahead = [_away(one["point"], other["point"]) for one, other in pairwise(smooth)]
    sharp = [one[0] * other[0] + one[1] * other[1] < _SHARP for one, other in pairwise(ahead)]
    if not any(sharp):
        return [list(smooth)]
    parts: list[list[StrokePoint]] = [[*smooth[:1]]]
    for index, turns_back in enumerate([*sharp, False], 1):
        place = hand[index][:2] if turns_back else smooth[index]["point"]
        parts[-1].append(_after(parts[-1][-1], smooth[index], place))
        if turns_back:
            elbow = parts[-1][-1].copy()
            elbow["vector"], elbow["distance"] = _away(smooth[index + 1]["point"], place), 0.0
            parts.append([elbow])
    return parts


def _after(before: StrokePoint, point: StrokePoint, place: tuple[float, float]) -> StrokePoint:
    """Return a point as it follows another one, at that place."""
    moved = point.copy()
    moved["point"] = place
    moved["vector"], moved["distance"] = _away(place, before["point"]), math.dist(place, before["point"])
    return moved


def _away(one: tuple[float, float], other: tuple[float, float]) -> tuple[float, float]:
    """Return the direction from one point to another."""
    length = math.dist(one, other) or 1.0
    return (other[0] - one[0]) / length, (other[1] - one[1]) / length


def smoothed(points: Sequence[Point], nib: Nib, *, last: bool) -> list[tuple[float, float]]:
    """Return the middle of a stroke, as smooth as it is drawn."""
    smooth = get_stroke_points(points, size=nib.size, streamline=nib.streamline, last=last)
    return [(float(point["point"][0]), float(point["point"][1])) for point in smooth]


def _slow_down(points: Sequence[StrokePoint], size: float) -> None:
    """Let pressure follow the pen's own as slowly as it does in tldraw 2; the beginning is a mean of its first part."""
    pressure = points[0]["pressure"]
    for point in points:
        if point["running_length"] > _FIRST_PART * size:
            break
        pressure += (point["pressure"] - pressure) / 4
    for point in points:
        pressure += (point["pressure"] - pressure) * min(1.0, point["distance"] / size) * _RATE
        point["pressure"] = min(1.0, pressure)


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
