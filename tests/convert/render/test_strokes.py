"""The pencil of tldraw 2; the right values were measured in pictures of bbb-playback 5.1.3."""

import math
from itertools import pairwise

import numpy as np
import pytest

from bbbmig.convert.render.board.tldraw.geometry import stroke_points
from bbbmig.convert.render.board.tldraw.paint import paint_shape
from bbbmig.convert.render.board.tldraw.shape import Shape
from tests.convert.render.drawn import box_of, drawn, nobody, touched, within

WIDTHS = {"s": 2.0, "m": 3.5, "l": 5.0, "xl": 10.0}


def stroke(*points: tuple[float, float, float], kind: str = "free", **props: object) -> Shape:
    segments = [{"type": kind, "points": [{"x": x, "y": y, "z": z} for x, y, z in points]}]
    style = {"color": "black", "size": "xl", "dash": "draw", "fill": "none", "isComplete": True}
    place = {"x": 100, "y": 150, "index": "a1", "parentId": "page:1"}
    return {"id": "shape:one", "type": "draw", **place, "props": style | {"segments": segments} | props}


def thickness(shape: Shape, x: int) -> int:
    """Return how many pixels are dark above each other."""
    return int((drawn(paint_shape(shape, nobody))[:, x] < 128).all(axis=1).sum())


FLAT = [(x * 5.0, 0.0, 0.5) for x in range(41)]


@pytest.mark.parametrize(("size", "width"), WIDTHS.items())
def test_solid_lines_are_as_wide_as_their_style_says(size: str, width: float) -> None:
    assert thickness(stroke(*FLAT, size=size, dash="solid"), 200) == pytest.approx(width, abs=1)
    assert thickness(stroke(*FLAT, size=size, dash="solid", isPen=True), 200) == pytest.approx(width, abs=1)


@pytest.mark.parametrize(("size", "width"), WIDTHS.items())
def test_a_dot_is_wider_by_hand_than_with_other_lines(size: str, width: float) -> None:
    for points in ([(0, 0, 0.5)], [(0, 0, 0.5), (0.3, 0.2, 0.5)]):
        for dash, wide in (("draw", math.sqrt(2) * (1 + width)), ("solid", 1 + width), ("dotted", 1 + width)):
            box = touched(paint_shape(stroke(*points, size=size, dash=dash), nobody))
            assert box is not None
            assert (box[2] - box[0], box[3] - box[1]) == pytest.approx((wide, wide), abs=2.1)


def test_two_points_are_a_line() -> None:
    for dash in ("draw", "solid", "dashed"):
        box = touched(paint_shape(stroke((0, 0, 0.5), (60, 0, 0.5), dash=dash), nobody))
        assert box is not None
        assert (box[0], box[2]) == pytest.approx((95, 165), abs=4)


def test_corners_of_straight_pieces_stay_where_they_are() -> None:
    corners = [(0, 0), (120, 0), (120, 90), (0, 90)]
    pieces = [
        {"type": "straight", "points": [{"x": x, "y": y, "z": 0.5} for x, y in pair]} for pair in pairwise(corners)
    ]
    for dash in ("draw", "solid"):
        pixels = drawn(
            paint_shape({**stroke(), "props": {**stroke()["props"], "segments": pieces, "dash": dash}}, nobody)
        )
        box = box_of(np.all(pixels < 128, axis=2))
        assert box is not None
        assert box == pytest.approx((95, 145, 225, 245), abs=4)
        assert (pixels[150:158, 205:220] < 128).any(), "the corner is cut off"


def test_a_straight_piece_ends_at_its_second_point() -> None:
    points = stroke_points(stroke((0, 0, 0.5), (64, 0, 0.5), (64, 64, 0.5), kind="straight")["props"])
    assert points[0][:2] == (0, 0)
    assert points[-1][:2] == pytest.approx((64, 0))
    steps = np.diff([x for x, _, _ in points])
    assert len(points) == 4
    assert (steps > 0).all()
    assert steps[0] < steps[-1]
    pressures = [z for _, _, z in points]
    assert pressures[0] == pressures[-1] == pytest.approx(0.825)
    assert min(pressures) < 0.65


def test_pressure_of_a_pen_changes_slowly() -> None:
    """A sudden press in the midst is hardly seen; raw pressure would make it four times as wide."""
    pen = [(x * 4.0, 0.0, 1.0 if 24 <= x <= 26 else 0.1) for x in range(51)]
    thin, thick = (thickness(stroke(*pen, isPen=True), 100 + 4 * x) for x in (20, 26))
    assert 3 <= thin <= 8
    assert thin <= thick <= thin * 1.8


def test_quick_strokes_back_and_forth_are_as_long_as_the_hand_drew_them() -> None:
    """Smoothed as all lines are, little more than their middle would be left; lines that are even are smoothed so."""
    quick = [(x * 6.0, (x % 2) * 60.0, 0.5) for x in range(20)]
    for dash, high in (("draw", 60 + 6), ("solid", 66)):
        box = touched(paint_shape(stroke(*quick, size="l", dash=dash), nobody))
        assert box is not None
        assert box[3] - box[1] == pytest.approx(high, abs=5)
    inner = drawn(paint_shape(stroke(*quick, size="l"), nobody))[146:214, 130:190]
    assert (np.all(inner < 128, axis=2).sum(axis=1) > 0).mean() > 0.9
    even = drawn(paint_shape(stroke(*quick, size="l", dash="solid"), nobody))[146:214, 130:190]
    assert (np.all(even < 128, axis=2).sum(axis=1) > 0).mean() < 0.7


@pytest.mark.parametrize("words", ["a\tb", "a\x0bb", "a\r\nb", "\x00a\x1fb"])
def test_control_characters_are_no_letters(words: str) -> None:
    style = {"color": "black", "size": "xl", "font": "sans", "autoSize": True}
    shape = {"type": "text", "x": 100, "y": 100, "props": {**style, "text": words}}
    meant = {"a\tb": "a    b", "a\r\nb": "a\nb"}.get(words, "ab")
    other = {**shape, "props": {**style, "text": meant}}
    assert (drawn(paint_shape(shape, nobody)) == drawn(paint_shape(other, nobody))).all()
    assert within(paint_shape(shape, nobody))
