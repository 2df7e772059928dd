"""The sample Moodle of the demo."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bbbmig.demo.moodle_sample import SampleMoodle, create_sample_moodle
from bbbmig.demo.recordings import MOODLE, MOODLE_2, PHYSICS, many_recordings, moodle_recording, sample_recordings
from bbbmig.domain.owner import Confidence, Finding, Ownership
from bbbmig.domain.recording import Recording
from bbbmig.moodle import MoodleSource, inspect_moodle
from tests.moodle.sources import asking, file_of

RECORDINGS = sample_recordings()


def source_of(sample: SampleMoodle, name: str = "default") -> MoodleSource:
    return MoodleSource(name=name, database=file_of(sample.path), origin_servers=(sample.server,))


def found_in(sample: SampleMoodle, recordings: Sequence[Recording]) -> list[Ownership]:
    with asking([source_of(sample)]) as owners:
        return list(owners.find(recordings))


def usernames(result: Ownership) -> tuple[str, ...]:
    return tuple(owner.username for owner in result.owners)


@pytest.mark.parametrize("server", ["", MOODLE, MOODLE_2])
def test_every_recording_has_the_owners_that_the_sample_gives_it(tmp_path: Path, server: str) -> None:
    sample = create_sample_moodle(tmp_path / "moodle.sqlite", RECORDINGS, server=server)
    results = found_in(sample, RECORDINGS)
    assert sample.server == (server or MOODLE)
    ours = {one.record_id for one in RECORDINGS if one.origin.server_name == sample.server}
    assert {result.record_id: usernames(result) for result in results if result.record_id in ours} == {
        **sample.owners,
        **sample.candidates,
    }
    assert not any(result.owners for result in results if result.record_id not in ours)


def test_it_has_owners_of_every_confidence_and_recordings_of_nobody(tmp_path: Path) -> None:
    classes = [replace(PHYSICS, course=number, number=100 + number) for number in range(1, 8)]
    recordings = [moodle_recording("Séance", datetime(2024, 1, 9, 8, tzinfo=UTC), one) for one in classes]
    results = found_in(create_sample_moodle(tmp_path / "moodle.sqlite", recordings), recordings)
    assert {owner.confidence for result in results for owner in result.owners} == set(Confidence)
    assert {result.finding for result in results} == {Finding.FOUND, Finding.NOBODY}
    assert any(owner.suspended for result in results for owner in result.owners)


def test_thousands_of_ordinary_recordings_have_theirs_too(tmp_path: Path) -> None:
    recordings = tuple(many_recordings(5000))
    sample = create_sample_moodle(tmp_path / "moodle.sqlite", recordings)
    found = {result.record_id: usernames(result) for result in found_in(sample, recordings)}
    assert found == {**sample.owners, **sample.candidates}


def test_it_is_a_sound_moodle(tmp_path: Path) -> None:
    state = inspect_moodle(source_of(create_sample_moodle(tmp_path / "moodle.sqlite", RECORDINGS)))
    assert state.problems == ()
    assert state.release == "4.1.9 (Build: 20240212)"


def test_recordings_without_moodle_make_an_empty_one(tmp_path: Path) -> None:
    sample = create_sample_moodle(tmp_path / "moodle.sqlite", ())
    assert (sample.owners, sample.candidates) == ({}, {})
