"""The presenter's pointer: a red dot with a white edge, laid over the planes and taken off again."""

import numpy as np

from bbbmig.convert.render.picture.yuv import Planes, Rect

_RED, _WHITE = (81, 90, 240), (235, 128, 128)
"""Y, U and V."""
_RADIUS = 6.5 / 720
"""In heights of the picture."""
_EDGE = 1.3
_FINE = 4


class Dot:
    """The dot of one size of picture."""

    def __init__(self, height: int) -> None:
        """Draw it once, finely, and keep how much of each pixel it covers."""
        radius = _RADIUS * height
        self._side = int(radius * 2 + _EDGE * 2 + 3) // 2 * 2
        fine = (np.arange(self._side * _FINE) + 0.5) / _FINE - self._side / 2
        distance = np.hypot(*np.meshgrid(fine, fine))
        self._inner = self._shares(distance <= radius)
        self._outer = self._shares(distance <= radius + _EDGE)

    def _shares(self, mask: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> tuple[np.ndarray, np.ndarray]:
        """Return shares of 256 for brightness and colour."""
        shares = mask.reshape(self._side, _FINE, self._side, _FINE).mean((1, 3))
        half = shares.reshape(self._side // 2, 2, self._side // 2, 2).mean((1, 3))
        return (shares * 256).astype(np.int16), (half * 256).astype(np.int16)

    def rect(self, x: float, y: float, within: Rect) -> Rect | None:
        """Return the rectangle that the dot takes at a point, None if it is not wholly inside of `within`."""
        left, top = (round((value - self._side / 2) / 2) * 2 for value in (x, y))
        right, bottom = left + self._side, top + self._side
        inside = left >= within[0] and top >= within[1] and right <= within[2] and bottom <= within[3]
        return (left, top, right, bottom) if inside else None

    def draw(self, planes: Planes) -> None:
        """Lay it over planes of its own size."""
        for (full, half), color in ((self._outer, _WHITE), (self._inner, _RED)):
            for plane, share, value in zip((planes.y, planes.u, planes.v), (full, half, half), color, strict=True):
                plane[...] = plane + (((value - plane.astype(np.int32)) * share) >> 8)
