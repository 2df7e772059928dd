"""Which activity it was: rows, meetingIDs, seeds, restored copies, breakout rooms, deleted activities."""

from collections.abc import Callable, Mapping

import pytest
import sqlalchemy as sa

from bbbmig.domain.owner import Confidence, Finding, Ownership
from bbbmig.domain.recording import Recording
from tests.moodle.small import EDITING_TEACHER, SEED, SmallMoodle, record_id, recording, rules
from tests.moodle.sources import asking, source_of

Find = Callable[..., Mapping[str, Ownership]]
OTHER = "b" * 40


@pytest.fixture
def find(sqlite_url: sa.URL) -> Find:
    """Fill a small Moodle and find the owners of recordings in it, by recordID."""

    def find(moodle: SmallMoodle, *recordings: Recording) -> Mapping[str, Ownership]:
        with asking([source_of(moodle.fill(sqlite_url))]) as owners:
            return {result.record_id: result for result in owners.find(recordings)}

    return find


@pytest.fixture
def moodle() -> SmallMoodle:
    """Activity 30 of "prof" in course 20; course 21 of "teacher", who is editing teacher there."""
    moodle = SmallMoodle(participants=rules(("user", "50")))
    moodle.course(21, context=210, name="Optique")
    moodle.user(50, "prof")
    moodle.user(51, "copier")
    moodle.user(52, "teacher")
    moodle.assign(52, EDITING_TEACHER, 210)
    for course in (20, 21):
        moodle.enrol(50, course)
        moodle.enrol(51, course)
    return moodle


def names(found: Mapping[str, Ownership], number: int = 0) -> list[str]:
    return [owner.username for owner in found[record_id(number)].owners]


def test_the_number_of_an_activity_alone_proves_nothing(moodle: SmallMoodle, find: Find) -> None:
    moodle.log(50, "Add", SEED)
    moodle.assign(50, EDITING_TEACHER, 200)
    found = find(moodle, recording(meeting_id=f"{OTHER}-20-30[0]"))
    assert found[record_id()].finding is Finding.NOBODY
    assert "activity 30 of course 20 has another seed" in found[record_id()].detail


def test_a_row_does(moodle: SmallMoodle, find: Find) -> None:
    moodle.row(record_id())
    assert names(find(moodle, recording(meeting_id=f"{OTHER}-20-30[0]"))) == ["prof"]


def test_of_several_rows_the_meeting_ids_own_counts(moodle: SmallMoodle, find: Find) -> None:
    moodle.activity(31, participants=rules(("user", "51")), course=21)
    moodle.row(record_id(), activity=31, course=21)
    moodle.row(record_id())
    assert names(find(moodle, recording())) == ["prof"]


def test_a_restored_copy_does_not_take_the_recordings_of_a_living_activity(moodle: SmallMoodle, find: Find) -> None:
    moodle.activity(31, participants=rules(("user", "51")), course=21)
    moodle.row(record_id(), activity=31, course=21)
    assert names(find(moodle, recording())) == ["prof"]


@pytest.mark.parametrize("with_row", [True, False])
def test_a_deleted_activity_is_followed_to_its_only_copy(moodle: SmallMoodle, find: Find, with_row: bool) -> None:  # noqa: FBT001
    moodle.activity(31, participants=rules(("user", "51")), course=21, seed=OTHER)
    if with_row:
        moodle.row(record_id(), activity=31, course=21)
    found = find(moodle, recording(meeting_id=f"{OTHER}-20-29[0]"))[record_id()]
    assert [(owner.username, owner.confidence) for owner in found.owners] == [("copier", Confidence.DOUBTFUL)]
    assert found.detail == "activity 31 of course 21 (a restored copy)"
    assert found.course == "Optique"


def test_of_two_copies_with_a_row_the_older_row_counts(moodle: SmallMoodle, find: Find) -> None:
    moodle.activity(31, participants=rules(("user", "51")), course=21, seed=OTHER)
    moodle.activity(32, participants=rules(("user", "50")), course=21, seed=OTHER)
    moodle.row(record_id(), activity=32, course=21)
    moodle.row(record_id(), activity=31, course=21)
    assert names(find(moodle, recording(meeting_id=f"{OTHER}-20-29[0]"))) == ["prof"]


