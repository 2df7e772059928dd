"""Which links Pod gets: one for each owner, none twice, none for people who should not have them."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bbbmig.domain.history import History, LinkKey, State
from bbbmig.domain.link_plan import LinkRules, link_type, link_url, plan_links
from bbbmig.domain.owner import Confidence, Finding, Owner, Ownership
from bbbmig.domain.plan import Action, Kind, Reason
from bbbmig.domain.recording import Playback, Recording
from bbbmig.pod.limits import POD
from tests.domain.recordings import BASE, lists_of_recordings, recording
from tests.domain.remembered import YESTERDAY, linked


def as_given(url: str, _record_id: str) -> str:
    return url


RULES = LinkRules(administrator="admin", limits=POD, address=as_given)


def owned(one: Recording, finding: Finding, *names: str, detail: str = "") -> dict[str, Ownership]:
    owners = tuple(Owner(username=name) for name in names)
    return {one.record_id: Ownership(record_id=one.record_id, finding=finding, owners=owners, detail=detail)}


def planned(one: Recording, finding: Finding, *names: str, rules: LinkRules = RULES) -> tuple[Action, ...]:
    return plan_links([one], owned(one, finding, *names), rules).actions


findings = st.sampled_from(Finding)


@given(lists_of_recordings, st.data())
def test_a_plan_loses_no_recording_and_gives_each_a_link_or_a_reason(
    listed: list[Recording], data: st.DataObject
) -> None:
    owners: dict[str, Ownership] = {}
    for one in listed:
        finding = data.draw(findings)
        names = data.draw(st.lists(st.sampled_from("abcd"), max_size=3)) if finding is Finding.FOUND else ()
        owners |= owned(one, finding, *names)
    rules = replace(RULES, ignored_servers=("ignored.univ.example",), include_unpublished=data.draw(st.booleans()))
    plan = plan_links(listed, owners, rules)
    assert list(dict.fromkeys(action.recording.record_id for action in plan)) == [one.record_id for one in listed]
    for action in plan:
        assert (action.kind is Kind.LINK) == (action.reason is None)
        assert not action.effective or (action.target and action.url)
    made = [(action.recording.record_id, action.target) for action in plan.effective]
    assert len(made) == len(set(made))


@given(lists_of_recordings)
def test_what_pod_has_afterwards_makes_the_next_plan_do_nothing(listed: list[Recording]) -> None:
    owners: dict[str, Ownership] = {}
    for one in listed:
        owners |= owned(one, Finding.FOUND, "Jean.Dupont", "zoé")
    first = plan_links(listed, owners, RULES)
    linked = {LinkKey.of(action.recording.record_id, action.target) for action in first.effective}
    assert plan_links(listed, owners, replace(RULES, linked=linked)).effective == ()


def test_every_moderator_gets_a_link_whoever_was_named_twice_one() -> None:
    actions = planned(recording(), Finding.FOUND, "b", "a", "B", "c")
    assert [action.target for action in actions] == ["b", "a", "c"]


@pytest.mark.parametrize("finding", [Finding.NOBODY, Finding.NOT_SEARCHED])
def test_the_administrator_gets_what_is_nobodys_and_the_plan_says_so(finding: Finding) -> None:
    (action,) = planned(recording(), finding)
    assert (action.kind, action.target) == (Kind.LINK, "admin")
    assert action.owner is not None
    assert "administrator" in action.owner.why
    assert action.owner.confidence is Confidence.DOUBTFUL


@pytest.mark.parametrize(
    ("finding", "kind", "reason"),
    [
        (Finding.FAILED, Kind.FAIL, Reason.OWNER_SEARCH_FAILED),
        (Finding.UNKNOWN_SERVER, Kind.SKIP, Reason.UNKNOWN_SERVER),
        (Finding.LEFT_OUT, Kind.SKIP, Reason.LEFT_OUT),
    ],
)
def test_nobody_gets_what_only_a_person_can_decide(finding: Finding, kind: Kind, reason: Reason) -> None:
    (action,) = planned(recording(), finding)
    assert (action.kind, action.reason, action.effective) == (kind, reason, False)


def test_what_a_moodle_that_is_not_asked_this_time_may_know_is_not_given_to_the_administrator() -> None:
    one = recording()
    (action,) = plan_links([one], owned(one, Finding.NOT_SEARCHED, detail="moodle2.univ.example"), RULES)
    assert (action.kind, action.reason, action.detail) == (Kind.SKIP, Reason.NOT_ASKED, "moodle2.univ.example")


def test_every_finding_has_a_test_of_what_the_administrator_gets() -> None:
    given_away = {f for f in Finding if f is not Finding.FOUND and planned(recording(), f)[0].effective}
    assert given_away == {Finding.NOBODY, Finding.DOUBTFUL, Finding.NOT_SEARCHED, Finding.IGNORED_SERVER}


def test_an_ignored_server_is_left_alone_in_whichever_case_it_is_written() -> None:
    rules = replace(RULES, ignored_servers=("Ignored.univ.example",))
    (action,) = planned(recording(server="ignored.Univ.example"), Finding.FOUND, "a", rules=rules)
    assert (action.kind, action.reason) == (Kind.SKIP, Reason.IGNORED_SERVER)


def test_unpublished_ones_are_moved_only_when_asked_for() -> None:
    hidden = recording(published=False)
    assert planned(hidden, Finding.FOUND, "a")[0].reason is Reason.UNPUBLISHED
    assert planned(hidden, Finding.FOUND, "a", rules=replace(RULES, include_unpublished=True))[0].kind is Kind.LINK


def test_a_video_is_linked_rather_than_a_presentation_and_sound_alone_as_a_file() -> None:
    assert link_url(recording("a", "podcast", "presentation", "video"), as_given).startswith(f"{BASE}/playback/video/")
    assert link_type(recording("a", "presentation")) == "bigbluebutton"
    assert link_type(recording("a", "podcast")) == "video"


def test_no_playback_is_a_reason_that_names_what_there_is() -> None:
    (action,) = planned(recording("a", "statistics"), Finding.FOUND, "a")
    assert (action.reason, action.detail) == (Reason.NO_PLAYBACK, "formats: statistics")
    (action,) = planned(recording("a", playbacks=()), Finding.FOUND, "a")
    assert action.detail == "formats: none"


def test_an_address_that_pod_cannot_hold_is_a_failure_not_a_cut_one() -> None:
    one = recording("a", playbacks=(Playback(type="video", url=f"{BASE}/{'x' * 500}"),))
    (action,) = planned(one, Finding.FOUND, "a")
    assert (action.kind, action.reason) == (Kind.FAIL, Reason.ADDRESS_TOO_LONG)


def test_a_token_never_gets_into_a_link() -> None:
    one = recording("a", playbacks=(Playback(type="video", url=f"{BASE}/recording/x/video?token=geheim"),))
    (action,) = planned(one, Finding.FOUND, "a")
    assert action.url == f"{BASE}/recording/x/video"


def test_a_link_that_somebody_removed_comes_back_only_when_asked_for() -> None:
    one = recording()
    rules = replace(RULES, history=History([linked(one, "a")]))
    (action,) = planned(one, Finding.FOUND, "A", rules=rules)
    assert (action.kind, action.reason) == (Kind.SKIP, Reason.REMOVED_SINCE)
    assert (action.detail, action.since) == ("created", YESTERDAY)
    assert planned(one, Finding.FOUND, "A", rules=replace(rules, again=True))[0].kind is Kind.LINK


@pytest.mark.parametrize(
    ("state", "to_fixture", "reason"),
    [
        (State.UNDONE, False, Reason.REMOVED_SINCE),
        (State.DELIVERED, True, Reason.ALREADY_DONE),
        (State.DELIVERED, False, None),
        (State.FAILED, False, None),
        (State.STARTED, False, None),
    ],
)
def test_what_was_before_counts_by_its_state(state: State, to_fixture: bool, reason: Reason | None) -> None:  # noqa: FBT001 - a parameter of tests
    one = recording()
    rules = replace(RULES, history=History([linked(one, "Jean", state, detail="why")]), to_fixture=to_fixture)
    (action,) = planned(one, Finding.FOUND, "jean", rules=rules)
    assert action.reason is reason
    assert planned(one, Finding.FOUND, "jean", rules=replace(rules, again=True))[0].kind is Kind.LINK


def test_what_the_ledger_cannot_hold_fails_by_name() -> None:
    (action,) = planned(recording(record_id="x" * 101), Finding.FOUND, "jean")
    assert (action.kind, action.reason) == (Kind.FAIL, Reason.ID_TOO_LONG)
