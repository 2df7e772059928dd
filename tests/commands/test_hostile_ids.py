"""A recordID is data: whatever it holds, no file outside of bbbmig's own folders is made, changed or removed."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bbbmig.demo.pod_server import SamplePod
from bbbmig.demo.recordings import meeting_recording
from bbbmig.domain.recording import Playback
from tests.bbb_server import ServeBbb
from tests.commands.conftest import MakeOperator

LESSON = meeting_recording("room-1", "Algèbre", datetime(2023, 5, 6, 12, 30, tzinfo=UTC), "presentation 2.3")
PLAYER = "/playback/presentation/2.3"


@pytest.mark.parametrize("command", ["claim", "publish"])
def test_nothing_outside_of_our_folders_is_touched(
    operator_of: MakeOperator, serve_bbb: ServeBbb, sample_pod: SamplePod, tmp_path: Path, command: str
) -> None:
    victim = tmp_path / "victim"
    victim.mkdir()
    precious = victim / "lecture.mp4"
    precious.write_bytes(b"precious")
    ids = (
        f"{victim}/lecture",
        "../../victim/new",
        "../victim/lecture",
        "..",
        "a/../../../victim/other",
        "x" * 4000,
        "two\nlines",
        "%2e%2e%2fvictim%2flecture",
    )
    hostile = [
        replace(LESSON, record_id=one, playbacks=(Playback(type="presentation", url=f"{PLAYER}/{number}"),))
        for number, one in enumerate(ids)
    ]
    operator = operator_of(bbb=serve_bbb(hostile), pod=sample_pod)
    operator.set(converter__order=["render"])
    before = sorted(path.name for path in tmp_path.iterdir())
    ended = operator.run(command)
    assert ended.code in (0, 3, 4), ended.err
    assert "Traceback" not in ended.err
    assert [(path.name, path.read_bytes()) for path in victim.iterdir()] == [("lecture.mp4", b"precious")]
    assert {path.name for path in tmp_path.iterdir()} == set(before)
