"""A presentation becomes a video that ffmpeg agrees with; whatever goes wrong, nothing is left behind."""

import dataclasses
import importlib.util
import resource
import shutil
import subprocess
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path

import pytest

from bbbmig.cli.main import run as command
from bbbmig.convert.render import converter as module
from bbbmig.convert.render import libraries
from bbbmig.convert.render.address import presentation_at
from bbbmig.convert.render.converter import RenderConverter
from bbbmig.convert.render.options import Options
from bbbmig.demo.bbb_http import Loopback, Request, Response, file_response, page
from bbbmig.domain.conversion import Conversion, Converter, Presentation
from bbbmig.errors import ConfigError, ExitCode, MachineError, NoSpace, RecordingFailed, Stopped
from bbbmig.extras import install
from bbbmig.transfer import disk
from tests.convert.render.conftest import GetSample
from tests.convert.render.films import FFMPEG, look
from tests.convert.render.sample import BEEPS, CHANGES, ERAS, RECORD_ID, SECONDS, SLIDES, Era, Sample


class Out:
    """A folder for videos, and the converter's work beside it."""

    def __init__(self, folder: Path) -> None:
        self.work = folder / "work"
        self.folder = folder / "videos"
        self.folder.mkdir()
        self.told: list[tuple[float, float]] = []
        self.stop = threading.Event()

    def convert(self, sample: Sample | Presentation, name: str = "x.mp4", **options: object) -> Conversion:
        presentation = presentation_at(str(sample.folder)) if isinstance(sample, Sample) else sample
        small = {"height": 360} | options  # a quarter of the points, and of the time
        converter: Converter = RenderConverter(Options(**small), work=self.work)  # type: ignore[arg-type]
        return converter.convert(
            presentation, self.folder / name, progress=lambda *told: self.told.append(told), stop=self.stop
        )

    def names(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir())

    def assert_nothing_left(self) -> None:
        assert self.names() == []
        assert list(self.work.glob("job-*")) == []


@pytest.fixture
def out(tmp_path: Path) -> Out:
    return Out(tmp_path)


@pytest.mark.parametrize("era", ERAS)
def test_slide_changes_colours_and_beeps_are_found_at_the_times_of_the_source(
    out: Out, get_sample: GetSample, era: Era
) -> None:
    made = out.convert(get_sample(era))
    seen = look(made.path)
    assert made.duration_s == pytest.approx(SECONDS, abs=0.05)
    assert made.converter == "render"
    for at, before, after in ((4.0, 1, 2), (8.0, None, 3)):
        if before:
            assert seen.color(at - 0.1, 0.9, 0.2) == pytest.approx(SLIDES[before], abs=14)
        assert seen.color(at, 0.9, 0.2) == pytest.approx(SLIDES[after], abs=14)
    assert seen.color(2.5, 0.625, 0.71)[1] > 110  # the green line
    assert seen.color(3.0, 0.625, 0.71) == pytest.approx(SLIDES[1], abs=14)
    assert seen.color(7.0, 0.6, 0.5) == pytest.approx((255, 255, 0), abs=30)  # the desk
    assert seen.beeps() == pytest.approx(BEEPS, abs=0.04)
    assert set(CHANGES) <= set(seen.keys)


def test_a_video_is_what_pod_and_browsers_want(out: Out, get_sample: GetSample) -> None:
    seen = look(out.convert(get_sample("2.2"), height=720).path)
    video, sound = seen.stream("video"), seen.stream("audio")
    assert video is not None
    assert sound is not None
    assert (video["codec_name"], video["profile"], video["pix_fmt"]) == ("h264", "High", "yuv420p")
    assert (video["width"], video["height"], video["color_space"]) == (1280, 720, "bt709")
    assert (sound["codec_name"], sound["channels"]) == ("aac", 1)
    assert seen.shown == [round(number / 10, 3) for number in range(SECONDS * 10)]
    assert seen.tags["title"] == "Leçon n°1"
    assert seen.tags["date"] == "2020-08-25"
    assert seen.chapters == [(0.0, "Title 1 é"), (4.0, "Title 2 é"), (6.0, "Shared screen"), (8.0, "Title 3 é")]
    head = seen.path.read_bytes()[:4096]
    assert head.index(b"moov") < 100  # plays while it loads


def test_title_and_date_of_the_list_come_before_those_of_the_files(out: Out, get_sample: GetSample) -> None:
    presentation = presentation_at(str(get_sample("2.2").folder))
    moment = datetime(2021, 5, 4, 3, 2, 1, tzinfo=UTC)
    tags = look(out.convert(dataclasses.replace(presentation, title="Ma leçon", start=moment)).path).tags
    assert (tags["title"], tags["date"]) == ("Ma leçon", "2021-05-04")


