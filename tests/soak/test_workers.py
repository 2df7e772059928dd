"""Three workers, beaten fifty times over sixty recordings: each recording is there once and whole in the end.

A blow is `kill -9` of a worker or of its whole group, a freeze for longer than a lease, a broker or a database that is
restarted, or the end of all connections to the ledger. `SOAK_BLOWS=12` gives fewer; leases last six seconds.
"""

import contextlib
import hashlib
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from bbbmig.convert.probe import check_media
from bbbmig.demo.pod_server import SamplePod
from bbbmig.domain.file_names import short_id, short_id_in
from bbbmig.domain.file_plan import ATTEMPTS
from bbbmig.domain.history import Effect, State
from bbbmig.ledger import Ledger
from bbbmig.worker.queue import Queue
from tests.bbb_server import ServeBbb
from tests.brokers import Broker, start_rabbitmq
from tests.commands.conftest import MakeOperator
from tests.commands.operator_at_work import Operator, clean_environment, ended
from tests.databases import Process, Server, start_mariadb
from tests.ledger.test_lock_kept import end_all_sessions
from tests.soak.watch import Watcher
from tests.soak.world import LESSON_S, Lesson, Weather, World, make_world
from tests.waiting import wait_until
from tests.worker.hasty import LEASE_S

BLOWS = int(os.environ.get("SOAK_BLOWS", "50"))
VIDEOS, LESSONS, PODCASTS = (48, 6, 4) if BLOWS >= 50 else (BLOWS, 1, 1)
"""And two films that can never be moved: sixty recordings."""
WORKERS = 3
JOBS = 2
RECORDING_S = 20.0
"""So long a film takes to come: the run must outlast the blows."""
LONGEST_S = 1800.0
_ROOT = Path(__file__).parents[2]


