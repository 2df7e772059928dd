"""What bbbmig delivered is asked of Pod on every run: gone, never encoded, or a Pod that cannot say."""

import contextlib
import logging
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from bbbmig.demo.bbb_playback import Media
from bbbmig.demo.media import make_media
from bbbmig.demo.pod_server import SamplePod
from bbbmig.demo.recordings import meeting_recording
from bbbmig.domain.recording import Recording
from tests.bbb_server import ServeBbb
from tests.commands.conftest import MakeOperator
from tests.commands.operator_at_work import Operator
from tests.commands.owners_files import belongs
from tests.made_once import made_once
from tests.waiting import wait_until

START = datetime(2023, 5, 6, 12, 30, 15, tzinfo=UTC)
LECTURES = [
    meeting_recording(f"room-{number}", f"Leçon {number}", START + timedelta(days=number), "video")
    for number in range(8)
]
ONE = LECTURES[0]
OWNERS = ["staffonly", "admin"]
LOST = "are no longer in Pod. Was Pod restored? `--again` makes them once more"


@pytest.fixture(scope="session")
def lectures(tmp_path_factory: pytest.TempPathFactory) -> Media:
    return made_once(tmp_path_factory, "lectures", lambda folder: make_media(folder, LECTURES))


@pytest.fixture
def of(
    operator_of: MakeOperator, serve_bbb: ServeBbb, sample_pod: SamplePod, lectures: Media
) -> Callable[..., Operator]:
    """An operator of a server with these recordings, whose owners are known in turns."""

    def make(*recordings: Recording) -> Operator:
        operator = operator_of(bbb=serve_bbb(list(recordings), media=lectures), pod=sample_pod)
        belongs(operator, {one.record_id: OWNERS[number % 2] for number, one in enumerate(recordings)})
        return operator

    return make


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits for Pod last no longer than the sample Pod needs."""
    monkeypatch.setattr("bbbmig.pod.videos._SETTLED_S", 0.01)
    monkeypatch.setattr("bbbmig.pod.videos._LOOKS_AFTER_S", (0.1, 0.2))


def encoded(pod: SamplePod, count: int) -> None:
    """Wait until Pod has encoded so many."""
    wait_until(
        lambda: len(pod.rows("SELECT 1 FROM video_video WHERE encoded")) == count, f"{count} videos are not encoded"
    )


def reasons(operator: Operator, *command: str) -> list[str]:
    return [str(action["reason"]) for action in operator.json(*command).actions]


def count(pod: SamplePod) -> int:
    return len(pod.rows("SELECT 1 FROM video_video"))


class TestGone:
    """Videos that were deleted, by a person or by accident."""

    @pytest.mark.parametrize("absent", ["/rest/bbbmig/", "/nothing/"])
    def test_one_is_said_by_every_command_and_made_again_when_asked_for(
        self, of: Callable[..., Operator], sample_pod: SamplePod, absent: str
    ) -> None:
        sample_pod.fault("absent", path=absent)
        operator = of(*LECTURES[:3])
        assert operator.run("publish").code == 0
        encoded(sample_pod, 3)
        sample_pod.rows("DELETE FROM video_video_sites WHERE video_id = 2")
        sample_pod.rows("DELETE FROM video_video WHERE id = 2")
        for command in (["publish"], ["publish", "--dry"], ["claim"], ["claim", "--dry"]):
            ran = operator.json(*command)
            assert sorted(str(action["reason"]) for action in ran.actions) == [
                "already done",
                "already done",
                "removed in Pod since",
            ]
            assert ran.code == 0
        assert operator.json("publish", "--again", "--dry").counts == {"planned": 1, "skipped": 2}
        assert operator.json("publish", "--again").counts == {"done": 1, "skipped": 2}
        assert count(sample_pod) == 3
        assert reasons(operator, "publish", "--again").count("removed in Pod since") == 0
        assert count(sample_pod) == 3

    @pytest.mark.usefixtures("quick")
    def test_through_the_recorder_too(self, of: Callable[..., Operator], sample_pod: SamplePod) -> None:
        operator = of(ONE)
        operator.set(publish__via="recorder")
        assert operator.run("publish").code == 0
        sample_pod.lose_videos()
        assert reasons(operator, "publish") == ["removed in Pod since"]
        assert operator.json("publish", "--again").counts == {"done": 1}
        assert [row["title"] for row in sample_pod.rows("SELECT title FROM video_video")] == [ONE.title]

    def test_many_at_once_are_an_alarm_that_quiet_does_not_swallow(
        self, of: Callable[..., Operator], sample_pod: SamplePod
    ) -> None:
        operator = of(*LECTURES)
        assert operator.run("publish").code == 0
        sample_pod.lose_videos()
        for command in (["publish", "--dry"], ["claim", "--dry"], ["publish"], ["claim"]):
            ran = operator.run(*command, "-q")
            assert ran.code == 3
            assert f"8 of 8 files that bbbmig delivered {LOST}" in ran.err

    def test_files_to_be_claimed_are_no_other_case(self, of: Callable[..., Operator], sample_pod: SamplePod) -> None:
        operator = of(*LECTURES)
        assert operator.run("claim").code == 0
        for path in operator.recorder.iterdir():
            if path.is_file():
                path.unlink()
        sample_pod.rows("DELETE FROM recorder_recordingfiletreatment")
        ran = operator.run("claim", "--quiet")
        assert (ran.code, f"8 of 8 files that bbbmig delivered {LOST}" in ran.err) == (3, True)
        assert operator.json("claim", "--again").counts == {"done": 8}
        assert operator.run("claim", "-q").code == 0

    def test_a_file_that_waits_only_in_pods_table_is_lost(self, of: Callable[..., Operator]) -> None:
        operator = of(ONE)
        assert operator.run("claim").code == 0
        for path in operator.dropped:
            path.unlink()
        assert reasons(operator, "claim") == ["removed in Pod since"]
        assert operator.json("claim", "--again").counts == {"done": 1}
        assert reasons(operator, "claim") == ["already done"]

    def test_few_are_a_persons_choice(self, of: Callable[..., Operator], sample_pod: SamplePod) -> None:
        operator = of(*LECTURES[:5])
        assert operator.run("publish").code == 0
        assert sample_pod.lose_videos() == 5
        ran = operator.run("publish", "-q")
        assert (ran.code, ran.out, ran.err) == (0, "", "")

    @pytest.mark.parametrize("absent", ["/rest/bbbmig/", "/nothing/"])
    def test_what_was_given_to_somebody_else_renamed_restricted_or_made_public_is_there(
        self, of: Callable[..., Operator], sample_pod: SamplePod, absent: str
    ) -> None:
        sample_pod.fault("absent", path=absent)
        operator = of(*LECTURES[:2])
        assert operator.run("publish").code == 0
        encoded(sample_pod, 2)
        sample_pod.rows(
            "UPDATE video_video SET owner_id = (SELECT id FROM auth_user WHERE username = 'stu') WHERE id = 1"
        )
        sample_pod.rows("UPDATE video_video SET title = 'Autre', slug = '0002-autre' WHERE id = 2")
        sample_pod.rows("UPDATE video_video SET is_restricted = 1, is_draft = 0")
        assert reasons(operator, "publish") == ["already done", "already done"]

    @pytest.mark.parametrize(
        ("stock", "routes"),
        [(False, ["/rest/bbbmig/videos/"]), (True, ["/rest/bbbmig/videos/", *["/rest/videos/user_videos/"] * 2])],
    )
    def test_pod_is_asked_once_or_without_our_file_once_for_each_owner_and_page(
        self, of: Callable[..., Operator], sample_pod: SamplePod, *, stock: bool, routes: list[str]
    ) -> None:
        operator = of(*LECTURES)
        assert operator.run("publish").code == 0
        encoded(sample_pod, 8)
        if stock:
            sample_pod.fault("absent", path="/rest/bbbmig/")
        before = len(sample_pod.requests())
        assert set(reasons(operator, "publish", "--dry")) == {"already done"}
        asked = [one.path for one in sample_pod.requests()[before:] if "videos" in one.path]
        assert asked == routes


class TestNeverEncoded:
    """Videos of which Pod says for ever that it encodes them, or nothing."""

    @pytest.mark.parametrize("way", ["killed", "lost"])
    def test_is_begun_once_more_and_plays(self, of: Callable[..., Operator], sample_pod: SamplePod, way: str) -> None:
        operator = of(ONE)
        sample_pod.encoder(way)
        assert operator.run("publish").code == 0
        assert reasons(operator, "publish") == ["being encoded by Pod"]
        assert operator.run("publish", "-q").code == 0
        assert "1 being encoded by Pod" in operator.run("publish").last_line
        operator.set(publish__encoding_hours=0)
        assert reasons(operator, "claim") == ["never encoded by Pod"]
        sample_pod.encoder("works")
        (planned,) = operator.json("publish", "--dry").actions
        assert (planned["kind"], planned["status"]) == ("encode", "planned")
        ran = operator.run("publish", "-q")
        assert (ran.code, "1 published videos were not encoded by Pod within 0 hours" in ran.err) == (0, True)
        encoded(sample_pod, 1)
        assert reasons(operator, "publish") == ["already done"]
        assert count(sample_pod) == 1

    def test_the_second_time_a_person_is_asked(self, of: Callable[..., Operator], sample_pod: SamplePod) -> None:
        operator = of(ONE)
        operator.set(publish__encoding_hours=0)
        sample_pod.encoder("killed")
        assert operator.run("publish").code == 0
        assert operator.run("publish").code == 0
        for _ in range(2):
            ran = operator.run("publish", "-q")
            assert ran.code == 3
            assert "never encoded by Pod" in ran.out
        launches = [one for one in sample_pod.requests("GET") if one.path == "/rest/launch_encode_view/"]
        assert len(launches) == 2

    def test_without_our_file_in_pod_it_takes_a_person(
        self, of: Callable[..., Operator], sample_pod: SamplePod
    ) -> None:
        operator = of(ONE)
        operator.set(publish__encoding_hours=0)
        sample_pod.encoder("killed")
        assert operator.run("publish").code == 0
        sample_pod.fault("absent", path="/rest/bbbmig/")
        ran = operator.json("publish")
        assert ran.code == 3
        assert "/admin/video/video/" in ran.actions[0]["detail"]
        assert reasons(operator, "publish") == ["never encoded by Pod"]

    def test_a_pod_that_is_restarted_while_it_encodes(
        self, operator_of: MakeOperator, serve_bbb: ServeBbb, lectures: Media, tmp_path: Path
    ) -> None:
        with SamplePod(tmp_path / "pod") as pod:
            operator = operator_of(bbb=serve_bbb([ONE], media=lectures), pod=pod)
            belongs(operator, {ONE.record_id: "staffonly"})
            operator.set(publish__encoding_hours=0)
            pod.encoder("killed")
            assert operator.run("publish").code == 0
            pod.restart()
            assert operator.json("publish").counts == {"done": 1}
            encoded(pod, 1)
            assert reasons(operator, "publish") == ["already done"]


class TestCannotSay:
    """A Pod that is half down is not believed to have lost anything."""

    def test_is_said_and_nothing_is_made(self, of: Callable[..., Operator], sample_pod: SamplePod) -> None:
        operator = of(*LECTURES)
        assert operator.run("publish").code == 0
        encoded(sample_pod, 8)
        sample_pod.fault("status", path="/rest/bbbmig/videos/", status=500)
        sample_pod.fault("status", path="/rest/videos/user_videos/", status=500)
        for command in (["publish"], ["publish", "--again"], ["claim", "--again"]):
            ran = operator.json(*command)
            assert ran.code == 3
            assert {str(action["reason"]) for action in ran.actions} == {"Pod could not say whether it has it"}
        assert count(sample_pod) == 8
        sample_pod.heal()
        assert set(reasons(operator, "publish", "--again")) == {"already done"}

    def test_for_one_owner_says_nothing_of_the_others(
        self, of: Callable[..., Operator], sample_pod: SamplePod, caplog: pytest.LogCaptureFixture
    ) -> None:
        operator = of(*LECTURES[:2])
        assert operator.run("publish").code == 0
        encoded(sample_pod, 2)
        sample_pod.fault("absent", path="/rest/bbbmig/")
        sample_pod.fault("status", path="/rest/videos/user_videos/", status=500, times=1)
        with caplog.at_level(logging.WARNING):
            assert sorted(reasons(operator, "publish")) == ["Pod could not say whether it has it", "already done"]


class TestLinks:
    """Links that bbbmig made and Pod has no more."""

    LOST = "links that bbbmig made are no longer in Pod. Was Pod restored? `--again` makes them once more"

    @pytest.fixture
    def linked(self, operator_of: MakeOperator, serve_bbb: ServeBbb, sample_pod: SamplePod) -> Operator:
        operator = operator_of(bbb=serve_bbb(LECTURES), pod=sample_pod)
        belongs(operator, {one.record_id: OWNERS[number % 2] for number, one in enumerate(LECTURES)})
        assert operator.json("import-links").counts == {"done": 8}
        return operator

    def test_many_at_once_are_an_alarm_that_quiet_does_not_swallow(
        self, linked: Operator, sample_pod: SamplePod
    ) -> None:
        sample_pod.rows("DELETE FROM import_video_externalrecording WHERE id > 2")
        for arguments in (["--dry", "-q"], ["-q"]):
            ran = linked.run("import-links", *arguments)
            assert (ran.code, f"6 of 8 {self.LOST}" in ran.err) == (3, True), ran.err
        assert linked.json("import-links", "--again").counts == {"done": 6, "skipped": 2}
        assert linked.run("import-links", "-q").code == 0

    def test_few_are_a_persons_choice_and_what_bbbmig_deleted_is_its_own(
        self, linked: Operator, sample_pod: SamplePod
    ) -> None:
        sample_pod.rows("DELETE FROM import_video_externalrecording WHERE id > 3")
        assert linked.run("import-links", "-q").code == 0
        assert (
            linked.run("remove-links", "--yes", "--even-unsafe", "--keep", str(linked.folder / "kept.json")).code == 0
        )
        ran = linked.run("import-links", "-q")
        assert (ran.code, self.LOST in ran.err) == (0, False)

    def test_an_address_that_is_no_pods_is_asked_for(self, linked: Operator, tmp_path: Path) -> None:
        assert linked.bbb is not None
        with nothing_but_404(tmp_path) as address:
            for url, said in ((address, "is [pod] url the address of a Pod?"), (linked.bbb.url, "is pod.url right?")):
                linked.set(pod__url=url)
                ran = linked.run("import-links")
                assert (ran.code, said in ran.err) == (6, True), ran.err


@contextlib.contextmanager
def nothing_but_404(folder: Path) -> Iterator[str]:
    """A web server without a page."""
    (folder / "empty").mkdir()
    handler = partial(SimpleHTTPRequestHandler, directory=str(folder / "empty"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
