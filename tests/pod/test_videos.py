"""Videos uploaded to Pod: drafts, whole, once, with their real dates, and encoded."""

import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import respx

from bbbmig.demo.pod_server import SamplePod
from bbbmig.domain.person import Person
from bbbmig.domain.target import User, VideoRequest
from bbbmig.errors import RecordingFailed, RemoteError, RemoteRefused
from bbbmig.pod.client import PodServer
from bbbmig.pod.users import Users
from bbbmig.pod.video_values import VideoType
from bbbmig.pod.videos import Videos
from tests.pod.conftest import Connect
from tests.waiting import wait_until

ROUTE = "/rest/videos/"
ENCODE = "/rest/launch_encode_view/"
START = datetime(2023, 5, 6, 12, 30, 15, tzinfo=UTC)
STU = User(id=2, username="stu")
STAFFONLY = User(id=3, username="staffonly")
NO_VIDEOS: dict[str, object] = {"count": 0, "next": None, "results": []}
MIB = 1024 * 1024


@pytest.fixture
def videos(server: PodServer) -> Videos:
    return Videos(server)


@pytest.fixture
def film(tmp_path: Path) -> Path:
    path = tmp_path / "Réunion d'été 🎓 1a2b3c4d5e6f.mp4"
    path.write_bytes(bytes(range(256)) * 1000)
    return path


def new(**changes: Any) -> VideoRequest:  # noqa: ANN401
    values = {"title": "Réunion d'été 🎓", "owner": STAFFONLY, "type_id": 1, "site_ids": (1,), "recorded": START}
    return VideoRequest(**{**values, **changes})


def stored(pod: SamplePod) -> list[dict[str, Any]]:
    return pod.rows("SELECT * FROM video_video ORDER BY id")


def posts(pod: SamplePod) -> int:
    return len(pod.requests("POST"))


