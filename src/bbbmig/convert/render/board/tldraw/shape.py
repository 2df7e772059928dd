"""A shape of tldraw as it stands in the JSON, and what both generations have in common."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import skia

from bbbmig.convert.render.board.ink import Ink, Painted, Pen, polygon
from bbbmig.convert.render.board.text import Text

__all__ = ["Ink", "Lookup", "Painted", "Pen", "Shape", "Text", "argb", "box", "is_second", "layer"]
__all__ += ["Label", "centred", "mixed", "placeholder", "polygon", "stroke"]

Shape = Mapping[str, Any]
"""`shape_data` of tldraw.json."""
Layer = tuple[tuple[float, str], ...]
"""Places among neighbours, from the outermost group or frame to the shape itself."""
Lookup = Callable[[str], Shape | None]
"""Gives a visible shape by its id."""

_GREY = 0xFF9FA8B2
_DEEPEST = 20


def is_second(shape: Shape) -> bool:
    """Tell tldraw 2 from tldraw 1: it keeps its properties in an object of their own."""
    return isinstance(shape.get("props"), Mapping)


def parent_of(shape: Shape, lookup: Lookup) -> Shape | None:
    """Give the group or frame that a shape is in, if it is visible."""
    parent = str(shape.get("parentId", ""))
    return None if not parent or parent.startswith("page:") else lookup(parent)


def layer(shape: Shape, lookup: Lookup) -> Layer:
    """Return what decides which shape covers which: that of its group or frame, then its own."""
    places: list[tuple[float, str]] = []
    at: Shape | None = shape
    while at is not None and len(places) < _DEEPEST:
        places.append((0.0, str(at.get("index", ""))) if is_second(at) else (_number(at.get("childIndex")), ""))
        at = parent_of(at, lookup)
    return tuple(reversed(places))


def _number(value: object) -> float:
    """Return a number that can be compared, 0 for all that is none."""
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else 0.0


def argb(rgb: int, opacity: float = 1.0) -> int:
    """Give Skia's colour."""
    return round(opacity * 255) << 24 | rgb


def mixed(color: int, other: int, share: float) -> int:
    """Mix two colours without opacity; `share` is that of the other one."""
    made = 0
    for shift in (16, 8, 0):
        one, two = color >> shift & 255, other >> shift & 255
        made |= round(one + (two - one) * share) << shift
    return made


def stroke(color: int, width: float, dash: str, *, corner: float = 0.0) -> Pen:
    """Give the pen of a style: "draw" and "solid" are whole lines. `corner` rounds those of "draw"."""
    dashes = {"dashed": (width * 2, width * 2), "dotted": (0.01, width * 2)}.get(dash, ())
    return Pen(color=color, width=width, cap="round", join="round", dash=dashes, corner=corner * (dash == "draw"))


@dataclass(frozen=True, slots=True)
class Label:
    """Words in a box; `room` is what an arrow's line leaves to them."""

    text: Text
    place: skia.Rect
    gap: float

    @property
    def room(self) -> skia.Path:
        """Give their box and the gap around it."""
        return skia.Path().addRect(self.place.makeOutset(self.gap, self.gap))

    def write(self, ink: Ink) -> None:
        """Write them."""
        ink.text(self.text, self.place.left(), self.place.top())


def centred(x: float, y: float, width: float, height: float) -> skia.Rect:
    """Give the box around a point."""
    return skia.Rect.MakeXYWH(x - width / 2, y - height / 2, width, height)


def box(width: float, height: float) -> skia.Rect:
    """Give a rectangle at the origin."""
    return skia.Rect.MakeWH(width, height)


def placeholder(ink: Ink, width: float, height: float) -> None:
    """Draw a dashed box for what cannot be drawn: better than nothing, and named by the preflight."""
    ink.line(skia.Path().addRect(box(max(width, 1.0), max(height, 1.0))), stroke(_GREY, 2.0, "dashed"))
