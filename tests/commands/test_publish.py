"""`bbbmig publish`: a draft in its owner's dashboard, once, with its true date, whatever happens on the way."""

import random
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest

from bbbmig.apply.publishing import PublishDelivery
from bbbmig.demo.bbb_playback import Media
from bbbmig.demo.bbb_server import SampleBbb
from bbbmig.demo.media import make_media
from bbbmig.demo.moodle_sample import SampleMoodle
from bbbmig.demo.pod_server import SamplePod
from bbbmig.demo.recordings import UNKNOWN_SERVER, meeting_recording, sample_recordings
from bbbmig.domain.history import State
from bbbmig.domain.recording import Recording
from bbbmig.domain.video_texts import marked
from bbbmig.pod.videos import Videos
from tests.bbb_server import ServeBbb
from tests.commands.conftest import MakeOperator
from tests.commands.operator_at_work import Operator, ended
from tests.commands.owners_files import belongs
from tests.made_once import made_once
from tests.waiting import wait_until

VIDEOS = "/rest/videos/"
DROPPED = "/rest/recording/"
START = datetime(2023, 5, 6, 12, 30, 15, tzinfo=UTC)
ONE, *MORE = (
    meeting_recording(f"room-{number}", "Algèbre 🎓", START + timedelta(days=number), "video") for number in range(4)
)


@pytest.fixture(scope="session")
def films(tmp_path_factory: pytest.TempPathFactory) -> Media:
    return made_once(tmp_path_factory, "to-publish", lambda folder: make_media(folder, [ONE, *MORE]))


@pytest.fixture
def bbb(serve_bbb: ServeBbb, films: Media) -> SampleBbb:
    return serve_bbb([ONE], media=films)