class TestUpload:
    """What Pod has afterwards."""

    def test_a_draft_with_its_owners_dates_and_site(self, sample_pod: SamplePod, videos: Videos, film: Path) -> None:
        made = videos.upload(film, new(also=(STU,), description="<p>BBB</p>", language="en"))
        (row,) = stored(sample_pod)
        columns = ("title", "owner_id", "is_draft", "date_added", "date_evt", "description", "main_lang", "type_id")
        assert {column: row[column] for column in columns} == {
            "title": "Réunion d'été 🎓",
            "owner_id": 3,
            "is_draft": 1,
            "date_added": "2023-05-06 12:30:15",
            "date_evt": "2023-05-06",
            "description": "<p>BBB</p>",
            "main_lang": "en",
            "type_id": 1,
        }
        assert sample_pod.rows("SELECT user_id FROM video_video_additional_owners") == [{"user_id": 2}]
        assert sample_pod.rows("SELECT site_id FROM video_video_sites") == [{"site_id": 1}]
        assert (made.id, made.is_draft, made.added, made.slug) == (1, True, START, row["slug"])
        assert (sample_pod.directory / "media" / row["video"]).read_bytes() == film.read_bytes()

    @pytest.mark.parametrize("broken", [1, 2])
    def test_co_owners_and_site_that_pod_lost_on_the_way_are_written_again(
        self, sample_pod: SamplePod, videos: Videos, film: Path, broken: int
    ) -> None:
        """Seen on a slow machine: the row was there, then Pod's database was locked; a second teacher saw no video."""
        sample_pod.fault("torn", method="POST", path=ROUTE, times=1)
        sample_pod.fault("status", method="PATCH", path=ROUTE, status=503, times=broken - 1)
        videos.upload(film, new(also=(STU,)))
        assert len(stored(sample_pod)) == 1
        assert sample_pod.rows("SELECT user_id FROM video_video_additional_owners") == [{"user_id": 2}]
        assert sample_pod.rows("SELECT site_id FROM video_video_sites") == [{"site_id": 1}]
        wait_until(lambda: stored(sample_pod)[0]["encoded"], "Pod has not encoded it")

    def test_nor_are_they_lost_if_the_run_ends_there(self, sample_pod: SamplePod, connect: Connect, film: Path) -> None:
        sample_pod.fault("torn", method="POST", path=ROUTE, times=1)
        sample_pod.fault("status", method="PATCH", path=ROUTE, status=403)
        with pytest.raises(RemoteRefused):
            Videos(connect(sample_pod)).upload(film, new(also=(STU,)))
        assert sample_pod.rows("SELECT user_id FROM video_video_additional_owners") == []
        sample_pod.heal()
        assert Videos(connect(sample_pod)).find(new(also=(STU,)))
        assert sample_pod.rows("SELECT user_id FROM video_video_additional_owners") == [{"user_id": 2}]

    def test_is_encoded(self, sample_pod: SamplePod, videos: Videos, film: Path) -> None:
        videos.upload(film, new())
        wait_until(lambda: stored(sample_pod)[0]["encoded"], "Pod has not done it")
        (found,) = videos.of_user("staffonly")
        assert (found.title, found.encoded, found.is_draft) == ("Réunion d'été 🎓", True, True)

    def test_without_a_date_takes_this_moment(self, sample_pod: SamplePod, videos: Videos, film: Path) -> None:
        videos.upload(film, new(recorded=None))
        assert stored(sample_pod)[0]["date_added"] > "2026"

    def test_a_long_title_is_cut(self, sample_pod: SamplePod, videos: Videos, film: Path) -> None:
        long = new(title=' "é🎓" ' * 60)
        videos.upload(film, long)
        videos.upload(film, long)
        assert [row["title"] for row in stored(sample_pod)] == [long.title.strip()[:250].rstrip()]

    def test_tells_how_far_it_is(self, videos: Videos, film: Path) -> None:
        seen: list[tuple[int, int | None]] = []
        videos.upload(film, new(), progress=lambda sent, total: seen.append((sent, total)))
        assert seen[-1] == (256_000, 256_000)
        assert [sent for sent, _ in seen] == sorted(sent for sent, _ in seen)

    def test_goes_no_faster_than_allowed(self, videos: Videos, film: Path) -> None:
        class Throttle:
            taken = 0

            def take(self, count: int, _stop: threading.Event) -> None:
                self.taken += count

        throttle = Throttle()
        videos.upload(film, new(), throttle=throttle)
        assert throttle.taken == 256_000

    def test_stops_when_asked_to(self, sample_pod: SamplePod, videos: Videos, film: Path) -> None:
        stop = threading.Event()
        with pytest.raises(RecordingFailed, match="stopped while"):
            videos.upload(film, new(), progress=lambda _sent, _total: stop.set(), stop=stop)
        assert stored(sample_pod) == []

    def test_a_file_that_is_not_there(self, sample_pod: SamplePod, videos: Videos, film: Path) -> None:
        with pytest.raises(RecordingFailed, match="cannot read"):
            videos.upload(film.with_name("no.mp4"), new())
        assert posts(sample_pod) == 0

    @pytest.mark.parametrize(
        ("change", "words"),
        [({"type_id": 9}, "type: "), ({"site_ids": ()}, "sites: "), ({"language": "xx"}, "main_lang: ")],
    )
    def test_what_pod_does_not_take_fails_for_this_video(
        self, videos: Videos, film: Path, change: dict[str, Any], words: str
    ) -> None:
        with pytest.raises(RecordingFailed, match=words):
            videos.upload(film, new(**change))

    def test_a_file_that_the_proxy_finds_too_large(self, connect: Connect, film: Path) -> None:
        with respx.mock() as mock:
            mock.get(f"http://pod.example{ROUTE}user_videos/").respond(json=NO_VIDEOS)
            mock.post(f"http://pod.example{ROUTE}").respond(413, html="<h1>413</h1>")
            with pytest.raises(RecordingFailed, match="256000 bytes") as raised:
                Videos(connect("http://pod.example")).upload(film, new())
        assert "client_max_body_size" in raised.value.hint

    def test_a_video_that_became_public_is_told(self, sample_pod: SamplePod, videos: Videos, film: Path) -> None:
        sample_pod.rows(
            "CREATE TRIGGER publish AFTER INSERT ON video_video BEGIN UPDATE video_video SET is_draft = 0; END"
        )
        sample_pod.fault("cut", method="POST", late=True, times=1)
        with pytest.raises(RecordingFailed, match="public"):
            videos.upload(film, new())


