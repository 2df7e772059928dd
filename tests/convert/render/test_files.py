"""Files come whole, once, from a server or a folder; missing ones are normal, foreign ones are not touched."""

import dataclasses
from collections.abc import Callable, Iterator
from http import HTTPStatus
from pathlib import Path

import pytest

from bbbmig.convert.render.address import presentation_at
from bbbmig.convert.render.files import media_name, open_files, safe_name
from bbbmig.convert.render.files.remote import RemoteFiles
from bbbmig.demo.bbb_http import Loopback, Request, Response, file_response, page
from bbbmig.domain.conversion import Presentation
from bbbmig.errors import ConfigError, RecordingFailed, RemoteError

ID = "0123456789abcdef0123456789abcdef01234567-1598364581253"
FILM = bytes(range(256)) * 4000


class Site:
    """A server of one presentation, whose answers a test may spoil; `asked` is what came in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.asked: list[Request] = []
        self.spoil: Callable[[Request, Response], Response] = lambda _request, response: response
        self.http = Loopback(self._respond)
        self.base = f"http://127.0.0.1:{self.http.server_port}"

    def _respond(self, request: Request) -> Response:
        self.asked.append(request)
        path = self.folder / request.path.removeprefix(f"/presentation/{ID}/")
        return self.spoil(request, file_response(path, request))

    @property
    def presentation(self) -> Presentation:
        return presentation_at(f"{self.base}/playback/presentation/2.3/{ID}")

    def requests_for(self, name: str) -> list[Request]:
        return [request for request in self.asked if request.path.endswith(name)]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    folder = tmp_path / "published"
    (folder / "video").mkdir(parents=True)
    (folder / "video" / "webcams.mp4").write_bytes(FILM)
    (folder / "shapes.svg").write_text("<svg/>")
    site = Site(folder)
    site.http.start()
    yield site
    site.http.stop()


def remote(site: Site, tmp_path: Path, cookies: tuple[tuple[str, str], ...] = ()) -> RemoteFiles:
    return RemoteFiles(f"{site.base}/presentation/{ID}/", tmp_path / "cache", cookies=cookies, sleep=lambda _s: None)


@pytest.mark.parametrize(
    "where",
    [
        f"https://bbb.example.org/playback/presentation/2.3/{ID}",
        f"https://bbb.example.org/playback/presentation/2.0/playback.html?meetingId={ID}",
        f"https://bbb.example.org/playback/presentation/0.9.0/playback.html?meetingId={ID}",
        f"https://bbb.example.org/presentation/{ID}/",
        f"https://bbb.example.org/presentation/{ID}/metadata.xml?x=1",
    ],
)
def test_every_form_of_address_leads_to_the_folder_of_files(where: str) -> None:
    found = presentation_at(where)
    assert (found.record_id, found.media) == (ID, f"https://bbb.example.org/presentation/{ID}/")
    assert found.page == where


@pytest.mark.parametrize("where", ["https://bbb.example.org/", f"https://x.org/video/{ID}", "/nowhere", "ftp://x/y"])
def test_what_is_no_presentation_is_refused_with_a_hint(where: str) -> None:
    with pytest.raises(ConfigError) as refused:
        presentation_at(where)
    assert refused.value.hint


def test_a_folder_needs_no_server(site: Site) -> None:
    presentation = presentation_at(str(site.folder))
    with open_files(presentation) as files:
        assert files.find("shapes.svg") == site.folder / "shapes.svg"
        assert files.find("cursor.xml") is None
        assert media_name(files, "video/webcams") == "video/webcams.mp4"
    assert presentation.folder == site.folder
    assert site.asked == []


def test_a_file_is_fetched_once_for_all_runs(site: Site, tmp_path: Path) -> None:
    for _ in range(2):
        with open_files(site.presentation, tmp_path / "cache") as files:
            film = files.find("video/webcams.mp4")
            assert film is not None
            assert film.read_bytes() == FILM
    assert len(site.requests_for("webcams.mp4")) == 1


def test_without_a_cache_nothing_stays(site: Site) -> None:
    with open_files(site.presentation) as files:
        path = files.find("shapes.svg")
        assert path is not None
    assert not path.parent.exists()


def test_a_missing_file_is_asked_for_once(site: Site, tmp_path: Path) -> None:
    with remote(site, tmp_path) as files:
        assert [files.find("cursor.xml"), files.find("cursor.xml"), files.size("cursor.xml")] == [None, None, None]
    assert len(site.requests_for("cursor.xml")) == 1


def test_a_front_page_for_every_address_is_no_file(site: Site, tmp_path: Path) -> None:
    site.spoil = lambda _request, _response: page("Welcome to BigBlueButton")
    with remote(site, tmp_path) as files:
        assert files.find("panzooms.xml") is None
        assert files.size("deskshare/deskshare.webm") is None


def test_files_are_told_by_their_first_bytes_whatever_their_type(site: Site, tmp_path: Path) -> None:
    """As a Scalelite from 1.2 on calls every file for clients that accept anything."""
    site.spoil = lambda _request, response: dataclasses.replace(response, content_type="text/html")
    with remote(site, tmp_path) as files:
        assert files.size("video/webcams.mp4") == len(FILM)
        assert files.find("video/webcams.mp4") is not None
        assert files.find("shapes.svg") is not None
        assert files.find("cursor.xml") is None
    assert {request.headers["Accept"] for request in site.asked} == {"application/octet-stream,*/*;q=0.9"}


@pytest.mark.parametrize("name", ["panzooms.xml", "tldraw.json", "deskshare/deskshare.webm"])
def test_a_log_in_page_that_is_called_a_file_is_no_file(site: Site, tmp_path: Path, name: str) -> None:
    log_in = b"\n<!-- log in -->\n<!DOCTYPE html>\n<html><form/></html>"
    site.spoil = lambda _request, _response: Response(body=(log_in,), content_type="application/octet-stream")
    with remote(site, tmp_path) as files:
        assert files.find(name) is None


def test_cookies_go_to_hosts_without_a_dot_too(site: Site, tmp_path: Path) -> None:
    site.spoil = lambda request, response: (
        response if request.headers.get("Cookie") == "recording_presentation=abc" else page("no", HTTPStatus.FORBIDDEN)
    )
    base = f"http://localhost:{site.http.server_port}/presentation/{ID}/"
    with RemoteFiles(base, tmp_path, cookies=(("recording_presentation", "abc"),)) as files:
        assert files.find("shapes.svg") is not None


def test_a_transfer_that_breaks_goes_on_where_it_stopped(site: Site, tmp_path: Path) -> None:
    def broken(request: Request, response: Response) -> Response:
        return response if "Range" in request.headers else dataclasses.replace(response, sent=len(FILM) // 2)

    site.spoil = broken
    with remote(site, tmp_path) as files:
        film = files.find("video/webcams.mp4")
    assert film is not None
    assert film.read_bytes() == FILM
    ranges = [request.headers.get("Range") for request in site.requests_for("webcams.mp4")]
    assert ranges[0] is None
    assert ranges[1] is not None
    assert 0 < int(ranges[1].removeprefix("bytes=").rstrip("-")) < len(FILM)


def test_a_file_that_changed_in_between_is_taken_anew(site: Site, tmp_path: Path) -> None:
    path = site.folder / "video" / "webcams.mp4"
    newer = FILM[::-1]

    def changes(request: Request, response: Response) -> Response:
        if "Range" in request.headers:
            return response
        if path.read_bytes() == FILM:
            cut = dataclasses.replace(response, body=(FILM,), sent=len(FILM) // 2)
            path.write_bytes(newer)
            return cut
        return response

    site.spoil = changes
    with remote(site, tmp_path) as files:
        film = files.find("video/webcams.mp4")
    assert film is not None
    assert film.read_bytes() == newer


def test_a_server_that_keeps_failing_is_an_error_of_the_server(site: Site, tmp_path: Path) -> None:
    site.spoil = lambda _request, _response: page("", HTTPStatus.BAD_GATEWAY)
    with remote(site, tmp_path) as files, pytest.raises(RemoteError, match=r"shapes\.svg: HTTP 502"):
        files.find("shapes.svg")
    assert not (tmp_path / "cache" / "shapes.svg").exists()


def test_the_cookies_of_a_protected_recording_go_with_every_request(site: Site, tmp_path: Path) -> None:
    def guarded(request: Request, response: Response) -> Response:
        opened = request.headers.get("Cookie") == "recording_presentation=abc"
        return response if opened else page("no", HTTPStatus.FORBIDDEN)

    site.spoil = guarded
    with remote(site, tmp_path, cookies=(("recording_presentation", "abc"),)) as files:
        assert files.find("shapes.svg") is not None
        assert files.size("video/webcams.mp4") == len(FILM)
    for ask in ("find", "size"):
        with remote(site, tmp_path / "2") as files, pytest.raises(RecordingFailed) as refused:
            getattr(files, ask)("shapes.svg")
        assert "cookies" in refused.value.hint


@pytest.mark.parametrize("status", [400, 401, 403, 451])
def test_a_file_that_is_refused_is_the_trouble_of_its_recording_alone(site: Site, tmp_path: Path, status: int) -> None:
    site.spoil = lambda _request, _response: page("no", status)
    with (
        remote(site, tmp_path) as files,
        pytest.raises(RecordingFailed, match=rf"shapes\.svg.*HTTP {status}") as failed,
    ):
        files.find("shapes.svg")
    assert failed.value.message.startswith(f"{ID}: ")


@pytest.mark.parametrize(
    ("reference", "name"),
    [
        ("presentation/a/slide-1.png", "presentation/a/slide-1.png"),
        ("presentation/a/slide%201.png?v=2", "presentation/a/slide 1.png"),
        ("../other/slide-1.png", ""),
        ("presentation/%2e%2e/%2e%2e/x", ""),
        ("/etc/passwd", ""),
        ("https://elsewhere.example/x.png", ""),
        ("//elsewhere.example/x.png", ""),
        ("..\\x", ""),
        ("", ""),
    ],
)
def test_a_recording_refers_to_its_own_files_only(reference: str, name: str) -> None:
    assert safe_name(reference) == name


def test_a_name_that_leaves_the_folder_is_not_asked_for(site: Site, tmp_path: Path) -> None:
    with remote(site, tmp_path) as files, pytest.raises(RecordingFailed, match="no file of its own"):
        files.find("../../secret")
    with open_files(presentation_at(str(site.folder))) as files:
        (site.folder / "link").symlink_to("/etc/hostname")
        assert files.find("../published/shapes.svg") is None
        assert files.find("link") is None
    assert site.asked == []
