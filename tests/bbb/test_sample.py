"""The sample server behaves as the real ones where downloads and benchmarks rely on it."""

import hashlib
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from bbbmig.bbb.checksum import signed_query
from bbbmig.demo.bbb_playback import Media
from bbbmig.demo.bbb_scalelite import Site
from bbbmig.demo.bbb_server import SampleBbb
from bbbmig.demo.media import make_media
from bbbmig.demo.recordings import (
    IGNORED_SERVER,
    MOODLE,
    MOODLE_2,
    UNKNOWN_SERVER,
    many_recordings,
    sample_recordings,
)
from bbbmig.errors import ConfigError
from tests.bbb.conftest import Connect
from tests.bbb_server import ServeBbb
from tests.waiting import wait_until


@pytest.fixture
def served_film(sample_bbb: SampleBbb, bbb_media: Media) -> tuple[str, bytes]:
    path, file = next((path, file) for path, file in bbb_media.files.items() if path.startswith("/video/"))
    return sample_bbb.base + path, file.read_bytes()


@pytest.mark.parametrize(
    ("asked", "part"),
    [
        ("bytes=0-99", slice(0, 100)),
        ("bytes=100-", slice(100, None)),
        ("bytes=-50", slice(-50, None)),
        ("bytes=10-99999999", slice(10, None)),
    ],
)
def test_ranges(served_film: tuple[str, bytes], asked: str, part: slice) -> None:
    url, content = served_film
    response = httpx.get(url, headers={"Range": asked})
    start, stop, _ = part.indices(len(content))
    assert (response.status_code, response.content) == (206, content[part])
    assert response.headers["Content-Range"] == f"bytes {start}-{stop - 1}/{len(content)}"


def test_a_range_behind_the_end_is_refused(served_film: tuple[str, bytes]) -> None:
    url, content = served_film
    response = httpx.get(url, headers={"Range": f"bytes={len(content)}-"})
    assert (response.status_code, response.headers["Content-Range"]) == (416, f"bytes */{len(content)}")


def test_a_file_that_changed_is_sent_whole(served_film: tuple[str, bytes]) -> None:
    url, content = served_film
    head = httpx.head(url)
    assert (head.status_code, int(head.headers["Content-Length"]), head.content) == (200, len(content), b"")
    assert (head.headers["Content-Type"], head.headers["Accept-Ranges"]) == ("video/mp4", "bytes")
    same = httpx.get(url, headers={"Range": "bytes=5-", "If-Range": head.headers["ETag"]})
    changed = httpx.get(url, headers={"Range": "bytes=5-", "If-Range": '"another"'})
    assert (same.status_code, changed.status_code, changed.content) == (206, 200, content)


def test_the_few_dozen_have_every_shape() -> None:
    recordings = sample_recordings()
    assert len(recordings) == len({recording.record_id for recording in recordings}) >= 36
    kinds = {kind for recording in recordings for kind in (p.type for p in recording.playbacks)}
    assert kinds == {"presentation", "video", "podcast", "notes", "statistics"}
    servers = {recording.origin.server_name for recording in recordings}
    assert {MOODLE, MOODLE_2, IGNORED_SERVER, UNKNOWN_SERVER} <= servers
    assert max(len(recording.title) for recording in recordings) == 300
    assert sum(not recording.published for recording in recordings) == 1
    assert sum(bool(recording.breakout_parent) for recording in recordings) == 2


def test_record_ids_are_made_as_bigbluebutton_makes_them() -> None:
    for recording in (*sample_recordings(), *many_recordings(5)):
        if recording.meeting_id:
            digest = hashlib.sha1(recording.meeting_id.encode(), usedforsecurity=False).hexdigest()
            assert recording.record_id.partition("-")[0] == digest
        assert recording.created == recording.start


def test_it_is_the_same_on_every_run() -> None:
    code = "from bbbmig.demo.recordings import *; print(sample_recordings(), list(many_recordings(9)))"
    said = {
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, check=True, env={**os.environ, "PYTHONHASHSEED": seed}
        ).stdout
        for seed in ("1", "2")
    }
    assert len(said) == 1


