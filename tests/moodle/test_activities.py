"""In which activities recordings were held, for what is done to activities."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from bbbmig.database.driver_errors import ConnectionLost
from bbbmig.errors import RemoteError
from bbbmig.moodle import ActivityRef
from bbbmig.moodle.moodle import Moodle
from tests.moodle.small import SEED, SmallMoodle, record_id, recording
from tests.moodle.sources import asking, source_of

OTHER = "b" * 40
HERE = ActivityRef("default", 30, 20, "Cours en ligne")


def test_each_recording_is_told_its_activity(sqlite_url: sa.URL) -> None:
    moodle = SmallMoodle()
    moodle.activity(31, seed=OTHER)
    moodle.row(record_id(1))
    recordings = [
        recording(0),
        recording(1, meeting_id="unknown"),
        recording(2, meeting_id=f"{OTHER}-20-29[0]"),
        recording(3, meeting_id=f"{'c' * 40}-20-30[0]"),
        recording(4, server="other.fr"),
        recording(5, meeting_id="room", breakout_parent=record_id(0)),
    ]
    with asking([source_of(moodle.fill(sqlite_url))], ignored_servers=["other.fr"]) as owners:
        found = owners.activities(recordings)
    restored = ActivityRef("default", 31, 20, "Cours en ligne")
    assert found == {record_id(0): HERE, record_id(1): HERE, record_id(2): restored, record_id(5): HERE}


def test_a_breakout_room_alone_is_told_the_activity_of_its_session(sqlite_url: sa.URL) -> None:
    room = recording(5, meeting_id="room", breakout_parent=record_id(0))
    with asking([source_of(SmallMoodle().fill(sqlite_url))]) as owners:
        assert owners.activities([room], among=[recording(0)]) == {room.record_id: HERE}
        assert owners.activities([room]) == {}


def test_of_two_moodles_on_one_host_the_one_that_has_it_is_named(tmp_path: Path) -> None:
    sources = [
        source_of(
            SmallMoodle(seed=seed).fill(sa.URL.create("sqlite", database=str(tmp_path / f"{name}.sqlite"))), name=name
        )
        for name, seed in (("first", SEED), ("second", OTHER))
    ]
    recordings = [recording(0), recording(1, meeting_id=f"{OTHER}-20-30[0]")]
    with asking(sources) as owners:
        found = owners.activities(recordings)
    assert {one: ref.moodle for one, ref in found.items()} == {record_id(0): "first", record_id(1): "second"}


def test_a_thousand_recordings_take_few_statements_and_finding_owners_no_more_than_before(
    sqlite_url: sa.URL, statements: list[str]
) -> None:
    recordings = [recording(number) for number in range(1000)]
    with asking([source_of(SmallMoodle().fill(sqlite_url))]) as owners:
        assert set(owners.activities(recordings[:1])) == {record_id(0)}
        statements.clear()
        assert len(owners.activities(recordings)) == 1000
    assert len(statements) <= 3


@pytest.mark.parametrize("failures", [1, 2])
def test_a_broken_connection_is_made_anew_once(
    sqlite_url: sa.URL, monkeypatch: pytest.MonkeyPatch, failures: int
) -> None:
    real, left = Moodle.places, failures

    def places(self: Moodle, **arguments: object) -> object:
        nonlocal left
        left -= 1
        if left >= 0:
            raise ConnectionLost("broke")
        return real(self, **arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(Moodle, "places", places)
    with asking([source_of(SmallMoodle().fill(sqlite_url))]) as owners:
        if failures == 1:
            assert owners.activities([recording()]) == {record_id(): HERE}
        else:
            with pytest.raises(RemoteError, match="broke"):
                owners.activities([recording()])
