"""A run may be stopped at any moment, politely or not: nothing is lost, nothing is there twice or left behind."""

import os
import resource
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from bbbmig.demo.bbb_faults import Fault
from bbbmig.demo.bbb_http import Request, Response
from bbbmig.demo.bbb_playback import Media
from bbbmig.demo.media import _film
from bbbmig.demo.pod_server import SamplePod
from bbbmig.demo.presentation import ffmpeg
from bbbmig.demo.recordings import many_recordings
from bbbmig.ledger import Ledger
from tests.bbb_server import ServeBbb
from tests.commands.conftest import MakeOperator
from tests.commands.operator_at_work import Operator, children_of, ended
from tests.made_once import made_once
from tests.waiting import WAIT_S, wait_until

BULK = "/rest/external_recordings/bulk/"
FILES = "/rest/recordingfiletreatment/"
COUNT = 3
RECORDINGS = tuple(many_recordings(COUNT))


@pytest.fixture(scope="session")
def three_videos(tmp_path_factory: pytest.TempPathFactory) -> Media:
    """A film of its own for each of three recordings."""
    return made_once(tmp_path_factory, "three-videos", _three_videos)


def _three_videos(folder: Path) -> Media:
    files: dict[str, Path] = {}
    for number, one in enumerate(RECORDINGS):
        path = folder / f"{number}.mp4"
        ffmpeg(*_film(number, 3.0), str(path))
        files[f"/video/{one.record_id}/video-0.m4v"] = path
    return Media(files=files, durations_s={one.record_id: 3.0 for one in RECORDINGS})


@pytest.fixture
def mover(operator_of: MakeOperator, serve_bbb: ServeBbb, sample_pod: SamplePod, three_videos: Media) -> Operator:
    """An operator of three recordings, each with a video."""
    return operator_of(bbb=serve_bbb(RECORDINGS, media=three_videos), pod=sample_pod)


def posts(pod: SamplePod, path: str) -> int:
    return sum(request.path.startswith(path) for request in pod.requests("POST"))


def links(pod: SamplePod) -> Counter[str]:
    return Counter(str(row["source_url"]) for row in pod.rows("SELECT source_url FROM import_video_externalrecording"))


def films(mover: Operator) -> list[Path]:
    return sorted(path for path in mover.recorder.iterdir() if not path.name.startswith("."))


def parts(mover: Operator) -> list[Path]:
    return sorted(mover.recorder.glob(".bbbmig/*.part"))


def unlocked(mover: Operator) -> bool:
    """Tell whether the next run may begin."""
    with Ledger(f"sqlite:///{mover.ledger}") as ledger, ledger.locked("the test"):
        return True


def assert_each_once_and_whole(mover: Operator, pod: SamplePod, media: Media) -> None:
    assert sorted(path.read_bytes() for path in films(mover)) == sorted(p.read_bytes() for p in media.files.values())
    rows = pod.rows("SELECT file, file_size, date_added FROM recorder_recordingfiletreatment")
    assert sorted((row["file"], row["file_size"]) for row in rows) == [(str(p), p.stat().st_size) for p in films(mover)]
    starts = sorted(f"{one.start:%Y-%m-%d %H:%M:%S}" for one in RECORDINGS)
    assert sorted(str(row["date_added"])[:19] for row in rows) == starts
    assert [path for path in mover.dropped if path.name.startswith(".")] == []


def kill(process: subprocess.Popen[str], pod: SamplePod) -> None:
    os.kill(process.pid, signal.SIGKILL)
    ended(process)
    pod.heal()  # of what had not struck yet


def test_killed_before_pod_has_the_links(mover: Operator, sample_pod: SamplePod) -> None:
    sample_pod.fault("slow", path=BULK, seconds=1.5, times=1)
    process = mover.start("import-links")
    wait_until(lambda: posts(sample_pod, BULK), "no request")
    kill(process, sample_pod)
    assert mover.run("import-links").code == 0
    wait_until(lambda: all(r.status for r in sample_pod.requests("POST")), "Pod works on")
    assert len(links(sample_pod)) == COUNT
    assert set(links(sample_pod).values()) == {1}


