"""Colours of films as they are in the video: whatever standard, range and size a film's frames have."""

from fractions import Fraction

import av
import numpy as np
import pytest
from av.video.reformatter import ColorRange, Colorspace

from bbbmig.convert.render.picture.scaling import Scaler

RED_601, RED_709 = (81, 90, 240), (63, 102, 240)
GREEN_601, GREEN_709 = (145, 54, 34), (173, 42, 26)
"""ITU-R BT.601 and BT.709: full red, full green, in limited range."""


def frame(color: tuple[int, int, int], size: tuple[int, int] = (64, 48), form: str = "yuv420p") -> av.VideoFrame:
    """Return a frame of one colour, given as Y, U, V."""
    made = av.VideoFrame(*size, form)
    for plane, value in zip(made.planes, (*color, 255), strict=False):
        plane.update(bytes([value]) * plane.buffer_size)
    made.pts, made.time_base = 0, Fraction(1, 1000)
    return made


def color_of(made: av.VideoFrame) -> tuple[int, ...]:
    return tuple(int(np.frombuffer(memoryview(plane), np.uint8)[0]) for plane in made.planes)


@pytest.mark.parametrize("size", [(32, 24), (64, 48), (160, 90), (50, 38)])
def test_old_films_are_of_601_and_new_ones_of_709_if_they_do_not_say(size: tuple[int, int]) -> None:
    for given, becomes in ((RED_601, RED_709), (GREEN_601, GREEN_709)):
        made = Scaler(hd_standard=False).scaled(frame(given), size)
        assert (made.width, made.height, made.format.name) == (*size, "yuv420p")
        assert color_of(made) == pytest.approx(becomes, abs=2)
    assert color_of(Scaler(hd_standard=True).scaled(frame(RED_709), size)) == pytest.approx(RED_709, abs=1)


@pytest.mark.parametrize("form", ["yuv420p", "yuva420p", "yuv444p", "yuv422p"])
def test_what_a_film_says_comes_first(form: str) -> None:
    told = frame(RED_601, form=form)
    told.colorspace = Colorspace.ITU601
    assert color_of(Scaler(hd_standard=True).scaled(told, (32, 24)))[:3] == pytest.approx(RED_709, abs=2)
    told = frame(RED_709, form=form)
    told.colorspace = Colorspace.ITU709
    assert color_of(Scaler(hd_standard=False).scaled(told, (32, 24)))[:3] == pytest.approx(RED_709, abs=1)


def test_full_range_becomes_limited() -> None:
    white = frame((255, 128, 128))
    white.color_range = ColorRange.JPEG
    assert color_of(Scaler(hd_standard=True).scaled(white, (32, 24))) == pytest.approx((235, 128, 128), abs=1)
    older = frame((0, 128, 128), form="yuvj420p")
    assert color_of(Scaler(hd_standard=False).scaled(older, (32, 24))) == pytest.approx((16, 128, 128), abs=1)


def test_frames_may_change_their_size_and_form_at_any_time() -> None:
    scaler = Scaler(hd_standard=False)
    for number in range(40):
        size = (64 + 2 * (number % 11), 48 + 2 * (number % 7))
        made = scaler.scaled(frame(RED_601, size, ("yuv420p", "yuv444p")[number % 2]), (32, 24))
        assert color_of(made) == pytest.approx(RED_709, abs=2)
    assert len(scaler._graphs) <= 8
