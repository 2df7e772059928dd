"""A run on a shared ledger that loses its lock does nothing more, blames no recording, and ends with exit code 5."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from bbbmig.demo.bbb_http import Request, Response
from bbbmig.demo.bbb_playback import Media
from bbbmig.demo.pod_server import SamplePod
from bbbmig.domain.history import Effect, State
from bbbmig.ledger import Ledger
from tests.bbb_server import ServeBbb
from tests.commands.conftest import MakeOperator
from tests.commands.operator_at_work import Operator
from tests.commands.test_machine_errors import COUNT, RECORDINGS, films
from tests.databases import GROUP, Server, mysql_server, postgresql_server
from tests.ledger.test_lock_kept import end_all_sessions

__all__ = ["films", "mysql_server", "postgresql_server"]


@pytest.fixture(scope="module", params=[pytest.param(engine, marks=GROUP) for engine in ("mysql", "postgresql")])
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


@pytest.mark.parametrize("command", ["claim", "publish"])
def test_nobodys_failure_and_nothing_twice(
    mover: Operator, sample_pod: SamplePod, shared: sa.URL, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bbbmig.ledger.lock.FRESH_S", 0.0)  # as if each film took a while
    assert mover.bbb is not None
    good = mover.bbb.playbacks.respond
    lost: list[str] = []

    def respond(request: Request) -> Response:
        if request.path.endswith("video-0.m4v") and not lost:
            lost.append(request.path)
            end_all_sessions(shared)
        return good(request)

    mover.bbb.playbacks.respond = respond  # type: ignore[method-assign] # that is the mishap
    ended = mover.json(command)
    assert (ended.code, ended.counts) == (5, {})
    assert "the lock of this run is lost" in ended.err
    assert sample_pod.rows("SELECT id FROM recorder_recordingfiletreatment") == []
    assert sample_pod.rows("SELECT id FROM video_video") == []
    assert [path.name for path in Path(mover.recorder).iterdir() if path.suffix == ".mp4"] == []
    with Ledger(shared.render_as_string(hide_password=False)) as ledger:
        rows = ledger.entries(mover.bbb.url.split("/")[2], Effect.CLAIM, Effect.PUBLISH)
        assert {row.state for row in rows} == {State.STARTED}
    again = mover.json(command)
    assert (again.code, again.counts) == (0, {"done": COUNT})
