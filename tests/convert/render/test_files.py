"""Files come whole, once, from a server or a folder; missing ones are normal, foreign ones are not touched."""

import dataclasses
import gzip
from collections.abc import Callable, Iterator
from http import HTTPStatus
from pathlib import Path

import pytest

from bbbmig.convert.published_files import PublishedFiles
from bbbmig.convert.render.address import presentation_at
from bbbmig.convert.render.files import media_name, open_files, safe_name
from bbbmig.demo.bbb_http import Loopback, Request, Response, file_response, page
from bbbmig.domain.conversion import Presentation
from bbbmig.domain.trusted_hosts import TrustedHosts
from bbbmig.errors import ConfigError, RecordingFailed, RemoteError
from bbbmig.http import trust_only
from bbbmig.transfer.download import Downloader
from bbbmig.transfer.site_folder import SiteFolder
from bbbmig.transfer.wanted import Limits

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


@pytest.fixture
def downloader() -> Iterator[Downloader]:
    with Downloader(timeout_s=10) as downloader:
        yield downloader


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bbbmig.http.waits.FIRST_WAIT_S", 0.005)


@pytest.fixture
def remote(site: Site, tmp_path: Path, downloader: Downloader) -> SiteFolder:
    return SiteFolder(downloader, f"{site.base}/presentation/{ID}/", tmp_path / "cache")


@pytest.fixture
def published(tmp_path: Path, downloader: Downloader) -> PublishedFiles:
    return PublishedFiles(work=tmp_path / "cache", downloader=downloader, keep=True)


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


def test_a_folder_needs_no_server(site: Site, published: PublishedFiles) -> None:
    presentation = presentation_at(str(site.folder))
    with published.fetched(presentation) as local, open_files(local) as files:
        assert files.find("shapes.svg") == site.folder / "shapes.svg"
        assert files.find("cursor.xml") is None
        assert media_name(files, "video/webcams") == "video/webcams.mp4"
    assert presentation.folder == site.folder
    assert site.asked == []


def test_each_file_is_asked_for_once_for_all_runs(site: Site, published: PublishedFiles) -> None:
    for _ in range(2):
        with published.fetched(site.presentation) as local, open_files(local) as files:
            film = files.find("video/webcams.mp4")
            assert film is not None
            assert film.read_bytes() == FILM
            assert media_name(files, "video/webcams") == "video/webcams.mp4"
    assert len(site.requests_for("webcams.mp4")) == 1
    assert len(site.requests_for("shapes.svg")) == 1
    assert {request.method for request in site.asked} == {"GET"}
    assert len(site.requests_for("cursor.xml")) == 2  # once for each run
    assert site.requests_for("audio.webm") == []  # the cameras' film holds the sound


def test_without_a_cache_nothing_stays(site: Site, tmp_path: Path) -> None:
    with PublishedFiles(work=tmp_path / "work").fetched(site.presentation) as local:
        assert local.folder is not None
        assert (local.folder / "shapes.svg").exists()
    assert list((tmp_path / "work").iterdir()) == []


def test_a_missing_file_is_asked_for_once(site: Site, remote: SiteFolder) -> None:
    assert [remote.get("cursor.xml"), remote.get("cursor.xml")] == [None, None]
    assert len(site.requests_for("cursor.xml")) == 1
    assert remote.absent == {"cursor.xml": "missing"}


def test_a_front_page_for_every_address_is_no_file(site: Site, remote: SiteFolder, published: PublishedFiles) -> None:
    site.spoil = lambda _request, _response: page("Welcome to BigBlueButton")
    assert remote.get("panzooms.xml") is None
    assert remote.get("deskshare/deskshare.webm") is None
    assert set(remote.absent.values()) == {"page"}
    with pytest.raises(RecordingFailed, match="a page"), published.fetched(site.presentation):
        pass


