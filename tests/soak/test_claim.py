"""`bbbmig claim`, killed with -9 fifty times over thirty recordings: each is there once and whole in the end."""

import hashlib
import random
import sqlite3
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bbbmig.convert.probe import check_media
from bbbmig.demo.pod_server import SamplePod
from bbbmig.domain.file_names import short_id, short_id_in
from bbbmig.domain.file_plan import ATTEMPTS
from tests.bbb_server import ServeBbb
from tests.commands.conftest import MakeOperator
from tests.commands.operator_at_work import Operator
from tests.soak.lives import Lives
from tests.soak.watch import Watcher
from tests.soak.world import LESSON_S, Lesson, Weather, World, make_world
from tests.waiting import wait_until

KILLS = 50
COMMAND = ("claim", "--jobs", "2")
MakeClaimer = Callable[..., "Claimer"]


class Claimer:
    """A world on its way into a recorder's directory."""

    def __init__(self, world: World, operator: Operator, lives: Lives, weather: Weather) -> None:
        self.world, self.operator, self.lives, self.weather = world, operator, lives, weather

    def assert_each_once_and_whole(self) -> None:
        """Look at the directory, at what was seen of it, at Pod, at the ledger and at the work directory."""
        assert self.lives.watcher.wrong == []
        files = self.operator.dropped
        assert Counter(short_id_in(path.name) for path in files) == Counter(self.world.movable.keys())
        found = {short_id_in(path.name): path for path in files}
        for short, content in self.world.films.items():
            assert found[short].read_bytes() == content
        for short in self.world.converted:
            check_media(found[short], expected_s=LESSON_S, tolerance_s=0.5, needs_video=True)
        now = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
        assert self.lives.watcher.digests == now  # so it was the whole file from its first moment on
        self._assert_pod_knows(files)
        self._assert_remembered()
        work = self.operator.folder / "work"
        assert [path.name for path in work.iterdir()] == []

    def _assert_pod_knows(self, files: list[Path]) -> None:
        pod = self.operator.pod
        assert pod is not None
        rows = pod.rows("SELECT file, file_size, date_added, recorder_id FROM recorder_recordingfiletreatment")
        assert sorted(row["file"] for row in rows) == [str(path) for path in files]
        for row in rows:
            assert (row["file_size"], row["recorder_id"]) == (Path(row["file"]).stat().st_size, 1)
            told = datetime.fromisoformat(row["date_added"]).replace(tzinfo=UTC)
            assert told == self.world.movable[short_id_in(row["file"])].start

    def _assert_remembered(self) -> None:
        with closing(sqlite3.connect(self.operator.ledger)) as ledger:
            rows = ledger.execute("SELECT record_id, state, attempts FROM bbbmig_effects WHERE effect = 'claim'")
            states = {short_id(record_id): (state, attempts) for record_id, state, attempts in rows}
        assert {short for short, (state, _) in states.items() if state == "done"} == self.world.movable.keys()
        assert {short: states[short] for short in self.world.hopeless} == dict.fromkeys(
            self.world.hopeless, ("failed", ATTEMPTS)
        )
        assert len(states) == len(self.world.recordings)


@pytest.fixture
def make_claimer(
    tmp_path: Path, operator_of: MakeOperator, serve_bbb: ServeBbb, pod: SamplePod, lesson: Lesson
) -> Iterator[MakeClaimer]:
    watchers: list[Watcher] = []

    def make(seed: int, *, bytes_per_s: float) -> Claimer:
        rng = random.Random(seed)
        world = make_world(tmp_path / "media", lesson, rng, videos=18, lessons=8, podcasts=2)
        bbb = serve_bbb(world.recordings, media=world.media, flavour="bbb-2.6")
        operator = operator_of(bbb=bbb, pod=pod)
        operator.set(converter__order=["render"])
        work = operator.folder / "work"
        work.mkdir()
        watcher = Watcher(folders={"recorder": operator.recorder, "work": work}, whole="recorder").__enter__()
        watchers.append(watcher)
        lives = Lives(
            operator=operator,
            command=COMMAND,
            watcher=watcher,
            rng=rng,
            arrived=lambda: pod.rows("SELECT count(*) AS n FROM recorder_recordingfiletreatment")[0]["n"],
            between=pod.check_directory,
        )
        return Claimer(world, operator, lives, Weather(bbb=bbb, rng=rng, bytes_per_s=bytes_per_s))

    yield make
    for watcher in watchers:
        watcher.__exit__(None, None, None)


def test_killed_fifty_times_over_thirty_recordings(make_claimer: MakeClaimer, seed: int) -> None:
    claimer = make_claimer(seed, bytes_per_s=20_000)
    assert len(claimer.world.recordings) == 30
    claimer.lives.die(KILLS, whole=len(claimer.world.movable))
    claimer.lives.end()
    sys.stderr.write(f"\n{claimer.lives.summary()}\n")
    claimer.assert_each_once_and_whole()
    assert claimer.lives.deaths.total() == KILLS
    assert claimer.lives.orphaned > 0  # or nothing would be proven of them


def test_pod_goes_away_and_the_server_is_busy_while_it_is_killed(
    make_claimer: MakeClaimer, pod: SamplePod, seed: int
) -> None:
    claimer = make_claimer(seed, bytes_per_s=400_000)
    claimer.weather.busy, claimer.weather.cut = 0.25, 0.15
    pod.fault("status", path="/rest/recordingfiletreatment/", method="POST", status=503, retry_after=0, times=3)
    lives = claimer.lives
    lives.live_and_die(enough=4)

    def pod_goes_away() -> None:
        wait_until(lambda: lives.arrived() >= 8, "nothing arrives")
        pod.stop()

    code, actions = lives.whole_life(during=pod_goes_away)
    assert (code, Counter(action["status"] for action in actions)["failed"] > 0) == (5, True)
    assert lives.whole_life() == (5, [])  # nothing is begun while Pod is away
    pod.start()
    lives.die(8, whole=len(claimer.world.movable))
    lives.end()
    sys.stderr.write(f"\n{lives.summary()}\n")
    claimer.assert_each_once_and_whole()
