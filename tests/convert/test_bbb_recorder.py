"""bbb-recorder is believed when its film is whole and right, and never otherwise; nothing of it stays behind."""

import dataclasses
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from bbbmig.convert.capture.bbb_recorder import BbbRecorder
from bbbmig.convert.capture.bbb_recorder_check import check_bbb_recorder
from bbbmig.convert.capture.capture import Filming, log_name
from bbbmig.convert.duration import Length, recording_length
from bbbmig.convert.probe import probe
from bbbmig.convert.supervised_process import run
from bbbmig.demo.bbb_http import Request, Response, page
from bbbmig.domain.conversion import Conversion, Converter, Presentation
from bbbmig.errors import NoSpace, RecordingFailed, RemoteError, Stopped
from tests.convert import fake_recorder
from tests.convert.conftest import FILM_S, FileServer, ffmpeg, path_without
from tests.convert.processes import alive, wait_for_the_end
from tests.waiting import wait_until

RECORD_ID = "0f1e2d3c4b5a69788796a5b4c3d2e1f001122334-1571951371389"
MARK = "CONVERT_TEST_MARK"


@dataclasses.dataclass
class Site:
    """An installation of the fake, a server that tells lengths, and the folders of a run."""

    folder: Path
    films: Path
    files: FileServer
    mark: str

    def __post_init__(self) -> None:
        for name in ("plugin", "plugin/node_modules", "recorder"):
            (self.folder / name).mkdir()
        shutil.copyfile(fake_recorder.__file__, self.plugin / "export.js")
        self.lasts(FILM_S)

    @property
    def plugin(self) -> Path:
        return self.folder / "plugin"

    @property
    def target(self) -> Path:
        return self.folder / "recorder" / "Algèbre 2019-10-24 23h09 1a2b3c4d.mkv"

    @property
    def log(self) -> Path:
        return self.folder / "logs" / log_name(RECORD_ID)

    @property
    def presentation(self) -> Presentation:
        page = f"{self.files.base}/playback/presentation/2.3/{RECORD_ID}"
        return Presentation(record_id=RECORD_ID, page=page, media=f"{self.files.base}/presentation/{RECORD_ID}/")

    def lasts(self, seconds: float) -> None:
        xml = f"<recording><playback><duration>{seconds * 1000:.0f}</duration></playback></recording>"

        def answer(request: Request, _response: Response) -> Response:
            said = request.path.endswith("/metadata.xml")
            return Response(body=(xml.encode(),), content_type="text/xml") if said else page("Not found", 404)

        self.files.always = answer

    def converter(self, *, start_gap_s: float = 0.1, **options: float) -> BbbRecorder:
        filming = Filming(work=self.folder / "work", logs=self.folder / "logs", **{"kill_wait_s": 0.3, **options})
        return BbbRecorder(self.plugin, filming, node=sys.executable, start_gap_s=start_gap_s)

    def behaves(self, word: str, film: str = "of-a-browser.webm") -> None:
        (self.plugin / "behaviour").write_text(f"{word}\n{self.films / film}\n")

    def convert(
        self,
        word: str,
        film: str = "of-a-browser.webm",
        *,
        target: Path | None = None,
        stop: threading.Event | None = None,
        **options: float,
    ) -> Conversion:
        self.behaves(word, film)
        return self.converter(**options).convert(
            self.presentation, target or self.target, progress=lambda *_: None, stop=stop or threading.Event()
        )


