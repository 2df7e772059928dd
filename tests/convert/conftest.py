"""Files served with every mishap, and small real films: whole, and as what is left of them."""

import contextlib
import subprocess
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Self

import pytest

from bbbmig.demo.bbb_http import Loopback, Request, Response, file_response, page
from bbbmig.transfer.download import Downloader
from tests.bbb_server import bbb_media, serve_bbb
from tests.made_once import made_once

__all__ = ["bbb_media", "serve_bbb"]

Mishap = Callable[[Request, Response], Response]
"""What is sent instead of the good response."""


class FileServer:
    """Serves the files of a folder. The next requests meet the `mishaps`, one each; `always` meets all of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.requests: list[Request] = []
        self.mishaps: deque[Mishap] = deque()
        self.always: Mishap | None = None
        self._http = Loopback(self._respond)
        self.base = f"http://127.0.0.1:{self._http.server_port}"

    def __enter__(self) -> Self:
        self._http.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.stop()

    @property
    def ranges(self) -> list[str]:
        return [request.headers.get("Range", "") for request in self.requests]

    def put(self, name: str, content: bytes) -> str:
        (self.folder / name).write_bytes(content)
        return f"{self.base}/{name}"

    def _respond(self, request: Request) -> Response:
        self.requests.append(request)
        response = file_response(self.folder / request.path.strip("/"), request)
        mishap = self.mishaps.popleft() if self.mishaps else self.always
        return mishap(request, response) if mishap else response


def cut_after(count: int) -> Mishap:
    """The connection breaks after so many bytes of the body."""
    return lambda _request, response: replace(response, sent=count)


def answered(status: int, **headers: str) -> Mishap:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _request, _response: replace(page("sorry", status), headers=named)


@pytest.fixture
def files(tmp_path: Path) -> Iterator[FileServer]:
    folder = tmp_path / "served"
    folder.mkdir()
    with FileServer(folder) as server:
        yield server


@pytest.fixture
def downloader() -> Iterator[Downloader]:
    with Downloader(timeout_s=10) as downloader:
        yield downloader


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing waits long between attempts."""
    monkeypatch.setattr("bbbmig.http.waits.FIRST_WAIT_S", 0.005)


def ffmpeg(*arguments: str | Path) -> None:
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", *map(str, arguments)], check=True)


FILM_S = 40.0


@pytest.fixture(scope="session")
def films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the same 40 seconds in the containers that servers and recorders make."""
    return made_once(tmp_path_factory, "containers", _films)


def _films(folder: Path) -> Path:
    picture = ("-f", "lavfi", "-i", f"testsrc2=size=160x90:rate=2:duration={FILM_S}")
    sound = ("-f", "lavfi", "-i", f"sine=duration={FILM_S}")
    h264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac")
    vp8 = ("-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libopus")
    mp4, webm, ogg = (folder / name for name in ("film.mp4", "film.webm", "sound.ogg"))
    ffmpeg(*picture, *sound, *h264, "-movflags", "+faststart", mp4, *vp8, webm, "-vn", "-c:a", "libvorbis", ogg)
    copies = ("-map", "0", "-c", "copy", folder / "index-at-end.mp4", "-map", "1", "-c", "copy", "-live", "1")
    ffmpeg("-i", mp4, "-i", webm, *copies, folder / "of-a-browser.webm")
    return folder


@contextlib.contextmanager
def path_without(monkeypatch: pytest.MonkeyPatch, folder: Path, kept: Sequence[str] = ()) -> Iterator[None]:
    """A PATH on which only these programs are found."""
    folder.mkdir()
    for name in kept:
        (folder / name).symlink_to(f"/usr/bin/{name}")
    with monkeypatch.context() as patch:
        patch.setenv("PATH", str(folder))
        yield
