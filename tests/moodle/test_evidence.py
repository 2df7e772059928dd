"""Each kind of evidence by itself, and which wins."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bbbmig.domain.owner import Confidence, Finding, Owner, Ownership
from bbbmig.domain.recording import Recording
from bbbmig.domain.username_rule import Case, UserField, UserNames
from tests.moodle.small import (
    EDITING_TEACHER,
    MANAGER,
    MODULE,
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
MEETING = f"{SEED}-20-30[0]"


@pytest.fixture
def find(sqlite_url: sa.URL) -> Find:
    """Fill a small Moodle and find the owners of one recording in it."""

    def find(
        moodle: SmallMoodle, one: Recording | None = None, /, *, with_view: bool = True, **changes: object
    ) -> Ownership:
        source = source_of(moodle.fill(sqlite_url, with_view=with_view), **changes)
        with asking([source]) as owners:
            (result,) = owners.find([one or recording()])
        return result

    return find


def whys(found: Ownership) -> dict[str, str]:
    return {owner.username: owner.why for owner in found.owners}


def joined(moodle: SmallMoodle, user: int, *, after: timedelta = timedelta(), meeting_id: str = MEETING) -> None:
    moodle.log(user, "Join", meeting_id, when=START + after, meta={"origin": 0})


def moderated(moodle: SmallMoodle, user: int, *, moderator: object = True, of: str | None = None) -> None:
    meta = {"recordid": of or record_id(), "data": {"name": "Zoé", "moderator": moderator}}
    moodle.log(user, "Summary", MEETING, meta=meta)


def test_a_log_of_who_moderated_is_the_best_evidence(find: Find) -> None:
    moodle = SmallMoodle(participants=rules(("user", "50")))
    for number, name in ((50, "rule"), (51, "there"), (52, "viewer"), (53, "other-session")):
        moodle.user(number, name)
    joined(moodle, 50)
    moderated(moodle, 51)
    moderated(moodle, 52, moderator=False)
    moderated(moodle, 53, of=record_id(9))
    found = find(moodle)
    assert found == Ownership(
        record_id=record_id(),
        finding=Finding.FOUND,
        owners=(
            Owner(
                username="there",
                first_name="Zoé",
                last_name="Lefèvre",
                email="there@univ.fr",
                why="log: moderated this session",
                confidence=Confidence.CERTAIN,
            ),
        ),
        detail="activity 30 of course 20",
        source="moodle default",
        course="Mécanique",
        activity="Cours en ligne",
    )


@pytest.mark.parametrize(
    "meta",
    [
        '{"recordid":1,"data":{"moderator":true}}',
        f'{{"recordid":"{record_id()}","data":{{"moderator":false,"last":{{"moderator":true}}}}}}',
        '"moderator":true',
        '[{"moderator":true}]',
        None,
    ],
)
def test_a_log_that_cannot_be_read_is_no_evidence(find: Find, meta: str | None) -> None:
    moodle = SmallMoodle(participants=rules(("user", "50")))
    moodle.user(50, "rule")
    moodle.user(51, "there")
    moodle.log(51, "Summary", MEETING, meta=meta)
    assert whys(find(moodle)) == {"rule": "rule: user"}


def test_of_those_whom_rules_name_only_those_who_came_get_the_recording(find: Find) -> None:
    moodle = SmallMoodle(participants=rules(("user", "50"), ("role", str(TEACHER)), ("role", str(MANAGER))))
    for number, name in ((50, "away"), (51, "came"), (52, "stranger"), (53, "manager")):
        moodle.user(number, name)
    moodle.assign(51, TEACHER, 200)
    moodle.assign(53, MANAGER, 150)
    for user in (51, 52, 53):
        joined(moodle, user)
    found = find(moodle)
    assert whys(found) == {
        "came": "rule: role teacher in course, joined this session",
        "manager": "rule: role manager in category, joined this session",
    }
    assert {owner.confidence for owner in found.owners} == {Confidence.LIKELY}


@pytest.mark.parametrize(
    ("after", "came"),
    [
        (-timedelta(minutes=9), True),
        (timedelta(minutes=59), True),
        (-timedelta(minutes=11), False),
        (timedelta(hours=2), False),
    ],
)
def test_only_who_joined_while_the_session_was_held_came(find: Find, after: timedelta, came: bool) -> None:  # noqa: FBT001
    moodle = SmallMoodle(participants=rules(("user", "50")))
    moodle.user(50, "prof")
    joined(moodle, 50, after=after)
    assert whys(find(moodle)) == {"prof": "rule: user" + (", joined this session" if came else "")}


def test_joining_the_session_of_another_group_is_not_joining_this_one(find: Find) -> None:
    moodle = SmallMoodle(participants=rules(("user", "50")))
    moodle.user(50, "prof")
    joined(moodle, 50, meeting_id=f"{SEED}-20-30[7]")
    assert whys(find(moodle)) == {"prof": "rule: user"}


def test_a_recording_without_an_end_may_last_a_day(find: Find) -> None:
    moodle = SmallMoodle(participants=rules(("user", "50")))
    moodle.user(50, "prof")
    joined(moodle, 50, after=timedelta(hours=23))
    assert whys(find(moodle, recording(end=None))) == {"prof": "rule: user, joined this session"}


def test_roles_count_in_activity_and_course_and_above_only_if_wanted(
    find: Find, tmp_path_factory: pytest.TempPathFactory
) -> None:
    moodle = SmallMoodle(participants=rules(("role", str(TEACHER))))
    for number, name, context in ((50, "a", 300), (51, "b", 200), (52, "c", 150), (53, "d", 100), (54, "e", 999)):
        moodle.user(number, name)
        moodle.assign(number, TEACHER, context)
    near = {"a": "rule: role teacher in activity", "b": "rule: role teacher in course"}
    assert whys(find(moodle)) == near
    url = sa.URL.create("sqlite", database=str(tmp_path_factory.mktemp("again") / "moodle.sqlite"))
    with asking([source_of(moodle.fill(url), inherited_roles=True)]) as owners:
        (found,) = owners.find([recording()])
    assert whys(found) == near | {"c": "rule: role teacher in category", "d": "rule: role teacher in site"}


def test_the_strongest_reason_is_told(find: Find) -> None:
    moodle = SmallMoodle(participants=rules(("role", "teacher"), ("role", "editingteacher"), ("user", "50")))
    moodle.user(50, "both")
    moodle.user(51, "roles")
    for user in (50, 51):
        moodle.assign(user, TEACHER, 200)
        moodle.assign(user, EDITING_TEACHER, 200)
    assert whys(find(moodle)) == {"both": "rule: user", "roles": "rule: role editingteacher in course"}


@pytest.mark.parametrize("participants", [rules(("all", "all")), rules(("role", "gone")), rules()])
def test_rules_that_name_nobody_fall_back_to_the_owner(find: Find, participants: str) -> None:
    moodle = SmallMoodle(participants=participants)
    moodle.user(50, "owner")
    moodle.user(51, "student")
    moodle.enrol(51)
    moodle.assign(51, STUDENT, 200)
    joined(moodle, 51)
    moodle.log(50, "Add", SEED)
    found = find(moodle)
    assert whys(found) == {"owner": "owner of the activity"}
    assert {owner.confidence for owner in found.owners} == {Confidence.DOUBTFUL}


def test_then_to_who_opened_the_session(find: Find) -> None:
    moodle = SmallMoodle(participants=rules())
    for number, name in ((50, "opener"), (51, "day-after"), (52, "not-recording")):
        moodle.user(number, name)
    meeting = f"{SEED}-20-30"
    moodle.log(50, "Create", meeting, when=START - timedelta(seconds=2), meta={"record": True})
    moodle.log(51, "Create", meeting, when=START + timedelta(days=1), meta={"record": True})
    moodle.log(52, "Create", meeting, when=START, meta={"record": False})
    assert whys(find(moodle, recording(meeting_id=meeting))) == {"opener": "opened this session"}


def test_an_opening_long_before_is_of_another_session(find: Find) -> None:
    moodle = SmallMoodle(participants=rules())
    moodle.user(50, "opener")
    moodle.log(50, "Create", MEETING, when=START - timedelta(minutes=6), meta={"record": True})
    assert find(moodle).finding is Finding.NOBODY


def test_then_to_the_editing_teachers_of_the_course(find: Find) -> None:
    moodle = SmallMoodle(participants=rules())
    for number, name in ((50, "editing"), (51, "assistant"), (52, "elsewhere")):
        moodle.user(number, name)
    moodle.assign(50, EDITING_TEACHER, 200)
    moodle.assign(51, TEACHER, 200)
    moodle.assign(52, EDITING_TEACHER, 150)
    assert whys(find(moodle)) == {"editing": "editing teacher of the course"}


def test_nobody_at_all_is_said_so(find: Find) -> None:
    found = find(SmallMoodle(participants=rules()))
    assert (found.finding, found.owners, found.source) == (Finding.NOBODY, (), "")
    assert (found.course, found.activity) == ("Mécanique", "Cours en ligne")


def test_too_many_moderators_mean_everybody_and_are_passed_over(find: Find) -> None:
    moodle = SmallMoodle(participants=rules(("role", str(STUDENT))))
    for number in range(50, 54):
        moodle.user(number, f"student{number}")
        moodle.assign(number, STUDENT, 200)
        moderated(moodle, number)
    moodle.user(60, "owner")
    moodle.log(60, "Add", SEED)
    found = find(moodle, most_moderators=3)
    assert whys(found) == {"owner": "owner of the activity"}
    assert "the log: 4 people, more than 3" in found.detail
    assert "the rules: 4 people, more than 3" in found.detail


def test_administrators_guests_deleted_and_remote_users_are_left_out(find: Find) -> None:
    moodle = SmallMoodle(participants=rules(*(("user", str(number)) for number in (1, 2, 50, 51, 52, 999))))
    moodle.user(1, "guest")
    moodle.user(2, "admin")
    moodle.user(50, "gone@univ.fr.1700000000", deleted=1)
    moodle.user(51, "remote", host=5)
    moodle.user(52, "prof")
    for user in (1, 2, 50, 51):
        moderated(moodle, user)
    found = find(moodle)
    assert whys(found) == {"prof": "rule: user"}
    assert "left out: administrators, deleted users, the guest, users of another site (MNet)" in found.detail


def test_suspended_users_are_kept_and_marked(find: Find) -> None:
    moodle = SmallMoodle(participants=rules(("user", "50"), ("user", "51")))
    moodle.user(50, "suspended", suspended=1)
    moodle.user(51, "prof")
    found = find(moodle)
    assert {owner.username: owner.suspended for owner in found.owners} == {"suspended": True, "prof": False}


def test_names_are_those_of_pod_and_two_accounts_of_one_person_are_one_owner(find: Find) -> None:
    moodle = SmallMoodle(participants=rules(("user", "50"), ("user", "51"), ("user", "52")))
    moodle.user(50, "JDupont@univ.fr")
    moodle.user(51, "jdupont@univ.fr")
    moodle.user(52, "partner@ailleurs.fr")
    found = find(moodle, names=UserNames(field=UserField.USERNAME, pattern=r"([^@]+)@univ\.fr", case=Case.LOWER))
    assert whys(found) == {"jdupont": "rule: user"}
    assert "left out: users whose name the rule for Pod does not match" in found.detail


@pytest.mark.parametrize(
    ("default", "enrolled", "why"),
    [
        ("0", True, "rule: owner"),
        ("0", False, "owner of the activity"),
        ("owner", True, "rule: owner"),
        (str(TEACHER), True, "rule: role teacher in course"),
        ("teacher", True, "rule: role teacher in course"),
    ],
)
def test_the_sites_default_rules_are_read_from_its_settings(find: Find, default: str, enrolled: bool, why: str) -> None:  # noqa: FBT001
    moodle = SmallMoodle(participants="", default=default)
    moodle.user(50, "owner")
    moodle.user(51, "earlier-owner-of-another")
    moodle.assign(50, TEACHER, 200)
    if enrolled:
        moodle.enrol(50)
    moodle.enrol(50, course=21)
    moodle.log(50, "Add", SEED)
    moodle.log(51, "Add", "b" * 40, activity=31)
    assert whys(find(moodle)) == {"owner": why}


def test_or_from_bbbmigs_own(find: Find) -> None:
    moodle = SmallMoodle(participants=None, default="0")
    moodle.user(50, "teacher")
    moodle.assign(50, TEACHER, 200)
    assert whys(find(moodle, default_moderators=f"0,{TEACHER}")) == {"teacher": "rule: role teacher in course"}


def test_without_its_module_an_activity_has_the_roles_of_its_course(find: Find) -> None:
    moodle = SmallMoodle(participants=rules(("role", "teacher")))
    moodle.rows["course_modules"].clear()
    moodle.user(50, "teacher")
    moodle.assign(50, TEACHER, 200)
    assert whys(find(moodle)) == {"teacher": "rule: role teacher in course"}


def test_a_context_without_a_path_has_the_roles_of_itself(find: Find) -> None:
    moodle = SmallMoodle(participants=rules(("role", "teacher")))
    moodle.rows["context"] = [
        (number, level, of, None, depth) for number, level, of, _, depth in moodle.rows["context"]
    ]
    moodle.user(50, "teacher")
    moodle.assign(50, TEACHER, 200)
    assert whys(find(moodle)) == {"teacher": "rule: role teacher in course"}


def test_an_activity_whose_course_is_lost_has_its_own_roles_and_users(find: Find) -> None:
    moodle = SmallMoodle(participants=rules(("role", "teacher"), ("user", "51")))
    moodle.rows["course"].clear()
    moodle.user(50, "here")
    moodle.user(51, "named")
    moodle.assign(50, TEACHER, 300)
    moodle.assign(51, TEACHER, 200)
    assert whys(find(moodle)) == {"here": "rule: role teacher in activity", "named": "rule: user"}


@pytest.mark.parametrize(
    ("missing", "why"),
    [
        ("bigbluebuttonbn_logs", "editing teacher of the course"),
        ("enrol", "added the activity, joined this session"),
        ("user_enrolments", "added the activity, joined this session"),
        ("bigbluebuttonbn_recordings", "rule: owner, joined this session"),
        ("config", "rule: owner, joined this session"),
    ],
)
def test_tables_that_cannot_be_read_cost_their_evidence_only(find: Find, missing: str, why: str) -> None:
    moodle = SmallMoodle(participants=None)
    moodle.user(50, "prof")
    moodle.assign(50, EDITING_TEACHER, 200)
    moodle.enrol(50)
    moodle.log(50, "Add", SEED)
    joined(moodle, 50)
    del moodle.rows[missing]
    assert whys(find(moodle, with_view=False)) == {"prof": why}


def test_an_idle_plugin_of_another_activity_does_not_lend_its_context(find: Find) -> None:
    """Instance 30 of another plug-in has a course module of its own."""
    moodle = SmallMoodle(participants=rules(("role", "teacher")))
    moodle.rows["course_modules"].append((999, 20, MODULE + 1, 30, 1, 0, 0))
    moodle.rows["context"].append((999, 70, 999, "/100/150/200/999", 4))
    moodle.user(50, "elsewhere")
    moodle.assign(50, TEACHER, 999)
    assert find(moodle).finding is Finding.NOBODY
