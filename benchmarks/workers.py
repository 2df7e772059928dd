"""What a queue costs and brings: one and two workers, the overhead of a message, a million recordings on 200 workers.

`python benchmarks/workers.py [PRESENTATIONS] [FILMS]`. RabbitMQ, MariaDB, the sample BigBlueButton and the sample Pod
run here, too, and share the two cores with the workers. The aims are 1.85 times the rate with two workers, and 50 ms a
recording.
"""

import math
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import sqlalchemy as sa

from bbbmig.demo.bbb_playback import Media
from bbbmig.demo.bbb_server import SampleBbb
from bbbmig.demo.media import _film
from bbbmig.demo.pod_server import SamplePod
from bbbmig.demo.presentation import ffmpeg, make_presentation
from bbbmig.demo.recordings import meeting_recording
from bbbmig.domain.recording import Recording
from tests.brokers import start_rabbitmq
from tests.commands.operator_at_work import Operator, clean_environment, ended
from tests.databases import Server, start_mariadb

SPEED_UP, OVERHEAD_MS = 1.85, 50.0
LESSON_S = 20.0
MILLION, WORKERS, JOBS = 1_000_000, 200, 2
HOURS_AN_HOUR = 40.0
"""What one machine of two cores converts (docs/rendering.md)."""
LENGTH_H, GIGABYTES_AN_HOUR = 1.0, 0.3
BEAT_S, POLL_S = 20.0, 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """All servers of a migration, and whoever starts commands there."""

    operator: Operator
    database: Server
    ledger: sa.URL
    pod: SamplePod

    def scalar(self, statement: str) -> float:
        """Ask the database for one number."""
        engine = sa.create_engine(self.ledger, poolclass=sa.NullPool)
        with engine.connect() as connection:
            return float(connection.exec_driver_sql(statement).scalar() or 0)

    def statements(self) -> float:
        """Count what the database was asked so far."""
        engine = sa.create_engine(self.ledger, poolclass=sa.NullPool)
        with engine.connect() as connection:
            return float(connection.exec_driver_sql("SHOW GLOBAL STATUS LIKE 'Questions'").one()[1])


def recordings(count: int, form: str) -> list[Recording]:
    newest = datetime(2023, 5, 6, tzinfo=UTC)
    return [meeting_recording(f"room-{form}-{n}", "Cours", newest - timedelta(hours=n), form) for n in range(count)]


@contextmanager
def site(folder: Path, chosen: list[Recording], media: Media, broker: str, database: Server) -> Iterator[Site]:
    """Serve these recordings; the ledger and Pod know of none."""
    folder.mkdir()
    with ExitStack() as stack:
        bbb = stack.enter_context(SampleBbb(chosen, media=media, flavour="bbb-2.6"))
        pod = stack.enter_context(SamplePod(folder / "pod"))
        ledger = stack.enter_context(database.empty_database())
        (folder / "home" / "tmp").mkdir(parents=True)
        operator = Operator(folder=folder, environment=clean_environment(folder / "home"), bbb=bbb, pod=pod)
        text = ledger.render_as_string(hide_password=False)
        operator.set(ledger__url=text, queue__broker=broker, converter__order=["render"], log__file="")
        yield Site(operator=operator, database=database, ledger=ledger, pod=pod)


@contextmanager
def workers(site: Site, count: int) -> Iterator[None]:
    """Have so many at work, one recording each."""
    logs = [site.operator.folder / f"worker{n}.log" for n in range(count)]
    started = []
    for log in logs:
        with log.open("w") as out:
            started.append(site.operator.start("worker", "--jobs", "1", stdout=out, stderr=subprocess.STDOUT))
    try:
        while not all("at a time from" in log.read_text() for log in logs):
            time.sleep(0.05)
        yield
    finally:
        for one in started:
            one.send_signal(signal.SIGTERM)
        for one in started:
            one.wait()


def through_queue(site: Site, count: int, command: str, *options: str) -> float:
    """Run a command with so many workers; return the seconds from the moment of sending to the last end."""
    with workers(site, count):
        done = ended(site.operator.start(command, "--queue", "--json", *options))
        if done.code:
            raise SystemExit(done.err)
    return site.scalar("SELECT max(e.at) - min(r.at) FROM bbbmig_ends e JOIN bbbmig_runs r ON r.run = e.run")


def speed_up(folder: Path, lessons: int, broker: str, database: Server) -> float:
    """Convert the same presentations with one worker, and with two."""
    files = make_presentation(folder / "lesson", seconds=LESSON_S)
    chosen = recordings(lessons, "presentation 2.3")
    all_files = {f"/presentation/{one.record_id}/{name}": path for one in chosen for name, path in files.items()}
    media = Media(files=all_files, durations_s={one.record_id: LESSON_S for one in chosen})
    seconds = []
    for count in (1, 2):
        with site(folder / f"lessons{count}", chosen, media, broker, database) as here:
            seconds.append(through_queue(here, count, "claim"))
        rate = lessons * LESSON_S / seconds[-1]
        print(
            f"{count} worker(s): {lessons} presentations of {LESSON_S:g} s in {seconds[-1]:.1f} s, "
            f"{rate:.1f} times real time"
        )
    return seconds[0] / seconds[1]


