"""`publish` after `claim`: files that nobody has claimed go to their owners, and leave the page of claims."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bbbmig.apply.taking import TAKEN, TakeBack
from bbbmig.apply.work_files import whole_files
from bbbmig.demo.bbb_playback import Media
from bbbmig.demo.bbb_server import SampleBbb
from bbbmig.demo.pod_server import SamplePod
from bbbmig.ledger import Ledger
from bbbmig.pod.recorder import Recorder
from bbbmig.pod.videos import Videos
from tests.commands.operator_at_work import Operator
from tests.commands.test_publish import (  # noqa: F401 - fixtures
    ONE,
    bbb,
    fetched,
    film,
    films,
    left_behind,
    publisher,
    quick,
    remembered,
    videos,
)
from tests.waiting import wait_until

WAITING = "SELECT file FROM recorder_recordingfiletreatment"


class Killed(BaseException):
    """The end of a run, as by kill -9: nothing is tidied up."""


@pytest.fixture
def claimed(publisher: Operator) -> Operator:  # noqa: F811 - a fixture
    """An operator who has given their one recording to be claimed."""
    assert publisher.json("claim").counts == {"done": 1}
    return publisher


def only(operator: Operator, *command: str) -> dict[str, Any]:
    (action,) = operator.json("publish", *command).actions
    return action


def is_published_once(operator: Operator, pod: SamplePod, films: Media) -> None:  # noqa: F811
    (video,) = videos(pod)
    wait_until(lambda: pod.rows("SELECT 1 FROM video_video WHERE encoded"), "it is not encoded")
    assert (video["title"], video["owner"], video["is_draft"]) == (ONE.title, "staffonly", 1)
    assert video["date_added"].startswith("2023-05-06 12:30:15")
    assert (pod.directory / "media" / video["video"]).read_bytes() == film(films)
    assert pod.rows(WAITING) == []
    assert left_behind(operator) == []
    assert only(operator)["reason"] == "already done"
    assert [one["reason"] for one in operator.json("claim").actions] == ["already done"]


@pytest.mark.parametrize("via", ["upload", "recorder"])
def test_the_waiting_file_goes_to_its_owner_and_nothing_is_fetched(
    claimed: Operator,
    sample_pod: SamplePod,
    bbb: SampleBbb,  # noqa: F811
    films: Media,  # noqa: F811
    via: str,
) -> None:
    claimed.set(publish__via=via)
    sample_pod.check_directory()
    sample_pod.check_directory()
    before = fetched(bbb)
    assert only(claimed, "--dry")["kind"] == "take"
    action = only(claimed)
    assert (action["kind"], action["status"]) == ("take", "done")
    assert fetched(bbb) == before
    sample_pod.check_directory()
    is_published_once(claimed, sample_pod, films)


def test_where_pod_was_not_told_of_the_file(claimed: Operator, sample_pod: SamplePod, films: Media) -> None:  # noqa: F811
    sample_pod.rows("DELETE FROM recorder_recordingfiletreatment")
    assert only(claimed)["status"] == "done"
    is_published_once(claimed, sample_pod, films)


def test_where_the_ledger_is_lost(claimed: Operator, sample_pod: SamplePod, films: Media) -> None:  # noqa: F811
    claimed.ledger.unlink()
    (claimed.recorder / ".bbbmig" / "ledger").unlink()
    assert only(claimed)["kind"] == "take"
    is_published_once(claimed, sample_pod, films)


def test_without_settings_of_a_recorder_it_is_left_alone(claimed: Operator, sample_pod: SamplePod) -> None:
    claimed.set(publish__unknown_owner="skip", recorder__id=None, recorder__directory=None)
    action = only(claimed)
    assert (action["reason"], action["detail"].partition(" 20")[0]) == ("already done", "given to be claimed")
    assert videos(sample_pod) == []


@pytest.mark.parametrize("unknown_owner", ["claim", "administrator", "skip"])
def test_what_is_nobodys_stays_on_the_page(claimed: Operator, sample_pod: SamplePod, unknown_owner: str) -> None:
    claimed.set(publish__unknown_owner=unknown_owner)
    (claimed.folder / "owners.csv").write_text("owners;record_id\n", encoding="utf-8")
    assert only(claimed)["reason"] == "already done"
    assert len(sample_pod.rows(WAITING)) == len(claimed.dropped) == 1


class TestClaimedMeanwhile:
    """Whoever claimed it has it: there is no second video."""

    def test_before_the_run(self, claimed: Operator, sample_pod: SamplePod) -> None:
        sample_pod.check_directory()
        sample_pod.claim("admin", claimed.dropped[0])
        action = only(claimed)
        assert (action["status"], action["reason"]) == ("skipped", "already done")
        assert "claimed in Pod" in action["detail"]
        assert [video["owner"] for video in videos(sample_pod)] == ["admin"]

    @pytest.mark.parametrize("when", ["before it is moved away", "after"])
    def test_during_the_run(
        self, claimed: Operator, sample_pod: SamplePod, monkeypatch: pytest.MonkeyPatch, when: str
    ) -> None:
        sample_pod.check_directory()
        file = claimed.dropped[0]
        asked = Recorder.claimed
        calls: list[str] = []

        def claimed_first(self: Recorder, path: str) -> bool:
            calls.append(path)
            if when == "after" and len(calls) == 2:
                return True  # Pod has the row, and looks for the file
            if when != "after" and len(calls) == 1:
                answer = asked(self, path)
                sample_pod.claim("admin", file)
                return answer
            return asked(self, path)

        monkeypatch.setattr(Recorder, "claimed", claimed_first)
        action = only(claimed)
        assert (action["status"], action["reason"]) == ("skipped", "already done")
        assert "claimed in Pod" in action["detail"]
        if when == "after":
            assert (videos(sample_pod), file.exists()) == ([], True)
        else:
            assert [video["owner"] for video in videos(sample_pod)] == ["admin"]


@pytest.mark.parametrize("via", ["upload", "recorder"])
@pytest.mark.parametrize(
    ("where", "at"),
    [
        (TakeBack, "_moved_aside"),
        (TakeBack, "take"),
        (Recorder, "withdraw"),
        (Videos, "upload"),
        (Ledger, "write"),
    ],
)
@pytest.mark.parametrize("after", [False, True])
def test_killed_between_the_steps(
    claimed: Operator,
    sample_pod: SamplePod,
    films: Media,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    via: str,
    where: type,
    at: str,
    *,
    after: bool,
) -> None:
    claimed.set(publish__via=via)
    real: Callable[..., object] = getattr(where, at)

    def killing(*args: object, **options: object) -> object:
        if after:
            real(*args, **options)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(where, at, killing)
        if via == "upload" or at != "upload":
            with pytest.raises(Killed):
                claimed.run("publish")
    claimed.run("publish")
    is_published_once(claimed, sample_pod, films)


def test_what_was_on_its_way_back_is_given_back_when_nobody_owns_it_any_more(
    claimed: Operator, sample_pod: SamplePod, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr("bbbmig.runs.publish_taking.install", killed)
        with pytest.raises(Killed):
            claimed.run("publish")
    assert [path.name.endswith(TAKEN) for path in (claimed.recorder / ".bbbmig").iterdir()].count(True) == 1
    (claimed.folder / "owners.csv").write_text("owners;record_id\n", encoding="utf-8")
    claimed.run("claim")
    assert len(claimed.dropped) == 1
    assert [one["reason"] for one in claimed.json("claim").actions] == ["already done"]
    assert videos(sample_pod) == []


class TestPlanted:
    """What others put under the file's name is not published."""

    @pytest.mark.parametrize("kind", ["link", "second name", "pipe", "other film"])
    def test_in_its_place(self, claimed: Operator, sample_pod: SamplePod, tmp_path: Path, kind: str) -> None:
        (file,) = claimed.dropped
        secret = tmp_path / "secret.mp4"
        secret.write_bytes(file.read_bytes())
        secret.chmod(0o600)
        file.unlink()
        if kind == "link":
            file.symlink_to(secret)
        elif kind == "second name":
            os.link(secret, file)
        elif kind == "pipe":
            os.mkfifo(file)
        else:
            file.write_bytes(b"no film at all")
        claimed.run("publish")
        assert videos(sample_pod) == []
        assert os.path.lexists(file)
        assert (secret.stat().st_mode & 0o777, whole_files(claimed.folder / "work")) == (0o600, [])

    def test_a_directory_that_cannot_be_written_ends_the_run_and_parks_nothing(
        self, claimed: Operator, sample_pod: SamplePod, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refused(self: Path, target: Path) -> Path:
            raise OSError(30, "Read-only file system", str(self), str(target))

        with monkeypatch.context() as patch:
            patch.setattr(Path, "rename", refused)
            for _ in range(3):
                assert claimed.run("publish").code == 4
        assert (videos(sample_pod), len(claimed.dropped)) == ([], 1)
        assert remembered(claimed).get("", ("", ""))[0] != "failed"
        assert only(claimed)["status"] == "done"


def test_gone_from_everywhere_is_said_and_made_again_when_asked_for(claimed: Operator, sample_pod: SamplePod) -> None:
    claimed.dropped[0].unlink()
    action = only(claimed)
    assert action["reason"] == "removed in Pod since"
    assert only(claimed, "--again")["status"] == "done"
    assert len(videos(sample_pod)) == 1