def test_files_are_told_by_their_first_bytes_whatever_their_type(site: Site, remote: SiteFolder) -> None:
    """As a Scalelite from 1.2 on calls every file for clients that accept anything."""
    site.spoil = lambda _request, response: dataclasses.replace(response, content_type="text/html")
    assert remote.get("video/webcams.mp4") is not None
    assert remote.get("shapes.svg") is not None
    assert remote.get("cursor.xml") is None
    assert {request.headers["Accept"] for request in site.asked} == {"application/octet-stream,*/*;q=0.9"}


@pytest.mark.parametrize("name", ["panzooms.xml", "tldraw.json", "deskshare/deskshare.webm"])
def test_a_log_in_page_that_is_called_a_file_is_no_file(site: Site, remote: SiteFolder, name: str) -> None:
    log_in = b"\n<!-- log in -->\n<!DOCTYPE html>\n<html><form/></html>"
    site.spoil = lambda _request, _response: Response(body=(log_in,), content_type="application/octet-stream")
    assert remote.get(name) is None
    assert remote.absent == {name: "page"}


@pytest.mark.parametrize(
    ("missing", "why"),
    [
        (Response(status=403, body=(b"<Error><Code>AccessDenied</Code></Error>",), content_type="text/xml"), "refused"),
        (Response(content_type="application/octet-stream"), "empty"),
        (page("Please log in"), "page"),
        (page("teapot", 418), "status"),
    ],
    ids=["403", "empty", "log-in page", "teapot"],
)
def test_what_storage_answers_for_missing_files_ends_no_recording(
    site: Site, published: PublishedFiles, remote: SiteFolder, missing: Response, why: str
) -> None:
    site.spoil = lambda _request, response: response if response.status == HTTPStatus.OK else missing
    with published.fetched(site.presentation) as local:
        assert local.folder is not None
        found = {str(path.relative_to(local.folder)) for path in local.folder.rglob("*") if path.is_file()}
    assert found == {"shapes.svg", "video/webcams.mp4"}
    assert remote.get("cursor.xml") is None
    assert remote.absent == {"cursor.xml": why}


def elsewhere(site: Site, name: str, target: str) -> None:
    """That file is somewhere else, says the server."""

    def spoil(request: Request, response: Response) -> Response:
        if request.path.endswith(name):
            return dataclasses.replace(page("", HTTPStatus.FOUND), headers={"Location": target})
        return response

    site.spoil = spoil


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Site]:
    """Another server of the same machine, which would answer."""
    folder = tmp_path / "internal"
    folder.mkdir()
    for name in ("cursor.xml", "secret"):
        (folder / name).write_text("<internal/>")
    other = Site(folder)
    other.http.start()
    yield other
    other.http.stop()


@pytest.mark.parametrize(
    "target", ["{other}/secret", "http://localhost:{port}/secret", "http://169.254.169.254/latest"]
)
def test_a_side_file_that_is_said_to_be_inside_is_not_asked_for(
    site: Site, other: Site, tmp_path: Path, target: str
) -> None:
    elsewhere(site, "cursor.xml", target.format(other=other.base, port=other.http.server_port))
    given = dataclasses.replace(site.presentation, cookies=(("session", "key"),))
    with PublishedFiles(work=tmp_path / "work").fetched(given) as local:
        assert local.folder is not None
        assert not (local.folder / "cursor.xml").exists()
        assert (local.folder / "video" / "webcams.mp4").read_bytes() == FILM
    (note,) = local.notes
    assert note.startswith("cursor.xml was taken for missing, and not asked: ")
    assert other.asked == []


@pytest.mark.parametrize("name", ["metadata.xml", "shapes.svg", "video/webcams.mp4", "video/webcams.webm"])
def test_a_recording_whose_films_are_said_to_be_inside_fails_and_asks_nobody(
    site: Site, other: Site, tmp_path: Path, name: str
) -> None:
    elsewhere(site, name, f"{other.base}/secret")
    with (
        pytest.raises(RecordingFailed, match=f"{name} was not asked: 127.0.0.1 is 127.0.0.1") as failed,
        PublishedFiles(work=tmp_path / "work").fetched(site.presentation),
    ):
        pass
    assert "[bbb] hosts" in failed.value.hint
    assert other.asked == []


