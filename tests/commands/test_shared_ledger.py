"""Several machines on one ledger: each recording is done once, by who has its lease, and no mishap blames it."""

from collections.abc import Callable, Iterator
from itertools import count

import pytest
import sqlalchemy as sa

from bbbmig.demo.bbb_http import Request, Response
from bbbmig.demo.bbb_playback import Media
from bbbmig.demo.pod_server import SamplePod
from bbbmig.domain.history import Effect, State
from bbbmig.ledger import Ledger
from bbbmig.ledger.lease import leases
from tests.bbb_server import ServeBbb
from tests.commands.conftest import MakeOperator
from tests.commands.operator_at_work import Operator, ended
from tests.commands.owners_files import belongs
from tests.commands.test_machine_errors import COUNT, RECORDINGS, delivered, films
from tests.databases import MACHINES, Server, mysql_server, postgresql_server
from tests.ledger.test_lock_kept import end_all_sessions
from tests.waiting import wait_until

__all__ = ["films", "mysql_server", "postgresql_server"]


@pytest.fixture(scope="module", params=[pytest.param(engine, marks=MACHINES) for engine in ("mysql", "postgresql")])
def server(request: pytest.FixtureRequest) -> Server:
    """A database server; it is started before an operator's environment is set up."""
    found: Server = request.getfixturevalue(f"{request.param}_server")
    return found


@pytest.fixture
def shared(server: Server) -> Iterator[sa.URL]:
    """A database that several machines share."""
    with server.empty_database() as url:
        yield url


@pytest.fixture
def mover(
    operator_of: MakeOperator, serve_bbb: ServeBbb, sample_pod: SamplePod, films: Media, shared: sa.URL
) -> Operator:
    """An operator with three films and a ledger on that server."""
    mover = operator_of(bbb=serve_bbb(RECORDINGS, media=films), pod=sample_pod)
    mover.set(ledger__url=shared.render_as_string(hide_password=False))
    mover.set(publish__unknown_owner="administrator", publish__type=1)
    return mover


@pytest.fixture
def command(shared: sa.URL) -> str:
    """One command for each kind of server: leases are theirs alike."""
    return "claim" if shared.get_backend_name() == "mysql" else "publish"


def mishap(mover: Operator, what: Callable[[], object]) -> list[str]:
    """Let something happen when the first film is asked for; return where it happened."""
    assert mover.bbb is not None
    good = mover.bbb.playbacks.respond
    happened: list[str] = []

    def respond(request: Request) -> Response:
        if request.path.endswith("video-0.m4v") and not happened:
            happened.append(request.path)
            what()
        return good(request)

    mover.bbb.playbacks.respond = respond  # type: ignore[method-assign] # that is the mishap
    return happened


def rows(mover: Operator, shared: sa.URL) -> dict[str, set[State]]:
    """Return the states of all rows, by recording."""
    assert mover.bbb is not None
    found: dict[str, set[State]] = {}
    with Ledger(shared.render_as_string(hide_password=False)) as ledger:
        for row in ledger.entries(mover.bbb.url.split("/")[2], Effect.CLAIM, Effect.PUBLISH):
            found.setdefault(row.record_id, set()).add(row.state)
    return found


def test_a_run_outlives_the_end_of_all_its_connections(
    mover: Operator, sample_pod: SamplePod, shared: sa.URL, command: str
) -> None:
    happened = mishap(mover, lambda: end_all_sessions(shared))
    run = mover.json(command)
    assert (run.code, run.counts) == (0, {"done": COUNT})
    assert happened
    assert delivered(mover, sample_pod, command) == COUNT


