"""A browser of today is filmed for real: what its player shows, the sound where it belongs, whole or not at all."""

import contextlib
import dataclasses
import os
import re
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from bbbmig.convert.capture.capture import Filming
from bbbmig.convert.capture.screen import Screen, check_screen
from bbbmig.convert.probe import probe
from bbbmig.demo.bbb_http import Request, Response, page
from bbbmig.domain.conversion import Converter, Presentation
from bbbmig.domain.trusted_hosts import TrustedHosts
from bbbmig.errors import RecordingFailed, Stopped
from tests.convert.conftest import FileServer, ffmpeg, path_without
from tests.convert.processes import alive
from tests.waiting import wait_until

RECORD_ID = "0f1e2d3c4b5a69788796a5b4c3d2e1f001122334-1571951371389"
PAGE = f"/playback/presentation/2.3/{RECORD_ID}"
MEDIA = f"/presentation/{RECORD_ID}/"
LENGTH_S = 4.2
COOKIE = ("recording_presentation_x", "key")

PLAYER = """
<body style="margin:0"><video id="video" src="SRC" style="width:1px"></video>
<div id="slide" style="position:fixed;inset:0;background:black"></div>
<div style="position:fixed;color:red">Algèbre</div>
<script>
const video = document.getElementById('video');
setInterval(() => {
  const at = video.currentTime, bright = (at >= 1 && at < 2) || (at >= 2.7 && at < 3.4);
  document.getElementById('slide').style.background = bright ? 'white' : 'black';
}, 10);
</script></body>
"""
"""Black, and white from second 1 to 2 and from 2.7 to 3.4; its sound is heard in those seconds only."""


@dataclasses.dataclass
class Site:
    folder: Path
    files: FileServer
    player: str = PLAYER.replace("SRC", f"{MEDIA}video/webcams.webm")

    def __post_init__(self) -> None:
        self.files.always = self.answer
        (self.folder / "recorder").mkdir()

    @property
    def target(self) -> Path:
        return self.folder / "recorder" / "film.mp4"

    @property
    def presentation(self) -> Presentation:
        base = self.files.base
        return Presentation(record_id=RECORD_ID, page=f"{base}{PAGE}", media=f"{base}{MEDIA}", cookies=(COOKIE,))

    def answer(self, request: Request, response: Response) -> Response:
        """As a protected Scalelite: nothing without the cookie."""
        if "=".join(COOKIE) not in request.headers.get("Cookie", ""):
            return page("recording_not_found", 404)
        if request.path == PAGE:
            return dataclasses.replace(page(self.player), content_type="text/html; charset=utf-8")
        if request.path == f"{MEDIA}metadata.xml":
            xml = f"<recording><playback><duration>{LENGTH_S * 1000:.0f}</duration></playback></recording>"
            return Response(body=(xml.encode(),))
        return response

    def converter(
        self, *, ready_s: float = 20.0, browser: str = "chromium", trusted: TrustedHosts | None = None
    ) -> Screen:
        filming = Filming(work=self.folder / "w", logs=self.folder / "logs", kill_wait_s=1.0, tolerance_s=1.5)
        return Screen(filming, browser=browser, ready_s=ready_s, trusted=None if trusted is None else lambda: trusted)


@pytest.fixture
def site(tmp_path: Path, files: FileServer) -> Site:
    return Site(tmp_path, files)


@pytest.fixture
def _with_media(site: Site) -> None:
    folder = site.files.folder / MEDIA.strip("/") / "video"
    folder.mkdir(parents=True)
    picture = ("-f", "lavfi", "-i", f"color=blue:size=64x48:rate=5:duration={LENGTH_S}")
    heard = f"aevalsrc='0.5*sin(880*PI*t)*(between(t,1,2)+between(t,2.7,3.4))':d={LENGTH_S}"
    vp8 = ("-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libopus")
    ffmpeg(*picture, "-f", "lavfi", "-i", heard, *vp8, folder / "webcams.webm")


def programs(mark: str) -> str:
    """The command lines of the processes with that mark."""
    lines = []
    for pid in alive(mark):
        with contextlib.suppress(OSError):  # it has ended since
            lines.append(Path(f"/proc/{pid}/cmdline").read_text())
    return "\n".join(lines)


