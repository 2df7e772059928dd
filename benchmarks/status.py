"""How long `status` takes for a large university: `python benchmarks/status.py`.

100,000 recordings on the old server, 60,000 of them videos of 800 people in the sample Pod, 20,000 links; the ledger
remembers all of it. Once with our file in Pod, once with a stock Pod. The requests are counted: one a page or a person,
none for each recording.
"""

import os
import sqlite3
import sys
import tempfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).parents[1]))

from bbbmig.demo.pod_server import SamplePod
from bbbmig.demo.recordings import many_recordings
from bbbmig.domain.history import Effect, Entry, State
from bbbmig.ledger import Ledger
from benchmarks.commands import PEOPLE, owners, settings
from benchmarks.processes import BBBMIG, run, serving, verdict

RECORDINGS, VIDEOS, LINKS = 100_000, 60_000, 20_000
PROMISED_S, PROMISED_MIB = 60.0, 400.0
NOT_YET = 3


def main() -> None:
    print(f"load of this machine: {os.getloadavg()[0]:.2f}; {os.cpu_count()} cores")
    server = (sys.executable, "-m", "bbbmig.demo.bbb_server", "--recordings", str(RECORDINGS))
    with tempfile.TemporaryDirectory() as name, serving(*server) as (url, secret):
        folder = Path(name)
        for extension in (True, False):
            with SamplePod(folder / f"pod-{extension}", extension=extension) as pod:
                fill(pod)
                config = settings(folder, url, secret, pod)
                remember(config, urlsplit(url).netloc)
                command = [*BBBMIG, "--config", config, "status", "-q", *owners(folder, PEOPLE, RECORDINGS)]
                floor = run([*BBBMIG, "--config", config, "export-csv", str(folder / "out.csv"), "--moodle", "none"])
                before = len(pod.requests())
                figures = run(command, may_end=(NOT_YET,))
                asked = Counter(one.path for one in pod.requests()[before:])
                kept = verdict(figures, seconds=PROMISED_S, mebibytes=PROMISED_MIB)
                print(f"  {'our file in Pod' if extension else 'a stock Pod'}")
                print(f"    the list as CSV      {floor}")
                print(f"    status               {figures} {kept}")
                print(f"    {asked.total()} requests: {', '.join(f'{n} {path}' for path, n in asked.most_common(5))}")


def fill(pod: SamplePod) -> None:
    """Put people, their videos and their links into Pod's tables."""
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")
    database = sqlite3.connect(pod.directory / "db.sqlite3", timeout=60)
    with database:
        database.executemany(
            "INSERT INTO auth_user (id, username, first_name, last_name, email, password, is_staff, is_active,"
            " is_superuser, date_joined) VALUES (?, ?, '', '', '', '', 1, 1, 0, ?)",
            ((100 + number, f"person{number}", now) for number in range(PEOPLE)),
        )
        database.executemany(
            "INSERT INTO video_video (id, video, title, title_language, slug, description, owner_id, date_added,"
            " main_lang, is_draft, is_restricted, type_id, licence, encoding_in_progress, encoded, duration)"
            " VALUES (?, 'x.mp4', 'x', 'fr', ?, '', ?, ?, 'fr', 1, 0, 1, '', 0, 1, 7200)",
            ((1 + n, f"{1 + n:04d}-x", 100 + n % PEOPLE, now) for n in range(VIDEOS)),
        )
        if database.execute("SELECT 1 FROM sqlite_master WHERE name = 'video_playlistvideo'").fetchone():
            database.executemany(
                "INSERT INTO video_playlistvideo (name, video_id, encoding_format)"
                " VALUES ('playlist', ?, 'application/x-mpegURL')",
                ((1 + n,) for n in range(VIDEOS)),
            )
        database.executemany(
            "INSERT INTO import_video_externalrecording (name, start_at, type, source_url, owner_id, site_id)"
            " VALUES ('x', ?, 'bigbluebutton', ?, ?, 1)",
            (
                (now, f"https://old.univ.fr/playback/presentation/2.3/{one.record_id}", 100 + n % PEOPLE)
                for n, one in enumerate(many_recordings(VIDEOS + LINKS))
                if n >= VIDEOS
            ),
        )
    database.close()


def remember(config: str, host: str) -> None:
    """Let the ledger remember all of it."""
    text = Path(config).read_text(encoding="utf-8")
    url = next(line.partition('"')[2].rstrip('"') for line in text.splitlines() if line.startswith('url = "sqlite'))
    rows = [
        Entry(
            record_id=one.record_id,
            effect=Effect.PUBLISH if number < VIDEOS else Effect.LINK,
            state=State.DONE,
            target=f"person{number % PEOPLE}",
            location=f"{1 + number:04d}-x" if number < VIDEOS else str(number),
        )
        for number, one in enumerate(many_recordings(VIDEOS + LINKS))
    ]
    with Ledger(url) as ledger:
        ledger.write(host, rows)


if __name__ == "__main__":
    main()
