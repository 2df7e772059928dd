"""Which film and sound serve, when somebody had a camera, and how long a recording is."""

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from bbbmig.convert.render.files.source import LocalFiles
from bbbmig.convert.render.media.camera_times import camera_times
from bbbmig.convert.render.media.choice import Media, choose, note_early_ends
from bbbmig.convert.render.media.scan import scan
from bbbmig.convert.render.timeline import Recorded
from bbbmig.convert.render.timeline.events import Metadata
from bbbmig.convert.render.timeline.length import length_s
from bbbmig.convert.render.timeline.model import NEVER, Show, Slide
from bbbmig.convert.render.timeline.notebook import Notebook
from bbbmig.convert.render.timeline.shapes import Shapes
from bbbmig.errors import RecordingFailed
from tests.convert.render.golden import fields, is_golden
from tests.convert.render.player import Player, near
from tests.convert.render.sample import SLIDES, Sample, make_sample
from tests.made_once import made_once

SECONDS = 120


@pytest.fixture(scope="session")
def films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A camera for 16 of 120 seconds, between key frames; the same as mp4; a cut one; a sound; a cut sound."""
    return made_once(tmp_path_factory, "cameras", _films)


def _films(folder: Path) -> Path:
    seen = "enable='between(t,41,57)'"
    camera = f"drawbox=x=80:w=160:y=40:h=160:color=0x804020:t=fill:{seen},noise=all_strength=12:all_flags=t:{seen}"
    picture = ("-f", "lavfi", "-i", f"color=white:size=320x240:rate=5:duration={SECONDS},{camera},format=yuv420p")
    sound = ("-f", "lavfi", "-i", f"sine=duration={SECONDS}")
    vp8 = ("-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-g", "240", "-c:a", "libopus")
    ffmpeg = ("ffmpeg", "-nostdin", "-v", "error")
    subprocess.run((*ffmpeg, *picture, *sound, *vp8, folder / "film.webm"), check=True)
    h264 = ("-c:v", "libx264", "-preset", "ultrafast", "-g", "300", "-c:a", "aac")
    subprocess.run((*ffmpeg, "-i", folder / "film.webm", *h264, folder / "film.mp4"), check=True)
    subprocess.run((*ffmpeg, "-i", folder / "film.webm", "-vn", "-c", "copy", folder / "sound.webm"), check=True)
    for name in ("film", "sound"):
        content = (folder / f"{name}.webm").read_bytes()
        (folder / f"cut-{name}.webm").write_bytes(content[: len(content) * 6 // 10])
    (folder / "empty").write_bytes(b"")
    return folder


def published(tmp_path: Path, films: Path, **names: str) -> LocalFiles:
    for name, film in names.items():
        place = {"webm": "video/webcams.webm", "mp4": "video/webcams.mp4", "audio": "audio/audio.webm"}[name]
        (tmp_path / place).parent.mkdir(exist_ok=True)
        (tmp_path / place).hardlink_to(films / film)
    return LocalFiles(tmp_path)


@pytest.mark.parametrize("name", ["film.webm", "film.mp4"])
def test_a_camera_of_a_few_seconds_is_found_between_key_frames(films: Path, name: str) -> None:
    (span,) = camera_times(scan(films / name, name))
    assert list(span) == pytest.approx([41.0, 57.2], abs=0.5)


@pytest.mark.parametrize(
    ("names", "cameras", "sound", "notes"),
    [
        ({"webm": "film.webm"}, "video/webcams.webm", "video/webcams.webm", []),
        (
            {"webm": "empty", "mp4": "film.mp4"},
            "video/webcams.mp4",
            "video/webcams.mp4",
            ["video/webcams.webm is empty: video/webcams.mp4 serves instead"],
        ),
        (
            {"webm": "cut-film.webm", "mp4": "film.mp4"},
            "video/webcams.mp4",
            "video/webcams.mp4",
            ["video/webcams.webm breaks off"],
        ),
        ({"webm": "empty", "audio": "sound.webm"}, None, "audio/audio.webm", ["video/webcams.webm is empty"]),
        (
            {"webm": "cut-film.webm", "audio": "sound.webm"},
            "video/webcams.webm",
            "audio/audio.webm",
            ["video/webcams.webm breaks off", "the film of the cameras ends at"],
        ),
        (
            {"audio": "cut-sound.webm"},
            None,
            "audio/audio.webm",
            ["audio/audio.webm breaks off", "the sound ends at"],
        ),
    ],
)
def test_what_is_empty_or_breaks_off_gives_way(
    tmp_path: Path, films: Path, names: dict[str, str], cameras: str | None, sound: str, notes: list[str]
) -> None:
    notebook = Notebook()
    media = choose(published(tmp_path, films, **names), notebook)
    assert (media.cameras.name if media.cameras else None) == cameras
    assert media.sound is not None
    assert media.sound.name == sound
    note_early_ends(media, (), SECONDS, notebook)
    assert [note.text.startswith(start) for note, start in zip(notebook.notes, notes, strict=True)] == [True] * len(
        notes
    )


def test_a_recording_without_media_has_none(tmp_path: Path) -> None:
    notebook = Notebook()
    assert choose(LocalFiles(tmp_path), notebook) == Media()
    assert notebook.notes == ()


def recorded(said_s: float, *shows: tuple[float, float]) -> Recorded:
    slides = tuple(Show(start, end, Slide("image1", "x.png", 1600, 900)) for start, end in shows)
    return Recorded(metadata=Metadata(said_s), shapes=Shapes(slides))


@pytest.mark.parametrize(
    ("said", "shows", "played", "promised", "expected"),
    [
        (12.0, [(0, 12)], 12.02, 12.02, 12.0),  # as it should be
        (6.0, [(0, 40), (40, 101)], 60.0, 60.0, 60.0),  # trahay/bbb-downloader#6
        (10.8, [(0, 12)], 12.0, 12.0, 12.0),
        (-5.0, [(0, 12)], 12.0, 12.0, 12.0),
        (0.0, [(0, 12)], 12.0, 12.0, 12.0),
        (600.0, [(0, 12)], 12.0, 12.0, 12.0),
        (600.0, [(0, 5), (5, 24)], 12.0, 12.0, 12.0),
        (1e300, [(0, 12)], 12.0, 12.0, 12.0),
        (12.0, [(0, 5), (5, 12)], 7.3, 12.0, 12.0),  # the sound breaks off
        (60.0, [(0, 30), (30, 70)], 12.0, 12.0, 60.0),  # slides go on, and metadata agree
        (12.0, [(0, 9), (70, 90)], 12.0, 12.0, 12.0),  # BBB #25707
        (64.0, [(0, 30), (30, 101)], 0.0, 0.0, 64.0),  # no film: the last end is twice as late
        (6.0, [(0, 30), (30, 60)], 0.0, 0.0, 60.0),
        (600.0, [(0, 5), (5, 12)], 0.0, 0.0, 12.0),
        (0.0, [(0, 5), (5, 12)], 0.0, 0.0, 12.0),
    ],
)
def test_media_and_slides_decide_the_length_and_never_metadata_alone(
    said: float, shows: list[tuple[float, float]], played: float, promised: float, expected: float
) -> None:
    found = recorded(said, *shows)
    assert length_s(found, played, promised) == expected
    told = [note for note in found.notebook.notes if "metadata.xml says" in note.text]
    assert bool(told) == (said != 0 and abs(said - expected) > 1)
    assert not any(note.loses for note in told)


def test_a_length_that_cannot_be_is_an_error() -> None:
    with pytest.raises(RecordingFailed, match="hours"):
        length_s(recorded(1e9, (0, NEVER)), 0.0, 0.0)


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def with_camera(tmp_path: Path, spans: str, shapes: tuple[str, str] | None = None) -> Sample:
    """The sample of 2.2, its camera seen only at times (an expression of t)."""
    sample = make_sample(tmp_path, "2.2", cameras="sound")
    picture = (
        f"color=white:size=320x240:rate=5:duration=10,drawbox=color=0xff00ff:t=fill:enable='{spans}',format=yuv420p"
    )
    film = tmp_path / "camera.webm"
    command = ("ffmpeg", "-nostdin", "-v", "error", "-f", "lavfi", "-i", picture, "-c:v", "libvpx", "-g", "20")
    subprocess.run((*command, "-deadline", "realtime", "-b:v", "300k", film), check=True)
    (sample.folder / "video").mkdir()
    film.rename(sample.folder / "video" / "webcams.webm")
    if shapes:
        sample.rewrite("shapes.svg", *shapes)
    return sample


def test_the_picture_is_all_for_the_slide_while_nobody_has_a_camera(stack: ExitStack, tmp_path: Path) -> None:
    player = Player(stack, with_camera(tmp_path, "between(t,4.1,7.1)").folder, "side")
    assert [kind for _, kind in player.arranged] == ["none", "side", "none"]
    assert near(player.area(3.0, 100, 650), SLIDES[1])  # the slide takes all of the width
    assert near(player.area(5.5, 160, 200), (255, 0, 255), 30)
    assert near(player.area(5.5, 1000, 150), SLIDES[2])
    assert near(player.area(6.5, 1000, 150), (255, 255, 0), 25)  # the desk is beside the camera
    assert near(player.area(7.8, 100, 650), (255, 255, 0), 25)  # and takes the width when that is gone
    assert near(player.area(9.0, 100, 650), SLIDES[3])


def test_cameras_are_large_where_there_is_no_slide(stack: ExitStack, tmp_path: Path) -> None:
    sample = with_camera(tmp_path, "lt(t,7.1)", ("presentation/p/slide-1.png", "presentation/logo.png"))
    player = Player(stack, sample.folder, "side")
    assert [kind for _, kind in player.arranged] == ["large", "side", "none"]
    assert near(player.area(2.0, 640, 360), (255, 0, 255), 30)
    assert near(player.area(2.0, 180, 30), (255, 0, 255), 30)
    assert near(player.area(5.5, 160, 200), (255, 0, 255), 30)
    assert near(player.area(9.0, 100, 650), SLIDES[3])


def test_a_drawing_goes_on_when_the_picture_is_arranged_anew(stack: ExitStack, tmp_path: Path) -> None:
    """The line of the first slide begins at 1 s beside the camera, and is undone at 3 s without it."""
    player = Player(stack, with_camera(tmp_path, "lt(t,1.9)").folder, "side")
    assert [kind for _, kind in player.arranged] == ["side", "none"]
    line = (0.5, 7 / 9)
    assert player.color(1.5, *line)[1] > 120
    assert player.color(2.5, *line)[1] > 120
    assert near(player.color(3.0, *line), SLIDES[1])


def test_each_change_of_the_layout_looks_as_it_once_did(stack: ExitStack, tmp_path: Path) -> None:
    """No slide yet and a camera; a slide alone; a camera beside it; beside a desk; the desk alone; a slide again."""
    sample = with_camera(
        tmp_path, "lt(t,1.1)+between(t,4.5,7.1)", ("presentation/p/slide-1.png", "presentation/logo.png")
    )
    sample.rewrite("shapes.svg", 'in="4.0" out="6.0"', 'in="3.0" out="6.0"')
    player = Player(stack, sample.folder, "side")
    kinds: list[str] = []
    pictures: list[list[list[int]]] = []
    for moment in (0.5, 3.5, 5.5, 6.5, 7.5, 9.0):
        picture = player.at(moment)
        kinds.append(player.arranged[player.composer._arrangement][1])
        pictures += [fields(picture[..., plane]) for plane in range(3)]
    assert kinds == ["large", "none", "side", "side", "none", "none"]
    assert is_golden("layouts", pictures)


@pytest.mark.parametrize("events", ["", "<recording><event start_timestamp", "<html><body>404</body></html>", None])
def test_a_desk_is_shown_by_its_slide_where_the_list_of_shares_is_broken(
    stack: ExitStack, tmp_path: Path, events: str | None
) -> None:
    folder = make_sample(tmp_path, "2.5", cameras="sound").folder
    (folder / "deskshare.xml").unlink()
    if events is not None:
        (folder / "deskshare.xml").write_text(events)
    player = Player(stack, folder)
    assert near(player.area(6.5, 1000, 150), (255, 255, 0), 25)
    texts = [note.text for note in player.prepared.timeline.notes]
    assert [text for text in texts if "desk" in text] == [text for text in texts if text.startswith("deskshare.xml ")]
    assert len(texts) == (events is not None)
