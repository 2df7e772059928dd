"""`bbbmig mirror`, killed with -9 fifty times over forty recordings: what bears a name is whole at any moment."""

import random
import signal
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bbbmig.demo.bbb_playback import Media
from bbbmig.demo.recordings import meeting_recording
from tests.bbb_server import ServeBbb
from tests.commands.conftest import MakeOperator
from tests.soak.world import LESSON_S, Lesson, Weather

KILLS, RECORDINGS = 50, 40
_NEWEST = datetime(2023, 5, 6, 12, 30, tzinfo=UTC)
_LONGEST_S = 60.0


def torn(mirror: Path, files: dict[str, Path]) -> list[str]:
    """Name the files of a mirror that are not, byte for byte, those of the server."""
    there = [path for path in mirror.rglob("*") if path.is_file() and ".bbbmig" not in path.parts]
    served = {path: files.get(f"/{path.relative_to(mirror)}") for path in there}
    return [
        str(path)
        for path, source in served.items()
        if path.name != "metadata.xml" and (source is None or path.read_bytes() != source.read_bytes())
    ]


def test_killed_fifty_times_over_forty_recordings(
    operator_of: MakeOperator, serve_bbb: ServeBbb, lesson: Lesson, tmp_path: Path, seed: int
) -> None:
    rng = random.Random(seed)
    recordings = [
        meeting_recording(f"room-{number}", "Cours", _NEWEST - timedelta(days=number), "presentation 2.3")
        for number in range(RECORDINGS)
    ]
    files = {f"/presentation/{one.record_id}/{name}": path for one in recordings for name, path in lesson.items()}
    lengths = {one.record_id: LESSON_S for one in recordings}
    bbb = serve_bbb(recordings, flavour="bbb-2.6", media=Media(files=files, durations_s=lengths))
    Weather(bbb=bbb, rng=rng, bytes_per_s=1_000_000, busy=0.02, cut=0.05)
    operator = operator_of(bbb=bbb)
    mirror = tmp_path / "mirror"
    operator.set(mirror__directory=mirror)
    deaths = most = 0
    while deaths < KILLS:
        before = len(bbb.requests)
        process = operator.start("mirror", "--jobs", "3", "-q")
        enough = before + rng.randint(1, 2 * len(files) // KILLS)
        until = time.monotonic() + _LONGEST_S
        while process.poll() is None and len(bbb.requests) < enough and time.monotonic() < until:
            time.sleep(0.005)
        time.sleep(rng.random() * 0.02)
        ended = process.poll()
        process.send_signal(signal.SIGKILL)
        process.communicate()
        deaths += ended is None
        assert torn(mirror, files) == []
        most = max(most, len(bbb.requests) - before)
    for _ in range(5):
        if operator.run("mirror").code == 0:
            break
    assert operator.json("mirror", "--verify").counts == {"done": RECORDINGS}
    assert torn(mirror, files) == []
    assert {f"/{path.relative_to(mirror)}" for path in mirror.rglob("*.webm")} == {
        name for name in files if name.endswith(".webm")
    }
    sys.stderr.write(f"\nkilled {deaths} times, {len(bbb.requests)} requests in all, {most} at most in one life\n")
    assert deaths == KILLS