@pytest.fixture
def publisher(operator_of: MakeOperator, bbb: SampleBbb, sample_pod: SamplePod, quick: None) -> Operator:  # noqa: ARG001
    """An operator of a server with one recording, which belongs to two people."""
    operator = operator_of(bbb=bbb, pod=sample_pod)
    for name in ("jean", "marie"):
        sample_pod.create("auth.User", username=name)
    belongs(operator, {ONE.record_id: "staffonly jean"})
    return operator


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits for Pod last no longer than the sample Pod needs."""
    monkeypatch.setattr("bbbmig.pod.videos._SETTLED_S", 0.01)
    monkeypatch.setattr("bbbmig.pod.videos._LOOKS_AFTER_S", (0.1, 0.2))


def videos(pod: SamplePod) -> list[dict[str, Any]]:
    return pod.rows(
        "SELECT v.id, v.title, v.slug, v.video, v.date_added, v.date_evt, v.is_draft, v.type_id, v.description,"
        " u.username AS owner FROM video_video v JOIN auth_user u ON u.id = v.owner_id ORDER BY v.id"
    )


def dated(one: Recording) -> str:
    """Return the title that a recording has where its owner has several of it."""
    assert one.start is not None
    return f"{one.title}, {one.start.astimezone():%Y-%m-%d %Hh%M}"


def owners_of(pod: SamplePod) -> dict[str, list[str]]:
    """Return the co-owners by owner."""
    also = pod.rows(
        "SELECT u.username AS owner, c.username AS other FROM video_video_additional_owners a"
        " JOIN video_video v ON v.id = a.video_id JOIN auth_user u ON u.id = v.owner_id"
        " JOIN auth_user c ON c.id = a.user_id ORDER BY c.username"
    )
    return {video["owner"]: [row["other"] for row in also if row["owner"] == video["owner"]] for video in videos(pod)}


def content(pod: SamplePod, video: Mapping[str, Any]) -> bytes:
    return (pod.directory / "media" / str(video["video"])).read_bytes()


def film(media: Media, one: Recording = ONE) -> bytes:
    return media.files[f"/video/{one.record_id}/video-0.m4v"].read_bytes()


def posts(pod: SamplePod, path: str = VIDEOS) -> int:
    return [request.path for request in pod.requests("POST")].count(path)


def fetched(bbb: SampleBbb) -> int:
    return sum(request.path.endswith(".m4v") for request in bbb.requests)


def left_behind(operator: Operator) -> list[str]:
    """Name what lies on the disks when all should be in Pod."""
    work = operator.folder / "work"
    folders = [folder for folder in (work, operator.recorder) if folder.exists()]
    mark = operator.recorder / ".bbbmig" / "ledger"
    return [path.name for folder in folders for path in folder.rglob("*") if path.is_file() and path != mark]


def remembered(operator: Operator, record_id: str = ONE.record_id) -> dict[str, tuple[str, str]]:
    """Return the ledger's states and places of a recording's videos, by owner; "" is the file itself."""
    with closing(sqlite3.connect(operator.ledger)) as ledger:
        rows = ledger.execute(
            "SELECT target, state, place FROM bbbmig_effects WHERE effect = 'publish' AND record_id = ?", [record_id]
        ).fetchall()
    return {target: (state, place) for target, state, place in rows}


def encoded(pod: SamplePod) -> None:
    """Wait until Pod has encoded its one video."""
    wait_until(lambda: pod.rows("SELECT 1 FROM video_video WHERE encoded"), "it is not encoded")


def one_whole_draft(operator: Operator, pod: SamplePod, media: Media, one: Recording = ONE) -> None:
    """The recording is one video of its owner, whole, with its title and date, and nothing lies around."""
    (video,) = videos(pod)
    assert one.start is not None
    assert (video["title"], video["owner"], video["is_draft"]) == (one.title, "staffonly", 1)
    assert video["date_added"] == f"{one.start:%Y-%m-%d %H:%M:%S}"
    assert video["date_evt"] == f"{one.start.astimezone():%Y-%m-%d}"
    assert content(pod, video) == film(media, one)
    assert left_behind(operator) == []
    assert remembered(operator)["staffonly"] == ("done", video["slug"])
    assert remembered(operator)[""][0] == "done"
    assert pod.rows("SELECT * FROM recorder_recordingfiletreatment") == []


class TestByUpload:
    """A file sent over REST."""

    def test_a_draft_of_the_first_that_the_others_own_too(
        self, publisher: Operator, sample_pod: SamplePod, films: Media
    ) -> None:
        ran = publisher.json("publish")
        assert (ran.code, ran.counts) == (0, {"done": 1})
        one_whole_draft(publisher, sample_pod, films)
        assert owners_of(sample_pod) == {"staffonly": ["jean"]}
        (action,) = ran.actions
        assert (action["kind"], action["owner"]["username"]) == ("download", "staffonly")
        assert [other["username"] for other in action["others"]] == ["jean"]
        assert (action["place"], action["size"]) == (videos(sample_pod)[0]["slug"], len(film(films)))
        encoded(sample_pod)
        assert "Algèbre 🎓" in sample_pod.browser("staffonly").get("/video/dashboard/").text

    def test_a_second_run_sends_nothing(self, publisher: Operator, sample_pod: SamplePod, bbb: SampleBbb) -> None:
        publisher.run("publish")
        written = len(sample_pod.requests("POST", "PATCH", "DELETE"))
        encoded(sample_pod)
        again = publisher.json("publish")
        assert [action["reason"] for action in again.actions] == ["already done"]
        assert (again.code, fetched(bbb)) == (0, 1)
        assert len(sample_pod.requests("POST", "PATCH", "DELETE")) == written

    def test_another_machine_makes_nothing_that_pod_has(
        self, publisher: Operator, operator_of: MakeOperator, sample_pod: SamplePod, bbb: SampleBbb, films: Media
    ) -> None:
        publisher.run("publish")
        other = operator_of("other", bbb=bbb, pod=sample_pod)
        belongs(other, {ONE.record_id: "staffonly jean"})
        ran = other.json("publish")
        assert [action["detail"] for action in ran.actions] == ["Pod had it already"]
        assert (fetched(bbb), posts(sample_pod)) == (1, 1)
        one_whole_draft(other, sample_pod, films)

    def test_nor_what_it_has_under_another_owner_or_title(
        self, publisher: Operator, operator_of: MakeOperator, sample_pod: SamplePod, bbb: SampleBbb
    ) -> None:
        publisher.run("publish")
        for number, change in enumerate(("title = title", "title = 'Revu', date_added = '2020-01-01 00:00:00'")):
            sample_pod.rows(f"UPDATE video_video SET {change}")
            other = operator_of(f"other{number}", bbb=bbb, pod=sample_pod)
            belongs(other, {ONE.record_id: "jean staffonly"})
            assert [action["detail"] for action in other.json("publish").actions] == ["Pod had it already"]
        assert len(videos(sample_pod)) == 1

    @pytest.mark.parametrize(("co_owners", "owners"), [("copy", ["jean", "staffonly"]), ("none", ["staffonly"])])
    def test_the_others_get_what_the_settings_say(
        self, publisher: Operator, sample_pod: SamplePod, bbb: SampleBbb, co_owners: str, owners: list[str]
    ) -> None:
        publisher.set(publish__co_owners=co_owners)
        assert publisher.run("publish").code == 0
        assert owners_of(sample_pod) == {owner: [] for owner in owners}
        assert fetched(bbb) == 1
        assert left_behind(publisher) == []

    def test_a_copy_for_somebody_who_came_later(self, publisher: Operator, sample_pod: SamplePod) -> None:
        publisher.set(publish__co_owners="copy")
        publisher.run("publish")
        belongs(publisher, {ONE.record_id: "jean staffonly marie"})
        assert publisher.json("publish").counts == {"done": 1}
        assert Counter(video["owner"] for video in videos(sample_pod)) == Counter(["staffonly", "jean", "marie"])

    def test_where_it_was_held_stands_below_it(
        self,
        operator_of: MakeOperator,
        serve_bbb: ServeBbb,
        sample_pod: SamplePod,
        bbb_media: Media,
        moodles: Mapping[str, SampleMoodle],
    ) -> None:
        recordings = [one for one in sample_recordings() if one.playback("video")]
        operator = operator_of(bbb=serve_bbb(recordings, media=bbb_media), pod=sample_pod, moodles=moodles)
        ran = operator.json("publish", "--moodle", "all", "--jobs", "2")
        assert ran.code == 0
        expected = {
            one.title: sorted(names)
            for one in recordings
            if (names := {name for moodle in moodles.values() for name in moodle.owners.get(one.record_id, ())})
        }
        found = {video["title"]: sorted([video["owner"]]) for video in videos(sample_pod)}
        also = sample_pod.rows(
            "SELECT v.title, u.username FROM video_video_additional_owners a JOIN video_video v ON v.id = a.video_id"
            " JOIN auth_user u ON u.id = a.user_id"
        )
        for row in also:
            found[row["title"]] = sorted([*found[row["title"]], row["username"]])
        assert found == expected
        assert all(video["description"].startswith("<p>") for video in videos(sample_pod))
        assert UNKNOWN_SERVER not in str(ran.objects)
        claimed = [one["place"] for one in ran.actions if not one["owner"] and one["status"] == "done"]
        assert sorted(left_behind(operator)) == sorted(Path(place).name for place in claimed)

    def test_whoever_is_not_staff_may_have_a_video(self, publisher: Operator, sample_pod: SamplePod) -> None:
        belongs(publisher, {ONE.record_id: "stu"})
        publisher.set(pod__make_staff=False)
        assert publisher.run("publish").code == 0
        assert [video["owner"] for video in videos(sample_pod)] == ["stu"]

    def test_nothing_is_made_for_somebody_whom_pod_does_not_get(
        self, publisher: Operator, sample_pod: SamplePod, bbb: SampleBbb
    ) -> None:
        publisher.set(pod__create_users=False)
        belongs(publisher, {ONE.record_id: "staffonly nobody.here"})
        ran = publisher.json("publish")
        assert ran.code == 3
        assert "Pod has no user nobody.here" in ran.actions[0]["detail"]
        assert (videos(sample_pod), fetched(bbb)) == ([], 0)

    def test_a_dry_run_changes_nothing(self, publisher: Operator, sample_pod: SamplePod) -> None:
        ran = publisher.run("publish", "--dry")
        assert ran.code == 0
        assert "download for staffonly, jean" in ran.out
        assert sample_pod.requests("POST", "PATCH", "DELETE") == []
        assert left_behind(publisher) == []


class TestThroughTheRecorder:
    """A file dropped on Pod's disk."""

    @pytest.fixture(autouse=True)
    def via(self, publisher: Operator) -> None:
        publisher.set(publish__via="recorder")

    def test_the_same_draft(self, publisher: Operator, sample_pod: SamplePod, films: Media) -> None:
        assert publisher.json("publish").counts == {"done": 1}
        one_whole_draft(publisher, sample_pod, films)
        assert owners_of(sample_pod) == {"staffonly": ["jean"]}
        assert posts(sample_pod, VIDEOS) == 0
        written = len(sample_pod.requests("POST", "PATCH", "DELETE"))
        assert publisher.json("publish").counts == {"skipped": 1}
        assert len(sample_pod.requests("POST", "PATCH", "DELETE")) == written

    @pytest.mark.parametrize("co_owners", ["additional", "copy"])
    def test_a_queue_before_pods_encoder_is_not_waited_for(
        self,
        publisher: Operator,
        serve_bbb: ServeBbb,
        sample_pod: SamplePod,
        films: Media,
        monkeypatch: pytest.MonkeyPatch,
        co_owners: str,
    ) -> None:
        monkeypatch.setattr("bbbmig.pod.videos._LOOKS_AFTER_S", (1000.0,))
        publisher.bbb = serve_bbb([ONE, *MORE], media=films)
        publisher.set(publish__co_owners=co_owners)
        owners = "staffonly admin" if co_owners == "copy" else "staffonly"
        belongs(publisher, {one.record_id: owners for one in (ONE, *MORE)})
        count = len(owners.split())
        sample_pod.encoder("queued")
        for _ in range(2):
            ran = publisher.json("publish")
            assert (ran.code, ran.counts) == (0, {"postponed": 4})
            assert left_behind(publisher) == []
        dropped = posts(sample_pod, DROPPED)
        assert dropped == 4 * count
        sample_pod.encoder("works")
        assert publisher.json("publish").counts == {"done": 4}
        assert (posts(sample_pod, DROPPED), fetched(publisher.bbb)) == (dropped, 4)
        expected = [(dated(one), f"{one.start:%Y-%m-%d %H:%M:%S}") for one in (ONE, *MORE)] * count
        assert sorted((video["title"], video["date_added"]) for video in videos(sample_pod)) == sorted(expected)

    def test_copies_are_files_of_their_own(self, publisher: Operator, sample_pod: SamplePod) -> None:
        publisher.set(publish__co_owners="copy")
        assert publisher.run("publish").code == 0
        assert owners_of(sample_pod) == {"staffonly": [], "jean": []}
        assert {video["title"] for video in videos(sample_pod)} == {ONE.title}
        assert left_behind(publisher) == []

    def test_an_answer_that_is_lost(self, publisher: Operator, sample_pod: SamplePod, films: Media) -> None:
        sample_pod.fault("cut", path=DROPPED, method="POST", late=True, times=1)
        assert publisher.run("publish").code == 0
        one_whole_draft(publisher, sample_pod, films)

    @pytest.mark.parametrize("late", [False, True])
    def test_dates_are_read_back(
        self,
        publisher: Operator,
        sample_pod: SamplePod,
        films: Media,
        late: bool,  # noqa: FBT001
    ) -> None:
        sample_pod.fault("status", path=VIDEOS, method="PATCH", status=500, late=late, times=1)
        assert publisher.run("publish").code == 0
        one_whole_draft(publisher, sample_pod, films)

    def test_a_file_that_pod_was_not_told_of_is_published_next_time(
        self, publisher: Operator, sample_pod: SamplePod, bbb: SampleBbb, films: Media
    ) -> None:
        sample_pod.fault("status", path=DROPPED, method="POST", status=500)
        assert publisher.run("publish").code == 3
        assert len(publisher.dropped) == 1
        for _ in range(2):
            sample_pod.check_directory()  # Pod's cron offers it to everybody meanwhile
        sample_pod.heal()
        assert publisher.json("publish").counts == {"done": 1}
        one_whole_draft(publisher, sample_pod, films)
        assert fetched(bbb) == 1

    def test_a_video_that_did_not_get_its_title_gets_it_next_time(
        self, publisher: Operator, sample_pod: SamplePod, bbb: SampleBbb, films: Media
    ) -> None:
        sample_pod.fault("status", path=VIDEOS, method="PATCH", status=500)
        assert publisher.run("publish").code == 3
        assert videos(sample_pod)[0]["title"] != ONE.title
        sample_pod.heal()
        ran = publisher.json("publish")
        assert [(action["kind"], action["status"]) for action in ran.actions] == [("publish", "done")]
        one_whole_draft(publisher, sample_pod, films)
        assert (fetched(bbb), posts(sample_pod, DROPPED)) == (1, 1)

    def test_what_somebody_else_claimed_is_said(self, publisher: Operator, sample_pod: SamplePod) -> None:
        sample_pod.fault("status", path=DROPPED, method="POST", status=500)
        publisher.run("publish")
        sample_pod.heal()
        (dropped,) = publisher.dropped
        for _ in range(2):
            sample_pod.check_directory()
        sample_pod.claim("admin", dropped)
        ran = publisher.json("publish")
        assert ran.code == 3
        assert "did somebody else claim the file" in ran.actions[0]["detail"]
        assert [video["owner"] for video in videos(sample_pod)] == ["admin"]

    def test_pod_takes_files_for_staff_only(self, publisher: Operator, sample_pod: SamplePod) -> None:
        belongs(publisher, {ONE.record_id: "stu"})
        publisher.set(pod__make_staff=False)
        ran = publisher.json("publish")
        assert ran.code == 3
        assert "not staff" in ran.actions[0]["detail"]
        assert videos(sample_pod) == []

    def test_a_recorder_that_publishes_makes_no_difference(
        self, publisher: Operator, sample_pod: SamplePod, films: Media
    ) -> None:
        sample_pod.rows("UPDATE recorder_recorder SET is_draft = 0")
        ran = publisher.run("publish")
        assert ran.code == 0
        assert "public" in ran.err
        one_whole_draft(publisher, sample_pod, films)


