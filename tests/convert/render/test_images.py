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
from bbbmig.convert.render.notes import check_slides, picture_notes
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


def svg_with(picture: bytes, kind: str = "image/png", around: str = "{}", href: str = "xlink:href") -> str:
    """Return a slide that is nothing but a picture, as pages that are scans are published."""
    inner = f'<image width="60" height="40" {href}="data:{kind};base64,{base64.b64encode(picture).decode()}"/>'
    names = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return f'<svg {names} width="60" height="40">{around.format(inner)}</svg>'


RED = (
    pyvips.Image.new_from_array(np.full((40, 60, 3), (200, 30, 30), np.uint8)).cast("uchar").copy(interpretation="srgb")
)
PATTERN = (
    '<defs><pattern id="p" patternUnits="userSpaceOnUse" width="60" height="40">{}</pattern></defs>'
    '<rect width="60" height="40" fill="url(#p)"/>'
)
NESTED = '<svg x="0" y="0" width="60" height="40" viewBox="0 0 60 40">{}</svg>'


@pytest.mark.parametrize("around", ["{}", PATTERN, NESTED])
@pytest.mark.parametrize(
    ("suffix", "kind"),
    [
        (".png", "image/png"),
        (".png[interlace=true]", "image/png"),
        (".jpg", "image/jpeg"),
        (".jpg", "image/png"),
        (".png", "image/jpeg"),
        (".webp", "image/webp"),
        (".gif", "image/gif"),
        (".tif", "image/tiff"),
    ],
)
def test_any_picture_in_a_slide_is_drawn(tmp_path: Path, suffix: str, kind: str, around: str) -> None:
    """librsvg draws PNG and JPEG, if they are called so, and leaves out all others without a word."""
    (tmp_path / "a.svg").write_text(svg_with(RED.write_to_buffer(suffix), kind, around))
    images = Images(LocalFiles(tmp_path))
    assert pixels_of(images.slide("a.svg", 60, 40))[20, 30, :3].tolist() == pytest.approx([200, 30, 30], abs=6)
    assert (images.lost, images.cut, images.incomplete) == ({}, {}, {})


@pytest.mark.parametrize(
    ("suffix", "kind", "top"),
    [(".png", "image/png", "same"), (".jpg", "image/jpeg", "same"), (".webp", "image/webp", "")],
)
def test_a_picture_in_a_slide_that_breaks_off_is_shown_as_far_as_it_goes_and_named(
    tmp_path: Path, suffix: str, kind: str, top: str
) -> None:
    whole = noise(60, 40).copy(interpretation="srgb").write_to_buffer(suffix)
    for name, data in (("whole.svg", whole), ("cut.svg", whole[: len(whole) * 6 // 10])):
        (tmp_path / name).write_text(svg_with(data, kind))
    images = Images(LocalFiles(tmp_path))
    one, other = (pixels_of(images.slide(name, 60, 40))[3, :, :3] for name in ("whole.svg", "cut.svg"))
    assert (np.abs(one.astype(int) - other).mean() < 12) == bool(top)
    assert [*images.incomplete] == ["cut.svg"]
    (note,) = picture_notes(images)
    assert note.loses
    assert note.text.startswith("cut.svg holds a picture that ")


@pytest.mark.parametrize("href", ["x.png", "https://127.0.0.1:1/x.png", "file:///etc/passwd", "data:image/png,abc", ""])
def test_a_picture_that_lies_outside_of_a_slide_is_named(tmp_path: Path, href: str) -> None:
    text = svg_with(b"").replace("data:image/png;base64,", href)
    (tmp_path / "a.svg").write_text(text.replace("</svg>", '<use href="#a"/><image href="#b"/></svg>'))
    images = Images(LocalFiles(tmp_path))
    assert images.slide("a.svg", 60, 40) is not None
    assert images.incomplete == {"a.svg": "holds a picture that cannot be read, or that lies elsewhere"}


def test_a_jpeg_that_breaks_off_is_shown_as_far_as_it_goes(tmp_path: Path) -> None:
    data = noise(160, 90).copy(interpretation="srgb").jpegsave_buffer()
    (tmp_path / "whole.jpg").write_bytes(data)
    (tmp_path / "cut.jpg").write_bytes(data[: len(data) // 2])
    images = Images(LocalFiles(tmp_path))
    whole, cut = (pixels_of(images.slide(name, 160, 90)) for name in ("whole.jpg", "cut.jpg"))
    assert np.array_equal(whole[:24], cut[:24])
    assert (images.lost, images.cut) == ({}, {"cut.jpg": "breaks off"})
