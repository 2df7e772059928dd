"""Pictures that lie on the board are shown from the recording's own files; what cannot be shown is a card."""

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import pyvips

from bbbmig.convert.render.board.tldraw.media import Media, address
from bbbmig.convert.render.board.tldraw.paint import paint_shape
from bbbmig.convert.render.board.tldraw.shape import Shape
from bbbmig.convert.render.files.source import LocalFiles
from bbbmig.convert.render.picture.board_check import misshapen
from bbbmig.convert.render.picture.board_pictures import BoardPictures
from bbbmig.convert.render.picture.images import Images
from bbbmig.convert.render.preflight import verdict
from bbbmig.convert.render.timeline.model import Timeline
from bbbmig.convert.render.timeline.tldraw import read_tldraw
from bbbmig.convert.render.timeline.versions import visible_versions
from tests.convert.render.conftest import GetSample
from tests.convert.render.drawn import drawn, nobody, touched, within

RECORD = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-1598364581253"
LEFT_RED, RIGHT_BLUE = (255, 0, 0), (0, 0, 255)


def png() -> bytes:
    """Make a picture of 40 by 20: red at the left, blue at the right."""
    pixels = np.zeros((20, 40, 3), np.uint8)
    pixels[:, :20], pixels[:, 20:] = LEFT_RED, RIGHT_BLUE
    return bytes(pyvips.Image.new_from_memory(pixels.tobytes(), 40, 20, 3, "uchar").pngsave_buffer())


DATA = f"data:image/png;base64,{base64.b64encode(png()).decode()}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "presentation" / "uploads").mkdir(parents=True)
    (tmp_path / "presentation" / "uploads" / "a picture.png").write_bytes(png())
    return tmp_path


def pictures(folder: Path) -> tuple[BoardPictures, Images]:
    files = LocalFiles(folder)
    images = Images(files)
    return BoardPictures(files, images), images


def image_shape(**props: object) -> Shape:
    sized: dict[str, object] = {"w": 200, "h": 100, "assetId": "asset:1"}
    return {"id": "shape:i", "type": "image", "x": 50, "y": 60, "index": "a1", "props": sized | props}


SOURCES = [
    "presentation/uploads/a%20picture.png",
    f"https://bbb.example.org/presentation/{RECORD}/presentation/uploads/a%20picture.png",
    f"/presentation/{RECORD}/presentation/uploads/a%20picture.png",
    "https://bbb.example.org/bigbluebutton/upload/x/presentation/uploads/a%20picture.png?token=1",
    DATA,
]


@pytest.mark.parametrize("source", SOURCES, ids=["name", "address", "path", "end of an address", "data"])
def test_a_picture_is_shown_from_the_folder_or_from_the_file_itself(folder: Path, source: str) -> None:
    look_up, images = pictures(folder)
    for shape, media in (
        (image_shape(), Media(look_up, {"asset:1": {"src": source}})),
        (image_shape(src=source), Media(look_up)),
        (
            {"type": "image", "point": [50, 60], "size": [200, 100], "assetId": "1"},
            Media(look_up, {"1": {"src": source}}),
        ),
    ):
        painted = paint_shape(shape, nobody, media)
        assert within(painted)
        assert touched(painted) == (50, 60, 250, 160)
        pixels = drawn(painted)
        assert tuple(pixels[110, 90]) == LEFT_RED
        assert tuple(pixels[110, 210]) == RIGHT_BLUE
    assert not images.lost


def test_a_picture_that_was_cut_out_shows_that_part(folder: Path) -> None:
    look_up, _ = pictures(folder)
    crop = {"topLeft": {"x": 0.5, "y": 0}, "bottomRight": {"x": 1, "y": 1}}
    media = Media(look_up, {"asset:1": {"src": DATA}})
    assert tuple(drawn(paint_shape(image_shape(crop=crop), nobody, media))[110, 70]) == RIGHT_BLUE
    nonsense = {"topLeft": {"x": 2, "y": 0}, "bottomRight": {"x": 1, "y": 1}}
    assert tuple(drawn(paint_shape(image_shape(crop=nonsense), nobody, media))[110, 70]) == LEFT_RED