def test_a_row_says_more_than_a_seed(moodle: SmallMoodle, find: Find) -> None:
    moodle.activity(31, participants=rules(("user", "51")), course=21, seed=OTHER)
    moodle.activity(32, participants=rules(("user", "50")), course=21, seed="c" * 40)
    moodle.row(record_id(), activity=32, course=21)
    assert names(find(moodle, recording(meeting_id=f"{OTHER}-20-29[0]"))) == ["prof"]


def test_of_two_copies_the_one_in_the_same_course_counts(moodle: SmallMoodle, find: Find) -> None:
    moodle.activity(31, participants=rules(("user", "51")), course=20, seed=OTHER)
    moodle.activity(32, participants=rules(("user", "50")), course=21, seed=OTHER)
    assert names(find(moodle, recording(meeting_id=f"{OTHER}-20-29[0]"))) == ["copier"]


def test_two_copies_elsewhere_do_not_decide(moodle: SmallMoodle, find: Find) -> None:
    moodle.course(22, context=220)
    moodle.activity(31, participants=rules(("user", "51")), course=21, seed=OTHER)
    moodle.activity(32, participants=rules(("user", "50")), course=22, seed=OTHER)
    found = find(moodle, recording(meeting_id=f"{OTHER}-20-29[0]"))[record_id()]
    assert found.finding is Finding.NOBODY
    assert "restored as activities 31, 32, which does not decide" in found.detail


def test_a_deleted_activity_leaves_the_teachers_of_its_course(moodle: SmallMoodle, find: Find) -> None:
    found = find(moodle, recording(meeting_id=f"{OTHER}-21-29[0]"))[record_id()]
    assert [(owner.username, owner.why) for owner in found.owners] == [("teacher", "editing teacher of the course")]
    assert found.detail == "activity 29 of course 21 is no more"


def test_or_its_owner_if_the_logs_are_still_there(moodle: SmallMoodle, find: Find) -> None:
    moodle.log(50, "Add", SEED, activity=29, course=21)
    moodle.log(51, "Add", OTHER, activity=29, course=21)
    assert names(find(moodle, recording(meeting_id=f"{OTHER}-21-29[0]"))) == ["copier"]


def test_a_deleted_course_leaves_nobody(moodle: SmallMoodle, find: Find) -> None:
    found = find(moodle, recording(meeting_id=f"{OTHER}-99-29[0]"))
    assert found[record_id()].finding is Finding.NOBODY


def test_a_breakout_room_belongs_to_who_moderated_the_session(moodle: SmallMoodle, find: Find) -> None:
    moodle.log(51, "Summary", "x", meta={"recordid": record_id(), "data": {"moderator": True}})
    room = recording(1, meeting_id="room", breakout_parent=record_id())
    found = find(moodle, recording(), room)
    assert names(found, 0) == names(found, 1) == ["copier"]


def test_a_breakout_room_has_the_same_owners_when_its_session_is_not_asked_about(
    moodle: SmallMoodle, sqlite_url: sa.URL
) -> None:
    moodle.rows["bigbluebuttonbn"].clear()
    moodle.activity(31, participants=rules(("user", "50"), ("user", "51")), seed=OTHER)
    session = recording(meeting_id=f"{OTHER}-20-31[0]")
    moodle.log(51, "Join", session.meeting_id, activity=31)
    room = recording(1, meeting_id="room", breakout_parent=session.record_id)
    with asking([source_of(moodle.fill(sqlite_url))]) as owners:
        for asked, among in (([session, room], ()), ([room], [session])):
            found = {result.record_id: result for result in owners.find(asked, among=among)}
            assert names(found, 1) == ["copier"]


def test_a_breakout_room_has_its_own_row_when_the_session_is_not_asked_about(moodle: SmallMoodle, find: Find) -> None:
    moodle.row(record_id(1))
    room = recording(1, meeting_id="room", breakout_parent=record_id())
    assert names(find(moodle, room), 1) == ["prof"]


def test_or_its_sessions_row(moodle: SmallMoodle, find: Find) -> None:
    moodle.row(record_id())
    room = recording(1, meeting_id="room", breakout_parent=record_id())
    assert names(find(moodle, room), 1) == ["prof"]


def test_a_recording_without_any_sign_is_nobodys(moodle: SmallMoodle, find: Find) -> None:
    found = find(moodle, recording(meeting_id="no sign"))[record_id()]
    assert found.finding is Finding.NOBODY
    assert "no activity" in found.detail