def test_where_nobody_had_a_camera_only_frames_that_differ_are_written(out: Out, get_sample: GetSample) -> None:
    made = out.convert(get_sample("2.2", "blank"))
    seen = look(made.path)
    assert made.duration_s == pytest.approx(SECONDS, abs=0.05)
    assert seen.color(1.9, 0.1, 0.2) == pytest.approx(SLIDES[1], abs=14)  # the slide takes all of the width
    assert {0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 8.5, 9.9} <= set(seen.shown)
    assert len(seen.shown) < 30
    assert seen.beeps() == pytest.approx(BEEPS, abs=0.04)


def test_sound_alone_has_slides_and_slides_alone_have_silence(out: Out, get_sample: GetSample) -> None:
    sound = look(out.convert(get_sample("2.5", "sound"), "sound.mp4").path)
    assert sound.beeps() == pytest.approx(BEEPS, abs=0.04)
    silent = out.convert(get_sample("2.5", "none"), "silent.mp4")
    assert "there is no sound in it" in silent.notes
    assert look(silent.path).stream("audio") is None
    assert silent.duration_s == pytest.approx(SECONDS, abs=0.05)


def test_sound_without_slides_or_metadata_is_a_video_as_long_as_it(
    out: Out, get_sample: GetSample, tmp_path: Path
) -> None:
    folder = tmp_path / RECORD_ID
    shutil.copytree(get_sample("2.2", "sound").folder / "audio", folder / "audio")
    made = out.convert(Presentation(record_id=RECORD_ID, page="", media="", folder=folder))
    assert made.duration_s == pytest.approx(SECONDS, abs=0.1)
    assert look(made.path).beeps() == pytest.approx(BEEPS, abs=0.04)


def test_sound_can_be_kept_as_it_is_in_mkv(out: Out, get_sample: GetSample) -> None:
    made = out.convert(get_sample("2.2", "blank"), "x.mkv", sound="copy")
    seen = look(made.path)
    stream = seen.stream("audio")
    assert stream is not None
    assert stream["codec_name"] == "opus"
    assert seen.beeps() == pytest.approx(BEEPS, abs=0.04)
    with pytest.raises(ConfigError, match=r"writes \.mkv"):
        out.convert(get_sample("2.2"), "y.mp4", sound="copy")


def test_sound_that_begins_late_stays_in_step(out: Out, get_sample: GetSample, tmp_path: Path) -> None:
    sample = get_sample("2.2", "sound").copied(tmp_path / "late")
    path = sample.folder / "audio" / "audio.webm"
    late = tmp_path / "late.webm"
    cut = ("-i", str(path), "-ss", "3", "-c:a", "libopus", "-output_ts_offset", "3")
    subprocess.run((*FFMPEG, *cut, str(late)), check=True)
    path.unlink()
    late.rename(path)
    assert look(out.convert(sample).path).beeps() == pytest.approx(BEEPS[1:], abs=0.04)


def test_a_full_hd_picture_on_request(out: Out, get_sample: GetSample) -> None:
    stream = look(out.convert(get_sample("2.2", "blank"), height=1080, quality=28).path).stream("video")
    assert stream is not None
    assert (stream["width"], stream["height"]) == (1920, 1080)


def test_captions_and_chat_lie_beside_the_video(out: Out, get_sample: GetSample) -> None:
    made = out.convert(get_sample("2.2", "none"), "Leçon.mp4", chat=True)
    assert out.names() == sorted(["Leçon.mp4", "Leçon.chat.txt", "Leçon.fr.vtt"])
    assert (out.folder / "Leçon.chat.txt").read_text() == "0:00:03 Zoé: Bonjour & merci\n"
    assert (out.folder / "Leçon.fr.vtt").read_text().startswith("WEBVTT")
    assert "beside it: Leçon.fr.vtt" in made.notes


def test_captions_are_a_track_with_their_language_too(out: Out, get_sample: GetSample) -> None:
    seen = look(out.convert(get_sample("2.2", "none")).path)
    track = seen.stream("subtitle")
    assert track is not None
    assert (track["codec_name"], track["tags"]["language"]) == ("mov_text", "fra")
    command = (*FFMPEG, "-i", str(seen.path), "-map", "0:s:0", "-f", "webvtt", "-")
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert said.split("\n\n")[1:] == ["00:01.000 --> 00:02.000\nBonjour\n"]
    assert look(out.convert(get_sample("2.2", "none"), "y.mp4", captions=False).path).stream("subtitle") is None


