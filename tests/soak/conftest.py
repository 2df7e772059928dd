"""Long proofs, run by `make soak` only: runs that are killed again and again, on servers that fail.

`SOAK_SEEDS="1 2 3"` makes each run once for every seed; a seed gives the same recordings and the same kinds of moments.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from bbbmig.demo.pod_server import SamplePod
from tests.bbb_server import serve_bbb
from tests.commands.conftest import environment, operator_of
from tests.soak.world import Lesson, make_lesson

__all__ = ["environment", "operator_of", "serve_bbb"]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each test once for every seed."""
    if "seed" in metafunc.fixturenames:
        metafunc.parametrize("seed", [int(seed) for seed in os.environ.get("SOAK_SEEDS", "1").split()])


@pytest.fixture(scope="session")
def lesson(tmp_path_factory: pytest.TempPathFactory) -> Lesson:
    """The files of a presentation of two and a half seconds."""
    return make_lesson(tmp_path_factory.mktemp("lesson"))


@pytest.fixture
def pod(tmp_path: Path) -> Iterator[SamplePod]:
    """A Pod of the test's own, which may be stopped and started again."""
    with SamplePod(tmp_path / "pod") as pod:
        pod.port = int(pod.url.rpartition(":")[2])  # the next start listens where this one did
        yield pod
