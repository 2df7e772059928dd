"""The picture of a moment shows what the timeline says, where it says, and only what changed is drawn anew."""

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest

from bbbmig.convert.render.files.source import LocalFiles
from bbbmig.convert.render.media.camera_times import camera_times
from bbbmig.convert.render.media.scan import scan
from bbbmig.convert.render.options import Webcams
from bbbmig.convert.render.picture.images import Images
from bbbmig.convert.render.picture.layout import layout
from bbbmig.convert.render.picture.scene import Scene, fit
from bbbmig.convert.render.picture.video_reader import Film
from bbbmig.convert.render.picture.yuv import Planes, convert
from bbbmig.convert.render.timeline import read_timeline
from bbbmig.errors import RecordingFailed
from tests.convert.conftest import ffmpeg
from tests.convert.render.conftest import GetSample
from tests.convert.render.golden import fields, is_golden
from tests.convert.render.player import Color, Player, near, rgb
from tests.convert.render.sample import ERAS, SECONDS, SLIDES, Cameras, Era

LINE, RECTANGLE = (0.5, 7 / 9), (0.25, 2 / 9)
"""Places on the slide: in the middle of the line, of the rectangle; in parts of its width and height."""


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.mark.parametrize("era", ERAS)
def test_every_generation_shows_slides_drawings_and_desk_at_their_times(
    stack: ExitStack, get_sample: GetSample, era: Era
) -> None:
    player = Player(stack, get_sample(era).folder)
    quiet = (0.9, 0.1)
    assert near(player.color(0.9, *LINE), SLIDES[1])
    green = player.color(1.0, *LINE)
    assert green[1] > 120 > max(green[0], green[2])
    assert near(player.color(1.9, *RECTANGLE), SLIDES[1])
    blue = player.color(2.0, *RECTANGLE)
    assert blue[2] > 180
    assert blue[2] == max(blue)
    assert near(player.color(2.9, *LINE), green)
    assert near(player.color(3.0, *LINE), SLIDES[1])
    assert near(player.color(3.9, *RECTANGLE), blue)
    assert near(player.color(4.0, *RECTANGLE), SLIDES[2])
    assert near(player.color(5.9, *quiet), SLIDES[2])
    assert near(player.color(6.5, *quiet), (255, 255, 0), 25)
    assert near(player.color(8.0, *quiet), SLIDES[3])
    player.at(8.4)
    player.at(9.9)
    assert 8.5 in player.changed
    assert not player.composer.images.lost


@pytest.mark.parametrize("era", ERAS)
def test_the_same_frames_differ_in_every_generation(stack: ExitStack, get_sample: GetSample, era: Era) -> None:
    """Pointer at 0.5 and 1.5, drawings at 1, 2 and 3, slides at 0, 4 and 8, zoom at 5, desk at 6, words at 8.5."""
    player = Player(stack, get_sample(era).folder)
    player.at(9.9)
    without_desk = [moment for moment in player.changed if not 6 < moment < 8]
    assert without_desk == [0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 8.5]


@pytest.mark.parametrize("era", ERAS)
def test_the_pointer_is_where_the_presenter_points(stack: ExitStack, get_sample: GetSample, era: Era) -> None:
    player = Player(stack, get_sample(era).folder)
    assert near(player.color(0.4, 0.5, 0.5), SLIDES[1])
    red = player.color(0.5, 0.5, 0.5)
    assert near(red, (254, 0, 0), 25)
    assert near(player.color(1.5, 0.5, 0.5), SLIDES[1])


def test_a_part_of_the_slide_fills_the_picture(stack: ExitStack, get_sample: GetSample, tmp_path: Path) -> None:
    """The rectangle begins at 200, with its edge at 180: in the middle of a view from 0 to 360."""
    sample = get_sample("2.2").copied(tmp_path)
    sample.rewrite("panzooms.xml", "0 0 1600 900", "0 100 360 202.5")
    player = Player(stack, sample.folder)
    assert near(player.color(3.5, 0.48, 0.5), SLIDES[1])
    assert near(player.color(3.5, 0.52, 0.5), (0, 0, 255))


@pytest.mark.parametrize(("era", "paper"), [("2.2", (0xF3, 0xF6, 0xF9)), ("3.0", (0xF9, 0xFA, 0xFB))])
def test_beside_the_slide_lies_the_paper_of_the_player(
    stack: ExitStack, get_sample: GetSample, tmp_path: Path, era: Era, paper: Color
) -> None:
    """The view is wider and higher than the slide; the bars above and below it are not board."""
    sample = get_sample(era).copied(tmp_path)
    sample.rewrite("panzooms.xml", "0 0 1600 900", "0 0 3200 1200")
    player = Player(stack, sample.folder)
    assert near(player.color(0.3, 0.2, 0.3), SLIDES[1])
    for x, y in ((0.8, 0.3), (0.2, 0.8), (0.98, 0.7)):
        assert near(player.color(0.3, x, y), paper, 2)
    for y in (0.05, 0.95):
        assert near(player.color(0.3, 0.2, y), (0xF3, 0xF6, 0xF9), 2)


