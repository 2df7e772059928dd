"""--range, --since, --until and --meeting: the same recordings for every command, counted from the newest."""

from datetime import UTC, datetime

import pytest

from bbbmig.demo.recordings import PHYSICS, meeting_recording, sample_recordings
from tests.bbb_server import ServeBbb
from tests.commands.conftest import MakeOperator
from tests.commands.operator_at_work import Operator

NEWEST = [one.record_id for one in sample_recordings()]


@pytest.fixture
def lister(operator_of: MakeOperator, serve_bbb: ServeBbb) -> Operator:
    return operator_of(bbb=serve_bbb())


def chosen(lister: Operator, *options: str) -> list[str]:
    ended = lister.json("export-csv", "-", *options)
    assert ended.code == 0
    found = [one["record_id"] for one in ended.objects if one["type"] == "recording"]
    assert ended.objects[0]["chosen"] == len(found)
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [("1:3", NEWEST[:3]), ("2", NEWEST[1:2]), ("34:", NEWEST[33:]), (":2", NEWEST[:2]), ("30:99", NEWEST[29:])],
)
def test_a_range_counts_from_the_newest(lister: Operator, text: str, expected: list[str]) -> None:
    assert chosen(lister, "--range", text) == expected


def test_days_are_those_of_this_machine_and_both_ends_count(lister: Operator) -> None:
    assert len(chosen(lister, "--since", "2023-09-11", "--until", "2023-09-18")) == 2
    assert len(chosen(lister, "--since", "2023-09-11", "--until", "2023-09-17")) == 1
    assert len(chosen(lister, "--since", "2023-09-12", "--until", "2023-09-18")) == 1


def test_a_day_begins_at_local_midnight(operator_of: MakeOperator, serve_bbb: ServeBbb) -> None:
    late = meeting_recording("night", "Night", datetime(2023, 6, 30, 22, 30, tzinfo=UTC), "video")  # 00:30 in Paris
    lister = operator_of(bbb=serve_bbb([late]))
    assert len(chosen(lister, "--since", "2023-07-01")) == 1
    assert chosen(lister, "--until", "2023-06-30") == []


def test_a_meeting_is_chosen_by_its_id_or_by_a_recording_of_it(lister: Operator) -> None:
    ids = [one.record_id for one in sample_recordings() if one.meeting_id == PHYSICS.meeting_id]
    assert chosen(lister, "--meeting", PHYSICS.meeting_id) == ids
    assert chosen(lister, "--meeting", ids[2]) == [ids[2]]


def test_the_range_is_counted_after_the_other_choices(lister: Operator) -> None:
    ids = [one.record_id for one in sample_recordings() if one.meeting_id == PHYSICS.meeting_id]
    assert chosen(lister, "--meeting", PHYSICS.meeting_id, "--range", "2:3") == ids[1:3]


def test_choosing_none_is_said_and_is_no_failure(lister: Operator) -> None:
    ended = lister.run("export-csv", "-", "--meeting", "nosuch")
    assert ended.code == 0
    assert "none of the 36 recordings is chosen" in ended.err


def test_every_command_chooses_alike(operator: Operator) -> None:
    options = ("--since", "2022-01-01", "--until", "2023-12-31", "--range", "2:9", "--dry")
    links = operator.json("import-links", *options)
    files = operator.json("claim", *options)
    expected = chosen(operator, *options[:-1])
    assert list(dict.fromkeys(action["record_id"] for action in links.actions)) == expected
    assert [action["record_id"] for action in files.actions] == expected


@pytest.mark.parametrize(
    ("option", "said"),
    [
        (("--range", "0"), "number 1"),
        (("--range", "5:2"), "ends before it begins"),
        (("--range", "x"), "is not a range"),
        (("--since", "2023-02-30"), "is not a date"),
        (("--until", "yesterday"), "is not a date"),
    ],
)
def test_what_cannot_be_meant_is_a_wrong_command_line(lister: Operator, option: tuple[str, str], said: str) -> None:
    ended = lister.run("export-csv", "-", *option)
    assert ended.code == 2
    assert said in ended.err
    assert "bbbmig export-csv --help" in ended.err
    assert ended.out == ""
