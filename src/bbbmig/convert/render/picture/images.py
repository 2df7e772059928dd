"""Slides and pictures of polls, PNG or SVG, in the size in which they are seen."""

import logging
from collections import OrderedDict
from pathlib import Path

import numpy as np
import pyvips
import skia

from bbbmig.convert.render.files import Files, safe_name

log = logging.getLogger(__name__)

_KEPT = 6
_LARGEST = 2600
"""Pixels of the longer side: what is zoomed further is enlarged from that."""
_SHARP = 1200
"""Pixels of the longer side of a poll's picture, which may be zoomed into."""

pyvips.cache_set_max(0)


class Images:
    """The pictures of one recording. `lost` names those that are missing or cannot be read, once each."""

    def __init__(self, files: Files) -> None:
        """Read from there."""
        self._files = files
        self._slides: OrderedDict[tuple[str, int, int], skia.Image | None] = OrderedDict()
        self._drawn: dict[str, skia.Image | None] = {}
        self.lost: dict[str, str] = {}

    def slide(self, href: str, width: float, height: float) -> skia.Image | None:
        """Give a slide, scaled to about that size; None if there is none."""
        shrink = min(1.0, _LARGEST / max(width, height, 1.0))
        key = (href, max(1, round(width * shrink)), max(1, round(height * shrink)))
        if key in self._slides:
            self._slides.move_to_end(key)
        else:
            self._slides[key] = self._load(*key, opaque=True)
            if len(self._slides) > _KEPT:
                self._slides.popitem(last=False)
        return self._slides[key]

    def drawn(self, href: str) -> skia.Image | None:
        """Give a picture that lies on the whiteboard, the results of a poll; None if there is none."""
        if href not in self._drawn:
            self._drawn[href] = self._load(href, _SHARP, _SHARP, opaque=False)
        return self._drawn[href]

    def _load(self, href: str, width: int, height: int, *, opaque: bool) -> skia.Image | None:
        """Read a picture: a slide is stretched to that size, others keep their form."""
        name = safe_name(href)
        path = self._files.find(name) if name else None
        if path is None:
            if href:
                self.lost[href] = "is missing"
            return None
        try:
            return _read(path, width, height, opaque=opaque)
        except pyvips.Error as error:
            self.lost[href] = "cannot be read"
            log.info("%s: %s", href, str(error).strip())
            return None


def _read(path: Path, width: int, height: int, *, opaque: bool) -> skia.Image:
    """Read a picture in that size; SVG is drawn in it, not enlarged. Raise pyvips.Error if it cannot be read."""
    size = "force" if opaque else "both"
    image = pyvips.Image.thumbnail(str(path), width, height=height, size=size, no_rotate=True).colourspace("srgb")
    if opaque and image.hasalpha():
        image = image.flatten(background=[255, 255, 255])
    if not image.hasalpha():
        image = image.bandjoin(255)
    shape = (image.height, image.width, 4)
    pixels = np.ndarray(buffer=image.cast("uchar").write_to_memory(), dtype=np.uint8, shape=shape)
    pixels = np.ascontiguousarray(pixels[..., [2, 1, 0, 3]])
    # the order of the canvas: pixels are copied, not converted, each time it is drawn
    alpha = skia.AlphaType.kOpaque_AlphaType if opaque else skia.AlphaType.kUnpremul_AlphaType
    return skia.Image.fromarray(pixels, skia.ColorType.kBGRA_8888_ColorType, alpha)
