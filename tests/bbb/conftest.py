"""The sample BigBlueButton for everything below, and our side of it."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bbbmig.bbb.cache import Cache
from bbbmig.bbb.client import BbbServer
from bbbmig.bbb.listing import Listing, list_recordings
from bbbmig.demo.bbb_server import SECRET, SampleBbb
from tests.bbb_server import bbb_media, sample_bbb, serve_bbb

__all__ = ["bbb_media", "sample_bbb", "serve_bbb"]

Connect = Callable[..., BbbServer]
ListFrom = Callable[..., Listing]


@pytest.fixture
def connect() -> Iterator[Connect]:
    """Makes our client of a sample server; nothing waits between attempts."""
    opened = contextlib.ExitStack()

    def to(sample: SampleBbb | str, secret: str = SECRET, **options: object) -> BbbServer:
        url = sample if isinstance(sample, str) else sample.url
        server = BbbServer(url, secret, **{"sleep": lambda _s: None, **options})  # type: ignore[arg-type]
        return opened.enter_context(server)

    with opened:
        yield to


@pytest.fixture
def list_from(connect: Connect, tmp_path: Path) -> ListFrom:
    """Lists a sample server's recordings, with a cache in the test's folder."""

    def listing(sample: SampleBbb, *, compare: bool = False, **options: object) -> Listing:
        return list_recordings(connect(sample, **options), Cache(tmp_path, sample.url), compare=compare)

    return listing
