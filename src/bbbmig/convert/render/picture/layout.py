"""Where things are in the picture."""

from dataclasses import dataclass
from typing import Literal

Rect = tuple[int, int, int, int]
Arrangement = Literal["side", "corner", "none", "half", "large"]
"""Where cameras are: beside the slide, in its corner, nowhere, on half of the picture, on all of it."""

_SIDE, _CORNER = 4, 5
"""Parts of the width that cameras take."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The size of the picture, the area of slides and desks, and that of cameras, None without; all even."""

    width: int
    height: int
    content: Rect
    cameras: Rect | None = None


def layout(height: int, arrangement: Arrangement) -> Layout:
    """Lay out a picture of 16:9. Cameras stand beside the slide, upper edges in line, or in its corner."""
    width = height * 16 // 9 // 2 * 2
    whole = (0, 0, width, height)
    if arrangement == "none":
        return Layout(width, height, whole)
    if arrangement == "large":
        return Layout(width, height, whole, whole)
    if arrangement == "half":
        middle = width // 4 * 2
        return Layout(width, height, (middle, 0, width, height), (0, 0, middle, height))
    wide = width // (_SIDE if arrangement == "side" else _CORNER) // 4 * 4
    high = wide * 3 // 4 // 2 * 2
    if arrangement == "corner":
        return Layout(width, height, whole, (width - wide, height - high, width, height))
    top = (height - (width - wide) * 9 // 16) // 4 * 2
    return Layout(width, height, (wide, 0, width, height), (0, top, wide, top + high))