def moments(path: Path, kind: str) -> list[float]:
    """When the picture gets bright or dark, or the sound begins or ends, by ffmpeg's own detectors."""
    detector = {"picture": "-vf blackdetect=d=0.5:pix_th=0.5:pic_th=0.9", "sound": "-af silencedetect=n=-30dB:d=0.5"}
    command = ["ffmpeg", "-nostdin", "-i", str(path), *detector[kind].split(), "-f", "null", "-"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stderr
    return [float(number) for number in re.findall(r"(?:black|silence)_(?:start|end): ?([\d.]+)", said)]


@pytest.fixture
def inside(tmp_path: Path) -> Iterator[FileServer]:
    """Another server of the same machine."""
    folder = tmp_path / "inside"
    folder.mkdir()
    with FileServer(folder) as server:
        yield server


def test_the_browser_asks_only_hosts_that_are_trusted(site: Site, inside: FileServer) -> None:
    named = inside.base.replace("127.0.0.1", "localhost")
    site.player = f'<body><img src="/own"><img src="{inside.base}/other-port"><img src="{named}/name"></body>'
    trusted = [TrustedHosts.of(site.files.base), TrustedHosts.of(site.files.base, [urlsplit(named).netloc])]
    asked = []
    for hosts in trusted:
        with pytest.raises(RecordingFailed, match="not ready to play"):
            site.converter(ready_s=2.0, trusted=hosts).convert(
                site.presentation, site.target, progress=lambda *_: None, stop=threading.Event()
            )
        asked.append([request.path for request in inside.requests])
    assert asked == [[], ["/name"]]
    assert [request.path for request in site.files.requests].count("/own") == 2


@pytest.mark.usefixtures("_with_media")
def test_the_player_is_filmed_with_the_sound_where_it_belongs(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVERT_TEST_MARK", str(site.folder))
    converter: Converter = site.converter()
    done: list[tuple[float, float]] = []
    site.target.write_bytes(b"of an earlier run")
    conversion = converter.convert(
        site.presentation, site.target, progress=lambda *now: done.append(now), stop=threading.Event()
    )
    probed = probe(site.target)
    assert (probed.video_codec, probed.audio_codec, probed.width, probed.height) == ("h264", "aac", 1280, 720)
    assert conversion.duration_s == pytest.approx(LENGTH_S, abs=1.5)
    bright = moments(site.target, "picture")[1:5]
    heard = moments(site.target, "sound")[1:5]
    late = [seen - begun for seen, begun in zip(bright, heard, strict=True)]
    assert len(late) == 4
    assert -0.2 < min(late) < 0.4, late  # a browser on a busy machine shows late, never early: the least late tells
    assert done[-1] == (LENGTH_S, LENGTH_S)
    assert any(0 < at_s < LENGTH_S for at_s, _ in done)
    assert not alive(str(site.folder))
    assert list((site.folder / "w").glob("job-*")) == []


def test_a_player_that_never_gets_ready_is_given_up(site: Site) -> None:
    site.player = "<body>please wait</body>"
    with pytest.raises(RecordingFailed, match="not ready to play after 1 s"):
        site.converter(ready_s=0.6).convert(
            site.presentation, site.target, progress=lambda *_: None, stop=threading.Event()
        )
    assert not site.target.exists()


def test_stop_ends_everything_soon(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVERT_TEST_MARK", str(site.folder))
    site.player = "<body>please wait</body>"
    stop = threading.Event()

    def stop_when_filming() -> None:
        wait_until(lambda: "chrom" in programs(str(site.folder)), "no browser starts")
        stop.set()

    threading.Thread(target=stop_when_filming).start()
    with pytest.raises(Stopped):
        site.converter().convert(site.presentation, site.target, progress=lambda *_: None, stop=stop)
    assert not alive(str(site.folder))


def test_a_browser_that_ends_at_once_is_said_so(site: Site) -> None:
    with pytest.raises(RecordingFailed, match="filming failed: the browser has ended"):
        site.converter(browser="true").convert(
            site.presentation, site.target, progress=lambda *_: None, stop=threading.Event()
        )


def test_only_pages_on_a_server_can_be_filmed(site: Site) -> None:
    local = dataclasses.replace(site.presentation, page="")
    assert not site.converter().preflight(local).able
    with pytest.raises(RecordingFailed, match="no page on a server"):
        site.converter().convert(local, site.target, progress=lambda *_: None, stop=threading.Event())
    assert site.converter().preflight(site.presentation).able


def test_what_is_missing_is_told_beforehand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert check_screen(work=tmp_path) == ()
    with path_without(monkeypatch, tmp_path / "bin"):
        said = [problem.message for problem in check_screen(work=tmp_path)]
    assert said == ["chromium is missing", "Xvfb is missing", "ffmpeg is missing"]
    small = tmp_path / "bin" / "ffmpeg"
    small.write_text("#!/bin/sh\necho ' D  lavfi'\n")
    small.chmod(0o755)
    monkeypatch.setenv("PATH", f"{small.parent}:{os.environ['PATH']}")
    (problem,) = check_screen(work=tmp_path)
    assert "x11grab" in problem.message