@pytest.fixture
def site(tmp_path: Path, films: Path, files: FileServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    mark = str(uuid.uuid4())
    monkeypatch.setenv(MARK, mark)
    site = Site(tmp_path, films, files, mark)
    yield site
    monkeypatch.delenv(MARK)
    left = alive(mark)
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    assert not left
    jobs = [path.name for path in (tmp_path / "work").glob("job-*")]
    assert jobs == []


def nothing_came(site: Site) -> None:
    assert list((site.folder / "recorder").iterdir()) == []


def test_it_is_one_of_the_converters(site: Site) -> None:
    converter: Converter = site.converter()
    assert converter.name == "bbb-recorder"


def test_a_film_is_made_whole_checked_and_given_its_name(site: Site) -> None:
    done: list[tuple[float, float]] = []
    site.behaves("well")
    conversion = site.converter().convert(
        site.presentation, site.target, progress=lambda *now: done.append(now), stop=threading.Event()
    )
    assert conversion.path == site.target
    assert conversion.converter == "bbb-recorder"
    assert conversion.duration_s == pytest.approx(FILM_S, abs=0.2)
    assert probe(site.target).video_codec == "vp8"
    assert list(site.target.parent.iterdir()) == [site.target]
    assert done[-1] == (FILM_S, FILM_S)
    assert f"well: {site.presentation.page} to {site.folder}/work/job-" in site.log.read_text()


def test_the_containers_name_decides_about_the_codecs(site: Site) -> None:
    target = site.target.with_suffix(".mp4")
    target.write_bytes(b"of an earlier run")
    site.convert("well", target=target)
    probed = probe(target)
    assert (probed.video_codec, probed.audio_codec) == ("h264", "aac")
    with pytest.raises(RecordingFailed, match=r"do not fit into a \.webm"):
        site.convert("well", "film.mp4", target=site.target.with_suffix(".webm"))


def test_a_file_that_grows_slowly_is_waited_for(site: Site) -> None:
    assert site.convert("slowly").duration_s == pytest.approx(FILM_S, abs=0.2)


def test_a_film_that_could_only_not_be_copied_is_found(site: Site) -> None:
    assert site.convert("cannot copy").duration_s == pytest.approx(FILM_S, abs=0.2)


def test_exit_code_0_without_a_file_is_a_failure_with_its_last_words(site: Site) -> None:
    with pytest.raises(RecordingFailed, match=r"made no file \(exit code 0\)") as caught:
        site.convert("nothing")
    assert caught.value.hint.endswith("Recording not found!")
    nothing_came(site)


def test_a_browser_that_cannot_encode_is_named(site: Site) -> None:
    with pytest.raises(RecordingFailed, match="could not encode") as caught:
        site.convert("cannot encode")
    assert "Google Chrome" in caught.value.hint
    nothing_came(site)


def test_a_film_shorter_than_the_recording_is_a_failure(site: Site) -> None:
    site.lasts(3 * FILM_S)
    with pytest.raises(RecordingFailed, match=r"lasts 40\.\d s, the recording 120\.0 s"):
        site.convert("well")
    nothing_came(site)


def test_a_film_of_one_colour_is_a_failure(site: Site, tmp_path: Path) -> None:
    black = tmp_path / "black.mkv"
    picture = ("-f", "lavfi", "-i", f"color=black:size=160x90:rate=1:duration={FILM_S}")
    ffmpeg(*picture, "-c:v", "libx264", "-preset", "ultrafast", black)
    with pytest.raises(RecordingFailed, match="one colour from beginning to end"):
        site.convert("well", str(black))
    nothing_came(site)


def test_a_film_without_sound_is_remarked(site: Site, tmp_path: Path) -> None:
    ffmpeg("-i", site.films / "film.webm", "-an", "-c", "copy", tmp_path / "mute.webm")
    assert any("no sound" in note for note in site.convert("well", str(tmp_path / "mute.webm")).notes)


@pytest.mark.parametrize("word", ["hang", "ignore SIGTERM"])
def test_a_job_without_an_end_is_ended(site: Site, word: str) -> None:
    with pytest.raises(RecordingFailed, match="took longer than 2 s") as caught:
        site.convert(word, limit_factor=0.0, limit_extra_s=2.0)
    assert not alive(site.mark)
    assert word in caught.value.hint
    nothing_came(site)


def test_children_that_it_leaves_behind_are_ended(site: Site) -> None:
    site.convert("leave children")
    assert not alive(site.mark)


def test_stop_ends_it_soon(site: Site) -> None:
    stop = threading.Event()
    threading.Timer(0.5, stop.set).start()
    with pytest.raises(Stopped):  # the program itself never ends
        site.convert("ignore SIGTERM", stop=stop)
    assert not alive(site.mark)


def test_a_disk_that_gets_full_ends_it_in_time(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage("/")

    def with_room_for_120_mebibytes(_path: Path) -> object:
        used = sum(path.stat().st_size for path in (site.folder / "work").rglob("*") if path.is_file())
        return usage._replace(free=(120 << 20) - used)

    monkeypatch.setattr(shutil, "disk_usage", with_room_for_120_mebibytes)
    with pytest.raises(NoSpace, match="got full while converting"):
        site.convert("fill the disk")
    site.lasts(3600)
    with pytest.raises(NoSpace, match="a film of 60 minutes needs"):
        site.convert("fill the disk")
    nothing_came(site)


def test_several_start_one_after_another_and_run_side_by_side(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.behaves("until two are at work")
    converter = site.converter(start_gap_s=0.3)
    starts: list[float] = []

    def timed(command: Sequence[str], **options: object) -> int:
        starts.append(time.monotonic())
        return run(command, **options)  # type: ignore[arg-type]

    def work(number: int) -> None:
        one = dataclasses.replace(site.presentation, record_id=f"{number}")
        target = site.target.with_name(f"{number}.mkv")
        converter.convert(one, target, progress=lambda *_: None, stop=threading.Event())

    monkeypatch.setattr("bbbmig.convert.capture.capture.run", timed)
    threads = [threading.Thread(target=work, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(list(site.target.parent.iterdir())) == 2
    assert starts[0] + 0.3 <= starts[1]


def test_a_killed_bbbmig_leaves_nothing_that_the_next_run_does_not_clean(site: Site) -> None:
    site.behaves("ignore SIGTERM")
    program = (
        "import sys, threading; from pathlib import Path\n"
        "from bbbmig.convert.capture.bbb_recorder import BbbRecorder\n"
        "from bbbmig.domain.conversion import Presentation\n"
        "from bbbmig.convert.capture.capture import Filming\n"
        "plugin, work, logs, target, page, media, id = sys.argv[1:]\n"
        "filming = Filming(work=Path(work), logs=Path(logs), kill_wait_s=0.2)\n"
        "converter = BbbRecorder(Path(plugin), filming, node=sys.executable)\n"
        "converter.convert(Presentation(record_id=id, page=page, media=media), Path(target),"
        " progress=lambda *_: None, stop=threading.Event())"
    )
    folders = (site.plugin, site.folder / "work", site.folder / "logs", site.target)
    addresses = (site.presentation.page, site.presentation.media, RECORD_ID)
    bbbmig = subprocess.Popen([sys.executable, "-c", program, *map(str, folders), *addresses])
    wait_until(lambda: site.log.exists() and "ignore SIGTERM" in site.log.read_text(), "it does not start")
    bbbmig.kill()
    bbbmig.wait()
    wait_for_the_end(site.mark)
    assert len(list((site.folder / "work").glob("job-*"))) == 2  # what was fetched, and the film
    site.convert("well")
    assert site.target.exists()


@pytest.mark.parametrize(
    ("path", "able"),
    [
        (f"2.3/{RECORD_ID}", True),
        (f"2.3/{RECORD_ID}?meetingId={RECORD_ID}", True),
        (f"2.0/playback.html?meetingId={RECORD_ID}", True),
        (f"2.0/player.html?meetingId={RECORD_ID}", False),
        (f"0.9.0/playback.html?meetingId={RECORD_ID}", False),
        (f"2.4/{RECORD_ID}", False),
        ("2.3/6f9619ff-8b86-d011-b42d-00c04fc964ff", False),
        (f"2.3/{RECORD_ID.upper()}", False),
        (f"2.0/playback.html?lang=fr&meetingId={RECORD_ID}", False),
    ],
)
def test_its_rules_for_addresses_are_known_beforehand(site: Site, path: str, able: bool) -> None:  # noqa: FBT001
    presentation = dataclasses.replace(
        site.presentation, page=f"https://bbb.univ.fr/playback/presentation/{path}", media="https://bbb.univ.fr/"
    )
    verdict = site.converter().preflight(presentation)
    assert verdict.able == able
    assert able or "takes addresses like" in verdict.reasons[0]
    assert site.files.requests == []


def test_the_player_page_is_that_of_its_installation(site: Site) -> None:
    (site.plugin / ".env").write_text("copyToPath=/tmp\nplaybackFile=player.html\n")
    page = f"https://bbb.univ.fr/playback/presentation/2.0/player.html?meetingId={RECORD_ID}"
    assert site.converter().preflight(dataclasses.replace(site.presentation, page=page)).able


def test_a_protected_recording_is_not_for_it(site: Site) -> None:
    protected = dataclasses.replace(site.presentation, cookies=(("recording_presentation_x", "key"),))
    verdict = site.converter().preflight(protected)
    assert "cookie" in verdict.reasons[0]
    with pytest.raises(RecordingFailed, match="cookie"):
        site.converter().convert(protected, site.target, progress=lambda *_: None, stop=threading.Event())


def test_without_a_length_nothing_is_started(site: Site) -> None:
    nothing = "neither films nor slides nor metadata.xml say how long"
    for status, kind, why in ((404, RecordingFailed, nothing), (500, RemoteError, r"metadata\.xml.*: HTTP 500")):
        site.files.always = lambda *_, status=status: Response(status=status)
        with pytest.raises(kind, match=why):
            site.convert("well")
    site.files.always = lambda *_: Response(body=(b"<recording/>",))
    with pytest.raises(RecordingFailed, match=nothing):
        site.convert("well")
    assert not site.log.exists()


def test_the_length_is_read_from_a_folder_too(site: Site, tmp_path: Path) -> None:
    (tmp_path / "metadata.xml").write_text("<recording><playback><duration>40000</duration></playback></recording>")
    local = dataclasses.replace(site.presentation, folder=tmp_path)
    assert recording_length(local) == Length(40.0)
    assert site.files.requests == []
    with pytest.raises(RecordingFailed, match="say how long it is"):
        recording_length(dataclasses.replace(local, folder=tmp_path / "nowhere"))


@pytest.mark.parametrize("said_ms", ["6000", "-40000", "0", "1e300", "NaN", "", "never"])
def test_cameras_and_sound_decide_how_long_it_is_and_metadata_never_alone(
    site: Site, tmp_path: Path, said_ms: str
) -> None:
    (tmp_path / "metadata.xml").write_text(
        f"<recording><playback><duration>{said_ms}</duration></playback></recording>"
    )
    (tmp_path / "video").mkdir()
    (tmp_path / "video" / "webcams.webm").write_bytes(b"not a film")
    shutil.copyfile(site.films / "film.mp4", tmp_path / "video" / "webcams.mp4")
    length = recording_length(dataclasses.replace(site.presentation, folder=tmp_path))
    assert length.seconds == pytest.approx(FILM_S, abs=0.3)
    assert "webcams.webm does not tell how long it is" in length.notes[0]
    assert (said_ms != "6000") or "metadata.xml says that it lasts 6.0 s" in length.notes[1]


@pytest.mark.parametrize(("said_s", "seconds"), [(50.0, 50.0), (6.0, 60.0), (9000.0, 60.0)])
def test_without_films_the_slides_decide_what_metadata_may_say(
    site: Site, tmp_path: Path, said_s: float, seconds: float
) -> None:
    xml = f"<recording><playback><duration>{said_s * 1000}</duration></playback></recording>"
    (tmp_path / "metadata.xml").write_text(xml)
    (tmp_path / "shapes.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
        '<image id="image1" class="slide" in="0.0" out="45.0" xlink:href="a.png"/>'
        '<image id="image2" class="slide" in="45.0" out="60.0" xlink:href="b.png"/></svg>'
    )
    local = dataclasses.replace(site.presentation, folder=tmp_path)
    assert recording_length(local).seconds == seconds
    (tmp_path / "shapes.svg").write_text("<svg><image")
    length = recording_length(local)
    assert length.seconds == said_s
    assert "its slides do not tell" in length.notes[0]


Chrome = Callable[[str], Path]


@pytest.fixture
def chrome(tmp_path: Path) -> Chrome:
    """A browser that says of itself what a test wants."""

    def make(version: str) -> Path:
        path = tmp_path / "google-chrome"
        path.write_text(f"#!/bin/sh\necho '{version}'\n")
        path.chmod(0o755)
        return path

    return make


def problems(site: Site, chrome: Path) -> list[str]:
    found = check_bbb_recorder(site.plugin, work=site.folder / "w", node=sys.executable, chrome=chrome)
    assert all(problem.hint for problem in found)
    return [problem.message for problem in found]


class TestCheck:
    def test_a_good_installation_has_no_problems(self, site: Site, chrome: Chrome) -> None:
        assert problems(site, chrome("Google Chrome 120.0.6099.109")) == []

    @pytest.mark.parametrize(
        ("version", "problem"),
        [
            ("Google Chrome 137.0.7151.55", "does not load bbb-recorder's extension"),
            (
                "Chromium 156.0.8078.79 built on Debian GNU/Linux 12 (bookworm)",
                "does not load bbb-recorder's extension",
            ),
            ("Chromium 120.0.6099.224 built on Debian 11", "cannot encode H.264"),
            ("segmentation fault", "--version says"),
        ],
    )
    def test_browsers_that_would_fail_are_named(self, site: Site, chrome: Chrome, version: str, problem: str) -> None:
        (site.plugin / "background.js").write_text("mimeType: 'video/webm;codecs=h264'")
        (message,) = problems(site, chrome(version))
        assert problem in message

    def test_a_repaired_extension_may_use_an_old_chromium(self, site: Site, chrome: Chrome) -> None:
        (site.plugin / "background.js").write_text("mimeType: 'video/webm;codecs=vp8,opus'")
        assert problems(site, chrome("Chromium 120.0.6099.224 built on Debian 11")) == []

    def test_everything_that_is_missing_is_told_at_once(
        self, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        shutil.rmtree(site.plugin)
        with path_without(monkeypatch, tmp_path / "bin"):
            found = problems(site, tmp_path / "no-chrome")
        text = " ".join(found)
        for part in ("no export.js", "Xvfb is missing", "ffmpeg is missing", "no browser at"):
            assert part in text
        (site.folder / "plugin").mkdir()
        (site.plugin / "export.js").touch()
        assert "modules are not installed" in problems(site, tmp_path / "no-chrome")[0]

    def test_a_disk_without_room_is_told(self, site: Site, chrome: Chrome, monkeypatch: pytest.MonkeyPatch) -> None:
        usage = shutil.disk_usage("/")
        monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage._replace(free=1 << 30))
        (message,) = problems(site, chrome("Google Chrome 120.0.6099.109"))
        assert "has only 1,024.0 MiB left" in message
