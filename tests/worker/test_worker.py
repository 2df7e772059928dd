"""Recordings go through a queue, and each is done once, whatever happens to workers, broker and servers."""

import signal
import time
from collections.abc import Callable

import pytest

from bbbmig.demo.bbb_http import Request, Response
from bbbmig.demo.pod_server import SamplePod
from bbbmig.domain.history import Effect, State
from bbbmig.ledger import Ledger
from bbbmig.worker.queue import Queue
from tests.commands.operator_at_work import Ended, Operator, ended
from tests.commands.test_machine_errors import COUNT, delivered
from tests.databases import MACHINES
from tests.waiting import WAIT_S, wait_until
from tests.worker.conftest import PAIRS, Workers, hasty

pytestmark = MACHINES
ONE_PAIR = pytest.mark.parametrize("pair", PAIRS[:1], indirect=True, ids=" and ".join)
TERM_WITHIN_S = 15
"""It is to be 10 s; a busy machine may take some more."""


def queue_of(operator: Operator) -> Queue:
    """Return the queue of an operator's server."""
    assert operator.bbb is not None
    broker, name = operator.changed["queue__broker"], operator.changed["queue__name"]
    return Queue(str(broker), f"{name}.{operator.bbb.url.split('/')[2]}")


def attempts(operator: Operator) -> list[int]:
    """Return how many failures are counted of each recording."""
    assert operator.bbb is not None
    with Ledger(str(operator.changed["ledger__url"])) as ledger:
        rows = ledger.entries(operator.bbb.url.split("/")[2], Effect.CLAIM)
        assert all(row.state is not State.FAILED for row in rows)
        return [row.attempts for row in rows]


def meanwhile(operator: Operator, what: Callable[[], object], *, times: int = 1) -> list[str]:
    """Let something happen when a film is asked for; return where it happened."""
    assert operator.bbb is not None
    good = operator.bbb.playbacks.respond
    happened: list[str] = []

    def respond(request: Request) -> Response:
        if request.path.endswith("video-0.m4v") and len(happened) < times:
            happened.append(request.path)
            what()
        return good(request)

    operator.bbb.playbacks.respond = respond  # type: ignore[method-assign] # that is the mishap
    return happened


@pytest.mark.parametrize("command", ["claim", "publish"])
def test_workers_do_what_was_planned_and_all_of_it_is_shown(
    queued: Operator, sample_pod: SamplePod, workers: Workers, command: str
) -> None:
    worker = workers.start(queued, "--jobs", "2")
    run = queued.json(command, "--queue")
    assert (run.code, run.counts) == (0, {"done": COUNT})
    assert delivered(queued, sample_pod, command) == COUNT
    checked = queued.run("check")
    assert "1 at work, " in checked.out
    assert " of 2 at a time; 0 in the queue; 3 done within an hour" in checked.out
    assert queued.run("status", "--lang", "fr").out.count("1 worker(s) au travail") == 1
    again = queued.json(command, "--queue")
    assert (again.code, again.counts) == (0, {"skipped": COUNT})
    assert queue_of(queued).length() == 0
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(WAIT_S) == 0


@ONE_PAIR
def test_what_a_killed_worker_had_comes_back_and_is_done_once(
    queued: Operator, sample_pod: SamplePod, workers: Workers
) -> None:
    first = workers.start(queued)
    meanwhile(queued, first.kill)
    run = hasty(queued, "claim", "--queue", "--json")
    assert first.wait(WAIT_S) == -signal.SIGKILL
    workers.start(queued, "--jobs", "2")
    done = ended(run)
    assert (done.code, done.counts) == (0, {"done": COUNT})
    assert delivered(queued, sample_pod, "claim") == COUNT
    assert set(attempts(queued)) == {0}


@ONE_PAIR
def test_a_message_that_comes_twice_does_nothing_twice(
    queued: Operator, sample_pod: SamplePod, workers: Workers
) -> None:
    for _ in range(2):
        sent = queued.run("publish", "--queue", "--detach")
        assert sent.code == 0, sent.err
    queue = queue_of(queued)
    assert queue.length() == 2 * COUNT
    workers.start(queued, "--jobs", "3")
    wait_until(lambda: delivered(queued, sample_pod, "publish") == COUNT and not queue.length(), "nothing is done")
    assert queued.json("publish", "--queue").counts == {"skipped": COUNT}
    assert delivered(queued, sample_pod, "publish") == COUNT