def test_killed_between_pods_effect_and_the_ledger(mover: Operator, sample_pod: SamplePod) -> None:
    mover.set(pod__timeout_s=60)
    sample_pod.fault("cut", path=BULK, late=True, times=1)
    sample_pod.fault("slow", path=BULK, seconds=30, times=1)  # the second attempt, after the first took effect
    process = mover.start("import-links")
    wait_until(lambda: len(links(sample_pod)) == COUNT, "no links")
    kill(process, sample_pod)
    again = mover.json("import-links")
    assert again.counts == {"skipped": COUNT}
    assert set(links(sample_pod).values()) == {1}
    sample_pod.rows("DELETE FROM import_video_externalrecording")  # by hand: the ledger knew them nevertheless
    assert {action["reason"] for action in mover.json("import-links").actions} == {"removed in Pod since"}


def test_killed_while_downloading(mover: Operator, sample_pod: SamplePod, three_videos: Media) -> None:
    process = mover.start("claim", "--bwlimit", "100k", "--jobs", "3")
    wait_until(lambda: any(part.stat().st_size > 8000 for part in parts(mover)), "nothing came")
    kill(process, sample_pod)
    assert films(mover) == []
    assert parts(mover)
    assert mover.json("claim").counts == {"done": COUNT}
    assert mover.bbb is not None
    assert any(request.headers.get("Range") for request in mover.bbb.requests)
    assert_each_once_and_whole(mover, sample_pod, three_videos)


def test_killed_between_the_name_and_the_registration(
    mover: Operator, sample_pod: SamplePod, three_videos: Media
) -> None:
    sample_pod.fault("slow", path=FILES, method="GET", skip=1, seconds=30, times=1)  # the look before the first POST
    process = mover.start("claim")
    wait_until(lambda: films(mover), "no film")
    kill(process, sample_pod)
    assert posts(sample_pod, FILES) == 0
    sample_pod.check_directory()  # Pod's cron finds the file that nobody told it of
    again = mover.json("claim")
    assert Counter(action["kind"] for action in again.actions) == {"register": 1, "download": 2}
    assert_each_once_and_whole(mover, sample_pod, three_videos)


def test_killed_between_the_registration_and_the_ledger(
    mover: Operator, sample_pod: SamplePod, three_videos: Media
) -> None:
    sample_pod.fault("slow", path=FILES, method="GET", skip=2, seconds=30, times=1)  # reading back what was registered
    process = mover.start("claim")
    wait_until(lambda: sample_pod.rows("SELECT 1 FROM recorder_recordingfiletreatment"), "nothing registered")
    kill(process, sample_pod)
    assert mover.json("claim").counts.get("failed") is None
    assert posts(sample_pod, FILES) == COUNT
    assert_each_once_and_whole(mover, sample_pod, three_videos)


