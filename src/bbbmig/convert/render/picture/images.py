"""Slides and pictures of polls, PNG or SVG, in the size in which they are seen."""

import ctypes
import logging
from collections import OrderedDict
from pathlib import Path

import numpy as np
import pyvips
import skia

from bbbmig.convert.render.files import Files, safe_name
from bbbmig.convert.render.picture.inner_pictures import mended
from bbbmig.convert.render.picture.jpeg_repair import repaired_jpeg
from bbbmig.convert.render.picture.png_repair import repaired_png

log = logging.getLogger(__name__)

_KEPT = 6
_LARGEST = 2600
"""Pixels of the longer side: what is zoomed further is enlarged from that."""
_SHARP = 1200
"""Pixels of the longer side of a poll's picture, which may be zoomed into."""

_ORDINARY = 9_000_000
"""Bytes of an SVG that libxml2 reads without being told that it may be large: it refuses a text of ten million."""
_DEFINES_ENTITIES = (b"<!ENTITY", "<!ENTITY".encode("utf-16-le"), "<!ENTITY".encode("utf-16-be"))
_NAME_SHOWN = 80

pyvips.cache_set_max(0)


class Images:
    """The pictures of one recording.

    `lost` names those that are missing or cannot be read, once each, `cut` those that break off; each with what is
    wrong. `on_board` names those of them that are no slides. `nameless` holds references that are no names of files.
    `incomplete` names slides that lack a part, with what it is.
    """

    def __init__(self, files: Files) -> None:
        """Read from there."""
        self.files = files
        self._slides: OrderedDict[tuple[str, int, int], skia.Image | None] = OrderedDict()
        self._drawn: dict[str, skia.Image | None] = {}
        self.lost: dict[str, str] = {}
        self.cut: dict[str, str] = {}
        self.incomplete: dict[str, str] = {}
        self.on_board: set[str] = set()
        self.nameless: set[str] = set()

    def slide(self, href: str, width: float, height: float) -> skia.Image | None:
        """Return a slide, scaled to about that size; None if there is none."""
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
        """Return a picture that lies on the whiteboard, the results of a poll; None if there is none."""
        if href not in self._drawn:
            self.on_board.add(shown_name(href))
            self._drawn[href] = self._load(href, _SHARP, _SHARP, opaque=False)
        return self._drawn[href]

    def written(self, data: bytes, href: str) -> skia.Image | None:
        """Return a picture that is written into a file itself; `href` is what names it if it cannot be read."""
        self.on_board.add(shown_name(href))
        try:
            return _image(
                pyvips.Image.thumbnail_buffer(data, _SHARP, height=_SHARP, **_size(opaque=False)), opaque=False
            )
        except pyvips.Error:
            self.lost[shown_name(href)] = "cannot be read"
            return None

    def is_lost(self, href: str) -> bool:
        """Tell whether a picture was found to be missing or unreadable."""
        return shown_name(href) in self.lost

    def _load(self, href: str, width: int, height: int, *, opaque: bool) -> skia.Image | None:
        """Read a picture: a slide is stretched to that size, others keep their form."""
        name = safe_name(href)
        path = self.files.find(name) if name else None
        if path is None:
            if href and not name:
                self.nameless.add(shown_name(href))
            elif href:
                self.lost[shown_name(href)] = "is missing"
            return None
        try:
            return _image(self._pixels(path, href, width, height, opaque=opaque), opaque=opaque)
        except pyvips.Error as error:
            log.info("%s: %s", shown_name(href), str(error).strip()[:300])
        finally:
            if path.stat().st_size > _ORDINARY:
                _give_back()
        made = _what_is_left(path, width, height, opaque=opaque)
        if made is None:
            self.lost[shown_name(href)] = "cannot be read"
        else:
            self.cut[shown_name(href)] = "breaks off"
        return made

    def _pixels(self, path: Path, href: str, width: int, height: int, *, opaque: bool) -> pyvips.Image:
        """Open a picture in that size; SVG is drawn in it, not enlarged. Raise pyvips.Error if it cannot be read."""
        size = _size(opaque=opaque)
        if not _is_svg(path):
            return pyvips.Image.thumbnail(str(path), width, height=height, **size)
        data = path.read_bytes()
        unlimited = len(data) > _ORDINARY and not any(mark in data for mark in _DEFINES_ENTITIES)
        options = "[unlimited=true]" if unlimited else ""
        better = mended(data)
        del data  # a scan takes ten times its size while it is drawn
        if better is None:
            return pyvips.Image.thumbnail(f"{path}{options}", width, height=height, **size)
        if better.lost:
            self.incomplete[shown_name(href)] = "holds a picture that cannot be read, or that lies elsewhere"
        elif better.broken:
            self.incomplete[shown_name(href)] = "holds a picture that breaks off"
        return pyvips.Image.thumbnail_buffer(better.svg, width, height=height, option_string=options, **size)


def _give_back() -> None:
    """Let the C library give back what drawing a scan took: 40 of them, one after another, leave 300 MB of holes."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc has it
    if trim is not None:
        trim(0)


def _what_is_left(path: Path, width: int, height: int, *, opaque: bool) -> skia.Image | None:
    """Read a PNG or JPEG as far as it goes; None if nothing of it can be read."""
    data = path.read_bytes()
    whole = repaired_png(data) or repaired_jpeg(data)
    if whole is None:
        return None
    try:
        return _image(pyvips.Image.thumbnail_buffer(whole, width, height=height, **_size(opaque=opaque)), opaque=opaque)
    except pyvips.Error:
        return None


def shown_name(href: str) -> str:
    """Return a reference as a message may hold it: a whole picture may be written into one."""
    printable = "".join(character if character.isprintable() else "?" for character in href[:_NAME_SHOWN])
    return printable + ("…" if len(href) > _NAME_SHOWN else "")


def _size(*, opaque: bool) -> dict[str, object]:
    """Return how a picture is fitted, and that one which breaks off is an error."""
    return {"size": "force" if opaque else "both", "no_rotate": True, "fail_on": "truncated"}


def _is_svg(path: Path) -> bool:
    """Tell whether a file is a drawing, by its first bytes."""
    with path.open("rb") as file:
        return b"svg" in file.read(4096).replace(b"\x00", b"")


def _image(image: pyvips.Image, *, opaque: bool) -> skia.Image:
    """Decode a picture for the canvas. Raise pyvips.Error if it cannot be read."""
    image = image.colourspace("srgb")
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
