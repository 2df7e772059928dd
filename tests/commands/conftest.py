"""Whole commands against sample servers on loopback, as an operator runs them."""

import os
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from bbbmig.database.driver_errors import ConnectionLost
from bbbmig.demo.bbb_server import SampleBbb
from bbbmig.demo.moodle_sample import SampleMoodle, create_sample_moodle
from bbbmig.demo.pod_server import SamplePod
from bbbmig.demo.recordings import IGNORED_SERVER, MOODLE, MOODLE_2, sample_recordings
from bbbmig.domain.owner import Ownership
from bbbmig.domain.recording import Recording
from bbbmig.moodle.moodle import Moodle
from tests.bbb_server import bbb_media, sample_bbb, serve_bbb
from tests.commands.operator_at_work import Operator, clean_environment
from tests.made_once import made_once
from tests.pod_server import pods, sample_pod

__all__ = ["bbb_media", "pods", "sample_bbb", "sample_pod", "serve_bbb"]

MakeOperator = Callable[..., Operator]


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mapping[str, str]]:
    """What processes see, here too: a home of the test's, a time zone, no settings of whoever runs it."""
    home = tmp_path / "home"
    (home / "tmp").mkdir(parents=True)
    clean = clean_environment(home)
    with monkeypatch.context() as patch:
        for name in os.environ:
            if name.startswith("BBBMIG_") or name.endswith(("_DIRECTORY", "_proxy", "_PROXY")):
                patch.delenv(name)
        for name, value in clean.items():
            patch.setenv(name, value)
        patch.setattr(tempfile, "tempdir", None)
        patch.setattr("bbbmig.http.waits.FIRST_WAIT_S", 0.005)
        patch.setattr("bbbmig.bbb.client.WAITS_S", (0.0, 0.0))
        patch.setattr("bbbmig.bbb.playback_pages.WAITS_S", (0.0, 0.0))
        time.tzset()
        yield clean
    time.tzset()


@pytest.fixture
def operator_of(tmp_path: Path, environment: Mapping[str, str]) -> MakeOperator:
    """Makes an operator with settings for these servers, in a folder of their own."""

    def make(name: str = "operator", **servers: Any) -> Operator:  # noqa: ANN401 - those of Operator
        folder = tmp_path / name
        folder.mkdir()
        operator = Operator(folder=folder, environment=environment, **servers)
        operator.set()
        return operator

    return make


@pytest.fixture(scope="session")
def moodles(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, SampleMoodle]:
    """The two Moodles of the sample's recordings; nothing writes to them."""
    return made_once(tmp_path_factory, "moodles", _moodles)


def _moodles(folder: Path) -> Mapping[str, SampleMoodle]:
    servers = {"default": MOODLE, "health": MOODLE_2}
    return {
        name: create_sample_moodle(folder / f"{name}.sqlite", sample_recordings(), server=server)
        for name, server in servers.items()
    }


@pytest.fixture
def dying_health(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second Moodle can be opened, and its database goes away at the first question."""
    answers = Moodle.answers

    def dying(moodle: Moodle, batch: Sequence[Recording], parents: Mapping[str, Recording]) -> list[Ownership]:
        if moodle.source.name == "health":
            raise ConnectionLost("moodle health: the connection broke", hint="run again")
        return answers(moodle, batch, parents)

    monkeypatch.setattr(Moodle, "answers", dying)


@pytest.fixture
def operator(
    operator_of: MakeOperator, sample_bbb: SampleBbb, sample_pod: SamplePod, moodles: Mapping[str, SampleMoodle]
) -> Operator:
    """An operator of the sample servers: films, a fresh Pod, two Moodles."""
    return operator_of(bbb=sample_bbb, pod=sample_pod, moodles=moodles, ignored_servers=(IGNORED_SERVER,))