@dataclass(slots=True, kw_only=True)
class Machine:
    """One machine: a host name, a home and a work directory of its own. It comes back whenever it dies."""

    operator: Operator
    process: subprocess.Popen[str] | None = None
    lives: int = 0

    @property
    def log(self) -> Path:
        return self.operator.folder / "worker.log"

    def boot(self) -> None:
        """Start its worker."""
        self.lives += 1
        with self.log.open("a") as log:
            self.process = start(self.operator, "worker", "--jobs", str(JOBS), stdout=log, stderr=log)

    def look(self) -> None:
        """Start it again if it has died; one that ended by itself must have had a reason to."""
        assert self.process is not None
        code = self.process.poll()
        if code is not None:
            assert code in (-signal.SIGKILL, 5), self.log.read_text()[-3000:]
            self.boot()

    def kill(self) -> None:
        """End it and all that it has started, at once."""
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def end(self) -> None:
        """Stop it for good."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            assert self.process.wait(120) == 0, self.log.read_text()[-3000:]


def start(operator: Operator, *arguments: str, **more: object) -> subprocess.Popen[str]:
    """Start a command that waits and leases for seconds, in a group of its own."""
    environment = {"PYTHONPATH": str(_ROOT)}
    program = [sys.executable, "-m", "tests.worker.hasty"]
    return operator.start(*arguments, program=program, env=environment, start_new_session=True, **more)


@dataclass(slots=True, kw_only=True)
class Fate:
    """Deals blows, one at a time. `dealt` counts them."""

    rng: random.Random
    machines: list[Machine]
    broker: Broker
    database: Process
    ledger: sa.URL
    server: Server
    dealt: Counter[str] = field(default_factory=Counter)

    def deal(self) -> None:
        """Deal one."""
        blows: dict[str, tuple[Callable[[], None], int]] = {
            "worker killed": (self._kill, 4),
            "group killed": (self._kill_group, 4),
            "frozen": (self._freeze, 3),
            "broker restarted": (self.broker.restart, 1),
            "database restarted": (self._restart_database, 1),
            "connections ended": (self._end_connections, 2),
        }
        name = self.rng.choices([*blows], [weight for _, weight in blows.values()])[0]
        blows[name][0]()
        self.dealt[name] += 1

    def _one(self) -> subprocess.Popen[str]:
        process = self.rng.choice(self.machines).process
        assert process is not None
        return process

    def _kill(self) -> None:
        self._one().kill()

    def _kill_group(self) -> None:
        process = self._one()
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)

    def _freeze(self) -> None:
        process = self._one()
        if process.poll() is None:
            process.send_signal(signal.SIGSTOP)
            time.sleep(LEASE_S + 2.0)
            process.send_signal(signal.SIGCONT)

    def _restart_database(self) -> None:
        old = self.database.popen
        old.send_signal(signal.SIGTERM)
        old.wait(60)
        environment = {**os.environ, "TMPDIR": str(self.database.folder)}
        with (self.database.folder / "log").open("ab") as log:
            self.database.popen = subprocess.Popen(
                old.args, cwd=self.database.folder, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        wait_until(self._database_answers, "the database does not come back")

    def _database_answers(self) -> bool:
        with contextlib.suppress(sa.exc.OperationalError):
            self.server.run("SELECT 1")
            return True
        time.sleep(0.2)
        return False

    def _end_connections(self) -> None:
        with contextlib.suppress(sa.exc.DBAPIError):  # one that had ended by itself
            end_all_sessions(self.ledger)


@pytest.fixture
def broker() -> Iterator[Broker]:
    """A RabbitMQ that may be restarted."""
    broker = start_rabbitmq()
    yield broker
    broker.stop()


@pytest.fixture
def database() -> Iterator[tuple[Server, Process]]:
    """A MariaDB that may be restarted."""
    server, process = start_mariadb()
    yield server, process
    process.stop()


def test_workers_that_are_beaten(  # noqa: PLR0917 - fixtures
    broker: Broker,
    database: tuple[Server, Process],
    tmp_path: Path,
    operator_of: MakeOperator,
    serve_bbb: ServeBbb,
    pod: SamplePod,
    lesson: Lesson,
    seed: int,
) -> None:
    rng = random.Random(seed)
    world = make_world(tmp_path / "media", lesson, rng, videos=VIDEOS, lessons=LESSONS, podcasts=PODCASTS)
    world = _with_the_short_one(world)
    bbb = serve_bbb(world.recordings, media=world.media, flavour="bbb-2.6")
    sizes = [len(film) for film in world.films.values()]
    Weather(bbb=bbb, rng=rng, bytes_per_s=sum(sizes) / len(sizes) / RECORDING_S)
    server, process = database
    with server.empty_database() as url:
        shared = {"ledger__url": url.render_as_string(hide_password=False), "queue__broker": broker.url}

        def machine(name: str) -> Operator:
            operator = operator_of(name, bbb=bbb, pod=pod)
            home = operator.folder / "home"
            (home / "tmp").mkdir(parents=True)
            operator.environment = {**clean_environment(home), "SOAK_HOST": name}
            operator.set(converter__order=["render"], **shared)
            (operator.folder / "work").mkdir()
            return operator

        machines = [Machine(operator=machine(f"machine{number}")) for number in range(WORKERS)]
        fate = Fate(rng=rng, machines=machines, broker=broker, database=process, ledger=url, server=server)
        with Watcher(folders={"recorder": machines[0].operator.recorder}, whole="recorder") as watcher:
            beaten(machine("planner"), fate, world)
            assert_each_once_and_whole(world, watcher, machines, pod)
            assert_remembered(world, bbb.url.split("/")[2], shared["ledger__url"])
    assert fate.dealt.total() == BLOWS


def _with_the_short_one(world: World) -> World:
    """Count the film of which the server tells a wrong length to those that can be moved: it comes whole."""
    (record_id,) = (one for one, length_s in world.media.durations_s.items() if length_s == 3600.0)
    film = world.media.files[f"/video/{record_id}/video-0.m4v"].read_bytes()
    short = short_id(record_id)
    return replace(world, hopeless=world.hopeless - {short}, films={**world.films, short: film})


def beaten(planner: Operator, fate: Fate, world: World) -> None:
    """Have all recordings moved, under blows, and then in peace."""
    for machine in fate.machines:
        machine.boot()
    over = threading.Event()
    looks = threading.Thread(target=_look, args=(fate.machines, over))
    began = time.monotonic()
    run = start(planner, "claim", "--queue", "--json")
    looks.start()
    try:
        while fate.dealt.total() < BLOWS:
            time.sleep(fate.rng.uniform(0.5, 3.0))
            fate.deal()
            if run.poll() is not None:  # what failed is tried again, what is done is seen
                before = ended(run)
                assert before.code in (0, 3, 5), before.err[-3000:]  # 5: the broker was away when it sent
                run = start(planner, "claim", "--queue", "--json", "--retry-failed")
        code, _, err = _ended_in_peace(run)
        assert code in (0, 3, 5), err[-3000:]
        moved_under_blows = time.monotonic() - began
        for _ in range(ATTEMPTS + 2):  # what could never be moved fails until it is left alone
            code, out, err = _ended_in_peace(start(planner, "claim", "--queue", "--json"))
            assert code in (0, 3), err[-3000:]
            if '"status": "failed"' not in out and '"status": "done"' not in out:
                break
        else:
            pytest.fail("never done")
    except BaseException:
        for machine in fate.machines:
            machine.kill()
        raise
    finally:
        over.set()
        looks.join()
    queue = Queue(fate.broker.url, f"bbbmig.{planner.bbb.url.split('/')[2]}" if planner.bbb else "")
    wait_until(lambda: queue.length() == 0, "the queue is not empty")
    for machine in fate.machines:
        machine.end()
    deaths = ", ".join(f"{count} {what}" for what, count in fate.dealt.most_common())
    lives = ", ".join(str(machine.lives) for machine in fate.machines)
    sys.stderr.write(f"\n{len(world.movable)} recordings, {deaths}; lives: {lives}; {moved_under_blows:.0f} s\n")


def _ended_in_peace(run: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Wait for a run that nobody disturbs; return its code, and what it wrote."""
    out, err = run.communicate(timeout=LONGEST_S)
    return run.returncode, out, err


