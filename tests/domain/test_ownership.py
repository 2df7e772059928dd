"""Several sources of owners, one result."""

from itertools import permutations

import pytest

from bbbmig.domain.link_plan import LinkRules, plan_links
from bbbmig.domain.owner import Finding, Owner, Ownership
from bbbmig.domain.ownership import combine, undecided
from bbbmig.domain.plan import Kind, Reason
from bbbmig.domain.recording import Playback, Recording
from bbbmig.pod.limits import POD


def result(finding: Finding, *names: str, detail: str = "", course: str = "", activity: str = "") -> Ownership:
    owners = tuple(Owner(username=name) for name in names)
    return Ownership(
        record_id="r", finding=finding, owners=owners, detail=detail, course=course, activity=activity, source="s"
    )


def combined(*results: Ownership | None) -> Ownership:
    return combine(["r"], *({} if one is None else {"r": one} for one in results))["r"]


FOUND = result(Finding.FOUND, "jdupont")
LEFT_OUT = result(Finding.LEFT_OUT)
FAILED = result(Finding.FAILED, detail="moodle default: the connection broke")
UNKNOWN = result(Finding.UNKNOWN_SERVER, detail="other.fr")
NOBODY = result(Finding.NOBODY)


def test_the_first_source_that_found_somebody_decides() -> None:
    assert combined(None, result(Finding.FOUND, "pod"), result(Finding.FOUND, "moodle")).owners[0].username == "pod"


@pytest.mark.parametrize("other", [FAILED, UNKNOWN, NOBODY, None])
def test_a_found_owner_counts_whatever_the_other_sources_say(other: Ownership | None) -> None:
    assert combined(FOUND, other) == FOUND
    assert combined(other, FOUND) == FOUND


def test_what_a_person_left_out_is_given_to_nobody_though_moodle_knows_somebody() -> None:
    assert combined(LEFT_OUT, NOBODY, FOUND).finding is Finding.LEFT_OUT


def test_what_a_person_left_out_goes_not_even_to_the_administrator() -> None:
    video = Recording(record_id="r", playbacks=(Playback(type="video", url="https://bbb/video.mp4"),))
    rules = LinkRules(administrator="admin", limits=POD, address=lambda url, _: url)
    (action,) = plan_links([video], combine(["r"], {"r": LEFT_OUT}), rules)
    assert (action.kind, action.reason) == (Kind.SKIP, Reason.LEFT_OUT)


@pytest.mark.parametrize("said", list(permutations([FAILED, NOBODY, UNKNOWN, None])))
def test_a_source_that_failed_keeps_the_administrator_from_getting_it(said: tuple[Ownership | None, ...]) -> None:
    assert combined(*said) == FAILED


@pytest.mark.parametrize("said", list(permutations([UNKNOWN, NOBODY, result(Finding.NOT_SEARCHED)])))
def test_a_gap_in_the_settings_is_not_covered_by_a_source_that_has_nobody(said: tuple[Ownership, ...]) -> None:
    assert combined(*said) == UNKNOWN


def test_a_moodle_that_was_not_asked_is_not_taken_for_one_that_has_nobody() -> None:
    assert combined(NOBODY, result(Finding.NOT_SEARCHED, detail="m.fr")).finding is Finding.NOT_SEARCHED


def test_two_failures_are_both_told() -> None:
    assert combined(result(Finding.FAILED, detail="a"), result(Finding.FAILED, detail="b")).detail == "a; b"


def test_a_recording_that_no_source_was_asked_about_is_not_searched() -> None:
    assert combine(["r"]) == {"r": Ownership(record_id="r", finding=Finding.NOT_SEARCHED)}


def test_course_and_activity_come_from_whichever_source_knows_them() -> None:
    told = combined(FOUND, result(Finding.NOBODY, course="Chimie", activity="TD"))
    assert (told.course, told.activity, told.owners) == ("Chimie", "TD", FOUND.owners)


def test_a_bare_user_name_gets_the_names_and_the_address_that_another_source_knows() -> None:
    """The file says only "JDupont"; Moodle knows them from another recording."""
    person = Owner(username="jdupont", first_name="Jean", last_name="Dupont", email="j@univ.fr", suspended=True)
    moodle = {"other": Ownership(record_id="other", finding=Finding.FOUND, owners=(person,))}
    (owner,) = combine(["r"], {"r": result(Finding.FOUND, "JDupont")}, moodle)["r"].owners
    assert owner == Owner(username="JDupont", first_name="Jean", last_name="Dupont", email="j@univ.fr", suspended=True)


@pytest.mark.parametrize("known", [{"email": "jd@labo.fr"}, {"last_name": "Dupont"}])
def test_somebody_of_whom_more_is_known_is_not_overwritten(known: dict[str, str]) -> None:
    said = Owner(username="jdupont", **known)  # type: ignore[arg-type] # names of fields
    other = Owner(username="jdupont", first_name="Other", last_name="Person", email="other@univ.fr", suspended=True)
    file = {"other": Ownership(record_id="other", finding=Finding.FOUND, owners=(other,))}
    moodle = {"r": Ownership(record_id="r", finding=Finding.FOUND, owners=(said,))}
    assert combine(["r"], file, moodle)["r"].owners == (said,)


def test_only_recordings_without_a_decision_are_asked_about_again() -> None:
    file = {"a": result(Finding.FOUND, "x"), "b": result(Finding.LEFT_OUT)}
    pod = {"c": result(Finding.FOUND, "y"), "d": NOBODY}
    assert undecided("abcde", file, pod) == ["d", "e"]
