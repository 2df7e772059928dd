"""Drawing of a shape, whichever tldraw it is of."""

from bbbmig.convert.render.board.ink import NONSENSE
from bbbmig.convert.render.board.tldraw import v1, v2
from bbbmig.convert.render.board.tldraw.shape import Lookup, Painted, Shape, is_second

DRAWN = v1.DRAWN | v2.DRAWN
"""Kinds that are drawn; others become a dashed box, and are named by the preflight."""


def paint_shape(shape: Shape, lookup: Lookup) -> Painted:
    """Record one state of a shape; `lookup` gives others that are visible. Raise ValueError if it cannot be read."""
    if "props" in shape and not is_second(shape):
        raise ValueError("its properties are not an object")
    try:
        return v2.paint(shape, lookup) if is_second(shape) else v1.paint(shape)
    except NONSENSE as error:
        raise ValueError(f"{type(error).__name__}: {error}") from error
