"""A written decision that recordings are not kept: every command honours it, nothing is deleted, it can be undone."""

from datetime import UTC, datetime

import pytest

from bbbmig.demo.bbb_server import SampleBbb
from bbbmig.demo.pod_server import SamplePod
from bbbmig.demo.recordings import meeting_recording
from bbbmig.domain.history import Effect, Entry, State
from bbbmig.ledger import Ledger
from tests.bbb_server import ServeBbb
from tests.commands.conftest import MakeOperator
from tests.commands.operator_at_work import Operator
from tests.commands.owners_files import belongs

START = datetime(2023, 5, 6, 12, 30, 15, tzinfo=UTC)
JURY, LECTURE = (meeting_recording(f"room-{name}", f"=Jury {name} 😀", START, "video") for name in "ab")
WHY = "conseil restreint; décision du DPO"


@pytest.fixture
def of_two(operator_of: MakeOperator, serve_bbb: ServeBbb, sample_pod: SamplePod) -> Operator:
    operator = operator_of(bbb=serve_bbb([JURY, LECTURE]), pod=sample_pod)
    belongs(operator, {one.record_id: "staffonly" for one in (JURY, LECTURE)})
    return operator


def reasons(operator: Operator, *command: str) -> dict[str, tuple[str, str]]:
    return {str(one["record_id"]): (str(one["reason"]), str(one["detail"])) for one in operator.json(*command).actions}


@pytest.mark.parametrize("command", [("import-links",), ("claim",), ("publish",)], ids=" ".join)
def test_every_command_leaves_it_alone_and_says_who_decided(of_two: Operator, command: tuple[str, ...]) -> None:
    given = of_two.run("give-up", JURY.record_id, "--why", WHY, "--by", "Anne DPO")
    assert (given.code, given.err) == (0, "")
    assert given.last_line == "give-up: 1 given up by Anne DPO; exit code 0 (done, or nothing to do)"
    today = datetime.now().astimezone().date().isoformat()
    said = reasons(of_two, *command, "--dry")
    assert said[JURY.record_id] == ("given up", f"by Anne DPO on {today}: {WHY}")
    assert said[LECTURE.record_id][0] != "given up"
    assert f"given up by Anne DPO on {today}: {WHY}" in of_two.run(*command, "--dry", "--meeting", JURY.record_id).out


def test_nothing_is_deleted_and_it_can_be_undone(
    of_two: Operator, sample_pod: SamplePod, sample_bbb: SampleBbb
) -> None:
    assert of_two.run("import-links").code == 0
    links = sample_pod.rows("SELECT * FROM import_video_externalrecording")
    assert of_two.run("give-up", JURY.record_id, LECTURE.record_id, "--why", WHY).code == 0
    assert sample_pod.rows("SELECT * FROM import_video_externalrecording") == links
    assert sample_bbb.url
    undone = of_two.json("give-up", JURY.record_id, "--undo")
    assert [(one["record_id"], one["given_up"]) for one in undone.objects if "record_id" in one] == [
        (JURY.record_id, False)
    ]
    assert reasons(of_two, "claim", "--dry")[JURY.record_id][0] != "given up"
    assert reasons(of_two, "claim", "--dry")[LECTURE.record_id][0] == "given up"
    assert "0 no longer given up" in of_two.run("give-up", JURY.record_id, "--undo").last_line
    assert of_two.run("give-up", JURY.record_id, "--why", "again").code == 0
    assert reasons(of_two, "claim", "--dry")[JURY.record_id][0] == "given up"


def test_links_of_what_was_given_up_need_no_video(of_two: Operator) -> None:
    assert of_two.run("import-links").code == 0
    assert "of which 2 have no video in Pod" in of_two.run("remove-links", "--dry").last_line
    assert of_two.run("give-up", JURY.record_id, "--why", WHY).code == 0
    assert "of which 1 have no video in Pod" in of_two.run("remove-links", "--dry").last_line


def test_owners_asks_nobody_about_it(of_two: Operator) -> None:
    of_two.set(owners__file=None)
    before = of_two.run("owners", "--moodle", "none").out
    assert JURY.record_id in before
    assert of_two.run("give-up", JURY.record_id, "--why", WHY).code == 0
    after = of_two.run("owners", "--moodle", "none").out
    assert JURY.record_id not in after
    assert LECTURE.record_id in after


def test_what_vanished_and_was_given_up_is_no_alarm(of_two: Operator) -> None:
    assert of_two.run("give-up", JURY.record_id, "--why", WHY).code == 0
    with Ledger(f"sqlite:///{of_two.ledger}") as ledger:
        row = Entry(
            record_id=JURY.record_id, effect=Effect.PUBLISH, target="staffonly", state=State.DONE, location="7-x"
        )
        assert of_two.bbb is not None
        ledger.write(of_two.bbb.url.split("/")[2], [row])
    assert reasons(of_two, "publish", "--again", "--dry")[JURY.record_id][0] == "given up"
    assert reasons(of_two, "claim", "--dry")[JURY.record_id][0] == "given up"


def test_a_file_of_recordids_in_the_forms_that_people_have(of_two: Operator) -> None:
    file = of_two.folder / "jury.csv"
    file.write_text(
        f"\ufeffrecord_id;title\n# decided on Monday\n{JURY.record_id};x\n\n'{LECTURE.record_id}\n", "utf-8"
    )
    ended = of_two.run("give-up", "--from", str(file), "--why", WHY, "--dry")
    assert "2 would be given up" in ended.last_line
    assert "“=Jury a 😀”" in ended.out
    assert "2 given up" in of_two.run("give-up", "--from", str(file), "--why", WHY).last_line
    assert "0 given up" in of_two.run("give-up", "--from", str(file), "--why", WHY).last_line


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--why", "x"), 2, "which recordings?"),
        ((JURY.record_id,), 2, "--why is missing"),
        ((JURY.record_id, "--why", " \n "), 2, "--why is missing"),
        ((JURY.record_id, JURY.record_id[:-1], "--why", "x"), 2, "did you mean"),
        (("--from", "nosuch.txt", "--why", "x"), 4, "nosuch.txt"),
    ],
)
def test_all_or_nothing_is_written(of_two: Operator, arguments: tuple[str, ...], code: int, said: str) -> None:
    ended = of_two.run("give-up", *arguments)
    assert ended.code == code
    assert said in ended.err
    assert reasons(of_two, "claim", "--dry")[JURY.record_id][0] != "given up"


def test_it_waits_for_no_run_that_is_at_work(of_two: Operator) -> None:
    with Ledger(f"sqlite:///{of_two.ledger}") as ledger, ledger.locked("claim"):
        assert of_two.run("give-up", JURY.record_id, "--why", "x").code == 11
