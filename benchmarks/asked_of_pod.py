"""What it takes to ask Pod of 10,000 videos that were published before: `python benchmarks/asked_of_pod.py`.

`publish --dry` over 10,000 recordings of 800 people, all of which the ledger calls done and the sample Pod has; once
with our file in Pod, once with a stock Pod, and the same without anything in the ledger, which is the floor.
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

COUNT = 10_000
PROMISED_S = 10.0


def main() -> None:
    print(f"load of this machine: {os.getloadavg()[0]:.2f}; {os.cpu_count()} cores")
    server = (sys.executable, "-m", "bbbmig.demo.bbb_server", "--recordings", str(COUNT))
    with tempfile.TemporaryDirectory() as name, serving(*server) as (url, secret):
        folder = Path(name)
        for extension in (True, False):
            with SamplePod(folder / f"pod-{extension}", extension=extension) as pod:
                fill(pod)
                config = settings(folder, url, secret, pod)
                command = [*BBBMIG, "--config", config, "publish", "--dry", "-q", *owners(folder, PEOPLE, COUNT)]
                floor = run(command)
                remember(config, urlsplit(url).netloc)
                before = len(pod.requests())
                figures = run(command)
                asked = Counter(one.path for one in pod.requests()[before:])
                print(f"  {'our file in Pod' if extension else 'a stock Pod'}")
                print(f"    nothing done before  {floor}")
                kept = verdict(figures, seconds=PROMISED_S) if extension else ""
                print(f"    all done before      {figures} {kept}")
                print(f"    {asked.total()} requests: {', '.join(f'{n} {path}' for path, n in asked.most_common(5))}")


def fill(pod: SamplePod) -> None:
    """Put people and their videos into Pod's tables."""
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
            " VALUES (?, 'x.mp4', 'x', 'fr', ?, '', ?, ?, 'fr', 1, 0, 1, '', 0, 1, 60)",
            ((1 + n, f"{1 + n:04d}-x", 100 + n % PEOPLE, now) for n in range(COUNT)),
        )
        database.executemany(
            "INSERT INTO video_playlistvideo (name, video_id, encoding_format)"
            " VALUES ('playlist', ?, 'application/x-mpegURL')",
            ((1 + n,) for n in range(COUNT)),
        )
    database.close()


def remember(config: str, host: str) -> None:
    """Let the ledger call all of it done."""
    text = Path(config).read_text(encoding="utf-8")
    url = next(line.partition('"')[2].rstrip('"') for line in text.splitlines() if line.startswith('url = "sqlite'))
    rows = [
        Entry(
            record_id=one.record_id,
            effect=Effect.PUBLISH,
            state=State.DONE,
            target=f"person{number % PEOPLE}",
            location=f"{1 + number:04d}-x",
        )
        for number, one in enumerate(many_recordings(COUNT))
    ]
    with Ledger(url) as ledger:
        ledger.write(host, rows)


if __name__ == "__main__":
    main()
