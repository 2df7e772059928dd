"""Recordings made from Greenlight find their owners in every command that asks whose they are."""

import pytest

from bbbmig.database.driver_errors import ConnectionLost
from bbbmig.demo.greenlight_sample import SampleGreenlight, create_sample_greenlight
from bbbmig.demo.recordings import CLOUD, GREENLIGHT, MOODLE, MOODLE_2, sample_recordings
from bbbmig.domain.meeting_register import MeetingRegister
from bbbmig.errors import ExitCode
from bbbmig.greenlight import DatabaseReader
from bbbmig.moodle.moodle import Moodle
from bbbmig.table import TableCsvReader
from tests.commands.operator_at_work import Ended, Operator


@pytest.fixture(scope="session")
def greenlight(tmp_path_factory: pytest.TempPathFactory) -> SampleGreenlight:
    folder = tmp_path_factory.mktemp("greenlight")
    return create_sample_greenlight(folder / "greenlight.sqlite", sample_recordings())


@pytest.fixture
def rooms(operator: Operator, greenlight: SampleGreenlight) -> Operator:
    """The operator's settings, with the Greenlight of the sample's recordings."""
    operator.set(
        greenlight__default__driver="sqlite",
        greenlight__default__database=greenlight.path,
        greenlight__default__origin_servers=[GREENLIGHT],
    )
    return operator


def owners(ended: Ended, server: str = GREENLIGHT) -> dict[str, list[str]]:
    return {
        one["record_id"]: [owner["username"] for owner in one["ownership"]["owners"]]
        for one in ended.objects
        if one["type"] == "recording" and one["origin_server_name"] == server
    }


def test_the_list_names_owner_source_and_reason(rooms: Operator, greenlight: SampleGreenlight) -> None:
    ended = rooms.json("export-csv", "-")
    assert ended.code == ExitCode.DONE
    assert owners(ended) == {key: list(names) for key, names in greenlight.owners.items()}
    said = [one["ownership"] for one in ended.objects if one.get("origin_server_name") == GREENLIGHT]
    assert {one["source"] for one in said} == {"greenlight default"}
    assert {owner["why"] for one in said for owner in one["owners"]} == {"owner of the room", "room shared with them"}
    table = rooms.run("export-csv", "-").out
    assert "greenlight default" in table
    assert "owner of the room" in table


def test_links_go_to_the_owner_and_to_those_it_is_shared_with(rooms: Operator, greenlight: SampleGreenlight) -> None:
    ended = rooms.json("import-links")
    assert ended.code == ExitCode.DONE, ended.err
    linked = {
        (one["record_id"], one["owner"]["username"]) for one in ended.actions if one["record_id"] in greenlight.owners
    }
    assert linked == {(key, name) for key, names in greenlight.owners.items() for name in names}


def test_left_out_it_is_not_searched(rooms: Operator) -> None:
    ended = rooms.json("export-csv", "-", "--owners-from", "moodle")
    findings = {one["ownership"]["finding"] for one in ended.objects if one.get("origin_server_name") == GREENLIGHT}
    assert findings == {"not_searched"}


@pytest.mark.parametrize("name", ["greenlight.default", "greenlight", "default"])
def test_it_is_asked_by_name(rooms: Operator, greenlight: SampleGreenlight, name: str) -> None:
    assert owners(rooms.json("export-csv", "-", "--owners-from", name)) == {
        key: list(names) for key, names in greenlight.owners.items()
    }


def test_check_says_what_it_knows_and_what_becomes_of_its_people(rooms: Operator) -> None:
    ended = rooms.json("check")
    said = [one for one in ended.objects if one.get("place") == "Greenlight default"]
    assert {one["level"] for one in said} == {"ok"}
    text = "\n".join(one["what"] for one in said)
    for words in (
        "Greenlight 3 (SQLite",
        "read-only session, 2 rooms; knows 2 of 36 recordings",
        "4 people: the rules name 1, their e-mail address in Pod 2 more, nothing the other 1",
        "external_id is a login for 1: mlecomte → mlecomte, whom Pod does not have",
        "external_id is a UUID for 1: 8f14e45f-ceea-467f-9a3b-3d0fbe1b7b9c → stu, whom Pod has",
        "external_id is nothing for 1: staffonly@univ.test → staffonly, whom Pod has",
        "external_id is f:… for 1: f:0d1f6a5e-9d6c-4a0b-8f57-0c1c5a3f6b10:autre → nobody",
    ):
        assert words in text