@pytest.mark.parametrize(
    "source",
    [
        "https://bbb.example.org/elsewhere/gone.png",
        "../../etc/passwd",
        "file:///etc/passwd",
        "data:image/png;base64,AAAA",
        "data:text/html,hello",
        "presentation/gone.png",
        "http://[",
    ],
)
def test_a_picture_that_is_lost_is_a_card_and_told(folder: Path, source: str) -> None:
    look_up, images = pictures(folder)
    painted = paint_shape(image_shape(), nobody, Media(look_up, {"asset:1": {"src": source, "name": "holiday.png"}}))
    assert touched(painted) == pytest.approx((49, 59, 251, 161), abs=1)
    assert (drawn(painted)[62:160, 52:248] < 128).sum() > 100
    assert images.lost or images.nameless


@pytest.mark.parametrize("kind", ["video", "embed", "bookmark"])
@pytest.mark.parametrize("generation", [1, 2])
def test_films_pages_and_bookmarks_are_cards_with_their_words(kind: str, generation: int) -> None:
    def ink(**words: str) -> int:
        media = Media(assets={"a": words})
        shape: Any = {"id": "s", "type": kind, "x": 20, "y": 20, "props": {"w": 300, "h": 200, "assetId": "a"}}
        if generation == 1:
            shape = {"id": "s", "type": kind, "point": [20, 20], "size": [300, 200], "assetId": "a"}
        painted = paint_shape(shape, nobody, media)
        assert within(painted)
        return int((drawn(painted) < 128).sum())

    nothing = ink()
    title = ink(title="A title of some length")
    both = ink(title="A title of some length", url="https://example.org/page?x=1")
    assert 0 < nothing < title < both


def test_addresses_are_written_as_people_read_them() -> None:
    assert address("https://www.example.org/watch?v=abc") == "www.example.org/watch?v=abc"
    assert address("https://example.org/") == "example.org"
    assert address(DATA) == address("http://[") == ""


def test_assets_are_found_wherever_the_file_keeps_them(tmp_path: Path) -> None:
    asset = {"typeName": "asset", "type": "image", "props": {"src": "a.png", "w": 5, "name": "A"}}
    entry = {"id": 1, "timestamp": 1, "undo": -1, "shape_data": {**asset, "id": "asset:1"}}
    document = {
        "bbb_version": "3.0.4",
        "assets": {"asset:2": {**asset, "id": "asset:2"}},
        "1": {"assets": [{"id": "3", "src": "b.png"}, 5, {"id": "4", "src": None}], "shapes": [entry]},
    }
    (tmp_path / "tldraw.json").write_text(json.dumps(document))
    read = read_tldraw(tmp_path / "tldraw.json")
    assert read.boards == {"image1": []}
    assert read.assets == {
        "asset:1": {"src": "a.png", "name": "A"},
        "asset:2": {"src": "a.png", "name": "A"},
        "3": {"src": "b.png"},
        "4": {},
    }


def test_the_check_names_shapes_that_make_no_sense_and_pictures_that_are_lost(
    get_sample: GetSample, tmp_path: Path
) -> None:
    sample = get_sample("3.0").copied(tmp_path)
    path = sample.folder / "tldraw.json"
    document = json.loads(path.read_text())
    path.unlink()
    lost = image_shape(src="https://elsewhere.example.org/gone.png")
    odd = {**lost, "id": "shape:odd", "props": []}
    film = {**lost, "id": "shape:film", "type": "video"}
    document["1"]["shapes"] += [
        {"id": 50 + n, "timestamp": 1.0, "undo": -1, "shape_data": one} for n, one in enumerate((lost, odd, film))
    ]
    path.write_text(json.dumps(document))
    said = verdict(LocalFiles(sample.folder), "x")
    assert said.able
    assert not said.faithful
    text = "\n".join(said.reasons)
    assert "1 shapes hold data that make no sense" in text
    assert "gone.png is missing" in text
    assert '1 shapes of the kind "video" are shown as a card' in text


def test_the_check_looks_at_every_shape_of_a_large_board(folder: Path) -> None:
    (folder / "tldraw.json").write_text(
        json.dumps(
            {
                "1": {
                    "shapes": [
                        {
                            "id": n,
                            "timestamp": n / 10,
                            "undo": -1,
                            "shape_data": {"id": f"s{n // 2}", "type": "text", "text": n},
                        }
                        for n in range(3200)
                    ]
                }
            }
        )
    )
    boards = {
        name: visible_versions(updates, 999) for name, updates in read_tldraw(folder / "tldraw.json").boards.items()
    }
    assert misshapen(Timeline(duration_s=999, boards=boards), pictures(folder)[0]) == 1600