def test_beside_cameras_and_desks_nothing_is_black(stack: ExitStack, get_sample: GetSample) -> None:
    player = Player(stack, get_sample("2.2").folder, "side")
    for moment in (0.5, 6.5, 8.2):
        assert near(rgb(player.at(moment)[700, 100]), (0xF3, 0xF6, 0xF9), 2)
        assert near(rgb(player.at(moment)[700, 700]), (0xF3, 0xF6, 0xF9), 2)


def test_a_slide_that_is_lost_is_white_and_told(stack: ExitStack, get_sample: GetSample, tmp_path: Path) -> None:
    sample = get_sample("2.2").copied(tmp_path)
    (sample.folder / "presentation" / "p" / "slide-1.png").unlink()
    slide = sample.folder / "presentation" / "p" / "slide-2.png"
    slide.unlink()
    slide.write_bytes(b"not a picture")
    player = Player(stack, sample.folder)
    assert near(player.color(0.3, *LINE), (255, 255, 255))
    assert near(player.color(2.5, *RECTANGLE), (0, 0, 255))
    assert near(player.color(4.5, *LINE), (255, 255, 255))
    assert list(player.composer.images.lost.values()) == ["is missing", "cannot be read"]


@pytest.mark.parametrize(("webcams", "x", "y"), [("side", 160, 200), ("corner", 1150, 600)])
def test_cameras_stand_beside_the_slide_or_in_its_corner(
    stack: ExitStack, get_sample: GetSample, webcams: Webcams, x: int, y: int
) -> None:
    player = Player(stack, get_sample("2.2").folder, webcams)
    for moment in (0.5, 4.0, 6.5, 8.2):
        area = player.at(moment)[y - 10 : y + 10, x - 10 : x + 10]  # the camera's noise differs from film to film
        assert near(rgb(area.mean(axis=(0, 1))), (255, 0, 255), 40)
    if webcams == "side":
        assert near(player.color(8.3, 0.5, 0.1), SLIDES[3])


def test_a_desk_without_a_film_is_black(stack: ExitStack, get_sample: GetSample, tmp_path: Path) -> None:
    sample = get_sample("2.2").copied(tmp_path)
    (sample.folder / "deskshare" / "deskshare.webm").unlink()
    player = Player(stack, sample.folder)
    assert near(player.color(6.5, 0.5, 0.5), (0, 0, 0))
    assert near(player.color(8.0, 0.5, 0.5), SLIDES[3])


def test_a_desk_is_shown_by_its_events_where_no_slide_stands_for_it(
    stack: ExitStack, get_sample: GetSample, tmp_path: Path
) -> None:
    sample = get_sample("3.0").copied(tmp_path)
    sample.rewrite("shapes.svg", "presentation/deskshare.png", "presentation/p/slide-3.png")
    player = Player(stack, sample.folder)
    assert near(player.color(5.9, 0.9, 0.1), SLIDES[2])
    assert near(player.color(6.5, 0.5, 0.1), (255, 255, 0), 25)
    assert near(player.color(8.0, 0.5, 0.1), SLIDES[3])


def test_only_what_changed_is_drawn_anew(get_sample: GetSample) -> None:
    """And comes to the same as drawing everything."""
    files = LocalFiles(get_sample("2.2").folder)
    timeline = read_timeline(files, SECONDS)
    going, show = Scene(timeline, Images(files), 960, 540), timeline.shows[0]
    rects = {at: going.move_to(at, show, None) for at in (0.0, 1.0, 1.5, 2.0, 3.0)}
    assert rects[0.0] == [(0, 0, 960, 540)]
    assert rects[1.5] == []
    assert rects[2.0] == [pytest.approx((106, 46, 374, 194), abs=40)]
    whole = Scene(timeline, Images(files), 960, 540)
    whole.move_to(3.0, show, None)
    assert np.array_equal(going.pixels, whole.pixels)


@pytest.mark.parametrize(
    ("region", "place"),
    [
        ((0, 0, 1600, 900), (0, 90, 960, 630)),
        ((100, 50, 800, 600), (0, 0, 960, 720)),
        ((0, 0, 600, 1200), (300, 0, 660, 720)),
        ((0, 0, 1e6, 1), (0, 358, 960, 360)),
    ],
)
def test_what_is_seen_lies_in_the_middle_in_even_pixels(
    region: tuple[float, float, float, float], place: tuple[int, int, int, int]
) -> None:
    assert fit(region, 960, 720).place == place


