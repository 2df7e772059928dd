"""An error of this machine ends a run with exit code 4 and parks nothing; what is parked is never exit code 0."""

import errno
import os
from pathlib import Path

import pytest

from bbbmig.demo.bbb_http import Request, Response
from bbbmig.demo.bbb_playback import Media
from bbbmig.demo.media import _film
from bbbmig.demo.pod_server import SamplePod
from bbbmig.demo.presentation import ffmpeg
from bbbmig.demo.recordings import many_recordings
from tests.bbb_server import ServeBbb
from tests.commands.conftest import MakeOperator
from tests.commands.operator_at_work import Operator
from tests.made_once import made_once

COUNT = 3
RECORDINGS = tuple(many_recordings(COUNT))
NIGHTS = 3
"""So often may a recording fail before it waits for a person."""


@pytest.fixture(scope="session")
def films(tmp_path_factory: pytest.TempPathFactory) -> Media:
    """The same film for each of three recordings."""
    return made_once(tmp_path_factory, "one-for-three", _films)


def _films(folder: Path) -> Media:
    path = folder / "film.mp4"
    ffmpeg(*_film(1, 3.0), str(path))
    files = {f"/video/{one.record_id}/video-0.m4v": path for one in RECORDINGS}
    return Media(files=files, durations_s={one.record_id: 3.0 for one in RECORDINGS})


@pytest.fixture
def mover(operator_of: MakeOperator, serve_bbb: ServeBbb, sample_pod: SamplePod, films: Media) -> Operator:
    """An operator of three recordings, each with a film; what is nobody's is published for the administrator."""
    mover = operator_of(bbb=serve_bbb(RECORDINGS, media=films), pod=sample_pod)
    mover.set(publish__unknown_owner="administrator", publish__type=1)
    return mover


def delivered(mover: Operator, pod: SamplePod, command: str) -> int:
    """Count what has arrived."""
    if command == "publish":
        return len(pod.rows("SELECT id FROM video_video"))
    assert [path.name for path in mover.dropped if path.name.startswith(".")] == []
    return len(pod.rows("SELECT id FROM recorder_recordingfiletreatment"))


def failing_under(folder: Path, number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the disk of one folder fail whenever something is to be brought to it for certain."""
    fsync = os.fsync

    def failing(descriptor: int) -> None:
        if str(Path(f"/proc/self/fd/{descriptor}").readlink()).startswith(str(folder)):
            raise OSError(number, os.strerror(number))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", failing)


@pytest.mark.parametrize("command", ["claim", "publish"])
@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES, errno.EIO, errno.ESTALE, errno.ENOSPC, errno.EDQUOT])
def test_three_nights_of_a_broken_disk_park_nothing(
    mover: Operator, sample_pod: SamplePod, monkeypatch: pytest.MonkeyPatch, command: str, number: int
) -> None:
    folder = mover.recorder if command == "claim" else mover.folder / "work"
    with monkeypatch.context() as patch:
        failing_under(folder, number, patch)
        for _ in range(NIGHTS):
            ended = mover.json(command)
            assert (ended.code, ended.counts) == (4, {})
            assert os.strerror(number) in ended.err
            assert str(folder) in ended.err
    healthy = mover.json(command)
    assert (healthy.code, healthy.counts) == (0, {"done": COUNT})
    assert delivered(mover, sample_pod, command) == COUNT


def test_three_nights_without_the_recorders_directory_park_nothing(mover: Operator, sample_pod: SamplePod) -> None:
    """Not mounted, and a file lies in its place."""
    there, away = mover.recorder, mover.recorder.with_name("away")
    there.rename(away)
    there.write_text("not a directory")
    for _ in range(NIGHTS):
        assert mover.run("claim").code == 4
    there.unlink()
    away.rename(there)
    assert mover.json("claim").counts == {"done": COUNT}
    assert delivered(mover, sample_pod, "claim") == COUNT


def test_what_is_parked_is_said_every_night_and_is_never_exit_code_0(mover: Operator) -> None:
    assert mover.bbb is not None
    good = mover.bbb.playbacks.respond
    broken = RECORDINGS[0].record_id

    def respond(request: Request) -> Response:
        response = good(request)
        if request.path.endswith(f"{broken}/video-0.m4v"):
            return Response(body=(b"\x00\x00\x00\x18ftypmp42" + b"broken" * 500,), content_type="video/mp4")
        return response

    mover.bbb.playbacks.respond = respond  # type: ignore[method-assign] # that is the mishap
    for night in range(NIGHTS):
        ended = mover.json("claim")
        assert ended.code == 3, night
        assert ended.counts["failed"] == 1
    parked = mover.json("claim")
    assert (parked.code, parked.counts) == (3, {"skipped": COUNT})
    assert [one["reason"] for one in parked.actions if one["record_id"] == broken] == ["failed before"]
    quiet = mover.run("claim", "--quiet")
    assert quiet.code == 3
    assert "1 failed before" in quiet.out
    assert len(quiet.out.splitlines()) == 1
    mover.bbb.playbacks.respond = good  # type: ignore[method-assign] # somebody has mended it
    assert mover.json("claim", "--retry-failed").counts == {"done": 1, "skipped": COUNT - 1}
    assert mover.run("claim").code == 0
