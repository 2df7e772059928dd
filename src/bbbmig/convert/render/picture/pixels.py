"""Pixels on which Skia draws (height, width, BGRA), and rectangles of them."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import skia

Rect = tuple[int, int, int, int]
"""Left, top, right and bottom in pixels, right and bottom excluded."""
Pixels = npt.NDArray[np.uint8]

_WASTE = 1.25
"""Rectangles are drawn as one when that is not so many times more pixels."""
_MOST = 12


def canvas_on(pixels: Pixels) -> skia.Canvas:
    """Return a canvas that draws into pixels."""
    surface = skia.Surface(pixels, skia.ColorType.kBGRA_8888_ColorType, skia.AlphaType.kPremul_AlphaType)
    return surface.getCanvas()


def image_of(pixels: Pixels) -> skia.Image:
    """Return pixels as an image of the same memory, to be drawn at once."""
    return skia.Image.fromarray(
        pixels, skia.ColorType.kBGRA_8888_ColorType, skia.AlphaType.kPremul_AlphaType, copy=False
    )


def part(pixels: Pixels, rect: Rect) -> Pixels:
    """Return a rectangle of pixels; writing into it writes into them."""
    left, top, right, bottom = rect
    return pixels[top:bottom, left:right]


def area(rect: Rect) -> int:
    """Return the number of pixels."""
    return (rect[2] - rect[0]) * (rect[3] - rect[1])


def around(one: Rect, other: Rect) -> Rect:
    """Return the smallest rectangle around two."""
    return min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])


def merged(rects: Sequence[Rect]) -> list[Rect]:
    """Return few rectangles that cover the same pixels and hardly any others."""
    found: list[Rect] = []
    for rect in rects:
        new = rect
        while True:
            near = next((old for old in found if area(around(old, new)) <= _WASTE * (area(old) + area(new))), None)
            if near is None:
                break
            found.remove(near)
            new = around(near, new)
        found.append(new)
        if len(found) > _MOST:
            first, second = sorted(found, key=area)[:2]
            found = [old for old in found if old not in (first, second)]
            found.append(around(first, second))
    return found