class TestNobodys:
    """What has no owner."""

    @pytest.fixture(autouse=True)
    def nobody(self, publisher: Operator) -> None:
        belongs(publisher, {})

    def test_is_given_to_be_claimed(self, publisher: Operator, sample_pod: SamplePod, films: Media) -> None:
        assert publisher.json("publish").counts == {"done": 1}
        (path,) = publisher.dropped
        assert path.read_bytes() == film(films)
        assert [row["file"] for row in sample_pod.rows("SELECT file FROM recorder_recordingfiletreatment")] == [
            str(path)
        ]
        assert publisher.json("publish").counts == {"skipped": 1}
        assert publisher.json("claim").counts == {"skipped": 1}
        belongs(publisher, {ONE.record_id: "staffonly"})
        assert publisher.json("publish").actions[0]["reason"] == "already done"
        assert videos(sample_pod) == []

    def test_is_the_administrators(self, publisher: Operator, sample_pod: SamplePod) -> None:
        publisher.set(publish__unknown_owner="administrator", recorder__id=None, recorder__directory=None)
        assert publisher.run("publish").code == 0
        assert owners_of(sample_pod) == {"admin": []}

    def test_is_left_alone(self, publisher: Operator, sample_pod: SamplePod) -> None:
        publisher.set(publish__unknown_owner="skip")
        assert [action["reason"] for action in publisher.json("publish").actions] == ["no owner known"]
        assert (videos(sample_pod), left_behind(publisher)) == ([], [])


