"""May the old server be switched off? Three answers, asked of Pod; whatever goes wrong, never a yes that is none."""

import contextlib
import csv
import sqlite3
import stat
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bbbmig.demo.bbb_faults import Fault
from bbbmig.demo.bbb_playback import Media
from bbbmig.demo.media import make_media
from bbbmig.demo.pod_server import SamplePod
from bbbmig.demo.recordings import meeting_recording
from bbbmig.domain.recording import Recording
from bbbmig.ledger import Ledger
from tests.bbb_server import ServeBbb
from tests.commands.conftest import MakeOperator
from tests.commands.operator_at_work import Ended, Operator
from tests.commands.owners_files import belongs
from tests.waiting import wait_until

START = datetime(2023, 5, 6, 12, 30, 15, tzinfo=UTC)
LECTURES = [
    meeting_recording(f"status-{number}", f"Leçon {number} <b>&</b>", START + timedelta(days=number), "video")
    for number in range(5)
]
ONE = LECTURES[0]
OWNERS = ["staffonly", "admin"]
Of = Callable[..., Operator]


@pytest.fixture(scope="module")
def lectures(tmp_path_factory: pytest.TempPathFactory) -> Media:
    return make_media(tmp_path_factory.mktemp("lectures"), LECTURES)


@pytest.fixture
def of(operator_of: MakeOperator, serve_bbb: ServeBbb, sample_pod: SamplePod, lectures: Media) -> Of:
    """An operator of a server with these recordings, whose owners are known in turns."""

    def make(*recordings: Recording) -> Operator:
        operator = operator_of(bbb=serve_bbb(list(recordings), media=lectures), pod=sample_pod)
        belongs(operator, {one.record_id: OWNERS[number % 2] for number, one in enumerate(recordings)})
        return operator

    return make


def encoded(pod: SamplePod, count: int) -> None:
    wait_until(
        lambda: len(pod.rows("SELECT 1 FROM video_video WHERE encoded")) == count, f"{count} videos are not encoded"
    )


def said(ended: Ended) -> dict[str, object]:
    """Return the answer in numbers: verdict, the classes that are not empty, what stands in the way."""
    (values,) = [one for one in ended.objects if one["type"] == "status"]
    return {
        "verdict": values["verdict"],
        "classes": {name: amount["count"] for name, amount in values["classes"].items() if amount["count"]},
        "obstacles": {group["what"]: group["count"] for group in values["obstacles"]},
        "code": ended.code,
    }


def not_yet(classes: dict[str, int], **obstacles: int) -> dict[str, object]:
    return {
        "verdict": "not_yet",
        "classes": classes,
        "obstacles": {name.replace("_", " "): count for name, count in obstacles.items()},
        "code": 3,
    }


class TestThreeAnswers:
    def test_nothing_begun_then_links_then_videos_then_yes(self, of: Of, sample_pod: SamplePod) -> None:
        operator = of(*LECTURES[:2])
        assert said(operator.json("status")) == not_yet({"not_started_or_unknown": 2}, not_begun=2)
        assert operator.run("import-links").code == 0
        assert said(operator.json("status")) == not_yet({"link_only": 2}, link_only=2)
        assert operator.run("publish").code == 0
        encoded(sample_pod, 2)
        ended = operator.json("status")
        assert said(ended) == {"verdict": "yes", "classes": {"safe_with_owner": 2}, "obstacles": {}, "code": 0}
        assert ended.end["exit_code"] == 0
        (values,) = [one for one in ended.objects if one["type"] == "status"]
        assert values["words"] == "Yes: all 2\u00a0recordings to be kept are in Pod."
        assert [group["what"] for group in values["to_know"]] == ["draft"]
        assert values["curve"][-1]["classes"] == values["classes"]
        assert 1 < len(values["curve"]) <= 3  # two looks in one second are one

    def test_files_to_be_claimed_are_safe_and_nobodys(self, of: Of, sample_pod: SamplePod) -> None:
        operator = of(*LECTURES[:3])
        assert operator.run("claim").code == 0
        assert said(operator.json("status"))["classes"] == {"safe_unclaimed": 3}
        sample_pod.check_directory()
        first, second = [path for path in operator.dropped if path.is_file()][:2]
        sample_pod.claim("staffonly", first)
        sample_pod.claim("staffonly", second, title="Autre titre")
        encoded(sample_pod, 2)
        ended = operator.json("status")
        assert said(ended)["classes"] == {"safe_with_owner": 2, "safe_unclaimed": 1}
        assert ended.code == 0
        sample_pod.rows("DELETE FROM video_video_sites WHERE video_id = 1")
        sample_pod.rows("DELETE FROM video_video WHERE id = 1")
        assert said(operator.json("status")) == not_yet(
            {"safe_with_owner": 1, "safe_unclaimed": 1, "failed": 1}, **{"claimed,_and_removed_since": 1}
        )

    def test_what_was_given_up_is_no_obstacle_and_who_decided_is_told(self, of: Of) -> None:
        operator = of(ONE)
        assert operator.run("give-up", ONE.record_id, "--why", "jury", "--by", "Anne").code == 0
        ended = operator.json("status")
        assert said(ended)["classes"] == {"given_up": 1}
        assert ended.code == 0
        (values,) = [one for one in ended.objects if one["type"] == "status"]
        assert [(one["by"], one["why"], one["count"]) for one in values["given_up"]] == [("Anne", "jury", 1)]
        assert "given up by a written decision: jury: 1" in operator.run("status").out


