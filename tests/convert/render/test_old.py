"""Recordings of BigBlueButton 0.8 to 1.1, in the form in which its own scripts published them."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from bbbmig.convert.render.address import presentation_at
from bbbmig.convert.render.converter import RenderConverter
from bbbmig.convert.render.files.source import LocalFiles
from bbbmig.convert.render.prepared import prepare
from bbbmig.errors import RecordingFailed
from tests.convert.render.old_sample import make_old_sample
from tests.convert.render.player import Player, near
from tests.convert.render.sample import SLIDES
from tests.made_once import made_once

FORM = 3 / 4
AROUND = (0xF3, 0xF6, 0xF9)


@pytest.fixture(scope="session")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_once(tmp_path_factory, "old", make_old_sample)


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def test_slides_without_class_are_shown_and_stay_where_nothing_is_listed(old: Path) -> None:
    timeline = prepare(LocalFiles(old), "x").timeline
    assert timeline.is_old
    shown = [(show.slide.board, show.start, show.end) for show in timeline.shows]
    assert shown == [("image1", 0.0, 4.0), ("image2", 4.0, 8.5), ("image1", 8.5, 10.0)]


def test_pieces_of_the_pencil_outlive_lines_of_the_same_name(stack: ExitStack, old: Path) -> None:
    player = Player(stack, old)
    for moment, x in ((1.2, 0.34), (2.9, 0.34), (3.9, 0.34), (3.9, 0.6), (9.5, 0.34)):
        red, green, blue = player.color(moment, x, 800 / 1200, form=FORM)
        assert green > 200 > max(red, blue), (moment, x)
    assert near(player.color(9.5, 0.1, 0.5, form=FORM), SLIDES[1])


def test_only_neighbours_of_the_same_name_replace_one_another(old: Path) -> None:
    versions = prepare(LocalFiles(old), "x").timeline.boards["image1"]
    assert [version.end for version in versions] == [float("inf")] * 5
    assert len({version.shape for version in versions}) == 5


def test_the_pointer_is_in_halves_of_pixels(stack: ExitStack, old: Path) -> None:
    assert near(Player(stack, old).color(0.6, 0.5, 0.5, form=FORM), (254, 0, 0), 25)


def test_a_desk_in_the_film_of_the_cameras_takes_half_of_the_picture(stack: ExitStack, old: Path) -> None:
    player = Player(stack, old, "side")
    assert [kind for _, kind in player.arranged] == ["half", "none", "half", "none"]
    assert [at for at, _ in player.arranged] == pytest.approx([0.0, 3.0, 6.5, 9.0], abs=0.3)
    assert near(player.area(1.0, 320, 360), (255, 0, 255), 60)
    assert near(player.area(1.0, 700, 400), SLIDES[1])
    assert near(player.area(5.0, 640, 200), SLIDES[2])
    assert near(player.area(7.5, 320, 360), (255, 255, 0), 40)
    assert near(player.area(7.5, 960, 200), SLIDES[2])
    said = RenderConverter().preflight(presentation_at(str(old)))
    assert said.faithful
    assert any("half of the picture" in reason for reason in said.reasons)


def test_a_film_of_cameras_alone_stands_beside_the_slide(stack: ExitStack, tmp_path: Path) -> None:
    folder = make_old_sample(tmp_path, width=640)
    assert [kind for _, kind in Player(stack, folder, "side").arranged] == ["side", "none", "side", "none"]
    assert RenderConverter().preflight(presentation_at(str(folder))).reasons == ()


def test_slides_that_are_not_understood_are_an_error_and_never_a_film(old: Path, tmp_path: Path) -> None:
    text = (old / "shapes.svg").read_text()
    (tmp_path / "shapes.svg").write_text(text.replace(' in="', ' begin="'))
    with pytest.raises(RecordingFailed, match="names 2 pictures, and none"):
        prepare(LocalFiles(tmp_path), "x")
    (tmp_path / "shapes.svg").write_text(text[: text.index("<image")] + "</svg>")
    (tmp_path / "presentation" / "p").mkdir(parents=True)
    (tmp_path / "presentation" / "p" / "slide-1.png").write_bytes(b"")
    with pytest.raises(RecordingFailed, match="1 slides were published"):
        prepare(LocalFiles(tmp_path), "x")


def test_drawings_of_0_81_begin_at_the_time_in_their_names_and_end_when_the_page_is_cleared(
    stack: ExitStack, old: Path, tmp_path: Path
) -> None:
    """In the form of bigbluebutton v0.81, record-and-playback/slides/scripts/publish/slides.rb."""
    folder = tmp_path / "0.81"
    shutil.copytree(old, folder)
    text = (folder / "shapes.svg").read_text()

    def page(number: int, begin: str, end: str, *shapes: tuple[str, int]) -> str:
        drawn = "".join(
            f'<g class="shape" id="draw{at}" shape="line{y}" style="stroke:#00ff00; stroke-width:60">'
            f'<line x1="100" y1="{y}" x2="1500" y2="{y}"/></g>'
            for at, y in shapes
        )
        place = f'id="page{number}" in="{begin}" out="{end}" image="image1"'
        return f'<g class="page" {place} display="none">{drawn}</g>'

    pages = page(1, "0.0", "2.5", ("1.0", 300), ("2.0", 600)) + page(2, "2.5", "10.0", ("3.0", 900))
    canvas = f'<g class="canvas" id="canvas1" image="image1" display="none">{pages}</g>'
    (folder / "shapes.svg").write_text(text[: text.index("<g ")] + canvas + "</svg>")
    player = Player(stack, folder)
    seen = [
        [player.color(moment, 0.3, y / 1200, form=FORM)[1] > 200 for y in (300, 600, 900)]
        for moment in (0.9, 1.1, 2.1, 2.6, 3.1, 9.5)
    ]
    assert seen == [
        [False, False, False],
        [True, False, False],
        [True, True, False],
        [False, False, False],
        [False, False, True],
        [False, False, True],
    ]
    assert [note.text for note in player.prepared.timeline.notes] == []
