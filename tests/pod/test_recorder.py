"""Files told to Pod: once, with the true size and date, never in a way that breaks the claim page."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bbbmig.demo.pod_server import SamplePod
from bbbmig.domain.target import User
from bbbmig.errors import RecordingFailed, RemoteError, RemoteRefused
from bbbmig.pod.client import PodServer
from bbbmig.pod.recorder import Recorder, RecorderInfo, RegisteredFile
from tests.pod.conftest import Connect

FILES = "/rest/recordingfiletreatment/"
START = datetime(2023, 5, 6, 12, 30, 15, 250000, tzinfo=UTC)
SIZE = 12


@pytest.fixture
def recorder(server: PodServer) -> Recorder:
    return Recorder(server, 1)


@pytest.fixture
def file(sample_pod: SamplePod) -> str:
    return drop(sample_pod, "Réunion d'été (groupe 2) 🎓 2023-05-06 14h30 1a2b3c4d5e6f.mp4")


def drop(pod: SamplePod, name: str) -> str:
    path = pod.recorder_directory / name
    path.write_bytes(b"x" * SIZE)
    return str(path)


def stored(pod: SamplePod) -> list[dict[str, object]]:
    return pod.rows("SELECT file, file_size, recorder_id, date_added FROM recorder_recordingfiletreatment")


class TestRecorder:
    """What Pod tells of it."""

    def test_info(self, recorder: Recorder) -> None:
        assert recorder.info() == RecorderInfo(id=1, name="BBB migration", kind="video", sites=(1,))

    def test_one_that_does_not_exist_is_refused_with_those_that_do(self, server: PodServer) -> None:
        with pytest.raises(RemoteRefused, match="no recorder 7") as raised:
            Recorder(server, 7).info()
        assert raised.value.hint == "set recorder.id to one of: 1 (BBB migration)"

    def test_there_may_be_none_at_all(self, sample_pod: SamplePod, server: PodServer) -> None:
        sample_pod.rows("DELETE FROM recorder_recorder_sites")
        sample_pod.rows("DELETE FROM recorder_recorder")
        with pytest.raises(RemoteRefused) as raised:
            Recorder(server, 1).info()
        assert "/admin/recorder/recorder/add/" in raised.value.hint

    def test_files_that_pod_sees(self, recorder: Recorder, file: str) -> None:
        assert recorder.listed_files() == [file]


class TestRegistering:
    """Telling Pod of a file."""

    def test_keeps_size_and_date(self, sample_pod: SamplePod, recorder: Recorder, file: str) -> None:
        told = recorder.register(file, size=SIZE, added=START)
        assert told == RegisteredFile(id=1, file=file, size=SIZE, added=START, recorder=1)
        assert stored(sample_pod) == [
            {"file": file, "file_size": SIZE, "recorder_id": 1, "date_added": "2023-05-06 12:30:15.250000"}
        ]
        assert recorder.registered(file) == told
        sample_pod.check_directory()
        assert Path(file).name in sample_pod.browser("staffonly").get("/record/claim_record/").text.replace(
            "&#x27;", "'"
        )

    def test_without_a_date_leaves_it_to_pod(self, recorder: Recorder, file: str) -> None:
        assert recorder.register(file, size=SIZE, added=None).added.year >= 2026

    def test_twice_is_once(self, sample_pod: SamplePod, recorder: Recorder, file: str) -> None:
        first = recorder.register(file, size=SIZE, added=START)
        assert recorder.register(file, size=SIZE, added=START) == first
        assert len(sample_pod.requests("POST", "PATCH")) == 1

    def test_corrects_what_the_cron_job_wrote(self, sample_pod: SamplePod, recorder: Recorder, file: str) -> None:
        sample_pod.check_directory()
        told = recorder.register(file, size=SIZE, added=START)
        assert (told.size, told.added) == (SIZE, START)
        assert sample_pod.requests("POST") == []

    def test_mends_a_file_without_recorder(self, sample_pod: SamplePod, recorder: Recorder, file: str) -> None:
        sample_pod.client().post(FILES, json={"file": file, "file_size": SIZE})
        assert recorder.register(file, size=SIZE, added=None).recorder == 1

    def test_does_not_take_the_file_of_another_recorder(
        self, sample_pod: SamplePod, server: PodServer, recorder: Recorder, file: str
    ) -> None:
        other = sample_pod.create(
            "recorder.Recorder", name="Amphi", address_ip="192.0.2.20", directory="amphi", type_id=1
        )
        recorder.register(file, size=SIZE, added=START)
        with pytest.raises(RecordingFailed, match=f"file of recorder 1, not {other}"):
            Recorder(server, other).register(file, size=SIZE, added=START)

    def test_a_file_that_pod_does_not_see(self, recorder: Recorder, file: str) -> None:
        with pytest.raises(RecordingFailed, match="Pod does not see") as raised:
            recorder.register(file + "x", size=SIZE, added=START)
        assert "recorder.pod_directory" in raised.value.hint

    def test_a_recorder_that_does_not_exist(self, server: PodServer, file: str) -> None:
        with pytest.raises(RecordingFailed) as raised:
            Recorder(server, 7).register(file, size=SIZE, added=START)
        assert "recorder.id" in raised.value.hint

    def test_a_path_that_would_stop_pods_cron_job_is_never_sent(
        self, sample_pod: SamplePod, recorder: Recorder
    ) -> None:
        long = drop(sample_pod, "x" * (201 - len(f"{sample_pod.recorder_directory}/.mp4")) + ".mp4")
        with pytest.raises(RecordingFailed, match="a path of 201 characters"):
            recorder.register(long, size=SIZE, added=START)
        assert sample_pod.requests() == []

    def test_asks_for_one_path_only(self, sample_pod: SamplePod, recorder: Recorder, file: str) -> None:
        recorder.register(file, size=SIZE, added=START)
        assert recorder.registered(file + "x") is None
        with pytest.raises(ValueError, match="no path"):
            recorder.registered("")
        assert [request.json["file"] for request in sample_pod.requests("POST")] == [file]

    @pytest.mark.parametrize("late", [False, True])
    @pytest.mark.parametrize("kind", ["cut", "status"])
    def test_a_lost_reply_is_looked_after(
        self,
        sample_pod: SamplePod,
        recorder: Recorder,
        file: str,
        kind: str,
        late: bool,  # noqa: FBT001
    ) -> None:
        sample_pod.fault(kind, status=500, method="POST", path=FILES, late=late, times=1)
        assert recorder.register(file, size=SIZE, added=START).added == START
        assert len(stored(sample_pod)) == 1
        assert len(sample_pod.requests("POST")) == (1 if late else 2)

    def test_gives_up_after_some_attempts(self, sample_pod: SamplePod, recorder: Recorder, file: str) -> None:
        sample_pod.fault("cut", method="POST")
        with pytest.raises(RemoteError, match="the connection broke"):
            recorder.register(file, size=SIZE, added=START)
        assert len(sample_pod.requests("POST")) == 3

    def test_something_else_read_back_is_a_failure(self, sample_pod: SamplePod, recorder: Recorder, file: str) -> None:
        sample_pod.rows(
            "CREATE TRIGGER spoil AFTER INSERT ON recorder_recordingfiletreatment BEGIN "
            "UPDATE recorder_recordingfiletreatment SET file_size = 5 WHERE id = NEW.id; END"
        )
        with pytest.raises(RecordingFailed, match="but has RegisteredFile"):
            recorder.register(file, size=SIZE, added=START)


class TestKnownFiles:
    """What waits and what was claimed."""

    def test_waiting_and_claimed_of_this_recorder(
        self, sample_pod: SamplePod, server: PodServer, recorder: Recorder
    ) -> None:
        sample_pod.create("recorder.Recorder", name="Amphi", address_ip="192.0.2.20", directory="amphi", type_id=1)
        files = [drop(sample_pod, f"{number:02}.mp4") for number in range(29)]
        for file in files[:28]:
            recorder.register(file, size=SIZE, added=START)
        Recorder(server, 2).register(files[28], size=SIZE, added=START)
        sample_pod.check_directory()
        for file in files[:14]:
            sample_pod.claim("staffonly", file)
        assert sorted(recorder.known_files()) == files[:28]
        assert Recorder(server, 2).known_files() == [files[28]]

    def test_of_a_fresh_pod_are_none(self, recorder: Recorder) -> None:
        assert recorder.known_files() == []

    def test_a_token_that_is_refused_does_not_pass_for_none(self, sample_pod: SamplePod, connect: Connect) -> None:
        with pytest.raises(RemoteRefused):
            Recorder(connect(sample_pod, "0" * 40), 1).known_files()


class TestPublish:
    """A dropped file becomes a video at once."""

    STAFF = User(id=3, username="staffonly")

    def test_it_moves_away_and_is_a_draft(self, sample_pod: SamplePod, recorder: Recorder, file: str) -> None:
        recorder.publish(file, title="t" * 300, user=self.STAFF)
        assert sample_pod.rows("SELECT title, owner_id, is_draft FROM video_video") == [
            {"title": "t" * 200, "owner_id": 3, "is_draft": 1}
        ]
        assert not Path(file).exists()

    def test_once_whatever_is_asked(self, sample_pod: SamplePod, recorder: Recorder, file: str) -> None:
        sample_pod.fault("status", status=500, method="POST", late=True, times=1)
        recorder.publish(file, title="t", user=self.STAFF)
        recorder.publish(file, title="t", user=self.STAFF)
        assert len(sample_pod.rows("SELECT 1 FROM video_video")) == 1

    def test_no_entry_for_claiming_is_left(self, sample_pod: SamplePod, recorder: Recorder, file: str) -> None:
        recorder.register(file, size=Path(file).stat().st_size, added=None)
        recorder.publish(file, title="t", user=self.STAFF)
        assert sample_pod.rows("SELECT 1 FROM recorder_recordingfiletreatment") == []

    @pytest.mark.parametrize(
        ("name", "user", "words"),
        [("nowhere.mp4", STAFF, "does not see"), ("", User(id=2, username="stu"), "user: ")],
    )
    def test_what_pod_does_not_take(self, recorder: Recorder, file: str, name: str, user: User, words: str) -> None:
        path = str(Path(file).with_name(name)) if name else file
        with pytest.raises(RecordingFailed, match=words):
            recorder.publish(path, title="t", user=user)

    def test_a_file_that_somebody_else_has(self, recorder: Recorder, file: str) -> None:
        recorder.publish(file, title="t", user=User(id=1, username="admin"))
        with pytest.raises(RecordingFailed, match="user 1 claimed"):
            recorder.publish(file, title="t", user=self.STAFF)

    def test_a_pod_that_fails_gets_it_three_times(self, sample_pod: SamplePod, recorder: Recorder, file: str) -> None:
        sample_pod.fault("status", status=500, method="POST")
        with pytest.raises(RemoteError):
            recorder.publish(file, title="t", user=self.STAFF)
        assert len(sample_pod.requests("POST")) == 3