def test_what_breaks_in_mid_run_waits_and_the_others_go_on(
    rooms: Operator, greenlight: SampleGreenlight, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dying(_: DatabaseReader) -> MeetingRegister:
        raise ConnectionLost("greenlight default: the connection broke", hint="run again")

    monkeypatch.setattr(DatabaseReader, "register", dying)
    ended = rooms.json("import-links")
    assert ended.code == ExitCode.PARTIAL
    its = [one for one in ended.actions if one["record_id"] in greenlight.owners]
    assert {(one["status"], one["reason"]) for one in its} == {("failed", "owner search failed")}
    assert ended.counts["done"] > 10


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"database": "/nowhere/greenlight.sqlite"}, "greenlight default: there is no file /nowhere/greenlight.sqlite"),
        ({"driver": "csv", "database": "/nowhere/rooms.csv"}, "greenlight default: cannot read /nowhere/rooms.csv"),
        ({"driver": "oracle"}, "greenlight.default.driver: must be one of"),
        ({"names__rules": 7}, "greenlight.default.names.rules"),
    ],
)
@pytest.mark.parametrize("command", [("export-csv", "-"), ("import-links", "--dry"), ("publish",), ("owners",)])
def test_what_is_wrong_is_said_before_the_old_server_is_asked(
    rooms: Operator, changed: dict[str, object], words: str, command: tuple[str, ...]
) -> None:
    for key, value in changed.items():
        rooms.set(**{f"greenlight__default__{key}": value})
    ended = rooms.run(*command)
    assert (ended.code, words in ended.err) == (ExitCode.CONFIG, True), ended.err
    assert rooms.bbb is not None
    assert rooms.bbb.requests == []


def test_another_program_s_database_is_told_as_such(rooms: Operator) -> None:
    rooms.set(greenlight__default__database=next(iter(rooms.moodles.values())).path)
    ended = rooms.run("import-links")
    assert ended.code == ExitCode.CONFIG
    assert "rooms (id, user_id, meeting_id or bbb_id); users (id, email)" in ended.err
    assert "Greenlight 2 or 3" in ended.err


def test_moodle_greenlight_and_a_table_at_once_each_failing_in_turn(
    rooms: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the failing one is asked about waits; what the others know goes to the same people as before."""
    table = rooms.folder / "cloud.csv"
    table.write_text("meeting_id;username;why\na8f31bc0d2e94577;jcloud;owner\n")
    rooms.set(table__cloud__driver="csv", table__cloud__database=table, table__cloud__origin_servers=[CLOUD])
    whole = rooms.json("export-csv", "-")
    known = {server: owners(whole, server) for server in (MOODLE, MOODLE_2, GREENLIGHT, CLOUD)}
    assert list(known[CLOUD].values()) == [["jcloud"]]

    def breaks(*_: object, **__: object) -> None:
        raise ConnectionLost("the connection broke", hint="run again")

    for kind, name, its in (
        (Moodle, "answers", {MOODLE, MOODLE_2}),
        (DatabaseReader, "register", {GREENLIGHT}),
        (TableCsvReader, "register", {CLOUD}),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(kind, name, breaks)
            ended = rooms.json("export-csv", "-", "--cache")
        assert ended.code == ExitCode.PARTIAL
        found = {one["record_id"]: one["ownership"] for one in ended.objects if one["type"] == "recording"}
        for server, people in known.items():
            for record_id, names in people.items():
                if server in its:
                    assert found[record_id]["finding"] == "failed"
                else:
                    assert [owner["username"] for owner in found[record_id]["owners"]] == names
