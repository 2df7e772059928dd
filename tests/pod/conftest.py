"""The sample Pod and our client of it, for everything below."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bbbmig.demo.pod_server import SamplePod
from bbbmig.pod.client import PodServer
from tests.databases import mysql_server, postgresql_server
from tests.pod_server import pods, python_with_django_32, sample_pod

__all__ = ["mysql_server", "pods", "postgresql_server", "python_with_django_32", "sample_pod"]

Connect = Callable[..., PodServer]


@pytest.fixture
def waits() -> list[float]:
    """The seconds that our client would have waited between attempts."""
    return []


@pytest.fixture
def connect(waits: list[float]) -> Iterator[Connect]:
    """Makes our client of a sample Pod, with the administrator's token if none is given; it waits for nothing."""
    opened = contextlib.ExitStack()

    def to(pod: SamplePod | str, token: str = "", **options: Any) -> PodServer:  # noqa: ANN401
        url = pod if isinstance(pod, str) else pod.url
        token = token or ("0" * 40 if isinstance(pod, str) else pod.token)
        return opened.enter_context(PodServer(url, token, **{"sleep": waits.append, **options}))

    with opened:
        yield to


@pytest.fixture
def server(sample_pod: SamplePod, connect: Connect) -> PodServer:
    """Our client of the fresh sample Pod."""
    return connect(sample_pod)