def test_it_runs_in_a_process_of_its_own(connect: Connect) -> None:
    command = [sys.executable, "-m", "bbbmig.demo.bbb_server", "--recordings", "50"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            url, secret = process.stdout.readline().split()
            with connect(url, secret).recordings() as chunks:
                assert b"".join(chunks).count(b"<recording>") == 50
        finally:
            process.terminate()


def test_front_page_and_unknown_calls(serve_bbb: ServeBbb) -> None:
    sample = serve_bbb()
    assert "Welcome" in httpx.get(sample.base).text
    assert "<version>" in httpx.get(sample.url).text
    assert "checksumError" in httpx.get(f"{sample.url}/getRecordings?state=any").text
    query = "meetingID=x"
    digest = hashlib.sha256(f"deleteRecordings{query}{sample.secret}".encode()).hexdigest()
    assert "unsupportedRequest" in httpx.get(f"{sample.url}/deleteRecordings?{query}&checksum={digest}").text


@pytest.mark.parametrize(
    ("path", "status", "kind", "says"),
    [
        ("/no/such/path", 200, "application/xml", "unsupportedRequest"),
        ("/recording/ID.mp4", 200, "application/xml", "unsupportedRequest"),
        ("/playback/presentation/0.9.0/playback.html?meetingId=ID", 200, "application/xml", "unsupportedRequest"),
        ("/playback/presentation/2.3/ID", 200, "text/html", "player"),
        ("/presentation/ID/", 403, "text/html", "Forbidden"),
        ("/presentation/ID/absent.svg", 404, "text/html", "Not found"),
        ("/presentation/nosuch/shapes.svg", 404, "text/html", "Not found"),
    ],
)
def test_a_scalelite_answers_for_what_is_not_there_as_the_real_one(
    serve_bbb: ServeBbb, path: str, status: int, kind: str, says: str
) -> None:
    sample = serve_bbb(flavour="scalelite")
    lesson = next(recording for recording in sample.recordings if recording.playback("presentation"))
    response = httpx.get(sample.base + path.replace("ID", lesson.record_id))
    assert (response.status_code, response.headers["Content-Type"], says in response.text) == (status, kind, True)


def test_a_missing_or_failing_ffmpeg_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ConfigError, match="ffmpeg is missing"):
        make_media(tmp_path / "media", sample_recordings())
    fake = tmp_path / "ffmpeg"
    fake.write_text("#!/bin/sh\necho 'Unknown encoder libx264' >&2\nexit 1\n")
    fake.chmod(0o755)
    with pytest.raises(ConfigError, match="Unknown encoder libx264"):
        make_media(tmp_path / "media", sample_recordings())


@pytest.mark.parametrize(
    ("flavour", "accept", "expected"),
    [
        ("scalelite", "*/*", "text/html"),  # 1.2 and later, whatever the file is
        ("scalelite", "application/octet-stream,*/*;q=0.9", "video/mp4"),
        ("scalelite", "", "video/mp4"),
        ("scalelite-1.0", "*/*", "video/mp4"),
        ("bbb-2.6", "*/*", "video/mp4"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_the_type_of_a_file_is_that_of_the_real_servers(
    serve_bbb: ServeBbb, bbb_media: Media, flavour: str, accept: str, expected: str, method: str
) -> None:
    sample = serve_bbb(flavour=flavour, media=bbb_media)
    path = next(path for path in bbb_media.files if path.endswith(".m4v"))
    response = httpx.request(method, sample.base + path, headers={"Accept": accept})
    assert (response.status_code, response.headers["Content-Type"]) == (200, expected)


def test_calls_beyond_a_scalelites_threads_wait_and_nginx_gives_up_while_they_go_on(serve_bbb: ServeBbb) -> None:
    sample = serve_bbb(
        many_recordings(10), flavour="scalelite", site=Site(seconds_per_recording=0.5, proxy_timeout_s=0.2)
    )
    query = signed_query("getRecordings", {}, sample.secret, "sha256")
    with ThreadPoolExecutor(3) as pool:
        lists = list(pool.map(lambda _: httpx.get(f"{sample.url}/getRecordings?{query}").status_code, range(3)))
    assert lists == [504] * 3
    assert httpx.get(sample.url).status_code == 504  # all three threads are still busy with them
    wait_until(lambda: httpx.get(sample.url).status_code != 504, "the threads do not become free")
