"""Slides are shown as far as they can be read, whatever is wrong with them; too many lost ones are a failure."""

import base64
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
import pyvips
import skia

from bbbmig.convert.render.files import safe_name
from bbbmig.convert.render.files.source import LocalFiles
from bbbmig.convert.render.notes import check_slides
from bbbmig.convert.render.picture.images import Images
from bbbmig.convert.render.picture.png_repair import repaired_png
from bbbmig.convert.render.timeline.model import Show, Slide, Timeline
from bbbmig.errors import RecordingFailed


def noise(width: int, height: int, bands: int = 3) -> pyvips.Image:
    pixels = np.random.default_rng(1).integers(0, 200, (height, width, bands), np.uint8)
    return pyvips.Image.new_from_memory(pixels.tobytes(), width, height, bands, "uchar")


def pixels_of(image: skia.Image | None) -> np.ndarray:
    assert image is not None
    return np.asarray(image.toarray(colorType=skia.ColorType.kRGBA_8888_ColorType))


@pytest.mark.parametrize(("bands", "share"), [(1, 0.5), (3, 0.5), (4, 0.9), (2, 0.3)])
def test_a_png_that_breaks_off_is_white_below_the_cut_and_never_anything_else(
    tmp_path: Path, bands: int, share: float
) -> None:
    content = noise(160, 90, bands).pngsave_buffer()
    (tmp_path / "whole.png").write_bytes(content)
    (tmp_path / "cut.png").write_bytes(content[: int(len(content) * share)])
    images = Images(LocalFiles(tmp_path))
    whole, cut = (pixels_of(images.slide(name, 160, 90)).astype(int) for name in ("whole.png", "cut.png"))
    rows = [np.array_equal(one, other) for one, other in zip(whole, cut, strict=True)]
    last = rows.index(False)
    assert last > 90 * share * 0.7
    assert (cut[last + 1 :, :, :3] == 255).all()
    assert (images.lost, images.cut) == ({}, {"cut.png": "breaks off"})


def test_a_png_with_a_palette_is_bright_below_the_cut() -> None:
    palette = bytes(value for color in ((10, 20, 30), (250, 250, 245), (0, 0, 0)) for value in color)

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = struct.pack(">IIBBBBB", 8, 4, 2, 3, 0, 0, 0)
    packed = zlib.compress((b"\x00" + b"\x00\x00") * 4)
    whole = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"PLTE", palette) + chunk(b"IDAT", packed)
    repaired = repaired_png(whole[: whole.index(b"IDAT") + 4 + len(packed) - 5])
    assert repaired is not None
    image = pyvips.Image.new_from_buffer(repaired, "").numpy()
    assert image[0, 0, :3].tolist() == [10, 20, 30]
    assert image[-1, 0, :3].tolist() in ([250, 250, 245], [10, 20, 30])


@pytest.mark.parametrize("data", [b"", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"\x89PNG\r\n\x1a\n" + b"\xff" * 40])
def test_what_is_no_png_is_not_repaired(data: bytes) -> None:
    assert repaired_png(data) is None


def test_a_scan_of_more_than_ten_megabytes_is_shown(tmp_path: Path) -> None:
    photo = noise(2048, 1536).pngsave_buffer(compression=0)
    assert len(photo) > 9_000_000
    scan = base64.b64encode(photo).decode()
    head = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 720 540"'
    image = f'<image width="720" height="540" xlink:href="data:image/png;base64,{scan}"/>'
    (tmp_path / "slide1.svg").write_text(f'{head} width="720" height="540">{image}</svg>')
    images = Images(LocalFiles(tmp_path))
    assert 60 < pixels_of(images.slide("slide1.svg", 720, 540))[..., :3].mean() < 140
    assert images.lost == {}


def test_a_large_drawing_that_multiplies_itself_is_not_read(tmp_path: Path) -> None:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    bomb = (
        f'<!DOCTYPE svg [<!ENTITY e0 "ha">{entities}]><svg xmlns="http://www.w3.org/2000/svg"><text>&e11;</text></svg>'
    )
    (tmp_path / "slide1.svg").write_text(bomb + " " * 10_000_000)
    images = Images(LocalFiles(tmp_path))
    assert images.slide("slide1.svg", 720, 540) is None
    assert images.lost == {"slide1.svg": "cannot be read"}


@pytest.mark.parametrize(
    "reference",
    ["presentation/%00.png", "x" * 300 + ".png", "data:image/png;base64," + "A" * 2_000_000, "../x", "a\x01b", "//[x"],
)
def test_a_reference_that_is_no_name_is_a_note_of_ordinary_length(tmp_path: Path, reference: str) -> None:
    assert safe_name(reference) == ""
    images = Images(LocalFiles(tmp_path))
    assert images.slide(reference, 10, 10) is None
    (name,) = images.nameless
    assert len(name) < 100
    assert name.isprintable()


@pytest.mark.parametrize(
    ("count", "lost", "fails"),
    [(40, 4, False), (40, 5, True), (3, 1, False), (3, 2, True), (1, 1, True), (1, 0, False)],
)
def test_more_than_a_tenth_of_the_slides_lost_is_a_failure(
    tmp_path: Path, count: int, lost: int, *, fails: bool
) -> None:
    slides = [Slide(f"image{n}", f"{n}.png", 16, 9) for n in range(count)]
    timeline = Timeline(count, tuple(Show(n, n + 1, slide) for n, slide in enumerate(slides)))
    images = Images(LocalFiles(tmp_path))
    for slide in slides[:lost]:
        images.slide(slide.href, 16, 9)
    if fails:
        with pytest.raises(RecordingFailed, match=f"{lost} of {count} slides are lost: 0.png is missing"):
            check_slides(timeline, images)
    else:
        check_slides(timeline, images)