def test_a_redirection_to_a_host_that_is_named_is_followed_without_the_cookies(
    site: Site, other: Site, tmp_path: Path, downloader: Downloader
) -> None:
    elsewhere(site, "cursor.xml", f"{other.base}/presentation/{ID}/cursor.xml")
    trusted = TrustedHosts.of(site.base, [f"127.0.0.1:{other.http.server_port}"])
    trust_only(downloader.client, lambda: trusted)
    given = dataclasses.replace(site.presentation, cookies=(("session", "key"),))
    with PublishedFiles(work=tmp_path / "work", downloader=downloader).fetched(given) as local:
        assert local.folder is not None
        assert (local.folder / "cursor.xml").read_text() == "<internal/>"
    assert [request.headers.get("Cookie") for request in other.asked] == [None]
    assert {request.headers.get("Cookie") for request in site.asked} == {"session=key"}


def test_a_film_of_which_one_address_is_inside_comes_from_the_next(
    site: Site, other: Site, tmp_path: Path, downloader: Downloader
) -> None:
    trusted = TrustedHosts.of(site.base)
    trust_only(downloader.client, lambda: trusted)
    film = f"{site.base}/presentation/{ID}/video/webcams.mp4"
    size = downloader.fetch([f"{other.base}/secret", film], tmp_path / "film", stop=None)
    assert (size, other.asked) == (len(FILM), [])


def test_an_empty_film_gives_way_to_the_next_form(site: Site, published: PublishedFiles) -> None:
    (site.folder / "video" / "webcams.webm").touch()
    with published.fetched(site.presentation) as local, open_files(local) as files:
        assert media_name(files, "video/webcams") == "video/webcams.mp4"
        assert local.notes == ("video/webcams.webm is empty on the server, and was taken for missing",)
    with open_files(presentation_at(str(site.folder))) as files:
        assert media_name(files, "video/webcams") == "video/webcams.mp4"


@pytest.mark.parametrize("name", ["shapes.svg", "video/webcams.mp4"])
def test_a_file_that_comes_compressed_without_being_asked_for_is_decoded(
    site: Site, remote: SiteFolder, name: str
) -> None:
    content = (site.folder / name).read_bytes()

    def compressed(_request: Request, response: Response) -> Response:
        return dataclasses.replace(response, body=(gzip.compress(content),), headers={"Content-Encoding": "gzip"})

    site.spoil = compressed
    found = remote.get(name)
    assert found is not None
    assert found.read_bytes() == content
    assert len(site.asked) == 1


def test_compressed_bytes_that_never_end_are_given_up(site: Site, tmp_path: Path, downloader: Downloader) -> None:
    bomb = gzip.compress(b" " * (50 << 20))
    site.spoil = lambda _request, _response: Response(
        body=(bomb,), content_type="text/xml", headers={"Content-Encoding": "gzip"}
    )
    limits = Limits(most_bytes=64 << 20, free_ratio_bytes=1 << 20)
    folder = SiteFolder(downloader, f"{site.base}/presentation/{ID}/", tmp_path / "cache", side_file=limits)
    with pytest.raises(RecordingFailed, match="few compressed bytes"):
        folder.get("cursor.xml")
    assert len(site.asked) == 1


def test_a_side_file_without_end_is_given_up(site: Site, tmp_path: Path, downloader: Downloader) -> None:
    site.spoil = lambda _request, _response: Response(body=(b"<events>" + bytes(2 << 20),), content_type="text/xml")
    limits = Limits(most_bytes=1 << 20)
    folder = SiteFolder(downloader, f"{site.base}/presentation/{ID}/", tmp_path / "cache", side_file=limits)
    with pytest.raises(RecordingFailed, match=r"more than 1\.0 MiB"):
        folder.get("cursor.xml")
    assert not list(tmp_path.rglob("*.part"))