def _look(machines: list[Machine], over: threading.Event) -> None:
    """Have machines come back, as systemd does."""
    while not over.wait(0.5):
        for machine in machines:
            machine.look()


def assert_each_once_and_whole(world: World, watcher: Watcher, machines: list[Machine], pod: SamplePod) -> None:
    """Look at the directory, at what was seen of it, at Pod and at the work directories."""
    assert watcher.wrong == []
    files = machines[0].operator.dropped
    assert Counter(short_id_in(path.name) for path in files) == Counter(world.movable.keys())
    found = {short_id_in(path.name): path for path in files}
    for short, content in world.films.items():
        assert found[short].read_bytes() == content
    for short in world.converted:
        check_media(found[short], expected_s=LESSON_S, tolerance_s=0.5, needs_video=True)
    now = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    assert watcher.digests == now  # so it was the whole file from its first moment on
    rows = pod.rows("SELECT file, file_size FROM recorder_recordingfiletreatment")
    assert sorted((row["file"], row["file_size"]) for row in rows) == [
        (str(path), path.stat().st_size) for path in files
    ]
    left = [path for machine in machines for path in (machine.operator.folder / "work").iterdir()]
    assert left == []


def assert_remembered(world: World, server: str, url: str) -> None:
    """Look at the ledger: no recording that could be moved was ever blamed."""
    with Ledger(url) as ledger:
        rows = {short_id(row.record_id): row for row in ledger.entries(server, Effect.CLAIM)}
    assert {short for short, row in rows.items() if row.state is State.DONE} == world.movable.keys()
    assert {short for short, row in rows.items() if row.state is State.FAILED} == world.hopeless
    assert {short: rows[short].attempts for short in world.movable} == dict.fromkeys(world.movable, 0)
