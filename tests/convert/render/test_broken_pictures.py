"""Pictures that break off or were damaged: white where nothing is left, never grey, black or other pixels."""

import io
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import pyvips

from bbbmig.convert.render.files.source import LocalFiles
from bbbmig.convert.render.picture.images import Images
from bbbmig.convert.render.picture.jpeg_repair import repaired_jpeg
from bbbmig.convert.render.picture.png_repair import repaired_png
from tests.convert.render.test_images import noise, pixels_of

WIDE, HIGH = 203, 117


def both(tmp_path: Path, whole: bytes, broken: bytes) -> tuple[np.ndarray, np.ndarray]:
    """Return the points of a slide and of the broken one, which is named."""
    (tmp_path / "whole.png").write_bytes(whole)
    (tmp_path / "broken.png").write_bytes(broken)
    images = Images(LocalFiles(tmp_path))
    one, other = (pixels_of(images.slide(name, WIDE, HIGH)).astype(int) for name in ("whole.png", "broken.png"))
    assert (images.lost, images.cut) == ({}, {"broken.png": "breaks off"})
    return one[..., :3], other[..., :3]


@pytest.mark.parametrize("share", [0.4, 0.8, 0.97])
@pytest.mark.parametrize(
    ("bands", "options"),
    [(3, {}), (3, {"subsample_mode": "off"}), (1, {}), (4, {}), (3, {"Q": 30}), (3, {"restart_interval": 4})],
    ids=["colour", "fine colour", "grey", "print", "coarse", "restarts"],
)
def test_a_jpeg_is_white_where_it_breaks_off(tmp_path: Path, bands: int, options: dict[str, Any], share: float) -> None:
    picture = noise(WIDE, HIGH, bands)
    if bands == 4:
        picture = noise(WIDE, HIGH, 3).copy(interpretation="srgb").colourspace("cmyk")
        picture = picture.copy()
        picture.remove("icc-profile-data")
    content = picture.jpegsave_buffer(keep="none", **options)
    whole, broken = both(tmp_path, content, content[: int(len(content) * share)])
    same = (np.abs(whole - broken).max(axis=2) <= 40).mean(axis=1)
    white = np.all(broken >= 250, axis=2)
    seen = int((~white.all(axis=1)).sum())
    assert seen >= HIGH * share * 0.6
    assert (same[: seen - 18] > 0.98).all(), "above the cut it is what it was"
    assert white[seen:].all()
    tail = broken[max(0, seen - 16) : seen]
    greys = (np.abs(tail - 128).max(axis=2) <= 1).mean()
    assert greys < 0.03, "grey stands for what was not decoded"


def test_a_jpeg_in_passes_is_seen_whole_and_less_sharp(tmp_path: Path) -> None:
    smooth = noise(8, 5).resize(26, kernel="linear").crop(0, 0, WIDE, HIGH)
    content = smooth.jpegsave_buffer(interlace=True)
    whole, broken = both(tmp_path, content, content[: len(content) * 7 // 10])
    assert np.abs(whole - broken).mean() < 25
    assert not np.all(broken[-20:] >= 250, axis=(1, 2)).any()


@pytest.mark.parametrize("data", [b"", b"\xff\xd8\xff", b"\xff\xd8\xff\xe0" + b"\x00" * 40, b"GIF89a"])
def test_what_is_no_jpeg_is_not_repaired(data: bytes) -> None:
    assert repaired_jpeg(data) is None


@pytest.mark.parametrize("share", [0.02, 0.1, 0.3, 0.6, 0.95])
@pytest.mark.parametrize(("bands", "options"), [(3, {}), (4, {}), (1, {}), (3, {"palette": True})])
def test_an_interlaced_png_is_as_coarse_as_the_passes_that_are_left(
    bands: int, options: dict[str, Any], share: float
) -> None:
    smooth = noise(8, 5, bands).resize(26, kernel="linear").crop(0, 0, WIDE, HIGH)
    content = smooth.pngsave_buffer(interlace=True, **options)
    repaired = repaired_png(content[: int(len(content) * share) if share > 0.05 else content.index(b"IDAT") + 200])
    assert repaired is not None
    found = pyvips.Image.new_from_buffer(repaired, "").numpy()[..., :3].astype(int)
    meant = pyvips.Image.new_from_buffer(content, "").colourspace("srgb").numpy()[..., :3].astype(int)
    assert found.shape[:2] == (HIGH, WIDE)
    if share >= 0.3 and not options and bands != 4:
        assert np.abs(found - meant).mean() < 12
    if share >= 0.6 and not options and bands != 4:
        assert np.abs(found[: HIGH // 2] - meant[: HIGH // 2]).mean() < 4


def test_a_whole_interlaced_png_is_the_same_when_it_is_put_together() -> None:
    for bands, options in ((3, {}), (3, {"palette": True}), (1, {"bitdepth": 1}), (1, {"bitdepth": 4})):
        for width, height in ((WIDE, HIGH), (1, 1), (3, 9), (5, 2)):
            content = noise(width, height, bands).pngsave_buffer(interlace=True, **options)
            repaired = repaired_png(content)
            assert repaired is not None
            found = pyvips.Image.new_from_buffer(repaired, "").numpy()[..., :3]
            meant = pyvips.Image.new_from_buffer(content, "").colourspace("srgb").numpy()[..., :3]
            assert np.array_equal(found, meant), (bands, options, width, height)


@pytest.mark.parametrize("share", [0.35, 0.6, 0.9])
def test_a_png_that_was_damaged_is_white_from_there_on(tmp_path: Path, share: float) -> None:
    content = noise(WIDE, HIGH).pngsave_buffer()
    at = int(len(content) * share)
    damaged = content[:at] + bytes(byte ^ 0xA5 for byte in content[at : at + 40]) + content[at + 40 :]
    whole, broken = both(tmp_path, content, damaged)
    same = np.all(whole == broken, axis=(1, 2))
    last = int(np.flatnonzero(same)[-1])
    assert last > HIGH * share * 0.3
    assert same[: last + 1].all()
    assert (broken[last + 2 :] == 255).all()


def test_damage_in_a_png_of_one_piece_ends_it_where_lines_make_no_sense() -> None:
    content = noise(WIDE, HIGH).pngsave_buffer()
    packed, at, header = io.BytesIO(), 8, b""
    while at < len(content):
        (length,) = struct.unpack(">I", content[at : at + 4])
        if content[at + 4 : at + 8] == b"IDAT":
            packed.write(content[at + 8 : at + 8 + length])
        elif content[at + 4 : at + 8] == b"IHDR":
            header = content[: at + 12 + length]
        at += 12 + length
    pixels = bytearray(packed.getvalue())
    pixels[len(pixels) // 2] ^= 0x55
    one_piece = header + struct.pack(">I", len(pixels)) + b"IDAT" + bytes(pixels)
    repaired = repaired_png(one_piece)
    assert repaired is not None
    found = pyvips.Image.new_from_buffer(repaired, "").numpy()
    meant = pyvips.Image.new_from_buffer(content, "").numpy()
    same = np.all(found == meant, axis=(1, 2))
    good = int(np.flatnonzero(~same)[0])
    assert good > HIGH * 0.3
    wrong = ~same & ~np.all(found == 255, axis=(1, 2))
    assert wrong.sum() <= 3