class TestOnce:
    """No video twice, whatever happens on the way."""

    def test_what_pod_has_is_not_sent_again(self, sample_pod: SamplePod, videos: Videos, film: Path) -> None:
        first = videos.upload(film, new())
        assert videos.upload(film, new()).id == first.id
        assert posts(sample_pod) == 1

    @pytest.mark.parametrize(
        "other", [{"title": "Réunion d'été"}, {"recorded": START.replace(second=20)}, {"owner": STU}]
    )
    def test_another_recording_is(self, sample_pod: SamplePod, videos: Videos, film: Path, other: Any) -> None:  # noqa: ANN401
        videos.upload(film, new())
        videos.upload(film, new(**other))
        assert len(stored(sample_pod)) == 2

    def test_without_a_date_equal_titles_are_other_recordings(
        self, sample_pod: SamplePod, videos: Videos, film: Path
    ) -> None:
        sample_pod.fault("cut", method="POST", late=True, times=2)
        made = [videos.upload(film, new(recorded=None)).id for _ in range(2)]
        assert made == [1, 2]
        assert len(stored(sample_pod)) == 2

    @pytest.mark.parametrize("late", [False, True])
    @pytest.mark.parametrize("kind", ["cut", "status"])
    def test_a_lost_reply_is_looked_after(
        self,
        sample_pod: SamplePod,
        videos: Videos,
        film: Path,
        kind: str,
        late: bool,  # noqa: FBT001
    ) -> None:
        sample_pod.fault(kind, status=500, method="POST", late=late, times=1)
        assert videos.upload(film, new()).id == 1
        assert len(stored(sample_pod)) == 1
        assert posts(sample_pod) == (1 if late else 2)

    def test_a_busy_pod_gets_the_whole_file_again(self, sample_pod: SamplePod, videos: Videos, film: Path) -> None:
        sample_pod.fault("status", status=429, method="POST", times=1)
        videos.upload(film, new())
        (row,) = stored(sample_pod)
        assert (sample_pod.directory / "media" / row["video"]).read_bytes() == film.read_bytes()

    def test_a_pod_that_may_still_be_at_work_gets_nothing_more(
        self, sample_pod: SamplePod, videos: Videos, film: Path, waits: list[float]
    ) -> None:
        sample_pod.fault("status", status=504, method="POST")
        with pytest.raises(RemoteError, match="did not wait"):
            videos.upload(film, new())
        assert posts(sample_pod) == 1
        assert sum(waits) >= 50

    def test_a_slow_pod_is_looked_at_by_the_next_run(
        self, sample_pod: SamplePod, server: PodServer, film: Path
    ) -> None:
        sample_pod.fault("slow", seconds=3.0, method="POST", times=1)  # longer than a busy machine may pause
        with pytest.raises(RemoteError, match="no answer within the time limit"):
            Videos(server, reply_timeout_s=0.05).upload(film, new())
        wait_until(lambda: stored(sample_pod), "Pod has not done it")
        assert Videos(server).upload(film, new()).id == 1
        assert posts(sample_pod) == 1

    def test_gives_up_after_some_attempts(self, sample_pod: SamplePod, videos: Videos, film: Path) -> None:
        sample_pod.fault("status", status=500, method="POST")
        with pytest.raises(RemoteError):
            videos.upload(film, new())
        assert posts(sample_pod) == 3


class TestEncoding:
    """An upload does not start it."""

    def test_that_breaks_after_it_began_has_begun(self, sample_pod: SamplePod, videos: Videos, film: Path) -> None:
        sample_pod.fault("status", status=500, path=ENCODE, late=True)
        assert videos.upload(film, new()).encoding
        assert posts(sample_pod) == 1

    def test_that_did_not_begin_is_begun_by_the_next_run(
        self, sample_pod: SamplePod, videos: Videos, film: Path
    ) -> None:
        sample_pod.fault("status", status=500, path=ENCODE, times=1)
        with pytest.raises(RemoteError):
            videos.upload(film, new())
        videos.upload(film, new())
        wait_until(lambda: stored(sample_pod)[0]["encoded"], "Pod has not done it")
        assert posts(sample_pod) == 1

    def test_is_not_begun_twice(self, sample_pod: SamplePod, videos: Videos, film: Path) -> None:
        videos.upload(film, new())
        wait_until(lambda: stored(sample_pod)[0]["encoded"], "Pod has not done it")
        videos.upload(film, new())
        assert [request.path for request in sample_pod.requests()].count(ENCODE) == 1

    def test_of_a_video_that_was_deleted_meanwhile(self, connect: Connect, film: Path) -> None:
        made = {"id": 1, "title": "x", "slug": "0001-x", "date_added": None, "is_draft": True, "encoded": False}
        with respx.mock() as mock:
            mock.get(f"http://pod.example{ROUTE}user_videos/").respond(json=NO_VIDEOS)
            mock.post(f"http://pod.example{ROUTE}").respond(201, json={**made, "encoding_in_progress": False})
            mock.get(f"http://pod.example{ENCODE}").respond(404, json={"detail": "Not found."})
            with pytest.raises(RecordingFailed, match="lost 0001-x before it was encoded"):
                Videos(connect("http://pod.example")).upload(film, new())


