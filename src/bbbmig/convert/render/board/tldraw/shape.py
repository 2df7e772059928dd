"""A shape of tldraw as it stands in the JSON, and what both generations have in common."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import skia

from bbbmig.convert.render.board.ink import Ink, Painted, Pen, polygon
from bbbmig.convert.render.board.text import Text

__all__ = ["Ink", "Lookup", "Painted", "Pen", "Shape", "Text", "argb", "box", "is_second", "layer"]
__all__ += ["ancestry", "is_placed_among_others", "real", "written"]
__all__ += ["Label", "centred", "mixed", "placeholder", "polygon", "stroke"]

Shape = Mapping[str, Any]
"""`shape_data` of tldraw.json."""
Layer = tuple[tuple[float, str], ...]
"""Places among neighbours, from the outermost group or frame to the shape itself."""
Lookup = Callable[[str], Shape | None]
"""Gives a visible shape by its id."""

_GREY = 0xFF9FA8B2
_DEEPEST = 20
_FARTHEST = 1e5
"""A place farther from the slide, 1440 wide, is nonsense: no hand came so far."""


def is_second(shape: Shape) -> bool:
    """Tell tldraw 2 from tldraw 1: it keeps its properties in an object of their own."""
    return isinstance(shape.get("props"), Mapping)


def real(value: object) -> float:
    """Return a number as whiteboards hold them. Raise ValueError if it is none, or beyond all sense."""
    if not isinstance(value, int | float | str):
        raise ValueError(f"{value!r:.40} is not a number")  # noqa: TRY004 - all nonsense is told in one way
    try:
        number = float(value)
    except OverflowError as error:
        raise ValueError("a number is beyond all sense") from error
    if not abs(number) <= _FARTHEST:
        raise ValueError(f"{number} is not a place on a board")
    return number


def written(value: object) -> str:
    """Return the words of a field, "" if it is empty. Raise ValueError if it holds something else."""
    if not isinstance(value, str | None):
        raise ValueError(f"{value!r:.40} is not words")  # noqa: TRY004 - all nonsense is told in one way
    return value or ""


def ancestry(shape: Shape, lookup: Lookup) -> list[Shape]:
    """Return a shape, the group or frame that it is in, the one around that, and so on, as far as they are visible.

    One that is in itself is where it says; so are those in what has no properties or no place.
    """
    found, names = [shape], {str(shape.get("id"))}
    while is_second(found[-1]) and len(found) < _DEEPEST:
        name = str(found[-1].get("parentId", ""))
        parent = None if not name or name.startswith("page:") or name in names else lookup(name)
        if parent is None or not is_second(parent) or not _has_place(parent):
            break
        found.append(parent)
        names.add(name)
    return found


def _has_place(shape: Shape) -> bool:
    """Tell whether one can say where a shape stands."""
    try:
        for name in ("x", "y", "rotation"):
            real(shape.get(name) or 0.0)
    except ValueError:
        return False
    return True


def layer(shape: Shape, lookup: Lookup) -> Layer:
    """Return what decides which shape covers which: that of its group or frame, then its own."""
    if not is_second(shape):
        return ((_number(shape.get("childIndex")), ""),)
    return tuple((0.0, str(one.get("index", ""))) for one in reversed(ancestry(shape, lookup)))


def is_placed_among_others(shape: Shape) -> bool:
    """Tell whether a shape says what it covers, in a way that can be understood; none at all is the lowest place."""
    place = shape.get("index") if is_second(shape) else shape.get("childIndex")
    if place is None:
        return True
    if is_second(shape):
        return isinstance(place, str)
    try:
        real(place)
    except ValueError:
        return False
    return True


def _number(value: object) -> float:
    """Return a number that can be compared, 0 for all that is none."""
    try:
        return real(value)
    except ValueError:
        return 0.0


def argb(rgb: int, opacity: float = 1.0) -> int:
    """Return Skia's colour."""
    return round(opacity * 255) << 24 | rgb


def mixed(color: int, other: int, share: float) -> int:
    """Mix two colours without opacity; `share` is that of the other one."""
    made = 0
    for shift in (16, 8, 0):
        one, two = color >> shift & 255, other >> shift & 255
        made |= round(one + (two - one) * share) << shift
    return made


def stroke(color: int, width: float, dash: str, *, corner: float = 0.0) -> Pen:
    """Return the pen of a style: "draw" and "solid" are whole lines. `corner` rounds those of "draw"."""
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
        """Return their box and the gap around it."""
        return skia.Path().addRect(self.place.makeOutset(self.gap, self.gap))

    def write(self, ink: Ink) -> None:
        """Write them."""
        ink.text(self.text, self.place.left(), self.place.top())


def centred(x: float, y: float, width: float, height: float) -> skia.Rect:
    """Return the box around a point."""
    return skia.Rect.MakeXYWH(x - width / 2, y - height / 2, width, height)


def box(width: float, height: float) -> skia.Rect:
    """Return a rectangle at the origin."""
    return skia.Rect.MakeWH(width, height)


def placeholder(ink: Ink, width: float, height: float) -> None:
    """Draw a dashed box for what cannot be drawn: better than nothing, and named by the preflight."""
    ink.line(skia.Path().addRect(box(max(width, 1.0), max(height, 1.0))), stroke(_GREY, 2.0, "dashed"))
