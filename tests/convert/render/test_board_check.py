"""Nonsense is found beforehand wherever it stands, and a board of a great many versions is looked at cheaply."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bbbmig.convert.render.files.source import LocalFiles
from bbbmig.convert.render.picture import board_check
from bbbmig.convert.render.picture.board_check import make_of, misshapen
from bbbmig.convert.render.picture.board_pictures import BoardPictures
from bbbmig.convert.render.picture.images import Images
from bbbmig.convert.render.picture.live_board import LiveBoard
from bbbmig.convert.render.timeline.model import NEVER, Drawing, Part, Timeline, Version
from bbbmig.convert.render.timeline.tldraw import packed
from tests.convert.render.test_nonsense import FIRST, NONSENSE, SECOND, changed, first, places, second


def stroke(number: int, length: int, dice: random.Random) -> dict[str, Any]:
    points = [{"x": dice.uniform(-90, 90), "y": dice.uniform(-90, 90), "z": 0.5} for _ in range(length)]
    shape = second("draw", f"shape:{number}")
    shape["props"] |= {"segments": [{"type": "free", "points": points}]}
    return shape | {"x": dice.uniform(0, 1440), "index": f"a{number}"}


def many(shapes: int, versions: int) -> Iterator[Version]:
    dice = random.Random(1)
    for number in range(shapes * versions):
        shape = stroke(number // versions, number % versions + 2, dice)
        yield Version(number / 100, (number + 1) / 100, number, str(shape["id"]), "draw", packed(shape))


@pytest.fixture(autouse=True)
def _few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(board_check, "_MANY", 100)


def found(versions: list[Version], tmp_path: Path) -> int:
    files = LocalFiles(tmp_path)
    return misshapen(Timeline(1000.0, boards={"image1": tuple(versions)}), BoardPictures(files, Images(files)))


@pytest.mark.parametrize("spoilt", [{"x": "here"}, {"x": 1e308}, {"props": {"segments": [{"points": [1]}]}}])
def test_a_version_that_makes_no_sense_is_found_among_many(tmp_path: Path, spoilt: dict[str, Any]) -> None:
    versions = list(many(20, 20))
    assert found(versions, tmp_path) == 0
    for at in (33, 234, 235, 390):  # neither the first nor the last of their shapes
        shape = stroke(at // 20, 5, random.Random(2)) | spoilt
        versions[at] = Version(at / 100, (at + 1) / 100, at, str(shape["id"]), "draw", packed(shape))
    assert found(versions, tmp_path) == 3


def test_versions_that_are_made_alike_are_drawn_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[int] = []

    class Counted(LiveBoard):
        def __init__(self, versions: tuple[Version, ...], *more: Any) -> None:  # noqa: ANN401 - passed on
            drawn.append(len(versions))
            super().__init__(versions, *more)

    monkeypatch.setattr(board_check, "LiveBoard", Counted)
    assert found(list(many(40, 20)), tmp_path) == 0
    assert sum(drawn) < 20


@pytest.mark.parametrize("kind", [*FIRST, *(f"2 {kind}" for kind in SECOND)])
def test_no_nonsense_is_made_as_what_is_well(kind: str) -> None:
    """A value that hides a shape gives it another make, so that it is drawn before anything is promised."""
    shape = second(kind[2:]) if kind.startswith("2 ") else first(kind)
    well = Version(1, NEVER, 0, "odd", kind, packed(shape))
    for number, path in enumerate(places(shape)):
        for value in NONSENSE[number % 4 :: 4]:
            odd = Version(1, NEVER, 0, "odd", kind, packed(changed(shape, path, value)))
            if make_of(odd) == make_of(well):
                board = LiveBoard([odd], lambda _href: None)
                board.move_to(1)
                assert not board.unreadable, (path, value)


def test_classic_drawings_are_told_apart_by_their_form() -> None:
    def drawn(path: str, style: str = "stroke:#ff0000;stroke-width:4") -> object:
        return make_of(Version(0, 1, 0, "a", "path", Drawing(style, (Part("path", {"d": path}),))))

    assert drawn("M1 2L3 4L5 6") == drawn("M10.5 2L3 4L5 6L7 8L-9 1")
    assert len({drawn("M1 2L3 4L5 6"), drawn("M1 2L3 4L5 x"), drawn("M1 2L3 4L5 1e300"), drawn("M1 2L3 4.5.6")}) == 4
    assert drawn("M1 2", "stroke-width:4") == drawn("M3 4", "stroke-width:40")
    assert drawn("M1 2", "stroke-width:4") != drawn("M1 2", "stroke-width:4e30")