@pytest.mark.parametrize("height", [360, 480, 720, 1080])
@pytest.mark.parametrize("webcams", ["side", "corner", "none"])
def test_layouts_are_even_and_within_the_picture(height: int, webcams: Webcams) -> None:
    made = layout(height, webcams)
    assert made.width == pytest.approx(height * 16 / 9, abs=2)
    for rect in (made.content, made.cameras or made.content):
        assert all(value % 2 == 0 for value in rect)
        assert 0 <= rect[0] < rect[2] <= made.width
        assert 0 <= rect[1] < rect[3] <= height


@pytest.mark.parametrize(
    ("bgr", "yuv"),
    [
        ((255, 255, 255), (235, 128, 128)),
        ((0, 0, 0), (16, 128, 128)),
        ((0, 0, 255), (63, 102, 240)),
        ((255, 0, 0), (32, 240, 118)),
    ],
)
def test_colours_are_those_of_bt_709(bgr: Color, yuv: Color) -> None:
    planes = Planes.empty(8, 4)
    pixels = np.zeros((4, 8, 4), np.uint8)
    pixels[..., :3] = bgr
    convert(pixels, planes)
    assert (planes.y[1, 1], planes.u[1, 1], planes.v[1, 1]) == pytest.approx(yuv, abs=1)


def test_a_film_is_jumped_into_and_played_on(get_sample: GetSample) -> None:
    path = get_sample("2.2").folder / "deskshare" / "deskshare.webm"
    with Film(path, "desk") as film:
        assert film.picture(640, 360) is None
        assert film.move_to(0.0)
        white = film.picture(640, 360)
        assert white is not None
        assert not film.move_to(0.05)
        white = Planes(white.y.copy(), white.u, white.v)
        assert film.move_to(6.5)
        yellow = film.picture(640, 360)
        assert yellow is not None
        assert int(white.y[100, 100]) - int(yellow.y[100, 100]) > 10
        assert film.move_to(30.0)  # the last picture
        assert not film.move_to(31.0)


GREEN_601, GREEN_709 = (172, 41, 26), (145, 53, 34)
"""Pure green of a BT.601 film in BT.709, when it is taken for what it is, and when it is taken for BT.709."""


@pytest.mark.parametrize(
    ("codec", "size", "expected"),
    [
        ("libvpx-vp9", "1280x720", GREEN_601),
        ("libx264", "1280x720", GREEN_709),
        ("libx264", "640x360", GREEN_601),
    ],
)
def test_colours_of_films_that_do_not_tell_their_standard_are_those_of_chromium(
    tmp_path: Path, codec: str, size: str, expected: Color
) -> None:
    """As seen in Chromium 156, which shows pure green for 601 and a darker one for 709."""
    green = ("-f", "lavfi", "-i", f"color=0x00ff00:size={size}:rate=5:duration=0.4,format=gbrp")
    path = tmp_path / "film.mkv"
    ffmpeg(
        *green, "-vf", "scale=out_color_matrix=bt601,format=yuv420p,setparams=colorspace=unknown", "-c:v", codec, path
    )
    with Film(path, "desk") as film:
        assert film.move_to(0.2)
        planes = film.picture(320, 180)
    assert planes is not None
    assert [int(plane[row, row * 16 // 9]) for plane, row in ((planes.y, 90), (planes.u, 45), (planes.v, 45))] == (
        pytest.approx(expected, abs=3)
    )


def test_a_film_that_is_none_is_named(tmp_path: Path) -> None:
    path = tmp_path / "webcams.webm"
    path.write_bytes(b"x" * 1000)
    with pytest.raises(RecordingFailed, match=r"^video/webcams.webm cannot be played"):
        Film(path, "video/webcams.webm")


def test_a_white_film_is_nobody_s_camera(get_sample: GetSample) -> None:
    def seen(cameras: Cameras, name: str) -> tuple[tuple[float, float], ...]:
        return camera_times(scan(get_sample("2.2", cameras).folder / name, name))

    assert seen("blank", "video/webcams.webm") == ()
    assert seen("sound", "audio/audio.webm") == ()
    assert np.array(seen("film", "video/webcams.webm")) == pytest.approx(np.array([(0.0, SECONDS)]), abs=0.01)


@pytest.mark.parametrize("era", ERAS)
def test_pictures_are_those_that_were_once_looked_at(stack: ExitStack, get_sample: GetSample, era: Era) -> None:
    player = Player(stack, get_sample(era).folder)
    assert is_golden(era, [fields(player.at(moment)[..., 0]) for moment in (2.5, 5.5, 8.9)])


def test_the_same_input_gives_the_same_pictures(get_sample: GetSample) -> None:
    def digest() -> str:
        total = hashlib.sha256()
        with ExitStack() as stack:
            player = Player(stack, get_sample("2.7").folder, "side")
            for moment in (1.5, 2.5, 5.5, 6.5, 9.0):
                total.update(player.at(moment).tobytes())
        return total.hexdigest()

    assert digest() == digest()