def test_captions_of_two_languages_are_two_tracks(out: Out, get_sample: GetSample, tmp_path: Path) -> None:
    sample = get_sample("2.2", "none").copied(tmp_path)
    sample.rewrite("captions.json", "]", ', {"localeName": "Português (Brasil)", "locale": "pt-BR"}]')
    (sample.folder / "caption_pt-BR.vtt").write_text("WEBVTT\n\n00:03.000 --> 00:04.500\nOlá\n")
    made = out.convert(sample)
    command = ("ffprobe", "-v", "error", "-select_streams", "s", "-show_entries")
    probe = (*command, "stream=codec_name:stream_tags=language", "-of", "csv=p=0", str(made.path))
    assert subprocess.run(probe, check=True, capture_output=True, text=True).stdout.split() == [
        "mov_text,fra",
        "mov_text,por",
    ]
    said = (*FFMPEG, "-i", str(made.path), "-map", "0:s:1", "-f", "webvtt", "-")
    assert "00:03.000 --> 00:04.500\nOlá" in subprocess.run(said, check=True, capture_output=True, text=True).stdout
    assert out.names() == ["x.fr.vtt", "x.mp4", "x.pt-BR.vtt"]


def test_progress_is_told_until_the_end(out: Out, get_sample: GetSample) -> None:
    out.convert(get_sample("2.2", "none"))
    assert out.told[-1] == (SECONDS, SECONDS)
    assert [done for done, _ in out.told] == sorted(done for done, _ in out.told)


def test_stop_ends_it_soon_and_leaves_nothing(out: Out, get_sample: GetSample) -> None:
    sample = get_sample("2.2").folder
    threading.Timer(0.7, out.stop.set).start()
    with pytest.raises(Stopped):
        out.convert(presentation_at(str(sample)), height=2160)
    assert all(done < SECONDS for done, _ in out.told)
    out.assert_nothing_left()


def test_slides_that_are_not_whole_are_named_and_nothing_is_left(
    out: Out, get_sample: GetSample, tmp_path: Path
) -> None:
    sample = get_sample("2.2").copied(tmp_path / "copy")
    path = sample.folder / "shapes.svg"
    content = path.read_bytes()
    path.unlink()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(RecordingFailed, match=r"shapes\.svg is not whole") as failed:
        out.convert(sample)
    assert failed.value.hint
    out.assert_nothing_left()


@pytest.mark.parametrize(
    ("name", "content", "note"),
    [
        ("panzooms.xml", b"", "panzooms.xml is empty: the recording is shown as if it had none"),
        ("cursor.xml", b"<recording><event", "cursor.xml is not whole"),
        ("video/webcams.webm", b"\0" * 100, "video/webcams.webm cannot be played"),
        ("video/webcams.webm", b"", "video/webcams.webm is empty"),
        ("deskshare/deskshare.webm", b"", "a desk was shared, and its film is missing"),
        ("metadata.xml", b"<recording><meta", "metadata.xml is not whole"),
        ("metadata.xml", b"<html>no", "metadata.xml is a web page"),
    ],
)
def test_what_is_optional_and_broken_costs_only_itself_and_is_said_before_and_after(
    out: Out, get_sample: GetSample, tmp_path: Path, name: str, content: bytes, note: str
) -> None:
    sample = get_sample("2.2").copied(tmp_path / "copy")
    path = sample.folder / name
    path.unlink()
    path.write_bytes(content)
    said = RenderConverter().preflight(presentation_at(str(sample.folder)))
    made = out.convert(sample)
    assert any(reason.startswith(note) for reason in said.reasons)
    assert set(said.reasons) <= set(made.notes)
    assert made.duration_s == pytest.approx(SECONDS, abs=0.05)


