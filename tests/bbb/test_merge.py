"""Elements and replies that tell of the same recording become one."""

import dataclasses
from datetime import UTC, datetime

from bbbmig.bbb import merge
from bbbmig.domain.recording import Origin, Playback, Recording

VIDEO = Playback(type="video", url="https://bbb.univ.example/playback/video/a/")
PRESENTATION = Playback(type="presentation", url="https://bbb.univ.example/playback/presentation/2.3/a")


def test_formats_are_united_and_gaps_filled() -> None:
    bare = Recording(record_id="a", published=False, playbacks=(VIDEO,), metadata={"name": "première", "x": "1"})
    full = Recording(
        record_id="a",
        meeting_id="m",
        meeting_name="Nom",
        start=datetime(2020, 1, 1, tzinfo=UTC),
        protected=True,
        playbacks=(PRESENTATION, VIDEO),
        origin=Origin(name="Moodle"),
        metadata={"name": "seconde", "y": "2"},
    )
    assert merge.united(bare, full) == dataclasses.replace(
        full, playbacks=(VIDEO, PRESENTATION), metadata={"name": "première", "x": "1", "y": "2"}
    )


def test_what_is_known_is_not_overwritten() -> None:
    one, other = (Recording(record_id="a", meeting_name=name, size=size) for name, size in (("un", 0), ("deux", 7)))
    assert merge.united(one, other) == one


def test_the_same_element_twice_is_one_recording() -> None:
    found: dict[str, Recording] = {}
    recording = Recording(record_id="a", playbacks=(VIDEO,))
    merge.add(found, recording)
    merge.add(found, dataclasses.replace(recording))
    assert found == {"a": recording}


def test_a_parent_that_a_room_names_itself_is_kept() -> None:
    parent = Recording(record_id="parent", breakout_rooms=("one", "two", "gone"))
    one, two = Recording(record_id="one"), Recording(record_id="two", breakout_parent="other")
    assert merge.with_parents([parent, one, two]) == [parent, dataclasses.replace(one, breakout_parent="parent"), two]