@ONE_PAIR
def test_a_server_that_is_away_pauses_the_queue_and_fails_nothing(
    queued: Operator, sample_pod: SamplePod, workers: Workers
) -> None:
    workers.start(queued, "--jobs", "2")
    meanwhile(queued, lambda: sample_pod.fault("status", path="/", status=502, times=40))
    done = ended(hasty(queued, "claim", "--queue", "--json"))
    assert (done.code, done.counts) == (0, {"done": COUNT})
    assert "the queue is paused here" in (queued.folder / "worker0.log").read_text()
    assert set(attempts(queued)) == {0}


@ONE_PAIR
def test_sigterm_finishes_what_is_at_work_and_a_second_one_gives_it_back(
    queued: Operator, sample_pod: SamplePod, workers: Workers
) -> None:
    worker = workers.start(queued, "--bwlimit", "1k")
    happened = meanwhile(queued, lambda: None)
    assert queued.run("claim", "--queue", "--detach").code == 0
    wait_until(lambda: happened, "nothing is fetched")
    worker.send_signal(signal.SIGTERM)
    wait_until(lambda: "stopping" in (queued.folder / "worker0.log").read_text(), "the signal is not heard")
    assert worker.poll() is None
    began = time.monotonic()
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(WAIT_S) == 143
    assert time.monotonic() - began < TERM_WITHIN_S
    wait_until(lambda: queue_of(queued).length() == COUNT, "its message is not back")
    workers.start(queued)
    wait_until(lambda: delivered(queued, sample_pod, "claim") == COUNT, "it is not done")


@ONE_PAIR
def test_whoever_waits_may_leave_and_takes_what_is_left_along(queued: Operator) -> None:
    run = hasty(queued, "claim", "--queue")
    queue = queue_of(queued)
    wait_until(lambda: queue.length() == COUNT, "nothing was sent")
    run.send_signal(signal.SIGINT)
    left = ended(run)
    assert left.code == 130
    assert "3 recordings were withdrawn from the queue" in left.err
    assert queue.length() == 0
    assert queued.run("claim", "--queue", "--detach").code == 0
    purged = queued.run("worker", "--purge")
    assert purged.code == 0
    assert "3 recordings were taken out of" in purged.last_line
    assert queue.length() == 0


@ONE_PAIR
def test_max_failures_holds_over_all_workers(queued: Operator, workers: Workers) -> None:
    assert queued.bbb is not None
    good = queued.bbb.playbacks.respond

    def respond(request: Request) -> Response:
        if not request.path.endswith("video-0.m4v"):
            return good(request)
        time.sleep(2)
        return Response(status=404)

    queued.bbb.playbacks.respond = respond  # type: ignore[method-assign] # no film is there
    workers.start(queued)
    done = ended(hasty(queued, "claim", "--queue", "--json", "--max-failures", "1"))
    assert done.code == 3
    assert done.counts["failed"] >= 1
    assert done.counts["postponed"] == COUNT - done.counts["failed"] >= 1
    assert queue_of(queued).length() == 0


def test_limits_of_each_worker_are_no_limits_of_all(operator: Operator) -> None:
    for option in (("--jobs", "2"), ("--bwlimit", "1M")):
        run = operator.run("claim", "--queue", *option)
        assert run.code == 2
        assert "do not hold over all workers" in run.err
    assert operator.run("claim", "--detach").code == 2
    assert operator.run("publish", "--queue", "--detach", "--max-failures", "3").code == 2


def refused(operator: Operator, *commands: tuple[str, ...]) -> list[Ended]:
    """Run commands that cannot be done here."""
    runs = [operator.run(*command) for command in commands]
    assert [run.code for run in runs] == [4] * len(runs)
    return runs


def test_without_a_queue_or_a_shared_ledger_nothing_is_begun(operator: Operator) -> None:
    for run in refused(operator, ("worker",), ("claim", "--queue"), ("publish", "--queue")):
        assert "queue.broker" in run.err
    operator.set(queue__broker="amqp://guest:geheim@127.0.0.1:9//")
    for run in refused(operator, ("worker",), ("claim", "--queue"), ("publish", "--queue")):
        assert "MariaDB or PostgreSQL" in run.err
    operator.set(queue__broker="http://guest:geheim@127.0.0.1:9//")
    (wrong,) = refused(operator, ("worker",))
    assert "queue.broker" in wrong.err
    assert "geheim" not in wrong.err


def test_what_is_missing_is_named_with_the_command_that_installs_it(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bbbmig.runs.worker_queue._MODULES", ("celery_that_is_not_there",))
    operator.set(queue__broker="redis://127.0.0.1:9/0")
    for run in refused(operator, ("worker",), ("claim", "--queue")):
        assert "[worker]'" in run.err
