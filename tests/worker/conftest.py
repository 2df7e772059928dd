"""Several machines on one queue: workers in processes of their own, a real broker, a ledger in a real database."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bbbmig.demo.bbb_playback import Media
from bbbmig.demo.pod_server import SamplePod
from tests.bbb_server import ServeBbb, bbb_media, sample_bbb, serve_bbb
from tests.brokers import Broker, rabbitmq, redis
from tests.commands.conftest import MakeOperator, environment, moodles, operator, operator_of
from tests.commands.operator_at_work import Operator
from tests.commands.test_machine_errors import RECORDINGS, films
from tests.databases import Server, mysql_server, postgresql_server
from tests.pod_server import pods, sample_pod
from tests.waiting import WAIT_S, wait_until

__all__ = [
    "bbb_media",
    "environment",
    "films",
    "moodles",
    "mysql_server",
    "operator",
    "operator_of",
    "pods",
    "postgresql_server",
    "rabbitmq",
    "redis",
    "sample_bbb",
    "sample_pod",
    "serve_bbb",
]

PAIRS = (("rabbitmq", "mysql"), ("redis", "postgresql"))


@pytest.fixture(scope="module", params=PAIRS, ids=" and ".join)
def pair(request: pytest.FixtureRequest) -> tuple[Broker, Server]:
    """A broker and a database server; they are started before an operator's environment is set up."""
    broker, database = request.param
    return request.getfixturevalue(broker), request.getfixturevalue(f"{database}_server")


@pytest.fixture
def queued(
    pair: tuple[Broker, Server],
    operator_of: MakeOperator,
    serve_bbb: ServeBbb,
    sample_pod: SamplePod,
    films: Media,
) -> Iterator[Operator]:
    """An operator with three films, a queue and a ledger on that broker and that database."""
    broker, server = pair
    with server.empty_database() as url, broker.empty_queue() as (address, name):
        mover = operator_of(bbb=serve_bbb(RECORDINGS, media=films), pod=sample_pod)
        mover.set(ledger__url=url.render_as_string(hide_password=False), queue__broker=address, queue__name=name)
        mover.set(publish__unknown_owner="administrator", publish__type=1)
        yield mover


def hasty(operator: Operator, *arguments: str, **more: Any) -> subprocess.Popen[str]:  # noqa: ANN401 - those of Popen
    """Start a command whose leases last seconds."""
    more.setdefault("env", {})["PYTHONPATH"] = str(Path(__file__).parents[2])
    return operator.start(*arguments, program=[sys.executable, "-m", "tests.worker.hasty"], **more)


@dataclass(slots=True)
class Workers:
    """Workers of an operator; they are ended with the test."""

    stack: ExitStack
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def start(self, operator: Operator, *options: str, **more: Any) -> subprocess.Popen[str]:  # noqa: ANN401 - those of Popen
        """Start one, and wait until it takes recordings."""
        path = operator.folder / f"worker{len(self.started)}.log"
        with path.open("w") as log:
            process = hasty(operator, "worker", *options, stdout=log, stderr=log, **more)
        self.started.append(process)
        self.stack.callback(self._end, process)

        def ready() -> bool:
            said = path.read_text()
            assert process.poll() is None, said
            return "at a time from" in said

        wait_until(ready, "the worker is not ready")
        return process

    @staticmethod
    def _end(process: subprocess.Popen[str]) -> None:
        if process.poll() is None:
            process.kill()
        process.wait(WAIT_S)


@pytest.fixture
def workers() -> Iterator[Workers]:
    with ExitStack() as stack:
        yield Workers(stack)
