"""Measures how fast owners are found: `python benchmarks/moodle_owners.py [mysql|postgresql]`.

A large university: 50,000 recordings, 12,000 activities, 40,000 users, some 235,000 role assignments, on a private
MariaDB and a private PostgreSQL. Each measurement is a process of its own, so that its memory is bbbmig's;
every owner is compared with the truth. Beside it: the floor, the very same statements sent again by the bare driver,
their rows read and dropped; and the same search for one recording at a time.
"""

import json
import os
import pickle
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa

sys.path.insert(0, str(Path(__file__).parents[1]))

from bbbmig.cli.main import collect_seldom
from bbbmig.database.read_only import read_only_engine
from bbbmig.domain.owner import Ownership
from bbbmig.domain.recording import Recording
from bbbmig.moodle import MoodleSource
from benchmarks.processes import peak_mebibytes
from tests.databases import Server, start_mariadb, start_postgresql
from tests.moodle.schema import Database
from tests.moodle.sources import asking, source_of
from tests.moodle.university.build import build
from tests.moodle.university.model import FOUR, IGNORED, Size, Truth

SIZE = Size(
    courses=6200, activities=12_900, teachers=4000, students=36_000, students_per_course=37, sessions=47_200, joins=2
)
LIMITS = {"floors": 5.0, "mebibytes": 250.0, "statements": 500}
ONE_BY_ONE = 300
STARTS = {"mysql": start_mariadb, "postgresql": start_postgresql}


def main(names: Sequence[str]) -> int:
    print(f"load of this machine: {os.getloadavg()[0]:.2f}; {os.cpu_count()} cores")
    there = build(FOUR, SIZE)
    recordings = there.recordings
    rows = {table: len(rows) for table, rows in there.rows.items()}
    print(
        f"{len(recordings)} recordings, {rows['bigbluebuttonbn']} activities, {rows['user']} users, "
        f"{rows['role_assignments']} role assignments, {rows['bigbluebuttonbn_logs']} log entries"
    )
    good = True
    with tempfile.TemporaryDirectory() as folder:
        for name in names or STARTS:
            server, process = STARTS[name]()
            try:
                good &= _measured(server, Path(folder), recordings, there.rows, there.truth)
            finally:
                process.stop()
    return 0 if good else 1


def _measured(
    server: Server,
    folder: Path,
    recordings: Sequence[Recording],
    rows: Any,  # noqa: ANN401 - of the generator
    truth: dict[str, Truth],
) -> bool:
    with server.empty_database() as url:
        Database(url=url).fill(rows, with_view=True)
        given, found = folder / "given", folder / "found"
        given.write_bytes(pickle.dumps((source_of(Database(url=url)), recordings)))
        done = subprocess.run(
            [sys.executable, __file__, "--measure", given, found], check=True, stdout=subprocess.PIPE, text=True
        )
    figures: dict[str, float] = json.loads(done.stdout)
    results: list[Ownership] = pickle.loads(found.read_bytes())
    wrong = sum(Truth.of(result) != truth[result.record_id] for result in results)
    per_second = len(recordings) / figures["seconds"]
    print(
        f"{url.get_backend_name()}: {len(results)} in {figures['seconds']:.2f} s ({per_second:,.0f}/s; of our own "
        f"processor time {figures['processor_seconds']:.2f} s), {figures['floors']:.2f} times the floor of "
        f"{figures['floor_seconds']:.2f} s, {figures['mebibytes']:.0f} MiB, "
        f"{figures['statements']:.0f} statements, {wrong} wrong; one by one: "
        f"{ONE_BY_ONE / figures['one_by_one_seconds']:,.0f}/s"
    )
    over = [f"{name} > {limit}" for name, limit in LIMITS.items() if figures[name] > limit]
    if over:
        print("  over the limit:", ", ".join(over))
    return not over and not wrong and len(results) == len(recordings)


def measure(given: Path, found: Path) -> None:
    """Find all owners, then a few one by one; print the figures as JSON."""
    source: MoodleSource
    recordings: list[Recording]
    source, recordings = pickle.loads(given.read_bytes())
    collect_seldom()  # as every command does
    sent: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, values: object, *_: object) -> None:
        sent.append((statement, values))

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    begin, processor = time.perf_counter(), time.process_time()
    with asking([source], ignored_servers=[IGNORED]) as owners:
        results = list(owners.find(recordings))
    figures = {
        "seconds": time.perf_counter() - begin,
        "processor_seconds": time.process_time() - processor,
        "mebibytes": peak_mebibytes(),
        "statements": len(sent),
    }
    sa.event.remove(sa.Engine, "before_cursor_execute", note)
    figures["floor_seconds"] = _floor(source, sent)
    figures["floors"] = figures["seconds"] / figures["floor_seconds"]
    found.write_bytes(pickle.dumps(results))
    begin = time.perf_counter()
    with asking([source], ignored_servers=[IGNORED]) as owners:
        for recording in recordings[:ONE_BY_ONE]:
            list(owners.find([recording]))
    figures["one_by_one_seconds"] = time.perf_counter() - begin
    print(json.dumps(figures))


def _floor(source: MoodleSource, sent: Sequence[tuple[str, Any]]) -> float:
    """Send the statements by the bare driver, and read all rows; return the seconds that it took."""
    begin = time.perf_counter()
    connection = read_only_engine(source.database).raw_connection()
    cursor = connection.cursor()
    for statement, values in sent:
        cursor.execute(statement, values)
        cursor.fetchall()
    connection.close()
    return time.perf_counter() - begin


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        measure(Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        sys.exit(main(sys.argv[1:]))
