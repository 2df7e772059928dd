"""Plays a recording into pictures, as the renderer does, without writing a film."""

from contextlib import ExitStack
from pathlib import Path

import numpy as np

from bbbmig.convert.render.files.source import LocalFiles
from bbbmig.convert.render.options import Webcams
from bbbmig.convert.render.picture.arrangements import arrangements
from bbbmig.convert.render.picture.composer import Composer
from bbbmig.convert.render.picture.images import Images
from bbbmig.convert.render.picture.video_reader import Film
from bbbmig.convert.render.picture.yuv import Planes
from bbbmig.convert.render.prepared import prepare

Color = tuple[int, int, int]


class Player:
    """The pictures of a recording, one moment after another."""

    def __init__(self, stack: ExitStack, folder: Path, webcams: Webcams = "none", height: int = 720) -> None:
        files = LocalFiles(folder)
        self.prepared = prepare(files, "x")
        timeline, media = self.prepared.timeline, self.prepared.media
        cameras, desk = (
            stack.enter_context(Film(one.path, one.name)) if one else None for one in (media.cameras, media.desk)
        )
        self.arranged = arrangements(timeline, media, webcams)
        self.composer = Composer(timeline, Images(files), height, self.arranged, cameras=cameras, desk=desk)
        self.changed: list[float] = []
        self._frame = 0

    def at(self, moment: float) -> np.ndarray:
        """Play until a moment; give the picture's planes at full size."""
        while self._frame <= round(moment * 10):
            if self.composer.move_to(self._frame / 10):
                self.changed.append(self._frame / 10)
            self._frame += 1
        return self.still()

    def still(self) -> np.ndarray:
        """Return the planes of the picture as it is."""
        planes = Planes.of(self.composer.frame)
        doubled = [plane.repeat(2, 0).repeat(2, 1) for plane in (planes.u, planes.v)]
        return np.stack([planes.y, *doubled], axis=-1)

    def color(self, moment: float, x: float, y: float, *, form: float = 9 / 16) -> Color:
        """Return the colour at a place of the slide, in parts of its width and height; `form` is height by width."""
        picture = self.at(moment)
        left, _, right, bottom = self.composer.place.content
        wide = min(right - left, bottom / form)
        beside, top = left + (right - left - wide) / 2, (bottom - wide * form) / 2
        return rgb(picture[int(top + y * wide * form), int(beside + x * wide)])

    def area(self, moment: float, x: int, y: int) -> Color:
        """Return the mean colour around a point of the picture."""
        return rgb(self.at(moment)[y - 10 : y + 10, x - 10 : x + 10].mean(axis=(0, 1)))


def rgb(yuv: np.ndarray) -> Color:
    """Turn BT.709 into red, green and blue."""
    y, u, v = (float(value) for value in yuv)
    y, u, v = (y - 16) * 255 / 219, (u - 128) * 255 / 224, (v - 128) * 255 / 224
    values = (y + 1.5748 * v, y - 0.1873 * u - 0.4681 * v, y + 1.8556 * u)
    return tuple(max(0, min(255, round(value))) for value in values)  # type: ignore[return-value]


def near(one: Color, other: Color, by: int = 12) -> bool:
    return all(abs(a - b) <= by for a, b in zip(one, other, strict=True))