class TestTrouble:
    """What goes wrong on the way."""

    @pytest.mark.parametrize("kind", ["cut", "status"])
    def test_an_answer_that_is_lost_makes_no_second_video(
        self, publisher: Operator, sample_pod: SamplePod, films: Media, kind: str
    ) -> None:
        sample_pod.fault(kind, path=VIDEOS, method="POST", status=502, late=True, times=1)
        assert publisher.run("publish").code == 0
        one_whole_draft(publisher, sample_pod, films)
        assert posts(sample_pod) == 1

    def test_a_pod_that_is_down_gets_the_file_next_time(
        self, publisher: Operator, sample_pod: SamplePod, bbb: SampleBbb, films: Media
    ) -> None:
        sample_pod.fault("status", path=VIDEOS, method="POST", status=502)
        assert publisher.run("publish").code == 3
        assert remembered(publisher)[""][0] == "delivered"
        (waiting,) = left_behind(publisher)
        assert waiting.startswith("Algèbre 🎓")
        sample_pod.heal()
        ran = publisher.json("publish")
        assert [(action["kind"], action["status"]) for action in ran.actions] == [("publish", "done")]
        one_whole_draft(publisher, sample_pod, films)
        assert fetched(bbb) == 1

    def test_a_pod_that_does_not_answer_costs_no_file(
        self, publisher: Operator, sample_pod: SamplePod, bbb: SampleBbb
    ) -> None:
        sample_pod.fault("status", path=VIDEOS, status=500)
        assert publisher.run("publish").code == 3
        assert fetched(bbb) == 0

    def test_a_file_that_is_too_large_waits_for_a_person(self, publisher: Operator, sample_pod: SamplePod) -> None:
        sample_pod.fault("status", path=VIDEOS, method="POST", status=413)
        for _ in range(3):
            ran = publisher.json("publish")
            assert ran.code == 3
            assert "client_max_body_size" in ran.actions[0]["detail"]
        assert [action["reason"] for action in publisher.json("publish").actions] == ["failed before"]
        sample_pod.heal()
        assert publisher.json("publish", "--retry-failed").counts == {"done": 1}
        assert left_behind(publisher) == []

    def test_a_type_that_pod_has_not_is_told_before_anything_is_done(
        self, publisher: Operator, sample_pod: SamplePod, bbb: SampleBbb
    ) -> None:
        publisher.set(publish__type=77)
        ran = publisher.run("publish", "--dry")
        assert ran.code == 4
        assert "1 (Autre)" in ran.err
        assert (bbb.requests, sample_pod.requests("POST")) == ([], [])

    def test_nor_is_a_type_of_another_site_taken(self, publisher: Operator, sample_pod: SamplePod) -> None:
        other = sample_pod.create("sites.Site", domain="pod2.test", name="pod2.test")
        sample_pod.rows("UPDATE video_type_sites SET site_id = ?", other)
        ran = publisher.run("publish", "--dry")
        assert ran.code == 4
        assert "no type 1 on its site" in ran.err

    def test_files_of_the_recorder_need_its_section(self, publisher: Operator) -> None:
        publisher.set(publish__unknown_owner="skip", recorder__id=None, recorder__directory=None)
        ran = publisher.run("publish", "--via", "recorder")
        assert ran.code == 4
        assert "recorder" in ran.err

    def test_what_is_published_is_not_claimed(self, publisher: Operator, sample_pod: SamplePod) -> None:
        publisher.run("publish")
        encoded(sample_pod)
        assert [action["reason"] for action in publisher.json("claim").actions] == ["already done"]
        assert publisher.dropped == []
        assert len(videos(sample_pod)) == 1


