"""A Pod that is being restarted is waited for; one that stays away ends the run."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bbbmig.demo.bbb_playback import Media
from bbbmig.demo.media import make_media
from bbbmig.demo.pod_server import SamplePod
from bbbmig.demo.recordings import meeting_recording
from tests.bbb_server import ServeBbb
from tests.commands.conftest import MakeOperator
from tests.commands.operator_at_work import Operator
from tests.commands.owners_files import belongs
from tests.made_once import made_once

ONE = meeting_recording("room", "Algèbre", datetime(2023, 5, 6, 12, 30, 15, tzinfo=UTC), "video")


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Media:
    return made_once(tmp_path_factory, "restarting", lambda folder: make_media(folder, [ONE]))


@pytest.fixture
def pod(tmp_path: Path) -> Iterator[SamplePod]:
    with SamplePod(tmp_path / "pod") as pod:
        yield pod


@pytest.fixture
def operator(operator_of: MakeOperator, serve_bbb: ServeBbb, film: Media, pod: SamplePod) -> Operator:
    operator = operator_of(bbb=serve_bbb([ONE], media=film), pod=pod)
    belongs(operator, {ONE.record_id: "staffonly"})
    return operator


@pytest.mark.parametrize("command", ["import-links", "claim", "publish"])
def test_that_is_down_when_a_run_begins_is_waited_for(operator: Operator, pod: SamplePod, command: str) -> None:
    operator.set(pod__patience_s=120)
    pod.port = int(pod.url.rpartition(":")[2])
    pod.stop()
    back = threading.Timer(2.0, pod.start)
    back.start()
    try:
        assert operator.json(command).counts == {"done": 1}
    finally:
        back.join()


@pytest.mark.parametrize("status", [502, 503])
def test_whose_proxy_answers_for_it_is_waited_for(operator: Operator, pod: SamplePod, status: int) -> None:
    operator.set(pod__patience_s=120)
    pod.fault("status", path="/rest/", status=status, times=9, retry_after=0)
    assert operator.json("publish").counts == {"done": 1}
    assert len(pod.rows("SELECT 1 FROM video_video")) == 1


@pytest.mark.parametrize("command", ["import-links", "claim", "publish"])
def test_that_stays_away_ends_the_run(operator: Operator, pod: SamplePod, command: str) -> None:
    operator.set(pod__patience_s=0.5)
    pod.port = int(pod.url.rpartition(":")[2])
    pod.stop()
    ran = operator.run(command)
    assert ran.code == 5
    assert "cannot connect" in ran.err
