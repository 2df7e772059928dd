"""What happened since: teachers who left, roles given later, activities restored, duplicated, deleted."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bbbmig.domain.owner import Confidence, Ownership
from bbbmig.domain.recording import Recording
from tests.moodle.small import (
    EDITING_TEACHER,
    SEED,
    START,
    STUDENT,
    TEACHER,
    SmallMoodle,
    record_id,
    recording,
    rules,
)
from tests.moodle.sources import asking, source_of

Find = Callable[..., Ownership]
BEFORE, AFTER = START - timedelta(days=40), START + timedelta(days=200)
THEN, NOW, PUPIL = 50, 51, 52
OTHER = "b" * 40
LIKELY, DOUBTFUL = Confidence.LIKELY, Confidence.DOUBTFUL


@pytest.fixture
def find(sqlite_url: sa.URL) -> Find:
    def find(moodle: SmallMoodle, one: Recording | None = None) -> Ownership:
        with asking([source_of(moodle.fill(sqlite_url))]) as owners:
            (result,) = owners.find([one or recording()])
        return result

    return find


def found(result: Ownership) -> list[tuple[str, str, Confidence]]:
    return [(owner.username, owner.why, owner.confidence) for owner in result.owners]


def joins(moodle: SmallMoodle, *users: int, meeting_id: str = f"{SEED}-20-30[0]", activity: int = 30) -> None:
    for user in users:
        moodle.log(user, "Join", meeting_id, activity=activity, meta={"origin": 0})


def course_of_two(participants: str) -> SmallMoodle:
    """A course that "then" taught and "now" teaches; the first has left it."""
    moodle = SmallMoodle(participants=participants)
    for number, name in ((THEN, "then"), (NOW, "now"), (PUPIL, "pupil")):
        moodle.user(number, name)
    moodle.assign(NOW, EDITING_TEACHER, 200, since=AFTER)
    moodle.enrol(NOW)
    moodle.assign(PUPIL, STUDENT, 200)
    return moodle


EDITING = rules(("role", str(EDITING_TEACHER)))


class TestTheTeacherChanged:
    def test_who_added_the_activity_and_came_beats_who_has_the_role_now(self, find: Find) -> None:
        moodle = course_of_two(EDITING)
        del moodle.rows["logstore_standard_log"]
        moodle.log(THEN, "Add", SEED)
        joins(moodle, THEN, PUPIL)
        assert found(find(moodle)) == [("then", "added the activity, joined this session", LIKELY)]

    def test_even_if_nobody_knows_when_roles_were_given(self, find: Find) -> None:
        moodle = course_of_two(EDITING)
        moodle.rows["role_assignments"] = [(*row[:4], 0) for row in moodle.rows["role_assignments"]]
        del moodle.rows["logstore_standard_log"]
        moodle.log(THEN, "Add", SEED)
        joins(moodle, THEN)
        assert found(find(moodle)) == [("then", "added the activity, joined this session", LIKELY)]

    def test_who_added_an_activity_for_others_did_not_moderate_it(self, find: Find) -> None:
        moodle = course_of_two(rules(("user", str(NOW))))
        moodle.log(THEN, "Add", SEED)
        joins(moodle, THEN)
        assert found(find(moodle)) == [("then", "added the activity, joined this session", DOUBTFUL)]

    def test_the_rule_for_owners_holds_for_one_who_left(self, find: Find) -> None:
        moodle = course_of_two(rules())
        moodle.rows["bigbluebuttonbn"] = [(*row[:6], "", *row[7:]) for row in moodle.rows["bigbluebuttonbn"]]
        moodle.log(THEN, "Add", SEED)
        joins(moodle, THEN)
        assert found(find(moodle)) == [("then", "added the activity, joined this session", LIKELY)]

    def test_moodles_own_log_tells_who_had_the_role(self, find: Find) -> None:
        moodle = course_of_two(EDITING)
        moodle.role_changed(THEN, EDITING_TEACHER, 200, BEFORE, given=True)
        moodle.role_changed(THEN, EDITING_TEACHER, 200, AFTER, given=False)
        moodle.role_changed(NOW, EDITING_TEACHER, 200, AFTER, given=True)
        joins(moodle, THEN, PUPIL)
        why = "rule: role editingteacher in course at that time, joined this session"
        assert found(find(moodle)) == [("then", why, LIKELY)]

    @pytest.mark.parametrize(
        ("given", "taken"), [(AFTER, None), (BEFORE, START - timedelta(days=1)), (BEFORE, BEFORE + timedelta(days=1))]
    )
    def test_and_who_had_it_at_another_time(self, find: Find, given: object, taken: object) -> None:
        moodle = course_of_two(EDITING)
        moodle.role_changed(THEN, EDITING_TEACHER, 200, given, given=True)  # type: ignore[arg-type]
        if taken:
            moodle.role_changed(THEN, EDITING_TEACHER, 200, taken, given=False)  # type: ignore[arg-type]
        moodle.log(THEN, "Add", SEED)
        joins(moodle, THEN)
        assert found(find(moodle)) == [("then", "added the activity, joined this session", DOUBTFUL)]

    def test_a_role_taken_away_that_was_given_before_the_log_began_was_had(self, find: Find) -> None:
        moodle = course_of_two(EDITING)
        moodle.role_changed(THEN, EDITING_TEACHER, 200, AFTER, given=False)
        joins(moodle, THEN)
        assert [(name, sure) for name, _, sure in found(find(moodle))] == [("then", LIKELY)]

    def test_a_role_in_another_course_does_not_count(self, find: Find) -> None:
        moodle = course_of_two(EDITING)
        moodle.role_changed(THEN, EDITING_TEACHER, 210, BEFORE, given=True)
        joins(moodle, THEN)
        assert found(find(moodle)) == [("now", "rule: role editingteacher in course, given later", DOUBTFUL)]

    def test_a_rule_that_names_nobody_of_those_who_joined_is_doubtful(self, find: Find) -> None:
        moodle = course_of_two(rules(("user", str(NOW))))
        joins(moodle, PUPIL)
        assert found(find(moodle)) == [("now", "rule: user", DOUBTFUL)]

    def test_where_nobody_is_known_to_have_joined_it_is_not(self, find: Find) -> None:
        moodle = course_of_two(rules(("user", str(NOW))))
        moodle.log(PUPIL, "Join", f"{SEED}-20-30[0]", when=AFTER)
        assert found(find(moodle)) == [("now", "rule: user", LIKELY)]

    def test_a_role_given_after_the_session_made_nobody_its_moderator(self, find: Find) -> None:
        assert found(find(course_of_two(EDITING))) == [
            ("now", "rule: role editingteacher in course, given later", DOUBTFUL)
        ]

    def test_not_even_if_they_were_there_as_a_pupil(self, find: Find) -> None:
        moodle = course_of_two(EDITING)
        joins(moodle, NOW)
        why = "rule: role editingteacher in course, given later, joined this session"
        assert found(find(moodle)) == [("now", why, DOUBTFUL)]

    def test_unless_the_log_shows_that_they_had_it_before(self, find: Find) -> None:
        """An enrolment that is made anew each year."""
        moodle = course_of_two(EDITING)
        moodle.role_changed(NOW, EDITING_TEACHER, 200, BEFORE, given=True)
        moodle.role_changed(NOW, EDITING_TEACHER, 200, AFTER, given=False)
        moodle.role_changed(NOW, EDITING_TEACHER, 200, AFTER, given=True)
        joins(moodle, NOW)
        why = "rule: role editingteacher in course at that time, joined this session"
        assert found(find(moodle)) == [("now", why, LIKELY)]

    def test_the_earliest_of_two_assignments_counts(self, find: Find) -> None:
        moodle = course_of_two(EDITING)
        moodle.assign(NOW, EDITING_TEACHER, 200, since=BEFORE)
        assert found(find(moodle)) == [("now", "rule: role editingteacher in course", LIKELY)]

    def test_a_role_given_during_the_session_counts(self, find: Find) -> None:
        moodle = course_of_two(EDITING)
        moodle.assign(THEN, EDITING_TEACHER, 200, since=START + timedelta(minutes=30))
        assert found(find(moodle)) == [("then", "rule: role editingteacher in course", LIKELY)]


class TestEverybodyModerates:
    def test_those_who_added_or_teach_and_came_are_the_owners(self, find: Find) -> None:
        moodle = course_of_two(rules(("all", "all")))
        moodle.user(53, "second")
        moodle.assign(53, EDITING_TEACHER, 200, since=BEFORE)
        moodle.log(THEN, "Add", SEED)
        joins(moodle, THEN, 53, PUPIL, NOW)
        assert found(find(moodle)) == [
            ("second", "rule: all, editing teacher of the course, joined this session", LIKELY),
            ("then", "rule: all, added the activity, joined this session", LIKELY),
        ]


def restored(participants: str) -> SmallMoodle:
    """Activity 29 of course 20 is gone; 31 of course 21 was made of it and has its seed."""
    moodle = SmallMoodle(participants=rules())
    moodle.course(21, context=210)
    moodle.activity(31, participants=participants, course=21, seed=OTHER)
    for number, name in ((THEN, "then"), (NOW, "now"), (PUPIL, "pupil")):
        moodle.user(number, name)
    return moodle


OF_OLD = f"{OTHER}-20-29[0]"


class TestRestoredCopies:
    def test_a_number_of_the_old_site_is_not_a_person_of_this_one(self, find: Find) -> None:
        result = find(restored(rules(("user", str(NOW)))), recording(meeting_id=OF_OLD))
        assert found(result) == []

    @pytest.mark.parametrize("known_by", ["enrolment", "log"])
    def test_it_is_if_they_belong_to_the_course(self, find: Find, known_by: str) -> None:
        moodle = restored(rules(("user", str(NOW)), ("user", str(PUPIL))))
        if known_by == "enrolment":
            moodle.enrol(NOW, 21)
            moodle.enrol(PUPIL, 20)
            expected = ("now", "rule: user", DOUBTFUL)
        else:
            moodle.log(NOW, "Join", OF_OLD, activity=31, course=21)
            expected = ("now", "rule: user, joined this session", LIKELY)
        assert found(find(moodle, recording(meeting_id=OF_OLD))) == [expected]

    def test_who_added_the_original_comes_before_what_the_copy_has_become(self, find: Find) -> None:
        moodle = restored(rules(("user", str(NOW))))
        moodle.enrol(NOW, 21)
        moodle.log(THEN, "Add", OTHER, activity=29)
        assert found(find(moodle, recording(meeting_id=OF_OLD))) == [("then", "owner of the activity", DOUBTFUL)]

    def test_and_is_surer_if_they_came_and_the_rules_are_for_teachers(self, find: Find) -> None:
        moodle = restored(EDITING)
        moodle.assign(NOW, EDITING_TEACHER, 210)
        del moodle.rows["logstore_standard_log"]
        moodle.log(THEN, "Add", OTHER, activity=29)
        joins(moodle, THEN, meeting_id=OF_OLD, activity=29)
        result = find(moodle, recording(meeting_id=OF_OLD))
        assert found(result) == [("then", "added the activity, joined this session", LIKELY)]

    def test_a_copy_that_has_the_same_number_by_chance_is_a_copy(self, find: Find) -> None:
        moodle = restored(rules(("user", str(NOW))))
        result = find(moodle, recording(meeting_id=f"{OTHER}-20-31[0]"))
        assert found(result) == []
        assert "a restored copy" in result.detail


class TestTheFrontPage:
    @pytest.mark.parametrize(("front", "expected"), [(True, ["owner", "teacher"]), (False, ["teacher"])])
    def test_everybody_is_enrolled_there(self, find: Find, front: bool, expected: list[str]) -> None:  # noqa: FBT001
        moodle = SmallMoodle(participants="", default=f"0,{TEACHER}")
        moodle.user(THEN, "owner")
        moodle.user(NOW, "teacher")
        moodle.assign(NOW, TEACHER, 200)
        moodle.log(THEN, "Add", SEED)
        if front:
            path = moodle.rows["context"]
            moodle.rows["context"] = [(*row[:3], "/100/200", 2) if row[0] == 200 else row for row in path]
        assert [owner.username for owner in find(moodle).owners] == expected


def test_sessions_of_one_activity_are_told_apart(sqlite_url: sa.URL) -> None:
    """The same room, before and after the teachers changed."""
    moodle = course_of_two(EDITING)
    moodle.log(THEN, "Add", SEED)
    joins(moodle, THEN)
    later = AFTER + timedelta(days=3)
    moodle.log(NOW, "Join", f"{SEED}-20-30[0]", when=later)
    moodle.role_changed(THEN, EDITING_TEACHER, 200, BEFORE, given=True)
    moodle.role_changed(THEN, EDITING_TEACHER, 200, AFTER, given=False)
    second = recording(1, record_id=f"{1:040x}-{int(later.timestamp() * 1000)}", start=later, end=None)
    with asking([source_of(moodle.fill(sqlite_url))]) as owners:
        whose = {one.record_id: [owner.username for owner in one.owners] for one in owners.find([recording(), second])}
    assert whose == {record_id(): ["then"], second.record_id: ["now"]}