def test_a_film_that_breaks_off_costs_only_its_rest(out: Out, get_sample: GetSample, tmp_path: Path) -> None:
    sample = get_sample("2.2").copied(tmp_path / "copy")
    path = sample.folder / "video" / "webcams.webm"
    content = path.read_bytes()
    path.unlink()
    path.write_bytes(content[: len(content) * 2 // 3])
    made = out.convert(sample)
    assert made.duration_s == pytest.approx(SECONDS, abs=0.05)
    assert look(made.path).beeps() == pytest.approx(BEEPS[:2], abs=0.04)


def test_a_recording_of_nothing_fails(out: Out, tmp_path: Path) -> None:
    empty = tmp_path / RECORD_ID
    empty.mkdir()
    with pytest.raises(RecordingFailed, match="neither slides nor sound"):
        out.convert(Presentation(record_id=RECORD_ID, page="", media="", folder=empty))
    out.assert_nothing_left()


def test_a_file_of_that_name_is_never_replaced(out: Out, get_sample: GetSample) -> None:
    (out.folder / "x.mp4").write_bytes(b"precious")
    with pytest.raises(RecordingFailed, match="is there already"):
        out.convert(get_sample("2.2", "none"))
    assert out.names() == ["x.mp4"]
    assert (out.folder / "x.mp4").read_bytes() == b"precious"


def test_a_full_disk_is_seen_before_anything_is_done(
    out: Out, get_sample: GetSample, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk, "free_bytes", lambda _folder: 1 << 20)
    with pytest.raises(NoSpace, match="a video of 0 minutes"):
        out.convert(get_sample("2.2"))
    out.assert_nothing_left()


@pytest.mark.parametrize("code", [137, -9])
def test_a_process_that_the_system_killed_is_no_failed_recording(
    out: Out, get_sample: GetSample, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    monkeypatch.setattr(module, "run", lambda *_arguments, **_named: code)
    with pytest.raises(MachineError, match="the renderer was killed") as killed:
        out.convert(get_sample("2.2"))
    assert "memory" in killed.value.hint
    out.assert_nothing_left()


def test_a_disk_that_gets_full_is_told_out_of_the_process(out: Out, get_sample: GetSample) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, limits[1]))
    try:
        with pytest.raises(NoSpace, match="is full"):
            out.convert(get_sample("2.2"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    out.assert_nothing_left()


def test_a_presentation_of_a_server_becomes_the_same_bytes_as_its_folder(
    out: Out, get_sample: GetSample, guarded: "Guarded"
) -> None:
    presentation = presentation_at(f"{guarded.base}/playback/presentation/2.3/{RECORD_ID}")
    opened = dataclasses.replace(presentation, cookies=(("key", "abc"),))
    fetched = out.convert(opened, "fetched.mp4")
    local = out.convert(get_sample("2.7"), "local.mp4")
    assert fetched.path.read_bytes() == local.path.read_bytes()
    asked = Counter(guarded.asked)
    assert asked
    assert set(asked.values()) == {1}


def test_a_process_that_dies_is_a_failed_recording(
    out: Out, get_sample: GetSample, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_ONE_THREAD", ("PYTHONHOME",))  # it cannot start with that
    with pytest.raises(RecordingFailed, match="ended with exit code") as failed:
        out.convert(get_sample("2.2"))
    assert "encodings" in failed.value.hint
    out.assert_nothing_left()


def test_missing_libraries_are_named_with_the_way_to_get_them(
    out: Out, get_sample: GetSample, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert libraries.check_libraries() == ()
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "skia" else name)
    verdict = RenderConverter().preflight(presentation_at(str(get_sample("2.2").folder)))
    assert not verdict.able
    assert "skia" in verdict.reasons[0]
    with pytest.raises(ConfigError) as missing:
        out.convert(get_sample("2.2"))
    assert missing.value.hint == install("render")
    monkeypatch.undo()

    def no_library(_name: str) -> None:
        raise ImportError("libEGL.so.1: cannot open shared object file")

    monkeypatch.setattr(importlib, "import_module", no_library)
    assert libraries.check_libraries()[0].hint == "apt install libegl1"


class Guarded:
    """A server of one protected presentation."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.asked: list[str] = []
        self.http = Loopback(self._respond)
        self.base = f"http://127.0.0.1:{self.http.server_port}"

    def _respond(self, request: Request) -> Response:
        self.asked.append(request.path)
        if request.headers.get("Cookie") != "key=abc":
            return page("no", HTTPStatus.NOT_FOUND)
        return file_response(self.folder / request.path.removeprefix(f"/presentation/{RECORD_ID}/"), request)


@pytest.fixture
def guarded(get_sample: GetSample) -> Iterator[Guarded]:
    server = Guarded(get_sample("2.7").folder)
    server.http.start()
    yield server
    server.http.stop()


def test_a_protected_presentation_is_fetched_with_its_cookies(out: Out, guarded: Guarded) -> None:
    presentation = presentation_at(f"{guarded.base}/playback/presentation/2.3/{RECORD_ID}")
    opened = dataclasses.replace(presentation, cookies=(("key", "abc"),))
    assert look(out.convert(opened).path).beeps() == pytest.approx(BEEPS, abs=0.04)
    closed = RenderConverter().preflight(presentation)
    assert not closed.able
    assert "cookies" in closed.reasons[0]


def test_the_command_converts_a_folder(
    get_sample: GetSample, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    folder, video = str(get_sample("3.0", "none").folder), tmp_path / "out.mp4"
    assert command(["render", folder, str(video), "--check"]) == ExitCode.DONE
    assert "no sound" in capsys.readouterr().out
    assert command(["render", folder, str(video), "--no-captions"]) == ExitCode.DONE
    assert f"{video}: 10.0 s, " in capsys.readouterr().out
    assert look(video).duration_s == pytest.approx(SECONDS, abs=0.05)
    assert command(["render", folder, str(video), "--webcams", "above"]) == ExitCode.USAGE
    assert "side, corner, none" in capsys.readouterr().err