class TestPodSays:
    """What the ledger calls done is not believed."""

    def test_deleted_videos_are_not_safe(self, of: Of, sample_pod: SamplePod) -> None:
        operator = of(*LECTURES[:2])
        assert operator.run("publish").code == 0
        encoded(sample_pod, 2)
        assert operator.run("status", "-q").code == 0
        sample_pod.lose_videos()
        ended = operator.json("status")
        assert said(ended) == not_yet({"failed": 2}, removed_in_Pod_since=2)
        assert next(one for one in ended.objects if one["type"] == "status")["vanished_since"] == 2
        assert "Was Pod restored?" not in operator.run("status").out  # it was told once

    @pytest.mark.parametrize("way", ["killed", "lost"])
    def test_videos_that_were_never_encoded_are_not_safe(self, of: Of, sample_pod: SamplePod, way: str) -> None:
        operator = of(ONE)
        sample_pod.encoder(way)
        assert operator.run("publish").code == 0
        assert said(operator.json("status")) == not_yet({"not_started_or_unknown": 1}, being_encoded_by_Pod=1)
        operator.set(publish__encoding_hours=0)
        assert said(operator.json("status")) == not_yet({"failed": 1}, never_encoded_by_Pod=1)

    def test_videos_that_are_shorter_than_the_file_that_was_sent_are_not_safe(
        self, of: Of, sample_pod: SamplePod
    ) -> None:
        operator = of(ONE)
        assert operator.run("publish").code == 0
        encoded(sample_pod, 1)
        (lasts,) = [row["duration_s"] for row in effects(operator) if not row["target"]]
        assert isinstance(lasts, float)
        sample_pod.rows("UPDATE video_video SET duration = ?", round(lasts))
        assert operator.run("status", "-q").code == 0
        effects(operator, "UPDATE bbbmig_effects SET duration_s = duration_s + 100")
        assert said(operator.json("status")) == not_yet({"failed": 1}, too_short_in_Pod=1)

    def test_files_that_vanished_or_are_cut_are_not_safe(self, of: Of) -> None:
        operator = of(*LECTURES[:3])
        assert operator.run("claim").code == 0
        files = [path for path in operator.dropped if path.is_file()]
        files[0].unlink()
        files[1].write_bytes(files[1].read_bytes()[:-1])
        assert said(operator.json("status")) == not_yet(
            {"safe_unclaimed": 1, "failed": 2}, file_not_whole=1, removed_in_Pod_since=1
        )


def effects(operator: Operator, change: str = "") -> list[dict[str, object]]:
    """Return the rows of the ledger, changed by hand before."""
    with contextlib.closing(sqlite3.connect(operator.ledger)) as connection, connection:
        connection.row_factory = sqlite3.Row
        if change:
            connection.execute(change)
        return [dict(row) for row in connection.execute("SELECT * FROM bbbmig_effects")]


class TestReading:
    """A sample is fetched from Pod and looked into; what is cut there is not safe, whatever Pod says."""

    def test_whole_ones_are_counted_and_cut_ones_are_broken(self, of: Of, sample_pod: SamplePod) -> None:
        operator = of(*LECTURES[:3])
        assert operator.run("publish").code == 0
        encoded(sample_pod, 3)
        ended = operator.json("status", "--read", "9")
        (values,) = [one for one in ended.objects if one["type"] == "status"]
        assert (ended.code, values["read"], values["checklist"]["sample_read_whole"]) == (
            0,
            {"asked": 3, "whole": 3},
            "done",
        )
        assert "3 of 3 videos were read from beginning to end" in operator.run("status", "--read", "3").out
        cut, gone, _ = sorted((sample_pod.directory / "media").rglob("*.m4v"))
        cut.write_bytes(cut.read_bytes()[:-2000])
        gone.unlink()
        assert said(operator.json("status", "--read", "3")) == not_yet(
            {"safe_with_owner": 1, "failed": 2}, broken_in_Pod=2
        )
        assert list((operator.folder.parent / "home" / "tmp").glob("bbbmig-read-*")) == []

    def test_what_pod_cannot_give_now_is_not_broken(self, of: Of, sample_pod: SamplePod) -> None:
        operator = of(ONE)
        assert operator.run("publish").code == 0
        encoded(sample_pod, 1)
        sample_pod.fault("status", path="/rest/encodings_video/", status=500)
        ended = operator.json("status", "--read", "1")
        (values,) = [one for one in ended.objects if one["type"] == "status"]
        assert (ended.code, values["read"]) == (0, {"asked": 1, "whole": 0})
        assert values["checklist"]["sample_read_whole"] == "open"
        sample_pod.heal()
        sample_pod.fault("absent", path="/media/")  # Pod behind no nginx serves no files
        assert said(operator.json("status", "--read", "1"))["verdict"] == "yes"


