"""`bbbmig check`: one line for each thing, what to do when it is red, the exit code by the worst."""

import os
from collections import defaultdict

import pytest

from bbbmig.demo.bbb_faults import Fault
from bbbmig.demo.pod_server import SamplePod
from tests.bbb_server import ServeBbb
from tests.commands.conftest import MakeOperator
from tests.commands.operator_at_work import Ended, Operator
from tests.pod_server import PodFor


def levels(ended: Ended) -> dict[str, list[str]]:
    found = defaultdict(list)
    for one in ended.objects:
        if one["type"] == "check":
            found[one["place"]].append(one["level"])
            assert one["level"] == "ok" or one["hint"]
    return dict(found)


def test_everything_in_order_is_said_place_by_place(operator: Operator) -> None:
    ended = operator.run("check")
    assert ended.code == 0
    said = ended.out
    for words in (
        "36 recordings, in 1 call; checksum sha256",
        "Moodle default: Moodle 4.1.9",
        "read-only session",
        "Esup-Pod 4.1.0, the token is accepted, site pod.localhost, administrator admin, recorder 1",
        "external recordings over REST",
        "can be written",
        "ffmpeg and ffprobe",
        "will be created by the first run",
    ):
        assert words in said
    assert ended.last_line.endswith("exit code 0 (done, or nothing to do)")
    assert set(levels(operator.json("check"))) >= {
        "Settings",
        "BigBlueButton",
        "Moodle default",
        "Moodle health",
        "Pod",
        "Recorder",
        "Ledger",
    }


def test_it_says_how_a_list_had_to_be_made(operator_of: MakeOperator, serve_bbb: ServeBbb) -> None:
    ended = operator_of(bbb=serve_bbb(flavour="bbb-2.6-ids-only")).run("check")
    assert "36 recordings, in " in ended.out
    assert "because asked for everything" in ended.out


def test_with_bbb_alone_it_says_what_cannot_run(operator_of: MakeOperator, serve_bbb: ServeBbb) -> None:
    ended = operator_of(bbb=serve_bbb()).json("check")
    assert ended.code == 0
    assert levels(ended)["Pod"] == ["note"]
    assert levels(ended)["Recorder"] == ["note"]


def test_one_place_that_fails_keeps_no_other_from_being_looked_at(operator: Operator) -> None:
    operator.set(bbb__secret="wrong", ledger__url="oracle://x")
    ended = operator.json("check")
    assert ended.code == 4
    found = levels(ended)
    assert (found["BigBlueButton"], found["Ledger"]) == (["wrong"], ["wrong"])
    assert set(found["Pod"]) == {"ok"}


@pytest.mark.parametrize(
    ("changed", "place", "code", "said"),
    [
        ({"bbb__secret": "wrong"}, "BigBlueButton", 6, "secret"),
        ({"bbb__url": "http://127.0.0.1:9"}, "BigBlueButton", 5, "cannot connect"),
        ({"pod__token": "0" * 40}, "Pod", 6, "token"),
        ({"pod__url": "http://127.0.0.1:9"}, "Pod", 5, "cannot connect"),
        ({"pod__administrator": "nobody"}, "Pod", 6, "nobody"),
        ({"pod__administrator": "stu"}, "Pod", 6, "not staff"),
        ({"pod__site": "other.localhost"}, "Pod", 6, "other.localhost"),
        ({"recorder__id": 99}, "Pod", 6, "recorder 99"),
        ({"recorder__directory": "/nowhere"}, "Recorder", 4, "/nowhere"),
        ({"moodle__default__database": "/nowhere"}, "Moodle default", None, "moodle"),
        ({"ledger__url": "sqlite:////dev/null/ledger.sqlite"}, "Ledger", 4, "cannot be created"),
        ({"ledger__url": "mysql://someone:pw@host:port/db"}, "Ledger", 4, "not a SQLAlchemy URL"),
    ],
)
def test_what_is_wrong_is_named_with_what_to_do(
    operator: Operator, changed: dict[str, object], place: str, code: int | None, said: str
) -> None:
    operator.set(**changed)
    ended = operator.json("check")
    wrong = [one for one in ended.objects if one.get("level") == "wrong"]
    assert {one["place"] for one in wrong} - {"Recorder"} == {place} - {"Recorder"}  # it needs Pod, too
    assert all(one["hint"] for one in wrong)
    assert any(said.casefold() in f"{one['what']} {one['hint']}".casefold() for one in wrong)
    assert ended.code == ended.end["exit_code"] != 0
    assert code in (None, ended.code)
    plain = operator.run("check", "-q")
    assert all(line.startswith(("wrong", "      →", "check:")) for line in plain.out.splitlines())


