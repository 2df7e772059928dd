"""Recordings for the tests of decisions: made by hand where a case matters, by hypothesis where all do."""

import hashlib
from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from bbbmig.domain.recording import Origin, Playback, Recording

BASE = "https://bbb.univ.example"
PATHS = {
    "presentation": "/playback/presentation/2.3/{}",
    "video": "/playback/video/{}/",
    "podcast": "/podcast/{}/audio.ogg",
    "statistics": "/playback/statistics/{}/",
}


def record_id(seed: str, start_ms: int = 1683376200000) -> str:
    return f"{hashlib.sha1(seed.encode()).hexdigest()}-{start_ms}"


def recording(seed: str = "a", *formats: str, server: str = "", **values: Any) -> Recording:  # noqa: ANN401 - fields
    """A recording that plays in these formats, a presentation if none is named."""
    identity = record_id(seed)
    playbacks = [Playback(type=kind, url=BASE + PATHS[kind].format(identity)) for kind in formats or ("presentation",)]
    given = {"record_id": identity, "meeting_name": f"Meeting {seed}", "playbacks": tuple(playbacks)}
    return Recording(**{**given, "origin": Origin(server_name=server), **values})


starts = st.none() | st.datetimes(
    min_value=datetime(2010, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(2030, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)

recordings = st.builds(
    recording,
    st.text(alphabet="abcdef0123456789", min_size=1, max_size=6),
    server=st.sampled_from(("", "moodle.univ.example", "ignored.univ.example")),
    meeting_name=st.text(max_size=320),
    start=starts,
    published=st.booleans(),
    playbacks=st.lists(st.sampled_from(sorted(PATHS)), unique=True).map(
        lambda kinds: tuple(Playback(type=kind, url=BASE + PATHS[kind].format(record_id("x"))) for kind in kinds)
    ),
)

lists_of_recordings = st.lists(recordings, max_size=12, unique_by=lambda one: one.record_id)
