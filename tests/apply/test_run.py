"""Actions side by side: an outcome for each, an end soon after somebody asks for it."""

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future, wait
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bbbmig.apply.executor import FAILURES_IN_A_ROW, planned, side_by_side
from bbbmig.apply.stop_conditions import StopConditions
from bbbmig.domain.outcome import Outcome, Status
from bbbmig.domain.plan import Action, Kind, Reason
from bbbmig.errors import BbbmigError, ConfigError, LockLost, MachineError, NoSpace, RecordingFailed, RemoteError
from tests.domain.recordings import recording
from tests.waiting import WAIT_S

KINDS = {"skip": Kind.SKIP, "fail": Kind.FAIL}


def action(what: str, number: int = 0) -> Action:
    """An action of which `what` comes: "done", "broken" (the recording), "down" (the server), "skip" or "fail"."""
    kind = KINDS.get(what, Kind.DOWNLOAD)
    reason = None if kind is Kind.DOWNLOAD else Reason.UNPUBLISHED
    return Action(kind=kind, recording=recording(str(number)), target=what, reason=reason)


def work(one: Action) -> Outcome:
    match one.target:
        case "broken":
            raise RecordingFailed("broken", hint="look at it")
        case "down":
            raise RemoteError("down")
        case "misconfigured":
            raise ConfigError("misconfigured")
    return Outcome(action=one, status=Status.DONE)


def outcomes_of(
    actions: list[Action],
    *,
    do: Callable[[Action], Outcome] = work,
    jobs: int = 2,
    limits: StopConditions | None = None,
) -> list[Outcome]:
    stop = threading.Event()
    found = list(side_by_side(actions, do, jobs=jobs, stop=stop, limits=limits or StopConditions()))
    assert stop.is_set()
    return found


@given(
    st.lists(st.sampled_from(("done", "broken", "skip", "fail"))),
    st.integers(min_value=1, max_value=4),
    st.integers(min_value=0, max_value=3),
)
def test_each_action_has_one_outcome_whatever_happens(kinds: list[str], jobs: int, most: int) -> None:
    actions = [action(what, number) for number, what in enumerate(kinds)]
    found = outcomes_of(actions, jobs=jobs, limits=StopConditions(max_failures=most))
    assert sorted(map(id, (one.action for one in found))) == sorted(map(id, actions))
    expected = {"broken": Status.FAILED, "done": Status.DONE, "skip": Status.SKIPPED, "fail": Status.FAILED}
    for one in found:
        assert one.status in (expected[one.action.target], Status.POSTPONED)
        assert one.status is not Status.POSTPONED or (most and one.action.effective)


def test_so_many_work_at_once_and_no_more() -> None:
    lock, now, most = threading.Lock(), [0], [0]
    together = threading.Barrier(3)

    def counting(one: Action) -> Outcome:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        together.wait(WAIT_S)
        with lock:
            now[0] -= 1
        return work(one)

    assert len(outcomes_of([action("done", n) for n in range(6)], do=counting, jobs=3)) == 6
    assert most == [3]


def test_an_error_and_its_hint_become_the_outcome() -> None:
    (found,) = outcomes_of([action("broken")])
    assert (found.status, found.detail) == (Status.FAILED, "broken; look at it")


def test_a_server_that_fails_again_and_again_ends_the_run_after_all_that_was_said() -> None:
    seen: list[Outcome] = []

    def everything() -> None:
        for one in side_by_side([action("down", n) for n in range(20)], work, jobs=1, stop=threading.Event()):
            seen.append(one)  # noqa: PERF402 - extend would lose them

    with pytest.raises(RemoteError, match="down"):
        everything()
    assert [one.status for one in seen] == [Status.FAILED] * FAILURES_IN_A_ROW


def test_failing_recordings_between_do_not_count_as_a_server_that_is_gone() -> None:
    kinds = (["down"] * (FAILURES_IN_A_ROW - 1) + ["done"]) * 3
    assert len(outcomes_of([action(what, n) for n, what in enumerate(kinds)], jobs=1)) == len(kinds)


