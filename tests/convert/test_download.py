"""A file arrives whole or not at all, whatever the connection, the server and the disk do."""

import json
import random
import resource
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bbbmig.bbb.client import BbbServer
from bbbmig.bbb.media import MediaFinder
from bbbmig.demo.bbb_http import Request, Response, page
from bbbmig.demo.bbb_playback import Media
from bbbmig.demo.bbb_server import SECRET
from bbbmig.errors import NoSpace, RecordingFailed, RemoteError, Stopped
from bbbmig.transfer import straight_body
from bbbmig.transfer.download import Downloader, Gone
from bbbmig.transfer.partial_file import note_of, part_of
from tests.bbb_server import ServeBbb
from tests.convert.conftest import FileServer, answered, cut_after
from tests.waiting import WAIT_S, wait_until

CONTENT = random.Random(1).randbytes(1_000_000)

Talk = Callable[[socket.socket], None]
Speak = Callable[[Talk], str]


@pytest.fixture
def part(tmp_path: Path) -> Path:
    (tmp_path / "recorder").mkdir()
    return part_of(tmp_path / "recorder" / "Algèbre 2023-05-06 14h30 1a2b3c4d5e6f.mp4")


@pytest.fixture
def speak() -> Iterator[Speak]:
    """A server that does with each connection what a test says."""
    listener = socket.create_server(("127.0.0.1", 0))
    threads: list[threading.Thread] = []

    def serve(talk: Talk) -> str:
        def run() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(65536)
                    talk(connection)

        threads.append(threading.Thread(target=run))
        threads[0].start()
        return f"http://127.0.0.1:{listener.getsockname()[1]}/film.mp4"

    yield serve
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    for thread in threads:
        thread.join()


