"""The sample Pod for tests: one process for each that is needed, put back to its beginnings before every test.

Use the fixture `sample_pod`; what a test may ask of it is in `bbbmig.demo.pod_server.SamplePod`.
"""

import fcntl
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bbbmig.demo.pod_server import SamplePod

DJANGO_32 = (
    "django>=3.2,<4",
    "djangorestframework>=3.14,<3.15",
    "setuptools<81; python_version >= '3.12'",  # distutils, which Python has no more
    "legacy-cgi; python_version >= '3.13'",  # cgi, the same
)

PodFor = Callable[..., SamplePod]
"""Gives a fresh sample Pod with the options of SamplePod; the same options give the same process."""


@pytest.fixture(scope="session")
def pods(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PodFor]:
    running: dict[str, SamplePod] = {}

    def pod_for(**options: object) -> SamplePod:
        key = repr(sorted(options.items()))
        if key in running:
            running[key].reset()
        else:
            pod = SamplePod(tmp_path_factory.mktemp("pod"), **options)  # type: ignore[arg-type] # those of SamplePod
            pod.start()
            running[key] = pod
        return running[key]

    yield pod_for
    for pod in running.values():
        pod.stop()


@pytest.fixture
def sample_pod(pods: PodFor) -> SamplePod:
    """A fresh Pod with our extension, on SQLite, answering on loopback."""
    return pods()


@pytest.fixture(scope="session")
def python_with_django_32(request: pytest.FixtureRequest) -> Path:
    """An interpreter with what Pod 3.8 runs on, made once and kept in pytest's cache."""
    folder = request.config.cache.mkdir("django-3.2")
    python = folder / "venv" / "bin" / "python"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "complete").exists():
            pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder / "venv")], check=True)
            made = subprocess.run([*pip, *DJANGO_32], capture_output=True, text=True, check=False)
            if made.returncode:
                pytest.fail(f"no Django 3.2 to be had: {made.stderr.strip().splitlines()[-1:]}")
            (folder / "complete").touch()
    return python