class TestReading:
    """Kinds of videos, and a user's own."""

    def test_types(self, videos: Videos) -> None:
        assert videos.types() == [VideoType(id=1, title="Autre", sites=(1,))]

    def test_videos_with_thumbnails_can_be_read(self, sample_pod: SamplePod, videos: Videos, film: Path) -> None:
        for number in range(14):
            videos.upload(film, new(title=f"Cours {number}"))
        wait_until(lambda: all(row["thumbnail_id"] for row in stored(sample_pod)), "Pod has not done it")
        assert sample_pod.client().get(ROUTE).status_code == 500
        assert len(videos.of_user("staffonly")) == 14
        assert [video.title for video in videos.of_user("staffonly", title="Cours 1")] == ["Cours 1"]
        assert videos.of_user("stu") == []

    def test_titles_are_written_in_pods_own_language(self, sample_pod: SamplePod, videos: Videos, film: Path) -> None:
        videos.upload(film, new())
        asked = {"username": "staffonly", "search_title": "Réunion"}
        for language, count in (("fr", 1), ("en", 0)):
            headers = {"Accept-Language": language}
            reply = sample_pod.client().get(ROUTE + "user_videos/", params=asked, headers=headers)
            assert reply.json()["count"] == count

    def test_nobodys_videos_are_never_asked_for(self, sample_pod: SamplePod, videos: Videos) -> None:
        with pytest.raises(ValueError, match="no user name"):
            videos.of_user("")
        assert sample_pod.requests() == []

    def test_a_token_that_is_refused_does_not_pass_for_none(self, sample_pod: SamplePod, connect: Connect) -> None:
        with pytest.raises(RemoteRefused):
            Videos(connect(sample_pod, "0" * 40)).of_user("stu")

    def test_an_owner_who_was_just_created(self, server: PodServer, videos: Videos, film: Path) -> None:
        owner = Users(server).ensure(Person(username="jean.dupont"))
        videos.upload(film, new(owner=owner))
        assert len(videos.of_user("jean.dupont")) == 1


class Sink(BaseHTTPRequestHandler):
    """Swallows uploads and answers as Pod does."""

    protocol_version = "HTTP/1.1"
    received = 0

    def log_message(self, *_: object) -> None:
        pass

    def answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        self.answer(200, b'{"count": 0, "next": null, "results": []}')

    def do_POST(self) -> None:
        left = int(self.headers["Content-Length"])
        while left and (piece := self.rfile.read1(min(left, MIB))):
            left -= len(piece)
            type(self).received += len(piece)
        self.answer(
            201,
            b'{"id": 1, "title": "x", "slug": "0001-x", "date_added": null, "is_draft": true, '
            b'"encoded": true, "encoding_in_progress": false}',
        )


def resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


def test_memory_does_not_grow_with_the_file(connect: Connect, tmp_path: Path) -> None:
    film = tmp_path / "long.mp4"
    with film.open("wb") as file:
        file.truncate(300 * MIB)
    most = 0

    def watch(sent: int, _total: int | None) -> None:
        nonlocal most
        if sent % (16 * MIB) == 0:
            most = max(most, resident_bytes())

    with ThreadingHTTPServer(("127.0.0.1", 0), Sink) as sink:
        thread = threading.Thread(target=sink.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            server = connect(f"http://127.0.0.1:{sink.server_address[1]}")
            before = resident_bytes()
            Videos(server).upload(film, new(), progress=watch)
            server.close()
        finally:
            sink.shutdown()
            thread.join()
    assert Sink.received > 300 * MIB
    assert 0 < most - before < 30 * MIB
