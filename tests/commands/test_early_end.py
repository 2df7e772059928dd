"""What a recording's sound lacks is told before, when it is made, and ever after: nobody has to watch it."""

import csv
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bbbmig.demo.bbb_playback import Media
from bbbmig.demo.pod_server import SamplePod
from bbbmig.demo.presentation import ffmpeg, make_presentation
from bbbmig.demo.recordings import meeting_recording
from tests.bbb_server import ServeBbb
from tests.commands.conftest import MakeOperator
from tests.commands.operator_at_work import Operator
from tests.commands.owners_files import belongs
from tests.made_once import made_once
from tests.waiting import wait_until

LESSON = meeting_recording("early-end", "Optique", datetime(2023, 5, 6, 12, tzinfo=UTC), "presentation 2.3")
NOTE = "the sound ends at 3 s of 6 s"
FOLDER = f"/presentation/{LESSON.record_id}/"


@pytest.fixture(scope="session")
def lesson(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_once(tmp_path_factory, "early-end", _lesson)


def _lesson(folder: Path) -> Path:
    """A lesson of six seconds whose film with the sound was lost after three."""
    make_presentation(folder / "lesson", seconds=6.0)
    whole, film = folder / "whole.webm", folder / "lesson" / "video" / "webcams.webm"
    film.rename(whole)
    ffmpeg("-i", str(whole), "-t", "3", "-c", "copy", str(film))
    whole.unlink()
    (folder / "lesson" / "metadata.xml").write_text(
        "<recording><playback><duration>6000</duration></playback></recording>"
    )
    return folder / "lesson"


@pytest.fixture
def operator(operator_of: MakeOperator, serve_bbb: ServeBbb, sample_pod: SamplePod, lesson: Path) -> Operator:
    files = {FOLDER + str(path.relative_to(lesson)): path for path in lesson.rglob("*") if path.is_file()}
    operator = operator_of(bbb=serve_bbb([LESSON], media=Media(files=files, durations_s={})), pod=sample_pod)
    operator.set(converter__order=["render"])
    belongs(operator, {LESSON.record_id: "staffonly"})
    return operator


def state_of(operator: Operator) -> dict[str, object]:
    (state,) = [one for one in operator.json("show", LESSON.record_id).objects if one["type"] == "state"]
    return state


def told_by_status(operator: Operator) -> list[str]:
    """Return the note as often as the list behind the number holds it; terminal and JSON must speak of one."""
    lists = operator.folder / "lists"
    ended = operator.json("status", "--lists", str(lists))
    (answer,) = [one for one in ended.objects if one["type"] == "status"]
    (known,) = [group for group in answer["to_know"] if group["what"] == "not all shown"]
    assert known["count"] == 1
    assert "something is missing from the video" in operator.run("status").out
    (file,) = [path for path in lists.iterdir() if "not-all-shown" in path.name]
    rows = list(csv.DictReader(file.read_text("utf-8-sig").splitlines(), delimiter=";"))
    return [NOTE for row in rows if NOTE in row["detail"]]


def test_beforehand(operator: Operator, lesson: Path) -> None:
    ended = operator.run("render", "--check", str(lesson), "lesson.mp4")
    assert NOTE in ended.out
    assert "the film of the cameras ends at 3 s of 6 s" in ended.out


def test_in_the_outcome_the_ledger_and_all_that_is_said_later_of_a_claimed_file(operator: Operator) -> None:
    (outcome,) = [one for one in operator.json("claim").objects if "status" in one]
    assert outcome["status"] == "done"
    assert NOTE in str(outcome["detail"])
    state = state_of(operator)
    assert state["why"] == "waits to be claimed"
    assert NOTE in str(state["detail"])
    assert "not all shown" in state["caveats"]  # type: ignore[operator]
    assert any(NOTE in str(row["detail"]) for row in state["history"])  # type: ignore[attr-defined]
    assert NOTE in operator.run("show", LESSON.record_id).out
    assert told_by_status(operator) == [NOTE]
    assert operator.run("claim").last_line.startswith("claim: 0 done, 1 skipped")


def test_in_the_outcome_the_ledger_and_all_that_is_said_later_of_a_published_video(
    operator: Operator, sample_pod: SamplePod
) -> None:
    (outcome,) = [one for one in operator.json("publish").objects if "status" in one]
    assert outcome["status"] == "done"
    assert NOTE in str(outcome["detail"])
    wait_until(lambda: sample_pod.rows("SELECT 1 FROM video_video WHERE encoded"), "not encoded")
    state = state_of(operator)
    assert state["class"] == "safe_with_owner"
    assert NOTE in str(state["detail"])
    assert "not all shown" in state["caveats"]  # type: ignore[operator]
    assert NOTE in operator.run("show", LESSON.record_id).out
    assert told_by_status(operator) == [NOTE]
