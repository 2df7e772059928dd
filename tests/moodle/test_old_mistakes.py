"""What the old script got wrong, each as a case: the numbers are those of docs/facts/moodle.md."""

import html
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from bbbmig.domain.owner import Finding, Ownership
from bbbmig.domain.recording import Recording
from tests.moodle.small import EDITING_TEACHER, SEED, SmallMoodle, record_id, recording, rules
from tests.moodle.sources import asking, source_of

Find = Callable[..., Ownership]


@pytest.fixture
def find(database_url: sa.URL) -> Find:
    """Find the owners of the last of some recordings, on each engine."""

    def find(moodle: SmallMoodle, *recordings: Recording) -> Ownership:
        asked = recordings or (recording(),)
        with asking([source_of(moodle.fill(database_url))]) as owners:
            return {result.record_id: result for result in owners.find(asked)}[asked[-1].record_id]

    return find


def names(found: Ownership) -> list[str]:
    return [owner.username for owner in found.owners]


def test_r1_roles_make_moderators_too(find: Find) -> None:
    moodle = SmallMoodle(participants=rules(("role", str(EDITING_TEACHER))))
    moodle.user(50, "prof")
    moodle.assign(50, EDITING_TEACHER, 200)
    assert names(find(moodle)) == ["prof"]


def test_r2_the_status_of_a_row_does_not_matter(database_url: sa.URL) -> None:
    moodle = SmallMoodle(participants=rules(("user", "50")))
    moodle.user(50, "prof")
    breakouts = [recording(status, meeting_id="of a breakout room") for status in range(6)]
    for status, one in enumerate(breakouts):
        moodle.row(one.record_id, status=status)
    with asking([source_of(moodle.fill(database_url))]) as owners:
        assert [names(result) for result in owners.find(breakouts)] == [["prof"]] * 6


def test_r3_imported_copies_give_nothing_to_those_who_imported(find: Find) -> None:
    moodle = SmallMoodle(participants=rules(("user", "50")))
    moodle.user(50, "prof")
    moodle.user(51, "importer")
    moodle.activity(31, participants=rules(("user", "51")), seed="b" * 40)
    moodle.row(record_id(), activity=31, imported=1)
    moodle.row(record_id())
    assert names(find(moodle)) == ["prof"]


def test_r3_a_recording_that_was_only_imported_is_nobodys(find: Find) -> None:
    moodle = SmallMoodle(participants=rules(("user", "51")))
    moodle.user(51, "importer")
    moodle.row(record_id(), imported=1)
    assert find(moodle, recording(meeting_id="of a deleted activity")).finding is Finding.NOBODY


def test_r4_every_moderator_is_found_and_not_the_first_only(find: Find) -> None:
    moodle = SmallMoodle(participants=rules(("user", "50"), ("user", "51"), ("user", "52")))
    for number in (50, 51, 52):
        moodle.user(number, f"prof{number}")
    assert names(find(moodle)) == ["prof50", "prof51", "prof52"]


def test_r5_users_who_do_not_exist_or_are_deleted_are_no_owners_and_no_error(find: Find) -> None:
    moodle = SmallMoodle(participants=rules(("user", "50"), ("user", "999")))
    moodle.user(50, "gone@univ.fr.1700000000", deleted=1)
    found = find(moodle)
    assert (found.finding, found.owners) == (Finding.NOBODY, ())
    assert "left out: deleted users" in found.detail


def test_r6_empty_and_broken_rules_mean_the_default(database_url: sa.URL) -> None:
    moodle = SmallMoodle(default=str(EDITING_TEACHER))
    moodle.user(50, "prof")
    moodle.assign(50, EDITING_TEACHER, 200)
    forms = (None, "", "[]", "null", "{}", "[{broken")
    for number, participants in enumerate(forms):
        moodle.activity(40 + number, participants=participants, seed=f"{number:040x}")
    asked = [recording(number, meeting_id=f"{number:040x}-20-{40 + number}[0]") for number in range(len(forms))]
    with asking([source_of(moodle.fill(database_url))]) as owners:
        found = list(owners.find(asked))
    assert [names(result) for result in found] == [["prof"]] * len(forms)
    assert {owner.why for result in found for owner in result.owners} == {"rule: role editingteacher in course"}


@pytest.mark.parametrize(("seed", "group", "expected"), [("a" * 32, "", ["prof"]), (SEED, "[0]", [])])
def test_r6_escaped_rules_are_read_of_version_1(find: Find, seed: str, group: str, expected: list[str]) -> None:
    """Its seeds have 32 digits; Moodle 4.5 gives sessions of a later activity to those whom the default rule names."""
    moodle = SmallMoodle(participants=html.escape(rules(("user", "50"))), seed=seed)
    moodle.user(50, "prof")
    assert names(find(moodle, recording(meeting_id=f"{seed}-20-30{group}"))) == expected


def test_r7_prefix_and_schema_are_the_sites_own(find: Find, database_url: sa.URL) -> None:
    """The truth tests read three sites with prefixes and a schema of their own; here: emoji come out whole."""
    moodle = SmallMoodle(participants=rules(("user", "50")))
    moodle.rows["course"] = [(20, 15, "Méca 🎓 « été »", "M", 1)]
    moodle.user(50, "prof")
    assert find(moodle).course == "Méca 🎓 « été »"
    assert database_url.database


def test_r8_a_batch_needs_no_more_statements_than_one_recording(database_url: sa.URL, statements: list[str]) -> None:
    moodle = SmallMoodle(participants=rules(("user", "50"), ("role", str(EDITING_TEACHER))))
    moodle.user(50, "prof")
    moodle.log(50, "Add", SEED)
    many = []
    for number in range(300):
        moodle.activity(1000 + number, participants=rules(("user", "50")), seed=f"{number:040x}")
        many.append(recording(number, meeting_id=f"{number:040x}-20-{1000 + number}[0]"))
    source = source_of(moodle.fill(database_url))
    counts = []
    for asked in (many[:1], many):
        with asking([source]) as owners:
            statements.clear()
            assert all(names(result) == ["prof"] for result in owners.find(asked))
            counts.append(len(statements))
    assert counts[0] == counts[1]


def test_r9_a_server_in_no_section_is_a_finding_of_its_own(find: Find) -> None:
    found = find(SmallMoodle(), recording(server="autre.univ.fr"))
    assert (found.finding, found.owners, found.detail) == (Finding.UNKNOWN_SERVER, (), "autre.univ.fr")


def test_r10_no_row_is_needed(database_url: sa.URL) -> None:
    moodle = SmallMoodle(participants=rules(("user", "50")), release="3.9.2")
    del moodle.rows["bigbluebuttonbn_recordings"]
    moodle.user(50, "prof")
    asked = [recording(number, meeting_id=f"{SEED}-20-30{group}") for number, group in enumerate(("", "[0]", "[12]"))]
    with asking([source_of(moodle.fill(database_url))]) as owners:
        assert [names(result) for result in owners.find(asked)] == [["prof"]] * 3
