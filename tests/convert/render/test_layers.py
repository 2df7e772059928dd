"""However a board changes, its layers show what drawing all of it anew would show, and draw little for it."""

import random

import numpy as np
import pytest
import skia

from bbbmig.convert.render.picture import layers as layers_module
from bbbmig.convert.render.picture.layers import Layers, draw_entries
from bbbmig.convert.render.picture.live_board import LiveBoard
from bbbmig.convert.render.picture.pixels import area, canvas_on, merged
from bbbmig.convert.render.timeline.model import NEVER, Version
from bbbmig.convert.render.timeline.tldraw import packed

SIZE = 320, 200
COLORS = ("red", "green", "blue", "orange", "violet", "black")


class Board:
    """A board that is moved on, drawn by layers and, for comparison, from scratch."""

    def __init__(self, versions: list[Version]) -> None:
        self.live = LiveBoard(versions, lambda _href: None)
        self.pixels = np.zeros((SIZE[1], SIZE[0], 4), np.uint8)
        self.canvas = canvas_on(self.pixels)
        self.layers = Layers(SIZE, (0, 0, *SIZE), skia.Matrix(), self.ground, self.live.entries)
        self.layers.draw(self.pixels, self.canvas, (0, 0, *SIZE))

    @staticmethod
    def ground(canvas: skia.Canvas) -> None:
        canvas.clear(skia.ColorWHITE)

    def move_to(self, at: float) -> None:
        change = self.live.move_to(at)
        for rect in self.layers.change(change) if change else ():
            self.layers.draw(self.pixels, self.canvas, rect)

    def from_scratch(self) -> np.ndarray:
        pixels = np.zeros((SIZE[1], SIZE[0], 4), np.uint8)
        canvas = canvas_on(pixels)
        self.ground(canvas)
        draw_entries(canvas, self.live.entries, skia.Matrix(), (0, 0, *SIZE), (0, 0, *SIZE))
        return pixels


def square(name: str, at: float, order: int, *, x: int, y: int, end: float = NEVER, side: int = 24) -> Version:
    """Make a filled square whose edges are whole pixels; its name says what covers what."""
    number = int(name.lstrip("s"))
    style = {"color": COLORS[number % len(COLORS)], "isFilled": True, "dash": "solid", "size": "small"}
    shape = {"id": name, "type": "rectangle", "point": [x, y], "size": [side, side], "style": style}
    return Version(at, end, order, name, "rectangle", packed(shape | {"childIndex": number}))


def at_random(dice: random.Random) -> list[Version]:
    """Make squares that come, move, and go, in any order of what covers what."""
    made: list[Version] = []
    for order in range(1200):
        name = f"s{dice.choice((dice.randrange(400), dice.randrange(4), 400 + order // 20))}"
        end = order + dice.choice((3, 30, 300, NEVER))
        x, y = dice.randrange(0, 290, 2), dice.randrange(0, 170, 2)
        made.append(square(name, order, order, x=x, y=y, end=end, side=dice.choice((8, 24, 100))))
    following: dict[str, float] = {}
    for index in reversed(range(len(made))):
        one = made[index]
        end = min(one.end, following.get(one.shape, NEVER))
        made[index] = Version(one.start, end, one.order, one.shape, one.kind, one.content)
        following[one.shape] = one.start
    return made


@pytest.mark.parametrize("seed", range(4))
def test_layers_show_what_drawing_all_anew_would_show(seed: int) -> None:
    board = Board(at_random(random.Random(seed)))
    for at in range(1250):
        board.move_to(at)
        if at % 50 == 0:
            assert np.abs(board.pixels.astype(int) - board.from_scratch()).max() <= 12, at
    assert len(board.live.entries) > 50


@pytest.fixture
def drawn_shapes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Count the shapes that are drawn."""
    counts: list[int] = []
    real = layers_module.draw_entries

    def counting(*args: object) -> int:
        counts.append(real(*args))  # type: ignore[arg-type]
        return counts[-1]

    monkeypatch.setattr(layers_module, "draw_entries", counting)
    return counts


def many(count: int) -> list[Version]:
    """Make squares that lie over each other, one after another."""
    return [square(f"s{n}", n, n, x=2 * (n % 40), y=2 * (n % 20), side=100) for n in range(count)]


def drawn_per_change(versions: list[Version], counts: list[int]) -> float:
    board = Board(versions)
    moments = sorted({version.start for version in versions})
    for at in moments:
        board.move_to(at)
    assert np.abs(board.pixels.astype(int) - board.from_scratch()).max() <= 12
    return sum(counts) / len(moments)


def test_what_rests_is_drawn_once(drawn_shapes: list[int]) -> None:
    assert drawn_per_change(many(2000), drawn_shapes) < 60


def test_what_moves_below_all_others_costs_no_more(drawn_shapes: list[int]) -> None:
    """The lowest shape is dragged to and fro below a thousand others."""
    dragged = [square("s0", 1000 + n, 1000 + n, x=2 * (n % 50), y=20, end=1001 + n, side=60) for n in range(1000)]
    first, *others = many(1000)
    first = Version(0, 1000, 0, first.shape, first.kind, first.content)
    assert drawn_per_change([first, *others, *dragged], drawn_shapes) < 60


def test_two_who_draw_slowly_below_and_above_others_cost_no_more(drawn_shapes: list[int]) -> None:
    """Two strokes are drawn all along, the lowest of all and one in the middle, while others come between and above."""
    slow = [(name, n) for n in range(0, 1500, 3) for name in ("s0", "s750")]
    made = [
        square(name, n + 0.5, 5000 + 2 * n + (name == "s0"), x=2 * (n % 30), y=30, end=n + 3.5, side=80)
        for name, n in slow
    ]
    others = [version for version in many(1500) if version.shape not in {"s0", "s750"}]
    assert drawn_per_change([*others, *made], drawn_shapes) < 100


def test_rectangles_far_apart_stay_apart() -> None:
    corners = [(0, 0, 20, 20), (300, 180, 320, 200), (2, 2, 22, 22)]
    found = merged(corners)
    assert sorted(found) == [(0, 0, 22, 22), (300, 180, 320, 200)]
    assert len(merged([(n * 10, n * 10, n * 10 + 4, n * 10 + 4) for n in range(40)])) <= 12
    assert sum(map(area, merged([]))) == 0