def test_a_recording_that_cannot_be_read_is_told(operator_of: MakeOperator, serve_bbb: ServeBbb) -> None:
    bbb = serve_bbb()
    bbb.faults.append(Fault(kind="500", prefix="7d"))
    bbb.faults.append(Fault(kind="504", whole=True))
    bbb.faults.append(Fault(kind="504", prefix="7", more_than=0))
    ended = operator_of(bbb=bbb).json("check")
    assert ended.code == 5
    assert "wrong" in levels(ended)["BigBlueButton"]


def test_it_tells_whether_the_file_is_in_pod(operator_of: MakeOperator, serve_bbb: ServeBbb, pods: PodFor) -> None:
    ended = operator_of(bbb=serve_bbb(), pod=pods(extension=False)).run("check")
    assert ended.code == 0  # claim can work
    assert "bbbmig pod-extension" in ended.out


def test_it_tells_that_the_file_in_pod_is_old(operator: Operator, sample_pod: SamplePod) -> None:
    sample_pod.pretend_extension_version("0.1")
    ended = operator.run("check")
    assert "version 0.1" in ended.out
    assert ended.code == 0


def test_it_compares_the_directory_with_what_pod_sees(operator: Operator) -> None:
    (operator.recorder / "film.mp4").write_bytes(b"x")
    assert "Pod sees the same directory" in operator.run("check").out
    operator.set(recorder__pod_directory="/data/elsewhere/bbb")
    ended = operator.run("check")
    assert ended.code == 4
    assert "Pod sees none of the 1 files" in ended.out


def test_it_counts_what_the_ledger_remembers(operator: Operator) -> None:
    operator.run("import-links", "--range", "1:2")
    assert "2 links and 0 files remembered" in operator.run("check").out


def test_a_ledger_that_this_user_cannot_write_is_wrong(operator: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    operator.run("import-links", "--range", "1:2")
    may = os.access  # the tests may run as root, who may write everything

    def not_the_ledger(path: os.PathLike[str], mode: int) -> bool:
        return may(path, mode) and not (mode & os.W_OK and os.fspath(path) == str(operator.ledger))

    monkeypatch.setattr("os.access", not_the_ledger)
    ended = operator.json("check")
    assert (ended.code, levels(ended)["Ledger"]) == (4, ["wrong"])


def test_missing_programs_are_named_with_their_package(operator: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(operator.folder))
    ended = operator.run("check")
    assert ended.code == 4
    assert "apt install ffmpeg" in ended.out


def test_in_order_and_quiet_it_says_nothing(operator: Operator) -> None:
    ended = operator.run("check", "-q")
    assert (ended.code, ended.out, ended.err) == (0, "", "")


def test_it_counts_whom_pod_would_have_to_make_staff(operator: Operator, sample_pod: SamplePod) -> None:
    owners = {name for moodle in operator.moodles.values() for names in moodle.owners.values() for name in names}
    one, two, *_ = sorted(owners)
    sample_pod.create("auth.User", username=one)
    sample_pod.create("auth.User", username=two, is_staff=True)
    said = {check["level"]: check["what"] for check in operator.json("check").objects if check.get("place") == "Owners"}
    assert said["ok"].startswith(f"{len(owners)} people own ")
    assert "the owners are doubtful" in said["ok"]
    created = f"that would be created with them: {len(owners) - 2}"
    assert said["note"] == f"accounts in Pod that would get staff rights: 1; {created}"
    assert sample_pod.requests("POST", "PATCH") == []
    operator.set(pod__make_staff=False)
    assert [one["level"] for one in operator.json("check").objects if one.get("place") == "Owners"] == ["ok"]