class TestCannotSay:
    @pytest.fixture
    def published(self, of: Of, sample_pod: SamplePod) -> Operator:
        operator = of(*LECTURES[:2])
        assert operator.run("publish").code == 0
        encoded(sample_pod, 2)
        return operator

    def test_a_pod_that_does_not_answer(self, published: Operator) -> None:
        published.set(pod__url="http://127.0.0.1:9")
        ended = published.json("status")
        assert said(ended)["verdict"] == "cannot_say"
        assert said(ended)["obstacles"] == {"Pod could not say whether it has it": 2}
        assert ended.code == 5
        assert "Pod could not be asked about 2\u00a0recordings" in published.run("status", "-q").last_line

    def test_a_pod_that_cannot_list_videos(self, published: Operator, sample_pod: SamplePod) -> None:
        for fault in ("status", "absent"):  # our file breaks, or is an old one: each owner is asked for
            sample_pod.fault(fault, path="/rest/bbbmig/videos/", **({"status": 500} if fault == "status" else {}))
            assert published.json("status").code == 0
            sample_pod.fault("status", path="/rest/videos/user_videos/", status=500)
            assert said(published.json("status"))["verdict"] == "cannot_say"
            sample_pod.heal()
        sample_pod.fault("absent", path="/rest/bbbmig/")
        sample_pod.fault("status", path="/rest/videos/user_videos/", status=500, times=1)
        ended = published.json("status")
        assert said(ended)["verdict"] == "cannot_say"
        assert ended.code == 5

    @pytest.mark.parametrize("path", ["/rest/users/", "/rest/recording/", "/rest/recordingfiletreatment/"])
    def test_a_pod_that_is_half_down_never_says_yes_to_what_it_was_not_asked(
        self, published: Operator, sample_pod: SamplePod, path: str
    ) -> None:
        sample_pod.fault("status", path=path, status=500)
        assert said(published.json("status"))["verdict"] == "yes"
        sample_pod.fault("absent", path="/rest/bbbmig/")
        expected = "cannot_say" if path == "/rest/users/" else "yes"
        assert said(published.json("status"))["verdict"] == expected

    def test_files_of_which_pod_cannot_say(self, of: Of, sample_pod: SamplePod) -> None:
        operator = of(ONE)
        assert operator.run("claim").code == 0
        for path in ("/rest/recording/", "/rest/recordingfiletreatment/"):
            sample_pod.fault("status", path=path, status=500)
            assert said(operator.json("status"))["verdict"] == "cannot_say"
            sample_pod.heal()
        assert operator.json("status").code == 0

    def test_videos_that_are_in_no_list_while_pod_cannot_say_whether_they_exist(
        self, published: Operator, sample_pod: SamplePod
    ) -> None:
        sample_pod.rows(
            "UPDATE video_video SET owner_id = (SELECT id FROM auth_user WHERE username = 'stu') WHERE id = 1"
        )
        for _ in range(2):
            ended = published.json("status")
            assert said(ended)["verdict"] == "yes"
            sample_pod.fault("absent", path="/rest/bbbmig/")

    def test_a_list_that_is_not_whole(self, published: Operator) -> None:
        assert published.bbb is not None
        published.bbb.faults += [Fault(kind="504", whole=True), Fault(kind="504", prefix="f", more_than=0)]
        ended = published.run("status")
        assert ended.code == 5
        assert "the old server's list is not complete" in ended.out

    def test_an_old_server_that_is_gone_ends_with_5_and_the_kept_list_serves(self, published: Operator) -> None:
        assert published.run("status", "-q").code == 0
        published.set(bbb__url="http://127.0.0.1:9")
        assert published.run("status").code == 5

    def test_a_refused_token_is_a_persons_business(self, published: Operator, sample_pod: SamplePod) -> None:
        published.set(pod__token=sample_pod.tokens["stu"])
        ended = published.run("status")
        assert ended.code == 6
        assert "token" in ended.err