@pytest.mark.parametrize(("sign", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_stopped_while_downloading(
    mover: Operator, sample_pod: SamplePod, three_videos: Media, sign: signal.Signals, code: int
) -> None:
    process = mover.start("claim", "--bwlimit", "100k", "--jobs", "2")
    wait_until(lambda: any(part.stat().st_size > 8000 for part in parts(mover)), "nothing came")
    process.send_signal(sign)
    end = ended(process)
    assert end.code == code
    assert "run the same command again to go on" in end.err
    assert "Traceback" not in end.err
    assert end.last_line.endswith(f"exit code {code} ({'interrupted (Ctrl-C)' if code == 130 else 'ended by SIGTERM'})")
    assert films(mover) == []
    assert children_of(process.pid) == []
    assert unlocked(mover)
    assert mover.json("claim").counts == {"done": COUNT}
    assert_each_once_and_whole(mover, sample_pod, three_videos)


def test_stopped_while_the_server_makes_its_list(mover: Operator) -> None:
    assert mover.bbb is not None
    mover.bbb.faults.append(Fault(kind="wait", delay_s=WAIT_S))
    process = mover.start("import-links", "--json")
    wait_until(lambda: mover.bbb and mover.bbb.asked_for, "not asked")
    process.send_signal(signal.SIGINT)
    end = ended(process)
    assert end.code == 130
    assert end.end["exit_code"] == 130
    assert unlocked(mover)
    assert not list(mover.cache.rglob("*.xml"))


def test_stopped_while_pod_makes_the_links(mover: Operator, sample_pod: SamplePod) -> None:
    sample_pod.fault("slow", path=BULK, seconds=1.5, times=1)
    process = mover.start("import-links")
    wait_until(lambda: posts(sample_pod, BULK), "no request")
    process.send_signal(signal.SIGTERM)
    assert ended(process).code == 143
    assert unlocked(mover)
    wait_until(lambda: len(links(sample_pod)) == COUNT, "Pod works on")
    assert mover.json("import-links").counts == {"skipped": COUNT}


def test_a_program_that_looks_into_a_file_is_not_left_behind(
    mover: Operator, sample_pod: SamplePod, three_videos: Media
) -> None:
    programs = mover.folder / "programs"
    programs.mkdir()
    slow = programs / "ffprobe"
    slow.write_text("#!/bin/sh\nexec sleep 600\n")
    slow.chmod(0o755)
    process = mover.start("claim", env={"PATH": f"{programs}:{os.environ['PATH']}"})
    wait_until(lambda: children_of(process.pid), "ffprobe does not run")
    (child,) = children_of(process.pid)
    process.send_signal(signal.SIGTERM)
    end = ended(process)
    assert end.code == 143
    assert not Path(f"/proc/{child}").exists()
    assert mover.json("claim").counts == {"done": COUNT}
    assert_each_once_and_whole(mover, sample_pod, three_videos)


def test_a_disk_that_gets_full_leaves_nothing_half_done(
    mover: Operator, sample_pod: SamplePod, three_videos: Media
) -> None:
    """A limit on the size of files stands for the disk: the system says no in the middle of a film."""
    process = mover.start("claim", preexec_fn=_small_files(90_000))
    end = ended(process)
    assert end.code == 4
    assert "0 done, 0 failed" in end.last_line
    assert "is full" in end.err
    assert films(mover) == []
    assert parts(mover) == []  # whatever else lives on that disk needs the room more
    assert posts(sample_pod, FILES) == 0
    assert mover.json("claim").counts == {"done": COUNT}
    assert_each_once_and_whole(mover, sample_pod, three_videos)


def _small_files(limit: int) -> Callable[[], None]:
    """Return what a process does before it becomes bbbmig: allow itself only small files."""

    def before() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # so that writing fails instead of killing
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    return before


def test_a_page_that_never_ends_is_left_when_asked(mover: Operator) -> None:
    assert mover.bbb is not None
    good = mover.bbb.playbacks.respond
    asked: list[Request] = []

    def hanging(request: Request) -> Response:
        asked.append(request)
        assert mover.bbb is not None
        mover.bbb._stopping.wait(WAIT_S)
        return good(request)

    mover.bbb.playbacks.respond = hanging  # type: ignore[method-assign] # that is the mishap
    program = "from bbbmig.apply import executor; executor.PATIENCE_S = 0.5; from bbbmig.cli.main import main; main()"
    process = mover.start("claim", program=[sys.executable, "-c", program])
    wait_until(lambda: asked, "not asked")
    process.send_signal(signal.SIGTERM)
    end = ended(process)
    assert end.code == 143
    assert "does not stop: leaving it to the next run" in end.err
    assert unlocked(mover)
