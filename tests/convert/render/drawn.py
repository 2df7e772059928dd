"""Drawings of shapes as pixels, for tests that look at them."""

import numpy as np
import numpy.typing as npt
import skia

from bbbmig.convert.render.board.ink import Painted
from bbbmig.convert.render.board.tldraw.shape import Shape

SIZE = 400
Box = tuple[int, int, int, int]


def drawn(painted: Painted, paper: int = 255) -> npt.NDArray[np.uint8]:
    """Draw on white paper; return red, green and blue."""
    pixels = np.full((SIZE, SIZE, 4), paper, np.uint8)
    pixels[..., 3] = 255
    skia.Surface(pixels, skia.ColorType.kRGBA_8888_ColorType).getCanvas().drawPicture(painted.picture)
    return pixels[..., :3]


def touched(painted: Painted) -> Box | None:
    """Return the box of what is not paper any more: left, top, right, bottom."""
    return box_of((drawn(painted) != 255).any(axis=2))


def box_of(mask: npt.NDArray[np.bool_]) -> Box | None:
    """Return the box around all that is true: left, top, right, bottom; None if nothing is."""
    rows, columns = np.nonzero(mask)
    if not len(rows):
        return None
    return int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1


def within(painted: Painted) -> bool:
    """Tell whether all that is drawn lies in the rectangle that will be drawn anew."""
    box = touched(painted)
    return box is None or (painted.bounds is not None and painted.bounds.contains(skia.Rect.MakeLTRB(*box)))


def nobody(_name: str) -> Shape | None:
    """Find no shape."""
    return None
