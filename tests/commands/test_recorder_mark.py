"""The mark in the recorder's directory: whoever comes with a second ledger is told whose it is."""

import os

import pytest

from bbbmig.demo.bbb_playback import Media
from bbbmig.demo.pod_server import SamplePod
from tests.bbb_server import ServeBbb
from tests.commands.conftest import MakeOperator
from tests.commands.operator_at_work import Operator
from tests.commands.test_claim import VIDEO, one_video, registered, taker

__all__ = ["one_video", "taker"]


@pytest.fixture
def other(taker: Operator, operator_of: MakeOperator, sample_pod: SamplePod) -> Operator:
    """Somebody with a ledger of their own, and the same directory."""
    return operator_of("other", bbb=taker.bbb, pod=sample_pod)


@pytest.mark.parametrize(
    "command",
    [("claim",), ("claim", "--dry"), ("publish", "--moodle", "none"), ("publish", "--moodle", "none", "--dry")],
    ids=" ".join,
)
def test_a_second_ledger_is_kept_out_and_told_whose_it_is(
    taker: Operator, other: Operator, sample_pod: SamplePod, command: tuple[str, ...]
) -> None:
    assert taker.run("claim").code == 0
    mark = taker.recorder / ".bbbmig" / "ledger"
    before = (mark.read_bytes(), len(sample_pod.requests("POST", "PATCH", "DELETE")))
    ran = other.run(*command)
    assert ran.code == 11
    assert str(taker.ledger) in ran.err
    assert str(mark) in ran.err
    assert (mark.read_bytes(), len(sample_pod.requests("POST", "PATCH", "DELETE"))) == before
    mark.unlink()  # the way out
    assert other.run(*command).code == 0


def test_dry_runs_and_runs_that_deliver_nothing_leave_no_mark(taker: Operator) -> None:
    assert taker.run("claim", "--dry").code == 0
    assert taker.run("claim", "--range", "5:6").code == 0
    assert list(taker.recorder.iterdir()) == []
    assert taker.run("claim").code == 0
    assert (taker.recorder / ".bbbmig" / "ledger").stat().st_mode & 0o777 == 0o600


def test_a_ledger_that_is_lost_or_moved_is_no_other_one(taker: Operator, other: Operator) -> None:
    taker.run("claim")
    other.ledger.parent.mkdir()
    other.ledger.write_bytes(taker.ledger.read_bytes())
    assert other.run("claim").code == 0  # moved: the same number
    taker.ledger.unlink()
    assert taker.run("claim").code == 0  # begun anew: the same place
    for path in taker.dropped:
        path.unlink()
    assert taker.run("claim", "--again").code == 0
    assert other.run("claim").code == 11  # from now on these are two


def test_a_directory_of_0_1_0_is_marked_by_the_next_run_that_delivers(
    taker: Operator, other: Operator, sample_pod: SamplePod
) -> None:
    taker.run("claim")
    mark = taker.recorder / ".bbbmig" / "ledger"
    mark.unlink()
    mark.parent.rmdir()
    sample_pod.rows("DELETE FROM recorder_recordingfiletreatment")
    for path in taker.dropped:
        path.unlink()
    assert taker.run("claim", "--again").code == 0
    assert mark.exists()
    assert other.run("claim").code == 11


@pytest.mark.parametrize("planted", ["text", "link", "pipe"])
def test_a_mark_that_says_nothing_lets_nobody_in(taker: Operator, sample_pod: SamplePod, planted: str) -> None:
    mark = taker.recorder / ".bbbmig" / "ledger"
    mark.parent.mkdir(mode=0o700)
    if planted == "text":
        mark.write_text("x")
    elif planted == "link":
        mark.symlink_to("nowhere")
    else:
        os.mkfifo(mark)
    ran = taker.run("claim")
    assert (ran.code, registered(sample_pod)) == (11, [])
    assert str(mark) in ran.err


def test_one_ledger_serves_several_old_servers(
    taker: Operator, operator_of: MakeOperator, serve_bbb: ServeBbb, sample_pod: SamplePod, one_video: Media
) -> None:
    taker.run("claim")
    second = operator_of("second", bbb=serve_bbb([VIDEO], media=one_video), pod=sample_pod)
    second.set(ledger__url=f"sqlite:///{taker.ledger}")
    assert second.run("claim").code == 0
