"""Pixels as video keeps them: brightness for every pixel, colour for every four (YUV 4:2:0, BT.709, 16 to 235).

Whole numbers throughout, so that the same pixels give the same planes on every machine.
"""

from dataclasses import dataclass
from typing import Self

import av
import numpy as np
import numpy.typing as npt

Plane = npt.NDArray[np.uint8]
Rect = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Planes:
    """Brightness and both colours; writing into them writes into what they are of."""

    y: Plane
    u: Plane
    v: Plane

    @classmethod
    def empty(cls, width: int, height: int) -> Self:
        """Return black planes."""
        half = (height // 2, width // 2)
        return cls(np.full((height, width), 16, np.uint8), np.full(half, 128, np.uint8), np.full(half, 128, np.uint8))

    @classmethod
    def of(cls, frame: av.VideoFrame) -> Self:
        """Return the planes of a frame in yuv420p."""
        sizes = ((frame.height, frame.width), *(((frame.height + 1) // 2, (frame.width + 1) // 2),) * 2)
        y, u, v = (
            np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)[:height, :width]
            for plane, (height, width) in zip(frame.planes, sizes, strict=True)
        )
        return cls(y, u, v)

    @property
    def size(self) -> tuple[int, int]:
        """Return width and height."""
        return self.y.shape[1], self.y.shape[0]

    def part(self, rect: Rect) -> "Planes":
        """Return a rectangle of even numbers."""
        left, top, right, bottom = rect
        half = slice(top // 2, bottom // 2), slice(left // 2, right // 2)
        return Planes(self.y[top:bottom, left:right], self.u[half], self.v[half])

    def copy_from(self, other: "Planes") -> None:
        """Take the content of planes of the same size."""
        self.y[...] = other.y
        self.u[...] = other.u
        self.v[...] = other.v

    def fill(self, y: int, u: int = 128, v: int = 128) -> None:
        """Make it one colour."""
        self.y[...] = y
        self.u[...] = u
        self.v[...] = v


def convert(pixels: npt.NDArray[np.uint8], planes: Planes) -> None:
    """Write pixels (height, width, BGRA) into planes of the same even size."""
    wide = pixels.astype(np.uint16)
    blue, green, red = wide[..., 0], wide[..., 1], wide[..., 2]
    planes.y[...] = (red * 47 + green * 157 + blue * 16 + 4224) >> 8
    quads = wide[0::2, 0::2, :3] + wide[1::2, 0::2, :3] + wide[0::2, 1::2, :3] + wide[1::2, 1::2, :3]
    quads = quads.astype(np.int32)
    blue, green, red = quads[..., 0], quads[..., 1], quads[..., 2]
    planes.u[...] = ((blue * 112 - red * 26 - green * 86 + 512) >> 10) + 128
    planes.v[...] = ((red * 112 - green * 102 - blue * 10 + 512) >> 10) + 128


def centred(size: tuple[int, int], area: tuple[int, int]) -> Rect:
    """Return where something lies in the middle of an area, in even pixels."""
    left, top = ((outer - inner) // 4 * 2 for inner, outer in zip(size, area, strict=True))
    return left, top, left + size[0], top + size[1]
