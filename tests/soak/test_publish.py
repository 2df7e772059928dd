"""`bbbmig publish`, killed with -9 again and again: each recording is one whole draft of its owner in the end."""

import csv
import random
import sqlite3
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path

from bbbmig.convert.probe import check_media
from bbbmig.demo.pod_server import SamplePod
from bbbmig.domain.file_names import short_id, short_id_in
from bbbmig.domain.recording import Recording
from tests.bbb_server import ServeBbb
from tests.commands.conftest import MakeOperator
from tests.commands.operator_at_work import Operator
from tests.soak.lives import MOMENTS, Lives, is_file
from tests.soak.watch import Watcher
from tests.soak.world import LESSON_S, Lesson, Weather, World, make_world
from tests.waiting import wait_until

KILLS = 20
OWNERS = ("staffonly", "stu")


def test_killed_while_it_publishes(
    tmp_path: Path, operator_of: MakeOperator, serve_bbb: ServeBbb, pod: SamplePod, lesson: Lesson, seed: int
) -> None:
    rng = random.Random(seed)
    world = make_world(tmp_path / "media", lesson, rng, videos=7, lessons=2, podcasts=1)
    bbb = serve_bbb(world.recordings, media=world.media, flavour="bbb-2.6")
    Weather(bbb=bbb, rng=rng, bytes_per_s=300_000)
    operator = operator_of(bbb=bbb, pod=pod)
    whose = {one.record_id: OWNERS[number % 2] for number, one in enumerate(world.recordings)}
    operator.set(converter__order=["render"], owners__file=_said(tmp_path / "owners.csv", whose))
    (operator.folder / "work").mkdir()
    folders = {"recorder": operator.recorder, "work": operator.folder / "work"}
    with Watcher(folders=folders, whole="recorder") as watcher:
        lives = Lives(
            operator=operator,
            command=("publish", "--jobs", "2", "--bwlimit", "60k"),
            watcher=watcher,
            rng=rng,
            arrived=lambda: pod.rows("SELECT count(*) AS n FROM video_video")[0]["n"],
            between=lambda: None,
            moments={**MOMENTS, "sending": (lambda event: is_file(event) and bool(short_id_in(event.name)), 2.0, 10)},
        )
        lives.die(KILLS, whole=len(world.movable))
        lives.end()
    sys.stderr.write(f"\n{lives.summary()}\n")
    _assert_one_whole_draft_each(world, pod, whose)
    _assert_remembered(world, operator, whose)
    assert [
        path for folder in folders.values() for path in folder.rglob("*") if path.is_file() and path.name != "ledger"
    ] == []
    assert watcher.wrong == []
    assert lives.deaths.total() == KILLS
    sent = [request.path for request in pod.requests("POST")].count("/rest/videos/")
    assert sent > len(world.movable)  # some were cut, or nothing would be proven of them


def _said(path: Path, whose: dict[str, str]) -> Path:
    """Let people have said whose recordings are."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, delimiter=";")
        rows.writerows([("owners", "record_id"), *((names, record_id) for record_id, names in whose.items())])
    return path


def _assert_one_whole_draft_each(world: World, pod: SamplePod, whose: dict[str, str]) -> None:
    wait_until(lambda: not pod.rows("SELECT 1 FROM video_video WHERE NOT encoded"), "some are not encoded")
    rows = pod.rows(
        "SELECT v.title, v.video, v.date_added, v.is_draft, u.username AS owner"
        " FROM video_video v JOIN auth_user u ON u.id = v.owner_id"
    )
    drafts = Counter((row["owner"], row["title"], str(row["date_added"])[:19], row["is_draft"]) for row in rows)
    expected = {short: (whose[one.record_id], one.title, _start(one), 1) for short, one in world.movable.items()}
    assert drafts == Counter(expected.values())
    files = {(row["owner"], str(row["date_added"])[:19]): pod.directory / "media" / str(row["video"]) for row in rows}
    for short, (owner, _, start, _) in expected.items():
        if short in world.converted:
            check_media(files[owner, start], expected_s=LESSON_S, tolerance_s=0.5, needs_video=True)
        else:
            assert files[owner, start].read_bytes() == world.films[short]


def _assert_remembered(world: World, operator: Operator, whose: dict[str, str]) -> None:
    with closing(sqlite3.connect(operator.ledger)) as ledger:
        rows = ledger.execute("SELECT record_id, target, state FROM bbbmig_effects WHERE effect = 'publish'").fetchall()
    given = {(short_id(record_id), target) for record_id, target, state in rows if target and state == "done"}
    assert given == {(short, whose[one.record_id]) for short, one in world.movable.items()}
    assert {short_id(record_id) for record_id, _, state in rows if state == "failed"} == world.hopeless


def _start(one: Recording) -> str:
    assert one.start is not None
    return f"{one.start:%Y-%m-%d %H:%M:%S}"