@pytest.fixture(params=[straight_body.LARGE_BYTES, 50_000], ids=["by httpx", "straight"])
def however_it_is_read(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Small and large files are read in two ways."""
    monkeypatch.setattr(straight_body, "LARGE_BYTES", request.param)


def begun(files: FileServer, downloader: Downloader, part: Path, count: int = 300_000) -> str:
    """An address of which an earlier run fetched so much before it was stopped."""
    url = files.put("film.mp4", CONTENT)
    stop = threading.Event()
    files.mishaps.append(cut_after(count))

    def stop_before(_request: Request, response: Response) -> Response:
        stop.set()
        return replace(response, sent=0)

    files.mishaps.append(stop_before)
    with pytest.raises(Stopped):
        downloader.fetch([url], part, stop=stop)
    assert part.stat().st_size == count
    files.requests.clear()
    return url


@pytest.mark.usefixtures("however_it_is_read")
def test_a_file_arrives_whole_with_its_progress(files: FileServer, downloader: Downloader, part: Path) -> None:
    told: list[tuple[int, int | None]] = []
    url = files.put("film.mp4", CONTENT)
    assert downloader.fetch([url], part, progress=lambda have, total: told.append((have, total))) == len(CONTENT)
    assert part.read_bytes() == CONTENT
    assert told[-1] == (len(CONTENT), len(CONTENT))
    assert sorted(told) == told
    assert files.requests[0].headers["Accept-Encoding"] == "identity"


@pytest.mark.usefixtures("however_it_is_read")
def test_connections_that_break_again_and_again_only_cost_time(
    files: FileServer, downloader: Downloader, part: Path
) -> None:
    url = files.put("film.mp4", CONTENT)
    files.mishaps.extend([cut_after(90_000)] * 10)
    assert downloader.fetch([url], part) == len(CONTENT)
    assert part.read_bytes() == CONTENT
    assert files.ranges == ["", *(f"bytes={n * 90_000}-" for n in range(1, 11))]


@pytest.mark.usefixtures("however_it_is_read")
def test_a_run_goes_on_where_the_last_one_was_stopped(files: FileServer, downloader: Downloader, part: Path) -> None:
    url = begun(files, downloader, part)
    assert downloader.fetch([url], part) == len(CONTENT)
    assert part.read_bytes() == CONTENT
    assert files.ranges == ["bytes=300000-"]
    assert files.requests[0].headers["If-Range"].startswith('"')


def test_a_file_that_changed_in_between_is_fetched_anew(files: FileServer, downloader: Downloader, part: Path) -> None:
    url = begun(files, downloader, part)
    other = CONTENT[::-1]
    files.put("film.mp4", other)
    assert downloader.fetch([url], part) == len(other)
    assert part.read_bytes() == other


def test_a_changed_file_is_noticed_though_the_server_does_not_compare(
    files: FileServer, downloader: Downloader, part: Path
) -> None:
    url = begun(files, downloader, part)
    other = CONTENT[::-1]
    files.put("film.mp4", other)

    def without_comparing(request: Request, _response: Response) -> Response:
        first = int(request.headers["Range"].removeprefix("bytes=").removesuffix("-"))
        span = {"Content-Range": f"bytes {first}-{len(other) - 1}/{len(other)}", "ETag": '"another"'}
        return Response(status=206, body=(other[first:],), content_type="video/mp4", headers=span)

    files.mishaps.append(without_comparing)
    assert downloader.fetch([url], part) == len(other)
    assert part.read_bytes() == other


def test_a_server_that_knows_no_ranges_sends_all_again(files: FileServer, downloader: Downloader, part: Path) -> None:
    url = files.put("film.mp4", CONTENT)
    whole = Response(body=(CONTENT,), content_type="video/mp4")
    files.mishaps.extend([lambda *_: replace(whole, sent=500_000), lambda *_: replace(whole, sent=700_000)])
    files.always = lambda *_: whole
    assert downloader.fetch([url], part) == len(CONTENT)
    assert part.read_bytes() == CONTENT


def test_a_server_that_always_breaks_off_at_the_same_place_is_given_up(
    files: FileServer, downloader: Downloader, part: Path
) -> None:
    url = files.put("film.mp4", CONTENT)
    files.always = lambda *_: Response(body=(CONTENT,), content_type="video/mp4", sent=500_000)
    with pytest.raises(RemoteError, match="the connection broke"):
        downloader.fetch([url], part)
    assert len(files.requests) == 4


def test_bytes_of_which_nobody_knows_the_origin_are_not_used(
    files: FileServer, downloader: Downloader, part: Path
) -> None:
    url = begun(files, downloader, part)
    note_of(part).write_text("not a note")
    assert downloader.fetch([url], part) == len(CONTENT)
    assert part.read_bytes() == CONTENT
    assert files.ranges == [""]


def test_after_a_power_cut_only_what_was_on_the_disk_counts(
    files: FileServer, downloader: Downloader, part: Path
) -> None:
    url = begun(files, downloader, part)
    note = json.loads(note_of(part).read_text())
    assert note["settled"] == 300_000
    note_of(part).write_text(json.dumps({**note, "settled": 100_000, "boot": "before the power was cut"}))
    with part.open("r+b") as file:
        file.seek(100_000)
        file.write(bytes(200_000))
    assert downloader.fetch([url], part) == len(CONTENT)
    assert part.read_bytes() == CONTENT
    assert files.ranges == ["bytes=100000-"]


def test_a_file_that_is_all_there_is_not_fetched_again(files: FileServer, downloader: Downloader, part: Path) -> None:
    url = files.put("film.mp4", CONTENT)
    downloader.fetch([url], part)
    told: list[object] = []
    assert downloader.fetch([url], part, progress=lambda *now: told.append(now)) == len(CONTENT)
    assert files.ranges == ["", "bytes=1000000-"]
    assert part.read_bytes() == CONTENT


def test_a_part_longer_than_the_servers_file_is_thrown_away(
    files: FileServer, downloader: Downloader, part: Path
) -> None:
    url = files.put("film.mp4", CONTENT)
    downloader.fetch([url], part)
    with part.open("ab") as file:
        file.write(b"!")
    assert downloader.fetch([url], part) == len(CONTENT)
    assert part.read_bytes() == CONTENT


def test_the_first_address_that_answers_is_taken(files: FileServer, downloader: Downloader, part: Path) -> None:
    url = files.put("film.mp4", CONTENT)
    closed = "http://127.0.0.1:9/film.mp4"
    assert downloader.fetch([f"{files.base}/other.webm", url, closed], part) == len(CONTENT)
    assert [request.path for request in files.requests] == ["/other.webm", "/film.mp4"]


def test_an_address_that_nobody_answers_leaves_the_others(
    files: FileServer, downloader: Downloader, part: Path
) -> None:
    url = files.put("film.mp4", CONTENT)
    assert downloader.fetch(["http://127.0.0.1:9/film.mp4", url], part) == len(CONTENT)
    with pytest.raises(RemoteError, match="cannot connect"):
        downloader.fetch(["http://127.0.0.1:9/film.mp4"], part)


def test_an_alternative_does_not_cost_what_is_there_already(
    files: FileServer, downloader: Downloader, part: Path
) -> None:
    url = begun(files, downloader, part)
    files.always = answered(500)
    with pytest.raises(RemoteError, match="HTTP 500"):
        downloader.fetch([f"{files.base}/film.webm", url], part)
    assert part.stat().st_size == 300_000
    assert {request.path for request in files.requests} == {"/film.mp4"}


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_what_the_server_no_longer_gives_is_told_apart_and_kept(
    files: FileServer, downloader: Downloader, part: Path, status: int
) -> None:
    url = begun(files, downloader, part)
    files.mishaps.append(answered(status))
    with pytest.raises(Gone, match=f"HTTP {status}"):
        downloader.fetch([url], part)
    assert downloader.fetch([url], part) == len(CONTENT)
    assert files.ranges == ["bytes=300000-"] * 2


def test_a_busy_server_is_asked_again_when_it_says(files: FileServer, downloader: Downloader, part: Path) -> None:
    url = files.put("film.mp4", CONTENT)
    files.mishaps.extend(
        [answered(503, Retry_After="0"), answered(429, Retry_After="0"), answered(502, Retry_After="0")]
    )
    assert downloader.fetch([url], part) == len(CONTENT)


@pytest.mark.parametrize(
    "response",
    [
        page("Welcome to BigBlueButton"),
        replace(page("Please log in"), content_type="video/mp4"),
        Response(body=(b"<?xml version='1.0'?><Error/>",), content_type="application/octet-stream"),
        Response(body=(b"\xef\xbb\xbf\n <Error/>",), content_type="video/mp4"),
        Response(body=(b'{"error": "no such file"}',), content_type="application/octet-stream"),
        Response(body=(b"no such file",), content_type="text/plain"),
        Response(content_type="video/mp4"),
        Response(body=(CONTENT,), content_type="video/mp4", headers={"Content-Encoding": "gzip"}),
        Response(status=418, content_type="video/mp4"),
    ],
    ids=["front page", "page called video", "xml", "bare xml", "json", "words", "empty", "compressed", "teapot"],
)
def test_what_is_no_media_file_is_refused(
    files: FileServer, downloader: Downloader, part: Path, response: Response
) -> None:
    files.mishaps.append(lambda *_: response)
    with pytest.raises(RecordingFailed, match="downloading http"):
        downloader.fetch([f"{files.base}/film.mp4"], part)
    assert not part.exists()


@pytest.mark.parametrize("kind", ["text/html", "text/html; charset=utf-8", "text/plain", ""])
@pytest.mark.parametrize("start", [b"\x1aE\xdf\xa3", b"\0\0\0 ftypisom", b"OggS\0", b"ID3\x04", b"\xff\xfb\x90"])
def test_media_is_media_whatever_a_server_calls_it(
    files: FileServer, downloader: Downloader, part: Path, kind: str, start: bytes
) -> None:
    """As a Scalelite from 1.2 on calls every file for clients that accept anything."""
    url = files.put("film.mp4", start + CONTENT)
    files.always = lambda _request, response: replace(response, content_type=kind)
    assert downloader.fetch([url], part) == len(start + CONTENT)
    assert files.requests[0].headers["Accept"] == "application/octet-stream,*/*;q=0.9"


def test_a_reply_in_chunks_without_a_length_is_taken_whole(speak: Speak, downloader: Downloader, part: Path) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nTransfer-Encoding: chunked\r\n\r\n"
    url = speak(lambda connection: connection.sendall(head + b"5\r\nwhole\r\n4\r\nfile\r\n0\r\n\r\n"))
    assert downloader.fetch([url], part) == 9
    assert part.read_bytes() == b"wholefile"


def test_chunks_that_do_not_end_are_a_failure(speak: Speak, downloader: Downloader, part: Path) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nTransfer-Encoding: chunked\r\n\r\n"
    url = speak(lambda connection: connection.sendall(head + b"5\r\nwhole\r\n4\r\nfi"))
    with pytest.raises(RemoteError, match="the connection broke"):
        downloader.fetch([url], part)


@pytest.mark.parametrize("sent", [0, 1000], ids=["before it answers", "in the middle"])
@pytest.mark.usefixtures("however_it_is_read")
def test_a_silent_server_does_not_keep_anybody_who_wants_to_stop(speak: Speak, part: Path, sent: int) -> None:
    stop, released = threading.Event(), threading.Event()

    def silent(connection: socket.socket) -> None:
        if sent:
            head = b'HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nETag: "1"\r\nContent-Length: 500000\r\n\r\n'
            connection.sendall(head + bytes(sent))
            wait_until(lambda: part.exists() and part.stat().st_size == sent, "nothing came")
        stop.set()
        released.wait(WAIT_S)

    started = time.monotonic()
    with Downloader(timeout_s=WAIT_S) as downloader, pytest.raises(Stopped):
        downloader.fetch([speak(silent)], part, stop=stop)
    released.set()
    assert time.monotonic() - started < WAIT_S / 2
    assert part.exists() == bool(sent)


@pytest.mark.usefixtures("however_it_is_read")
def test_what_comes_after_the_end_of_a_file_is_no_part_of_it(speak: Speak, downloader: Downloader, part: Path) -> None:
    film = b"\x1aE\xdf\xa3" + bytes(99_996)

    def longer(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + film[:2000])
        wait_until(part.exists, "nothing came")
        connection.sendall(film[2000:] + b"more")

    assert downloader.fetch([speak(longer)], part) == len(film)
    assert part.read_bytes() == film


def test_who_waits_for_a_free_connection_can_be_stopped(files: FileServer, part: Path) -> None:
    url = files.put("film.mp4", CONTENT)
    stop = threading.Event()
    with Downloader(connections=1, bytes_per_s=200_000) as downloader:

        def stopped() -> None:
            with pytest.raises(Stopped):
                downloader.fetch([url], part, stop=stop)

        slow = threading.Thread(target=stopped)
        slow.start()
        wait_until(lambda: files.requests, "no request")
        threading.Timer(0.1, stop.set).start()
        with pytest.raises(Stopped):
            downloader.fetch([url], part.with_name(".other.part"), stop=stop)
        slow.join()
    assert len(files.requests) == 1


def test_all_threads_together_stay_below_the_rate(files: FileServer, tmp_path: Path) -> None:
    url = files.put("film.mp4", CONTENT[:300_000])
    started = time.monotonic()
    with Downloader(bytes_per_s=600_000) as downloader:
        threads = [
            threading.Thread(target=downloader.fetch, args=([url], tmp_path / f"{number}.part")) for number in range(2)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert time.monotonic() - started > 0.9
    assert {(tmp_path / f"{number}.part").stat().st_size for number in range(2)} == {300_000}


def test_a_rate_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="no rate"):
        Downloader(bytes_per_s=0)


def test_room_on_the_disk_is_looked_at_before_the_first_byte(
    files: FileServer, downloader: Downloader, part: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = files.put("film.mp4", CONTENT)
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage._replace(free=(64 << 20) + 500_000))
    with pytest.raises(NoSpace, match=r"needs 1.0 MiB, and .*/recorder/\.bbbmig has only 64.5 MiB left"):
        downloader.fetch([url], part)
    assert not part.exists()


def test_a_disk_that_gets_full_is_said_in_words_and_gets_its_room_back(
    files: FileServer, downloader: Downloader, part: Path
) -> None:
    url = files.put("film.mp4", CONTENT)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (400_001, limits[1]))
    try:
        with pytest.raises(NoSpace, match="is full"):
            downloader.fetch([url], part)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert not part.exists()
    assert downloader.fetch([url], part) == len(CONTENT)


def test_cookies_follow_on_their_own_host_only_and_are_never_kept(
    files: FileServer, downloader: Downloader, part: Path, tmp_path: Path
) -> None:
    url = files.put("film.mp4", CONTENT)
    other_folder = tmp_path / "other"
    other_folder.mkdir()
    with FileServer(other_folder) as other:
        elsewhere = other.put("film.mp4", CONTENT)
        files.mishaps.append(answered(302, Location="/film.mp4", Set_Cookie="session=of-another; Path=/"))
        files.mishaps.append(answered(302, Location=elsewhere))
        downloader.fetch([f"{files.base}/playback/film.mp4"], part, cookies={"recording_video_x": "key"})
        assert [request.headers.get("Cookie") for request in files.requests] == ["recording_video_x=key"] * 2
        assert "Cookie" not in other.requests[0].headers
    downloader.fetch([url], part.with_name(".other.part"))
    assert "Cookie" not in files.requests[-1].headers


def test_redirections_in_a_circle_end(files: FileServer, downloader: Downloader, part: Path) -> None:
    files.always = answered(302, Location="/film.mp4")
    with pytest.raises(RecordingFailed, match="redirections"):
        downloader.fetch([f"{files.base}/film.mp4"], part)


def test_secrets_in_addresses_are_not_told(files: FileServer, downloader: Downloader, part: Path) -> None:
    with pytest.raises(Gone) as caught:
        downloader.fetch([f"{files.base}/recording/1/video?token=s3cret"], part)
    assert "s3cret" not in str(caught.value)
    with pytest.raises(RecordingFailed, match="not an address of http"):
        downloader.fetch(["file:///etc/passwd"], part)
    with pytest.raises(RecordingFailed, match="no address"):
        downloader.fetch([], part)


def test_the_film_of_a_protected_recording_comes_with_its_cookie(
    serve_bbb: ServeBbb, bbb_media: Media, downloader: Downloader, part: Path
) -> None:
    sample = serve_bbb(flavour="scalelite-protected", media=bbb_media)
    recording = next(recording for recording in sample.recordings if recording.playback("video"))
    with BbbServer(sample.url, SECRET) as server:
        source = MediaFinder(server).source(recording, "video")
    assert source is not None
    with pytest.raises(Gone):
        downloader.fetch(source.urls, part)
    size = downloader.fetch(source.urls, part, cookies=dict(source.cookies))
    assert part.read_bytes() == bbb_media.files[f"/video/{recording.record_id}/video-0.m4v"].read_bytes()
    assert size == part.stat().st_size
