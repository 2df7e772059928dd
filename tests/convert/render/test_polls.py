"""Results of polls on the board of 3.0 look as the player shows them: measured in a picture of bbb-playback 5.1.3."""

import numpy as np
import pytest

from bbbmig.convert.render.board.tldraw.paint import paint_shape
from bbbmig.convert.render.board.tldraw.poll import nice_step
from bbbmig.convert.render.board.tldraw.shape import Shape
from tests.convert.render.drawn import box_of, drawn, nobody, within

BLUE = (0x0C, 0x57, 0xA7)


def poll(answers: list[tuple[str, int]], question: str = "", **more: object) -> Shape:
    listed = [{"id": n, "key": key, "numVotes": votes} for n, (key, votes) in enumerate(answers)]
    props = {"w": 380, "h": 260, "color": "black", "questionText": question, "answers": listed}
    return {"id": "shape:p", "type": "poll", "x": 10, "y": 20, "index": "a1", "props": props | more}


def bars(shape: Shape) -> list[tuple[int, int, int, int]]:
    """Return the boxes of the blue bars, from above to below."""
    painted = paint_shape(shape, nobody)
    assert within(painted)
    blue = np.all(np.abs(drawn(painted).astype(int) - BLUE) < 12, axis=2)
    rows = np.flatnonzero(blue.any(axis=1))
    parts = np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1) if len(rows) else []
    found = []
    for part in parts:
        box = box_of(blue[part[0] : part[-1] + 1])
        assert box is not None
        found.append((box[0], int(part[0]), box[2], int(part[-1]) + 1))
    return found


def test_bars_lie_in_the_chart_one_below_another() -> None:
    """The chart: 85 from the left, 0.9 of the width less 5 wide, from 13 below the edge of the card to 27 above it."""
    left, right, top, band = 10 + 85, 10 + 0.9 * 380 - 5, 20 + 13, (260 - 13 - 27) / 4
    found = bars(poll([("A", 17), ("B", 5), ("C", 9), ("D", 0)]))
    assert len(found) == 3
    for index, (box, votes) in enumerate(zip(found, (17, 5, 9), strict=True)):
        expected = (left, top + (index + 0.1) * band, left + (right - left) * votes / 20, top + (index + 0.9) * band)
        assert box == pytest.approx(expected, abs=1.5)


def test_the_card_has_the_light_tone_of_its_colour_and_black_words() -> None:
    for color, tone in (("black", (0xE8, 0xE8, 0xE8)), ("blue", (0xDC, 0xE1, 0xF8))):
        pixels = drawn(paint_shape(poll([("A", 1)], "HHHH", color=color), nobody))
        assert tuple(pixels[30, 300]) == tone
        words = box_of(np.all(pixels[:80] < 60, axis=2))
        assert words is not None
        assert words[0] == pytest.approx(10 + 44, abs=3)


def test_a_question_makes_the_chart_lower() -> None:
    (bar,) = bars(poll([("A", 1)], "HHHH"))
    assert bar[3] - bar[1] == pytest.approx(0.8 * (260 - 75 - 40), abs=2)
    assert bars(poll([("A", 1)], "HHHH " * 30))[0][1] > bar[1]


def test_answers_that_differ_in_capitals_only_are_one() -> None:
    assert len(bars(poll([("yes", 1), ("Yes", 2), ("no", 4)]))) == 2


@pytest.mark.parametrize(
    ("largest", "step"), [(0, 1), (1, 0.25), (2, 0.5), (3, 0.75), (4, 1), (5, 2), (17, 5), (120, 30), (9, 3), (130, 35)]
)
def test_numbers_below_the_chart_are_round(largest: float, step: float) -> None:
    assert nice_step(largest) == pytest.approx(step)
    assert nice_step(largest) * 4 >= largest


def test_a_poll_without_answers_or_room_is_a_card() -> None:
    for shape in (poll([]), poll([("A", 3)], w=60, h=40), poll([("A", 0)] * 3)):
        assert bars(shape) == []