class TestKilled:
    """Killed with -9, the next run repeats only the step that was cut."""

    @pytest.mark.parametrize("via", ["upload", "recorder"])
    @pytest.mark.parametrize("at", ["before", "after"])
    def test_between_pod_and_the_ledger(
        self,
        publisher: Operator,
        sample_pod: SamplePod,
        films: Media,
        monkeypatch: pytest.MonkeyPatch,
        via: str,
        at: str,
    ) -> None:
        publisher.set(publish__via=via)
        remember = PublishDelivery._remember

        def dying(self: PublishDelivery, *arguments: Any, **options: Any) -> None:  # noqa: ANN401
            if options.get("owner") and State.DONE in arguments:
                if at == "after":
                    remember(self, *arguments, **options)
                raise RuntimeError("killed")
            remember(self, *arguments, **options)

        with monkeypatch.context() as patch:
            patch.setattr(PublishDelivery, "_remember", dying)
            assert publisher.run("publish").code == 1
        assert publisher.run("publish").code == 0
        assert left_behind(publisher) == []
        assert [video["title"] for video in videos(sample_pod)] == [ONE.title]
        assert content(sample_pod, videos(sample_pod)[0]) == film(films)

    def test_between_the_drop_and_its_title(
        self, publisher: Operator, sample_pod: SamplePod, films: Media, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        publisher.set(publish__via="recorder")

        def dying(*_: object) -> None:
            raise RuntimeError("killed")

        with monkeypatch.context() as patch:
            patch.setattr(Videos, "take_over", dying)
            assert publisher.run("publish").code == 1
        assert publisher.run("publish").code == 0
        one_whole_draft(publisher, sample_pod, films)

    def test_leftovers_of_dead_runs_go_and_what_is_still_to_be_sent_stays(self, publisher: Operator) -> None:
        work = publisher.folder / "work"
        work.mkdir()
        other = f"Old 2020-01-01 10h00 {'0' * 12}.mp4"
        for name in (f".{other}.part", f"{ONE.record_id}.mp4", other):
            (work / name).write_bytes(b"x")
        assert publisher.run("publish").code == 0
        assert left_behind(publisher) == [other]

    def test_in_the_middle_of_an_upload(self, publisher: Operator, sample_pod: SamplePod, films: Media) -> None:
        process = publisher.start("publish", "--bwlimit", str(len(film(films)) // 2))
        wait_until(lambda: posts(sample_pod), "nothing is sent")
        process.kill()
        ended(process)
        assert publisher.json("publish").counts == {"done": 1}
        one_whole_draft(publisher, sample_pod, films)
        assert posts(sample_pod) == 2

    def test_while_pod_stores_the_video(
        self, publisher: Operator, sample_pod: SamplePod, films: Media, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("bbbmig.pod.videos._LOOKS_AFTER_S", (0.3, 1.0, 2.0, 4.0))
        sample_pod.fault("slow", path=VIDEOS, method="POST", seconds=2.5, times=1)
        process = publisher.start("publish")
        wait_until(lambda: posts(sample_pod), "nothing is sent")
        time.sleep(1.0)  # small as it is, all of it is on its way
        process.kill()
        ended(process)
        assert publisher.json("publish").counts == {"done": 1}  # at once: Pod is not ready yet
        one_whole_draft(publisher, sample_pod, films)
        assert posts(sample_pod) == 1

    @pytest.mark.usefixtures("quick")
    @pytest.mark.parametrize("via", ["upload", "recorder"])
    def test_at_any_moment(
        self, operator_of: MakeOperator, serve_bbb: ServeBbb, sample_pod: SamplePod, films: Media, via: str
    ) -> None:
        operator = operator_of(bbb=serve_bbb([ONE, *MORE], media=films), pod=sample_pod)
        operator.set(publish__via=via)
        belongs(operator, dict.fromkeys((one.record_id for one in (ONE, *MORE)), "staffonly"))
        chance = random.Random(via)
        for _ in range(4):
            process = operator.start("publish", "--jobs", "2")
            time.sleep(chance.uniform(0.4, 1.3))
            process.kill()
            ended(process)
        assert operator.run("publish").code == 0
        assert Counter(video["date_added"] for video in videos(sample_pod)) == Counter(
            f"{one.start:%Y-%m-%d %H:%M:%S}" for one in (ONE, *MORE)
        )
        by_date = {video["date_added"]: video for video in videos(sample_pod)}
        for one in (ONE, *MORE):
            assert content(sample_pod, by_date[f"{one.start:%Y-%m-%d %H:%M:%S}"]) == film(films, one)
        assert {video["title"] for video in videos(sample_pod)} == {dated(one) for one in (ONE, *MORE)}
        assert left_behind(operator) == []


class TestTexts:
    """What people read: titles with the date where they need it, and what stands below."""

    @pytest.fixture(autouse=True)
    def of_one_title(self, publisher: Operator, serve_bbb: ServeBbb, films: Media) -> None:
        publisher.bbb = serve_bbb([ONE, *MORE], media=films)
        publisher.set(bbb__url=publisher.bbb.url)
        belongs(publisher, dict.fromkeys((one.record_id for one in (ONE, *MORE)), "staffonly"))

    @pytest.mark.parametrize("via", ["upload", "recorder"])
    @pytest.mark.parametrize("mode", ["when needed", "always", "never"])
    def test_titles_are_as_the_settings_say(
        self, publisher: Operator, sample_pod: SamplePod, via: str, mode: str
    ) -> None:
        publisher.set(publish__date_in_title=mode, publish__via=via, publish__language="de")
        assert publisher.json("publish").counts == {"done": 4}
        titles = sorted(video["title"] for video in videos(sample_pod))
        assert titles == sorted(ONE.title if mode == "never" else dated(one) for one in (ONE, *MORE))
        assert sample_pod.rows("SELECT DISTINCT main_lang FROM video_video") == [{"main_lang": "de"}]

    def test_one_of_its_title_needs_no_date_and_the_next_one_does(
        self, publisher: Operator, sample_pod: SamplePod
    ) -> None:
        for one in (ONE, *MORE[:1]):
            assert publisher.json("publish", "--meeting", one.record_id).counts == {"done": 1}
        assert [video["title"] for video in videos(sample_pod)] == [ONE.title, dated(MORE[0])]

    @pytest.mark.parametrize(("before", "now"), [("never", "always"), ("always", "never"), ("never", "when needed")])
    @pytest.mark.parametrize("description", ["description", "''"])
    def test_a_lost_ledger_makes_no_second_video(
        self,
        publisher: Operator,
        operator_of: MakeOperator,
        sample_pod: SamplePod,
        before: str,
        now: str,
        description: str,
    ) -> None:
        publisher.set(publish__date_in_title=before)
        assert publisher.json("publish").counts == {"done": 4}
        sample_pod.rows(f"UPDATE video_video SET description = {description}")
        titles = [video["title"] for video in videos(sample_pod)]
        other = operator_of("other", bbb=publisher.bbb, pod=sample_pod)
        other.set(publish__date_in_title=now)
        belongs(other, dict.fromkeys((one.record_id for one in (ONE, *MORE)), "staffonly"))
        ran = other.json("publish")
        assert [action["detail"] for action in ran.actions] == ["Pod had it already"] * 4
        assert [video["title"] for video in videos(sample_pod)] == titles

    def test_the_description_names_date_and_moderator(self, publisher: Operator, sample_pod: SamplePod) -> None:
        sample_pod.rows("UPDATE auth_user SET first_name = 'Zoé', last_name = '<b>' WHERE username = 'staffonly'")
        publisher.set(publish__description="<p>{course}</p>\n<p>{date}: {moderators}</p>")
        assert publisher.json("publish", "--meeting", ONE.record_id).counts == {"done": 1}
        (video,) = videos(sample_pod)
        when = dated(ONE).rpartition(", ")[2]
        assert video["description"] == marked(f"<p>{when}: Zoé &lt;b&gt;</p>", ONE.record_id, "fr")

    @pytest.mark.parametrize(
        ("key", "value", "said"),
        [
            ("description", "{course} {teacher}", "{teacher}"),
            ("description", "{course", "braces"),
            ("language", "fr-FR", "two letters"),
            ("date_in_title", "sometimes", "when needed"),
        ],
    )
    def test_wrong_settings_are_said(
        self, publisher: Operator, sample_pod: SamplePod, key: str, value: str, said: str
    ) -> None:
        publisher.set(**{f"publish__{key}": value})
        ran = publisher.run("publish")
        assert ran.code == 4
        assert f"publish.{key}" in ran.err
        assert said in ran.err
        assert sample_pod.requests("POST") == []


class TestShelf:
    """Channel, theme, discipline and licence."""

    @pytest.fixture(autouse=True)
    def shelves(self, sample_pod: SamplePod) -> None:
        other = sample_pod.create("sites.Site", domain="pod2.test", name="pod2.test")
        for title, site in (("DFGSM 3", 1), ("Droit", 1), ("Ailleurs", other)):
            channel = sample_pod.create("video.Channel", title=title, site_id=site)
            sample_pod.create("video.Theme", title="Classes virtuelles", channel_id=channel)
            sample_pod.create("video.Discipline", title=title, site_id=site)

    @pytest.mark.parametrize("via", ["upload", "recorder"])
    def test_are_as_the_settings_say(self, publisher: Operator, sample_pod: SamplePod, via: str) -> None:
        publisher.set(
            publish__via=via,
            publish__channel="droit",
            publish__theme="Classes virtuelles",
            publish__discipline="1",
            publish__licence="by-nc-sa",
        )
        assert publisher.json("publish").counts == {"done": 1}
        (video,) = sample_pod.rows(
            "SELECT c.title AS channel, t.channel_id = c.id AS theme, d.discipline_id AS discipline, v.licence"
            " FROM video_video v JOIN video_video_channel vc ON vc.video_id = v.id"
            " JOIN video_channel c ON c.id = vc.channel_id JOIN video_video_theme vt ON vt.video_id = v.id"
            " JOIN video_theme t ON t.id = vt.theme_id JOIN video_video_discipline d ON d.video_id = v.id"
        )
        assert video == {"channel": "Droit", "theme": 1, "discipline": 1, "licence": "by-nc-sa"}

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            ({"channel": "Ailleurs"}, ["publish.channel", "DFGSM 3", "Droit"]),
            ({"channel": "99"}, ["publish.channel", "DFGSM 3", "Droit"]),
            ({"channel": "Droit", "theme": "x"}, ["publish.theme", "Classes virtuelles"]),
            ({"theme": "Classes virtuelles"}, ["publish.theme", "publish.channel"]),
            ({"discipline": "Médecine"}, ["publish.discipline", "1 (DFGSM 3)"]),
            ({"licence": "mit"}, ["publish.licence", "by-nc-sa"]),
        ],
    )
    def test_what_pod_has_not_is_told_before_anything_is_done(
        self, publisher: Operator, sample_pod: SamplePod, bbb: SampleBbb, wrong: dict[str, str], said: list[str]
    ) -> None:
        publisher.set(**{f"publish__{key}": value for key, value in wrong.items()})
        ran = publisher.run("publish", "--dry")
        assert ran.code == 4
        assert all(text in ran.err for text in said)
        assert (bbb.requests, sample_pod.requests("POST")) == ([], [])


class TestChapters:
    """The chapters of a file become chapters in Pod, once."""

    EXPECTED: ClassVar = [("Plan du cours", 0), ("x" * 89 + "…", 1)]

    @pytest.fixture(autouse=True)
    def with_chapters(self, publisher: Operator, serve_bbb: ServeBbb, films: Media, tmp_path: Path) -> None:
        """The film of the recording has chapters, of which two begin in one second and one has a long title."""
        address = f"/video/{ONE.record_id}/video-0.m4v"
        said, made = tmp_path / "chapters.txt", tmp_path / "film.mp4"
        chapters = ((0, 400, "Blink"), (400, 1000, "Plan du cours"), (1000, 2000, "x" * 120))
        texts = (f"[CHAPTER]\nTIMEBASE=1/1000\nSTART={a}\nEND={b}\ntitle={title}\n" for a, b, title in chapters)
        said.write_text(";FFMETADATA1\n" + "".join(texts), encoding="utf-8")
        command = ("ffmpeg", "-v", "error", "-i", films.files[address], "-i", said, "-map_chapters", "1", "-c", "copy")
        subprocess.run([*command, made], check=True)
        media = replace(films, files={**films.files, address: made})
        publisher.bbb = serve_bbb([ONE], media=media)
        publisher.set(bbb__url=publisher.bbb.url)

    @staticmethod
    def chapters(pod: SamplePod) -> list[tuple[str, int]]:
        rows = pod.rows("SELECT title, time_start FROM video_chapter ORDER BY time_start, id")
        return [(row["title"], row["time_start"]) for row in rows]

    @pytest.mark.parametrize("via", ["upload", "recorder"])
    def test_once(self, publisher: Operator, sample_pod: SamplePod, via: str) -> None:
        publisher.set(publish__via=via)
        assert publisher.json("publish").counts == {"done": 1}
        assert publisher.json("publish").counts == {"skipped": 1}
        assert self.chapters(sample_pod) == self.EXPECTED

    def test_a_pod_that_fails_gets_them_next_time(self, publisher: Operator, sample_pod: SamplePod) -> None:
        sample_pod.fault("status", path="/rest/chapters/", method="POST", status=500, late=True)
        assert publisher.run("publish").code == 3
        sample_pod.heal()
        assert publisher.json("publish").counts == {"done": 1}
        assert self.chapters(sample_pod) == self.EXPECTED
        assert len(videos(sample_pod)) == 1
        assert left_behind(publisher) == []
