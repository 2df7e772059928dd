"""A university that has published, for benchmarks: a sample Pod with its videos and links, a ledger that knows them."""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from bbbmig.demo.pod_server import SamplePod
from bbbmig.demo.recordings import many_recordings
from bbbmig.domain.history import Effect, Entry, State
from bbbmig.ledger import Ledger
from benchmarks.commands import PEOPLE


def fill(pod: SamplePod, *, videos: int, links: int = 0, seconds: int = 60) -> None:
    """Put people, their videos of so many seconds, and their links into Pod's tables."""
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
            " VALUES (?, 'x.mp4', 'x', 'fr', ?, '', ?, ?, 'fr', 1, 0, 1, '', 0, 1, ?)",
            ((1 + n, f"{1 + n:04d}-x", 100 + n % PEOPLE, now, seconds) for n in range(videos)),
        )
        if database.execute("SELECT 1 FROM sqlite_master WHERE name = 'video_playlistvideo'").fetchone():
            database.executemany(
                "INSERT INTO video_playlistvideo (name, video_id, encoding_format)"
                " VALUES ('playlist', ?, 'application/x-mpegURL')",
                ((1 + n,) for n in range(videos)),
            )
        database.executemany(
            "INSERT INTO import_video_externalrecording (name, start_at, type, source_url, owner_id, site_id)"
            " VALUES ('x', ?, 'bigbluebutton', ?, ?, 1)",
            (
                (now, f"https://old.univ.fr/playback/presentation/2.3/{one.record_id}", 100 + n % PEOPLE)
                for n, one in enumerate(many_recordings(videos + links))
                if n >= videos
            ),
        )
    database.close()


def remember(config: str, host: str, *, videos: int, links: int = 0) -> None:
    """Let the ledger call all of it done."""
    text = Path(config).read_text(encoding="utf-8")
    url = next(line.partition('"')[2].rstrip('"') for line in text.splitlines() if line.startswith('url = "sqlite'))
    rows = [
        Entry(
            record_id=one.record_id,
            effect=Effect.PUBLISH if number < videos else Effect.LINK,
            state=State.DONE,
            target=f"person{number % PEOPLE}",
            location=f"{1 + number:04d}-x" if number < videos else str(number),
        )
        for number, one in enumerate(many_recordings(videos + links))
    ]
    with Ledger(url) as ledger:
        ledger.write(host, rows)