def test_cookies_go_to_hosts_without_a_dot_too(site: Site, tmp_path: Path, downloader: Downloader) -> None:
    site.spoil = lambda request, response: (
        response if request.headers.get("Cookie") == "recording_presentation=abc" else page("no", HTTPStatus.FORBIDDEN)
    )
    base = f"http://localhost:{site.http.server_port}/presentation/{ID}/"
    folder = SiteFolder(downloader, base, tmp_path, cookies={"recording_presentation": "abc"})
    assert folder.get("shapes.svg") is not None
    assert folder.get("video/webcams.mp4") is not None


def test_a_transfer_that_breaks_goes_on_where_it_stopped(site: Site, remote: SiteFolder) -> None:
    def broken(request: Request, response: Response) -> Response:
        return response if "Range" in request.headers else dataclasses.replace(response, sent=len(FILM) // 2)

    site.spoil = broken
    film = remote.get("video/webcams.mp4")
    assert film is not None
    assert film.read_bytes() == FILM
    ranges = [request.headers.get("Range") for request in site.requests_for("webcams.mp4")]
    assert ranges[0] is None
    assert ranges[1] is not None
    assert 0 < int(ranges[1].removeprefix("bytes=").rstrip("-")) < len(FILM)


def test_a_range_that_begins_elsewhere_is_not_put_behind(site: Site, remote: SiteFolder) -> None:
    def elsewhere(request: Request, response: Response) -> Response:
        if len(site.asked) == 1:
            return dataclasses.replace(response, sent=len(FILM) // 2)
        if "Range" not in request.headers:
            return response
        span = {**response.headers, "Content-Range": f"bytes 0-{len(FILM) - 1}/{len(FILM)}"}
        return dataclasses.replace(response, body=(FILM,), headers=span)

    site.spoil = elsewhere
    film = remote.get("video/webcams.mp4")
    assert film is not None
    assert film.read_bytes() == FILM


def test_a_file_that_changed_in_between_is_taken_anew(site: Site, remote: SiteFolder) -> None:
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
    film = remote.get("video/webcams.mp4")
    assert film is not None
    assert film.read_bytes() == newer


def test_a_server_that_keeps_failing_is_an_error_of_the_server(site: Site, tmp_path: Path, remote: SiteFolder) -> None:
    site.spoil = lambda _request, _response: page("", HTTPStatus.BAD_GATEWAY)
    with pytest.raises(RemoteError, match=r"shapes\.svg: HTTP 502"):
        remote.get("shapes.svg")
    assert not (tmp_path / "cache" / "shapes.svg").exists()


@pytest.mark.parametrize("status", [400, 401, 403, 451])
def test_a_recording_that_is_refused_as_a_whole_fails_alone(site: Site, published: PublishedFiles, status: int) -> None:
    site.spoil = lambda _request, _response: page("no", status)
    with (
        pytest.raises(RecordingFailed, match=rf"metadata\.xml.*HTTP {status}") as failed,
        published.fetched(site.presentation),
    ):
        pass
    assert failed.value.message.startswith(f"{ID}: ")
    assert "cookies" in failed.value.hint


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
        (".bbbmig/x.part", ""),
        ("a%00b", ""),
        ("http://[", ""),
        ("x" * 300, ""),
        ("", ""),
    ],
)
def test_a_recording_refers_to_its_own_files_only(reference: str, name: str) -> None:
    assert safe_name(reference) == name


def test_a_name_that_leaves_the_folder_is_not_asked_for(site: Site, remote: SiteFolder) -> None:
    for name in ("../../secret", "/etc/passwd", "a/../../b", "", ".bbbmig/x", "a\nb", "x" * 300):
        with pytest.raises(RecordingFailed, match="no file of its own"):
            remote.get(name)
    with open_files(presentation_at(str(site.folder))) as files:
        (site.folder / "link").symlink_to("/etc/hostname")
        assert files.find("../published/shapes.svg") is None
        assert files.find("link") is None
    assert site.asked == []