def overhead(folder: Path, films: int, broker: str, database: Server) -> tuple[float, float, float]:
    """Publish the same small films without a queue and through it; return ms, statements and requests a recording."""
    path = folder / "film.mp4"
    ffmpeg(*_film(1, 1.0), str(path))
    chosen = recordings(films, "video")
    all_files = {f"/video/{one.record_id}/video-0.m4v": path for one in chosen}
    media = Media(files=all_files, durations_s={one.record_id: 1.0 for one in chosen})
    with site(folder / "plain", chosen, media, broker, database) as here:
        before = time.monotonic()
        ended(here.operator.start("claim", "--range", "1"))
        start_s = time.monotonic() - before
        before = time.monotonic()
        done = ended(here.operator.start("claim", "--json"))
        plain = time.monotonic() - before - start_s
        if done.code:
            raise SystemExit(done.err)
    with site(folder / "queued", chosen, media, broker, database) as here:
        asked, requests = here.statements(), len(here.pod.requests())
        queued = through_queue(here, 1, "claim")
        statements = (here.statements() - asked) / films
        to_pod = (len(here.pod.requests()) - requests) / films
    each = (queued - plain) / films * 1000
    print(
        f"{films} films of a second: {plain:.1f} s without a queue, {queued:.1f} s through it: "
        f"{each:.0f} ms a recording"
    )
    print(f"through it: {statements:.0f} statements to the ledger and {to_pod:.1f} requests to Pod a recording")
    return each, statements, to_pod


def listing_ms(folder: Path, count: int = 100_000) -> float:
    """Return how long it takes to read the names in a directory of so many files: each task looks there once."""
    there = folder / "many"
    there.mkdir()
    for number in range(count):
        (there / f"Cours {number:012x}.mp4").touch()
    before = time.perf_counter()
    names = [one.name for one in os.scandir(there) if one.is_file(follow_symlinks=False)]
    taken = (time.perf_counter() - before) * 1000
    print(f"{len(names)} files waiting in the recorder's directory: {taken:.0f} ms a look (local disk)")
    return taken


def capacity(site_ledger: Server) -> float:
    """Return how many small transactions a second this MariaDB takes from one connection (it does not sync here)."""
    with site_ledger.empty_database() as url:
        engine = sa.create_engine(url)
        with engine.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE t (a INT PRIMARY KEY, b DOUBLE)")
            connection.exec_driver_sql("INSERT INTO t VALUES (1, 0)")
        ends, count = time.monotonic() + 3.0, 0
        while time.monotonic() < ends:
            with engine.begin() as connection:
                connection.exec_driver_sql("UPDATE t SET b = b + 1 WHERE a = 1")
            count += 1
        engine.dispose()
    print(f"the ledger's MariaDB takes {count / 3:.0f} small transactions a second from one connection here")
    return count / 3


def million(overhead_ms: float, statements: float, to_pod: float, look_ms: float, transactions: float) -> None:
    """Say what a million recordings on 200 workers ask of everybody, with these figures."""
    of_one_s = LENGTH_H / (HOURS_AN_HOUR / JOBS) * 3600 + overhead_ms / 1000
    per_s = WORKERS * JOBS / of_one_s
    days = MILLION / per_s / 86400
    beats = WORKERS * JOBS / BEAT_S + WORKERS / BEAT_S + 3 / POLL_S
    asked = per_s * statements + beats
    print(
        f"\n{MILLION:,} recordings of {LENGTH_H:g} h on {WORKERS} workers with {JOBS} jobs: "
        f"{per_s:.2f} a second, {days:.1f} days"
    )
    rows = [
        (
            "ledger",
            f"{asked:.0f} statements/s",
            f"{asked / (2 * transactions):.0%} of one connection's two a transaction",
        ),
        (
            "broker",
            f"{per_s * 2:.1f} messages/s",
            "RabbitMQ takes thousands; a million messages of 1 kB are 1 GB at once",
        ),
        (
            "Pod, requests",
            f"{per_s * to_pod:.0f} requests/s",
            f"{math.ceil(per_s * to_pod * 0.1)} processes at 100 ms each",
        ),
        (
            "Pod, bytes",
            f"{per_s * LENGTH_H * GIGABYTES_AN_HOUR * 8:.1f} Gbit/s",
            "its network, and its disk, come first",
        ),
        (
            "directory",
            f"{per_s * look_ms * 10 / 1000:.1f} s of looks a second",
            "with a million files waiting in it at once",
        ),
    ]
    for name, load, remark in rows:
        print(f"  {name:<14} {load:<24} {remark}")


def main() -> None:
    lessons, films = (*map(int, sys.argv[1:]), *(8, 60)[len(sys.argv) - 1 :])
    broker = start_rabbitmq()
    database, process = start_mariadb()
    try:
        with tempfile.TemporaryDirectory(prefix="bbbmig-") as temporary:
            folder = Path(temporary)
            each, statements, to_pod = overhead(folder, films, broker.url, database)
            times = speed_up(folder, lessons, broker.url, database)
            print(f"two workers: {times:.2f} times as fast (aim {SPEED_UP})")
            million(each, statements, to_pod, listing_ms(folder), capacity(database))
    finally:
        process.stop()
        broker.stop()
    if times < SPEED_UP or each > OVERHEAD_MS:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
