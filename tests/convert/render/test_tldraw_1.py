"""Colours and labels of tldraw 1 (BBB 2.6 and 2.7) are those that a reader of the player sees."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from bbbmig.convert.render.board.ink import Painted
from bbbmig.convert.render.board.tldraw.paint import paint_shape
from bbbmig.convert.render.board.tldraw.shape import Shape
from tests.convert.render.drawn import box_of, drawn, nobody, touched

STROKES = {"white": 0x1D1D1D, "lightGray": 0xC6CBD1, "gray": 0x788492, "black": 0x1D1D1D, "green": 0x36B24D}
STROKES |= {"cyan": 0x0E98AD, "blue": 0x1C7ED6, "indigo": 0x4263EB, "violet": 0x7746F1, "red": 0xFF2133}
STROKES |= {"orange": 0xFF9433, "yellow": 0xFFC936}
FILLS = {"white": 0xFEFEFE, "lightGray": 0xF1F2F3, "gray": 0xE3E5E7, "black": 0xD2D2D2, "green": 0xD7EDDB}
FILLS |= {"cyan": 0xD0E8EC, "blue": 0xD2E4F4, "indigo": 0xD9DFF7, "violet": 0xE2DAF8, "red": 0xFBD3D6}
FILLS |= {"orange": 0xFBE8D6, "yellow": 0xFBF1D7}
NOTES = {"white": 0xFDDF8E, "black": 0xFDDF8E, "red": 0xFD838D, "cyan": 0x78C4D0, "blue": 0x80B6E6}


def rgb(color: int) -> tuple[int, int, int]:
    return color >> 16, color >> 8 & 255, color & 255


def first(kind: str, color: str = "black", *, style: Mapping[str, object] | None = None, **more: object) -> Shape:
    base = {"color": color, "size": "large", "dash": "solid", "scale": 1}
    return {"type": kind, "point": [50, 60], "style": base | dict(style or {}), **more}


def painted(kind: str, color: str = "black", *, style: Mapping[str, object] | None = None, **more: object) -> Painted:
    return paint_shape(first(kind, color, style=style, **more), nobody)


@pytest.mark.parametrize("color", STROKES)
@pytest.mark.parametrize("dash", ["draw", "solid", "dashed", "dotted"])
def test_lines_have_the_colour_of_the_light_theme(color: str, dash: str) -> None:
    flat = [[0, 0, 0.5], [50, 0, 0.5], [100, 0, 0.5], [200, 0, 0.5]]
    for shape in (
        first("draw", color, points=flat, style={"dash": dash}),
        first("rectangle", color, size=[200, 100], style={"dash": dash}),
    ):
        pixels = drawn(paint_shape(shape, nobody)).reshape(-1, 3)
        assert (pixels == rgb(STROKES[color])).all(axis=1).any()


@pytest.mark.parametrize("color", FILLS)
def test_insides_have_the_colour_of_the_light_theme(color: str) -> None:
    for kind, size in (("rectangle", {"size": [200, 100]}), ("ellipse", {"radius": [100, 50]})):
        made = painted(kind, color, **size, style={"isFilled": True})
        assert tuple(drawn(made)[110, 150]) == rgb(FILLS[color])


@pytest.mark.parametrize("color", NOTES)
def test_words_of_notes_are_dark_on_paper_of_their_colour(color: str) -> None:
    pixels = drawn(painted("sticky", color, size=[200, 200], text="HHHH", style={"font": "sans"}))
    assert tuple(pixels[250, 240]) == rgb(NOTES[color])
    assert pixels[60:260, 50:250].min() == 0x0D


@pytest.mark.parametrize("color", ["white", "black"])
@pytest.mark.parametrize("font", ["script", "sans", "serif", "mono"])
def test_white_words_can_be_read(color: str, font: str) -> None:
    pixels = drawn(painted("text", color, text="HHHH", style={"font": font}))
    assert (pixels == 0x1D).all(axis=2).sum() > 50


def test_the_result_of_a_poll_can_be_read_line_under_line_in_the_middle() -> None:
    """BBB 2.6 and 2.7 put it on the board as a white rectangle with a label."""
    style = {"font": "mono", "size": "small", "isFilled": True, "textAlign": "start"}
    made = painted("rectangle", "white", size=[300, 120], label="A: 5\nBBBBB: 11", style=style)
    pixels = drawn(made)
    assert tuple(pixels[70, 60]) == rgb(FILLS["white"])
    inside: npt.NDArray[np.bool_] = np.all(pixels[66:174, 58:342] < 128, axis=2)
    rows = np.flatnonzero(inside.any(axis=1))
    gap = int(np.flatnonzero(np.diff(rows) > 1)[0])
    for part in (rows[: gap + 1], rows[gap + 1 :]):
        box = box_of(inside[part[0] : part[-1] + 1])
        assert box is not None
        assert (box[0] + box[2]) / 2 == pytest.approx(142, abs=4)


@pytest.mark.parametrize("bend", [(100, -60), (100, 60), (100, 0)])
@pytest.mark.parametrize("flag", [None, 0.6])
def test_words_of_an_arrow_stand_on_it(bend: tuple[int, int], flag: float | None) -> None:
    down = max(0, -bend[1])  # an arrow begins at its left upper corner
    points = {"start": [0, down], "end": [200, down], "bend": [bend[0], bend[1] + down]}
    handles = {name: {"point": point} for name, point in points.items()}
    arrow = {**first("arrow", "red", handles=handles, label="H", bend=flag), "point": [100, 150 - down]}
    with_label, without = drawn(paint_shape(arrow, nobody)), drawn(paint_shape({**arrow, "label": ""}, nobody))
    box = box_of((without != 255).any(axis=2))
    assert box is not None
    edge = box[1] if bend[1] < 0 else box[3]
    assert edge == pytest.approx(150 + bend[1], abs=12)
    middle = 100 + bend[0], 150 + bend[1]
    near = with_label[middle[1] - 30 : middle[1] + 30, middle[0] - 20 : middle[0] + 20]
    letter = box_of((near != 255).any(axis=2))
    assert letter is not None
    assert ((letter[0] + letter[2]) / 2, (letter[1] + letter[3]) / 2) == pytest.approx((20, 30), abs=8)


def test_words_of_a_triangle_stand_where_it_is_wide() -> None:
    pixels = drawn(painted("triangle", "red", size=[200, 200], label="H", style={"size": "small"}))
    inside = box_of((pixels[110:245, 130:170] != 255).any(axis=2))
    assert inside is not None
    assert 110 + (inside[1] + inside[3]) / 2 == pytest.approx(60 + 0.62 * 200, abs=5)


@pytest.mark.parametrize("scale", [0.5, 2, 3])
@pytest.mark.parametrize("dash", ["draw", "solid", "dotted"])
def test_scale_is_for_words_alone(scale: float, dash: str) -> None:
    """As bbb-playback 5.1.3 shows it: lines are as wide whatever it is, letters of texts, notes and labels grow."""
    flat = [[0, 0, 0.5], [50, 0, 0.5], [100, 0, 0.5], [200, 0, 0.5]]
    ends = {name: {"point": [x, 0]} for name, x in (("start", 0), ("bend", 100), ("end", 200))}
    kinds: list[tuple[str, dict[str, Any]]] = [
        ("draw", {"points": flat}),
        ("rectangle", {"size": [200, 100]}),
        ("ellipse", {"radius": [100, 50]}),
        ("triangle", {"size": [200, 100]}),
        ("arrow", {"handles": ends, "decorations": {"end": "arrow"}}),
    ]
    for kind, more in kinds:
        plain, scaled = (painted(kind, style={"dash": dash, "scale": by}, **more) for by in (1, scale))
        assert (drawn(plain) == drawn(scaled)).all()
    for kind in ("text", "sticky"):
        written = [painted(kind, text="H", style={"size": "small", "scale": by}) for by in (1, scale)]
        boxes = [box_of(np.all(drawn(one) < 100, axis=2)) for one in written]
        assert boxes[0] is not None
        assert boxes[1] is not None
        assert (boxes[1][3] - boxes[1][1]) / (boxes[0][3] - boxes[0][1]) == pytest.approx(scale, rel=0.15)


def test_a_stroke_of_two_points_is_a_line_and_one_of_a_point_a_dot() -> None:
    line = touched(painted("draw", isComplete=True, points=[[0, 0, 0.5], [60, 0, 0.5]]))
    assert line is not None
    assert line[2] - line[0] == pytest.approx(68, abs=3)
    for points in ([[0, 0, 0.5]], [[0, 0, 0.5], [1, 1, 0.5]]):
        dot = touched(painted("draw", points=points))
        assert dot is not None
        assert (dot[2] - dot[0], dot[3] - dot[1]) == pytest.approx((12, 12), abs=2)


def test_a_stroke_or_arrow_that_does_not_begin_at_its_corner_is_moved_as_the_player_moves_it() -> None:
    stroke = touched(painted("draw", isComplete=True, points=[[0, 40, 0.5], [100, 80, 0.5]]))
    assert stroke is not None
    assert (stroke[1] + 4, stroke[3] - 4) == pytest.approx((60 + 80, 60 + 120), abs=4)
    ends = {name: {"point": [0, y]} for name, y in (("start", 0), ("bend", -30), ("end", -60))}
    arrow = painted("arrow", handles=ends)
    place = touched(arrow)
    assert place is not None
    assert place[3] == pytest.approx(0, abs=6)