class TestShown:
    def test_in_words_without_recordids_and_codes(self, of: Of) -> None:
        operator = of(*LECTURES)
        assert operator.run("import-links", "--range", "1:2").code == 0
        body, last = operator.run("status").out.rsplit("status: ", 1)
        for one in LECTURES:
            assert one.record_id not in body
        assert "Not yet: 5\u00a0recordings" in body
        assert "1. not begun yet: 3" in body
        assert "2. Pod has a link to the old server, and no video: 2" in body
        assert "“" not in body.split("not begun yet")[1].split("\n")[1]
        assert "Leçon 0 <b>&</b>, 6\u00a0May 2023" in body
        assert "bbbmig publish" in body
        assert last.endswith("exit code 3 (finished, but some recordings failed or wait for a person)\n")

    def test_in_french(self, of: Of) -> None:
        out = of(ONE).run("status", "--lang", "fr").out
        assert "Peut-on arrêter 127.0.0.1" in out
        assert "Pas encore : 1\u00a0enregistrement" in out
        assert "serait perdu." in out
        assert "6\u00a0mai 2023" in out

    def test_quiet_says_nothing_but_a_no(self, of: Of, sample_pod: SamplePod) -> None:
        operator = of(ONE)
        assert len(operator.run("status", "-q").out.splitlines()) == 1
        assert operator.run("publish").code == 0
        encoded(sample_pod, 1)
        ended = operator.run("status", "-q")
        assert (ended.code, ended.out, ended.err) == (0, "", "")

    def test_the_lists_behind_every_number(self, of: Of, tmp_path: Path) -> None:
        operator = of(*LECTURES)
        assert operator.run("import-links", "--range", "1:2").code == 0
        folder = tmp_path / "lists"
        assert operator.run("status", "--lists", str(folder)).code == 3
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        rows = {
            path.name: list(csv.DictReader(path.read_text("utf-8-sig").splitlines(), delimiter=";"))
            for path in folder.iterdir()
        }
        assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
        assert {name: len(its) for name, its in rows.items() if its} == {
            "link-only.csv": 2,
            "why-link-only.csv": 2,
            "not-started-or-unknown.csv": 3,
            "why-not-begun.csv": 3,
        }
        assert {row["record_id"] for row in rows["why-not-begun.csv"]} == {one.record_id for one in LECTURES[:3]}
        taken = operator.run("give-up", "--from", str(folder / "why-not-begun.csv"), "--why", "old", "--dry")
        assert "3 would be given up" in taken.last_line
        assert operator.run("publish", "--via", "upload").code == 0
        assert operator.run("status", "--lists", str(folder)).code in (0, 3)
        assert not (folder / "why-not-begun.csv").exists()

    def test_a_folder_that_cannot_be_made(self, of: Of) -> None:
        assert of(ONE).run("status", "--lists", "/dev/null/x").code == 4


class TestAsking:
    def test_one_request_a_page_or_person_and_none_for_each_recording(self, of: Of, sample_pod: SamplePod) -> None:
        operator = of(*LECTURES)
        assert operator.run("publish").code == 0
        encoded(sample_pod, 5)
        before = len(sample_pod.requests())
        assert operator.run("status").code == 0
        asked = [one for one in sample_pod.requests()[before:] if one.path.startswith("/rest/videos/")]
        assert len(asked) <= len(OWNERS)
        assert {one.method for one in sample_pod.requests()[before:]} == {"GET"}

    def test_nothing_is_changed_but_the_curve_and_a_dry_run_not_even_that(self, of: Of) -> None:
        operator = of(ONE)
        assert operator.run("status", "--dry").code == 3
        assert not operator.ledger.exists()
        operator.run("status")
        with Ledger(f"sqlite:///{operator.ledger}", read_only=True) as ledger:
            assert len(ledger.points(_server(operator))) == 1
        assert effects(operator) == []

    def test_it_waits_for_no_run_that_is_at_work(self, of: Of) -> None:
        operator = of(ONE)
        with Ledger(f"sqlite:///{operator.ledger}") as ledger, ledger.locked("claim"):
            assert operator.run("status").code == 3

    @pytest.mark.usefixtures("dying_health")
    def test_owners_that_cannot_be_looked_up_keep_nobody_from_an_answer(self, operator: Operator) -> None:
        assert operator.json("status").code == 3


def _server(operator: Operator) -> str:
    assert operator.bbb is not None
    return operator.bbb.url.split("/")[2]
