"""Drawing of a shape, whichever tldraw it is of."""

from bbbmig.convert.render.board.ink import NONSENSE
from bbbmig.convert.render.board.tldraw import v1, v2
from bbbmig.convert.render.board.tldraw.media import Media
from bbbmig.convert.render.board.tldraw.shape import Lookup, Painted, Shape, is_second

DRAWN = v1.DRAWN | v2.DRAWN
"""Kinds that are drawn; others become a dashed box, and are named by the preflight."""


def paint_shape(shape: Shape, lookup: Lookup, media: Media | None = None) -> Painted:
    """Record one state of a shape. Raise ValueError if it cannot be read.

    `lookup` returns others that are visible, `media` holds what shapes refer to.
    """
    media = media or Media()
    if "props" in shape and not is_second(shape):
        raise ValueError("its properties are not an object")
    try:
        return v2.paint(shape, lookup, media) if is_second(shape) else v1.paint(shape, media)
    except NONSENSE as error:
        raise ValueError(f"{type(error).__name__}: {error}") from error