@pytest.mark.parametrize(
    "error", [ConfigError("no ffprobe"), MachineError("read-only"), NoSpace("full"), LockLost("the lock is lost")]
)
def test_what_is_not_about_one_recording_ends_the_run_and_is_nobodys_failure(error: BbbmigError) -> None:
    def do(_: Action) -> Outcome:
        raise error

    found: list[Outcome] = []
    with pytest.raises(type(error)):
        found.extend(side_by_side([action("done", n) for n in range(3)], do, jobs=2, stop=threading.Event()))
    assert found == []


def test_what_is_wrong_on_this_machine_ends_the_run_at_once() -> None:
    with pytest.raises(ConfigError, match="misconfigured"):
        outcomes_of([action("misconfigured"), action("done", 1)], jobs=1)


def test_what_ended_with_the_error_that_ends_the_run_is_still_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def all_at_once(at_work: Iterable[Future[Outcome]], *_: object, **_how: object) -> object:
        return wait(at_work)  # so that they end in one batch, however the machine is loaded

    monkeypatch.setattr("bbbmig.apply.executor.futures.wait", all_at_once)
    seen: list[Outcome] = []
    kinds = ["misconfigured", "done", "misconfigured", "broken", "done"]

    def everything() -> None:
        actions = [action(what, n) for n, what in enumerate(kinds)]
        for one in side_by_side(actions, work, jobs=len(kinds), stop=threading.Event()):
            seen.append(one)  # noqa: PERF402 - extend would lose them

    with pytest.raises(ConfigError):
        everything()
    assert sorted(one.status for one in seen) == [Status.DONE, Status.DONE, Status.FAILED]


def test_closing_stops_what_is_at_work() -> None:
    stop = threading.Event()
    stopped: list[bool] = []

    def waiting(one: Action) -> Outcome:
        if one.target == "done":
            return work(one)
        stopped.append(stop.wait(WAIT_S))
        raise RecordingFailed("stopped")

    outcomes = side_by_side([action("done"), action("waits", 1), action("waits", 2)], waiting, jobs=2, stop=stop)
    assert next(outcomes).status is Status.DONE
    outcomes.close()  # type: ignore[attr-defined] # a generator
    assert set(stopped) == {True}


def test_what_does_not_stop_is_left_behind(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr("bbbmig.apply.executor.PATIENCE_S", 0.1)
    deaf = threading.Event()
    ended: list[Action] = []

    def unwilling(one: Action) -> Outcome:
        if one.target == "misconfigured":
            return work(one)
        deaf.wait(WAIT_S)
        ended.append(one)
        return work(one)

    with pytest.raises(ConfigError):
        list(side_by_side([action("done", 1), action("misconfigured")], unwilling, jobs=2, stop=threading.Event()))
    assert ended == []
    assert "does not stop" in caplog.text
    deaf.set()


def test_a_dry_run_says_what_would_come_out() -> None:
    statuses = [one.status for one in planned(map(action, ("done", "skip", "fail")))]
    assert statuses == [Status.PLANNED, Status.SKIPPED, Status.FAILED]


def test_limits_say_which_of_them_is_reached() -> None:
    now = [0.0]
    limits = StopConditions(max_duration_s=60, clock=lambda: now[0])
    assert not limits.reached()
    now[0] = 60.0
    assert limits.reached() == "--max-duration is over"
    moment = datetime(2026, 1, 1, 7, tzinfo=UTC)
    assert StopConditions(until=moment, now=lambda: moment).reached() == "it is --until-time"
    assert not StopConditions(until=moment, now=lambda: moment - timedelta(seconds=1)).reached()
    failing = StopConditions(max_failures=2)
    for _ in range(2):
        assert not failing.reached()
        failing.count(Outcome(action=action("fail"), status=Status.FAILED))
    assert failing.reached() == "2 failures: --max-failures"
