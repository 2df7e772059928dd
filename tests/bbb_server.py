"""The sample BigBlueButton for tests: one on loopback for each that is needed, in this process.

Fixtures: `bbb_media` (small real films, made once), `serve_bbb` (any flavour), `sample_bbb` (the few dozen on 2.6).
What a test may ask of a server is in `bbbmig.demo.bbb_server.SampleBbb`.
"""

import contextlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest

from bbbmig.demo.bbb_playback import Media
from bbbmig.demo.bbb_server import SampleBbb
from bbbmig.demo.media import make_media
from bbbmig.demo.recordings import sample_recordings
from bbbmig.domain.recording import Recording
from tests.made_once import made_once

ServeBbb = Callable[..., SampleBbb]
"""Starts a sample server with the recordings and options of SampleBbb; the sample's few dozen if none are given."""


@pytest.fixture
def serve_bbb() -> Iterator[ServeBbb]:
    with contextlib.ExitStack() as stack:

        def serve(recordings: Iterable[Recording] | None = None, **options: Any) -> SampleBbb:  # noqa: ANN401
            chosen = sample_recordings() if recordings is None else recordings
            return stack.enter_context(SampleBbb(chosen, **options))

        yield serve


@pytest.fixture(scope="session")
def bbb_media(tmp_path_factory: pytest.TempPathFactory) -> Media:
    return made_once(tmp_path_factory, "sample-media", lambda folder: make_media(folder, sample_recordings()))


@pytest.fixture
def sample_bbb(serve_bbb: ServeBbb, bbb_media: Media) -> SampleBbb:
    """A BigBlueButton 2.6 with the few dozen recordings, real films behind its video playbacks."""
    return serve_bbb(flavour="bbb-2.6", media=bbb_media)
