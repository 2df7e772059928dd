"""Which files are made: one for each recording, none twice, each under a name of its own."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bbbmig.domain.claim_plan import ClaimRules, plan_claims
from bbbmig.domain.file_names import file_name, short_id
from bbbmig.domain.file_plan import ATTEMPTS
from bbbmig.domain.history import Effect, Entry, History, State
from bbbmig.domain.plan import Action, Kind, Reason
from bbbmig.domain.recording import Recording
from tests.domain.recordings import lists_of_recordings, recording
from tests.domain.remembered import YESTERDAY, claimed, published

RULES = ClaimRules(converters=True)
ONE = recording("a", "video", "presentation")
NAME = file_name(ONE, ".mp4")
REGISTERED = History([claimed(ONE)])


def failed(times: int) -> History:
    return History([claimed(ONE, state=State.FAILED, attempts=times)])


def delivered(name: str) -> History:
    return History([claimed(ONE, state=State.DELIVERED, location=f"/data/{name}")])


def planned(one: Recording, rules: ClaimRules) -> Action:
    (action,) = plan_claims([one], rules).actions
    return action


@given(lists_of_recordings, st.builds(ClaimRules, converters=st.booleans(), include_unpublished=st.booleans()))
def test_a_plan_names_every_recording_once_and_no_file_twice(listed: list[Recording], rules: ClaimRules) -> None:
    plan = plan_claims(listed, rules)
    assert [action.recording for action in plan] == listed
    targets = [action.target for action in plan.effective]
    assert len(targets) == len(set(targets))
    assert all(action.reason is not None for action in plan if not action.effective)


@given(lists_of_recordings)
def test_what_lies_there_afterwards_makes_the_next_plan_fetch_nothing(listed: list[Recording]) -> None:
    names = [action.target for action in plan_claims(listed, RULES).effective]
    without_ledger = plan_claims(listed, replace(RULES, present=names))
    assert {action.kind for action in without_ledger} <= {Kind.REGISTER, Kind.SKIP}
    known_to_pod = plan_claims(listed, replace(RULES, present=names, in_pod=names))
    assert known_to_pod.effective == ()


def test_recordings_of_one_name_and_minute_get_files_of_their_own() -> None:
    twins = [recording(seed, "video", meeting_name="Cours", start=None) for seed in "ab"]
    first, second = plan_claims(twins, RULES)
    assert first.target != second.target


@pytest.mark.parametrize(
    ("formats", "kind", "suffix"),
    [
        (("video", "presentation"), Kind.DOWNLOAD, ".mp4"),
        (("presentation", "podcast"), Kind.CONVERT, ".mp4"),
        (("podcast",), Kind.DOWNLOAD, ".ogg"),
    ],
)
def test_a_film_is_better_than_a_presentation_and_that_better_than_sound(
    formats: tuple[str, ...], kind: Kind, suffix: str
) -> None:
    action = planned(recording("a", *formats), RULES)
    assert action.kind is kind
    assert action.target.endswith(suffix)


@pytest.mark.parametrize(
    ("one", "rules", "reason"),
    [
        (recording("a", "presentation"), ClaimRules(), Reason.NEEDS_CONVERTER),
        (recording("a", "statistics"), RULES, Reason.NO_PLAYBACK),
        (recording("a", "video", published=False), RULES, Reason.UNPUBLISHED),
        (recording("a", "video", server="x"), ClaimRules(ignored_servers=("X",)), Reason.IGNORED_SERVER),
        (ONE, ClaimRules(history=failed(ATTEMPTS)), Reason.FAILED_BEFORE),
        (ONE, ClaimRules(history=REGISTERED), Reason.REMOVED_SINCE),
        (ONE, ClaimRules(history=REGISTERED, in_pod=[NAME]), Reason.ALREADY_DONE),
        (ONE, ClaimRules(history=REGISTERED, in_pod=[NAME], again=True), Reason.ALREADY_DONE),
        (ONE, ClaimRules(history=REGISTERED, present=[NAME]), Reason.ALREADY_DONE),
        (
            ONE,
            ClaimRules(history=History([claimed(ONE), published(ONE, "jean")]), again=True),
            Reason.ALREADY_DONE,
        ),
        (ONE, ClaimRules(in_pod=[NAME]), Reason.ALREADY_DONE),
    ],
)
def test_what_is_left_alone_has_its_reason(one: Recording, rules: ClaimRules, reason: Reason) -> None:
    action = planned(one, rules)
    assert (action.kind, action.reason) == (Kind.SKIP, reason)


def test_a_recording_that_failed_is_tried_again_a_few_times_and_then_when_asked_for() -> None:
    assert planned(ONE, ClaimRules(history=failed(ATTEMPTS - 1))).kind is Kind.DOWNLOAD
    assert planned(ONE, ClaimRules(history=failed(9), retry_failed=True)).kind is Kind.DOWNLOAD


def test_a_lost_file_is_made_once_more_when_asked_for() -> None:
    rules = ClaimRules(history=REGISTERED)
    assert (planned(ONE, rules).detail, planned(ONE, rules).since) == ("delivered", YESTERDAY)
    assert planned(ONE, replace(rules, again=True)).kind is Kind.DOWNLOAD
    assert planned(ONE, replace(rules, again=True, present=[NAME])).kind is Kind.REGISTER


def test_a_file_that_a_killed_run_left_is_only_registered() -> None:
    for rules in (
        ClaimRules(present=[NAME]),
        ClaimRules(present=[NAME], history=History([claimed(ONE, state=State.STARTED)])),
        ClaimRules(present=["By hand.mp4"], history=delivered("By hand.mp4")),
    ):
        action = planned(ONE, rules)
        assert (action.kind, action.target) == (Kind.REGISTER, rules.present[0])  # type: ignore[index] # a list


def test_a_file_that_pods_cron_found_after_a_kill_still_gets_its_date() -> None:
    rules = ClaimRules(present=[NAME], in_pod=[NAME], history=delivered(NAME))
    assert planned(ONE, rules).kind is Kind.REGISTER
    assert planned(ONE, replace(rules, present=[])).reason is Reason.ALREADY_DONE  # claimed: moved away


def test_a_renamed_recording_is_still_recognised_by_its_file() -> None:
    renamed = replace(ONE, metadata={"name": "Another name"})
    assert short_id(ONE.record_id) in NAME
    assert planned(renamed, ClaimRules(in_pod=[NAME])).reason is Reason.ALREADY_DONE


def test_a_delivered_file_that_is_gone_is_made_again() -> None:
    assert planned(ONE, ClaimRules(history=delivered(NAME))).kind is Kind.DOWNLOAD


def test_what_the_ledger_cannot_hold_or_read_fails_by_name() -> None:
    long = replace(ONE, record_id="x" * 101)
    action = planned(long, RULES)
    assert (action.kind, action.reason, action.detail) == (
        Kind.FAIL,
        Reason.ID_TOO_LONG,
        "101 characters, the ledger takes 100",
    )
    assert planned(replace(ONE, record_id="x" * 100), RULES).kind is Kind.DOWNLOAD
    spoilt = Entry(effect=Effect.CLAIM, record_id=ONE.record_id, state=State.UNREADABLE, detail="spoilt")
    action = planned(ONE, replace(RULES, history=History([spoilt])))
    assert (action.kind, action.reason, action.detail) == (Kind.FAIL, Reason.LEDGER_UNREADABLE, "claim: spoilt")
    assert planned(recording("b", "video"), replace(RULES, history=History([spoilt]))).kind is Kind.DOWNLOAD


def test_what_is_no_file_stands_in_the_way_of_what_would_be_made_only() -> None:
    rules = replace(RULES, unfit={NAME: "a link"})
    action = planned(ONE, rules)
    assert (action.kind, action.reason, action.detail) == (Kind.FAIL, Reason.NOT_A_FILE, f"{NAME} is a link")
    assert action.hint
    other = NAME.replace("Meeting", "Réunion")
    assert planned(ONE, replace(rules, present=[other])).kind is Kind.REGISTER
    assert planned(ONE, replace(rules, in_pod=[NAME])).reason is Reason.ALREADY_DONE
    assert planned(ONE, replace(rules, left_out=[ONE.record_id])).reason is Reason.LEFT_OUT
    assert planned(recording("b", "video"), rules).kind is Kind.DOWNLOAD