def test_who_loses_a_lease_leaves_that_recording_alone_and_blames_nobody(
    mover: Operator, sample_pod: SamplePod, shared: sa.URL, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = count(step=1000)  # as if this machine slept between any two looks
    monkeypatch.setattr("bbbmig.ledger.lease.boot_time", lambda: float(next(clock)))

    def taken() -> None:
        engine = sa.create_engine(shared, poolclass=sa.NullPool)
        with engine.begin() as connection:
            values = {"token": leases.c.token + 1, "holder": "another machine", "until": 1e12}
            connection.execute(sa.update(leases).where(leases.c.holder != "").values(values))

    mishap(mover, taken)
    run = mover.json(command)
    assert (run.code, run.counts) == (0, {"done": COUNT - 1, "postponed": 1})
    [lost] = [one for one in run.actions if one["status"] == "postponed"]
    assert "the lease on it is lost" in lost["detail"]
    assert rows(mover, shared)[lost["record_id"]] == {State.STARTED}
    assert delivered(mover, sample_pod, command) == COUNT - 1
    again = mover.json(command)
    assert (again.code, again.counts) == (0, {"skipped": COUNT - 1, "postponed": 1})
    assert "another run is at work on it: another machine" in again.out
    engine = sa.create_engine(shared, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.execute(sa.update(leases).values(until=1.0))  # it has vanished
    last = mover.json(command)
    assert (last.code, last.counts) == (0, {"done": 1, "skipped": COUNT - 1})
    assert delivered(mover, sample_pod, command) == COUNT


@pytest.mark.parametrize("command", ["claim", "publish"])
def test_two_at_the_same_moment_make_each_once(
    mover: Operator, sample_pod: SamplePod, shared: sa.URL, command: str
) -> None:
    second: list[tuple[int, dict[str, int]]] = []

    def another() -> None:
        run = ended(mover.start(command, "--json"))
        second.append((run.code, run.counts))

    mishap(mover, another)
    first = mover.json(command)
    assert (first.code, first.counts) == (0, {"done": 1, "skipped": COUNT - 1})
    assert {one["reason"] for one in first.actions if one["status"] == "skipped"} == {"already done"}
    assert second == [(0, {"done": COUNT - 1, "postponed": 1})]
    assert delivered(mover, sample_pod, command) == COUNT
    assert all(State.FAILED not in states for states in rows(mover, shared).values())


def test_a_run_that_must_be_alone_says_who_is(mover: Operator, shared: sa.URL) -> None:
    with Ledger(shared.render_as_string(hide_password=False)) as ledger, ledger.locked("remove-links"):
        run = mover.run("import-links", "--moodle", "none")
    assert run.code == 11
    assert "remove-links (process" in run.err


def test_two_at_the_same_moment_give_a_draft_to_others_once(
    mover: Operator, sample_pod: SamplePod, shared: sa.URL
) -> None:
    """The owners file names others by now; each machine has read it, and both see the same drafts."""
    for name in ("jean", "marie"):
        sample_pod.create("auth.User", username=name)
    mover.set(publish__unknown_owner="skip")
    belongs(mover, {one.record_id: "jean" for one in RECORDINGS})
    assert mover.json("publish").counts == {"done": COUNT}
    ends = "SELECT 1 FROM video_video WHERE encoded AND NOT encoding_in_progress"
    wait_until(lambda: len(sample_pod.rows(ends)) == COUNT, "not encoded")
    belongs(mover, {one.record_id: "marie" for one in RECORDINGS})
    sample_pod.fault("slow", path="/rest/videos/", method="PATCH", seconds=0.7)
    processes = [mover.start("publish", "--json") for _ in range(2)]
    runs = [ended(process) for process in processes]
    assert [run.code for run in runs] == [0, 0], [run.err for run in runs]
    given = [
        one["record_id"] for run in runs for one in run.actions if one["kind"] == "give" and one["status"] == "done"
    ]
    assert sorted(given) == sorted(one.record_id for one in RECORDINGS)
    owners = sample_pod.rows("SELECT u.username FROM video_video v JOIN auth_user u ON u.id = v.owner_id")
    assert [row["username"] for row in owners] == ["marie"] * COUNT
    sample_pod.heal()
    assert mover.json("publish").counts == {"skipped": COUNT}
    assert all(State.FAILED not in states for states in rows(mover, shared).values())
