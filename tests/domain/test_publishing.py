"""Who gets a video: the first moderator, the others as the settings say, nobody's where the settings say."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bbbmig.domain.claim_plan import ClaimRules
from bbbmig.domain.file_names import FILE_NAME_BYTES, copy_name, file_name, short_id, short_id_in
from bbbmig.domain.file_plan import ATTEMPTS
from bbbmig.domain.history import History, State
from bbbmig.domain.owner import Finding, Owner, Ownership
from bbbmig.domain.plan import Action, Kind, Reason
from bbbmig.domain.publish_plan import PublishRules, plan_publish
from bbbmig.domain.recording import Recording
from bbbmig.pod.limits import POD
from tests.domain.recordings import lists_of_recordings, recording
from tests.domain.remembered import YESTERDAY, claimed, published

RULES = PublishRules(administrator="admin", converters=True, claims=ClaimRules(converters=True))
ONE = recording("a", "video")
NAME = file_name(ONE, ".mp4")
GIVEN = History([claimed(ONE)])


def owned(*usernames: str, one: Recording = ONE, finding: Finding = Finding.FOUND, **values: Any) -> Ownership:  # noqa: ANN401
    owners = tuple(Owner(username=name) for name in usernames)
    return Ownership(record_id=one.record_id, finding=finding, owners=owners, **values)


def planned(ownership: Ownership | None, rules: PublishRules = RULES, one: Recording = ONE) -> Action:
    owners: Mapping[str, Ownership] = {} if ownership is None else {one.record_id: ownership}
    (action,) = plan_publish([one], owners, rules).actions
    return action


def people(action: Action) -> tuple[str, ...]:
    return tuple(owner.username for owner in (action.owner, *action.others) if owner)


@given(
    lists_of_recordings,
    st.sampled_from(list(Finding)),
    st.builds(
        PublishRules,
        administrator=st.just("admin"),
        unknown_owner=st.sampled_from(("claim", "administrator", "skip")),
        co_owners=st.sampled_from(("additional", "copy", "none")),
        converters=st.booleans(),
        include_unpublished=st.booleans(),
    ),
)
def test_a_plan_names_every_recording_once(listed: list[Recording], finding: Finding, rules: PublishRules) -> None:
    names = ("jean", "marie") if finding is Finding.FOUND else ()
    owners = {one.record_id: owned(*names, one=one, finding=finding) for one in listed}
    plan = plan_publish(listed, owners, rules)
    assert [action.recording for action in plan] == listed
    targets = [action.target for action in plan.effective]
    assert len(targets) == len(set(targets))
    assert all(action.reason is not None for action in plan if not action.effective)
    assert all((action.owner is not None) is bool(names) for action in plan.effective if rules.unknown_owner == "claim")


class TestOwners:
    """Who gets it."""

    @pytest.mark.parametrize(
        ("co_owners", "expected"),
        [("additional", ("jean", "marie")), ("copy", ("jean", "marie")), ("none", ("jean",))],
    )
    def test_the_first_owns_it_and_the_others_are_named(self, co_owners: Any, expected: tuple[str, ...]) -> None:  # noqa: ANN401
        action = planned(owned("jean", "marie", "JEAN"), replace(RULES, co_owners=co_owners))
        assert (action.kind, action.target, people(action)) == (Kind.DOWNLOAD, NAME, expected)

    @pytest.mark.parametrize(
        ("finding", "kind", "reason"),
        [
            (Finding.FAILED, Kind.FAIL, Reason.OWNER_SEARCH_FAILED),
            (Finding.UNKNOWN_SERVER, Kind.SKIP, Reason.UNKNOWN_SERVER),
            (Finding.LEFT_OUT, Kind.SKIP, Reason.LEFT_OUT),
        ],
    )
    @pytest.mark.parametrize("unknown_owner", ["claim", "administrator", "skip"])
    def test_what_a_person_must_look_at_goes_nowhere(
        self,
        finding: Finding,
        kind: Kind,
        reason: Reason,
        unknown_owner: Any,  # noqa: ANN401
    ) -> None:
        action = planned(owned(finding=finding, detail="why"), replace(RULES, unknown_owner=unknown_owner))
        assert (action.kind, action.reason, action.detail) == (kind, reason, "why")

    def test_a_moodle_that_was_not_asked_may_know(self) -> None:
        action = planned(owned(finding=Finding.NOT_SEARCHED, detail="moodle2"))
        assert (action.kind, action.reason) == (Kind.SKIP, Reason.NOT_ASKED)

    @pytest.mark.parametrize("ownership", [None, owned(finding=Finding.NOBODY)])
    def test_nobodys_goes_where_the_settings_say(self, ownership: Ownership | None) -> None:
        claimed = planned(ownership)
        assert (claimed.kind, claimed.owner) == (Kind.DOWNLOAD, None)
        given = planned(ownership, replace(RULES, unknown_owner="administrator"))
        assert people(given) == ("admin",)
        left = planned(ownership, replace(RULES, unknown_owner="skip"))
        assert (left.kind, left.reason) == (Kind.SKIP, Reason.NO_OWNER)

    def test_nobodys_is_claimed_by_the_rules_of_claim(self) -> None:
        rules = replace(RULES, claims=replace(RULES.claims, history=GIVEN, in_pod=[NAME]))
        assert planned(None, rules).reason is Reason.ALREADY_DONE
        rules = replace(RULES, claims=replace(RULES.claims, history=GIVEN))
        assert planned(None, rules).reason is Reason.REMOVED_SINCE
        rules = replace(RULES, claims=replace(RULES.claims, present=[NAME]), history=GIVEN)
        assert planned(None, rules).kind is Kind.REGISTER


class TestOnce:
    """What was done is not done again."""

    def test_a_video_that_somebody_has_is_everybodys_who_shares_it(self) -> None:
        rules = replace(RULES, history=History([published(ONE, "paul")]))
        action = planned(owned("jean", "marie"), rules)
        assert (action.kind, action.reason, action.since) == (Kind.SKIP, Reason.ALREADY_DONE, YESTERDAY)
        assert planned(None, rules).reason is Reason.ALREADY_DONE

    def test_copies_are_made_for_those_who_have_none(self) -> None:
        rules = replace(RULES, co_owners="copy", history=History([published(ONE, "jean")]))
        assert people(planned(owned("Jean", "marie", "paul"), rules)) == ("marie", "paul")
        assert planned(owned("Jean"), rules).reason is Reason.ALREADY_DONE
        assert planned(owned(finding=Finding.NOBODY), rules).reason is Reason.ALREADY_DONE

    def test_a_file_that_waits_to_be_claimed_is_not_published_too(self) -> None:
        action = planned(owned("jean"), replace(RULES, history=GIVEN))
        assert (action.kind, action.reason) == (Kind.SKIP, Reason.ALREADY_DONE)

    def test_a_file_that_pod_knows_belongs_to_somebody_unless_we_were_at_it(self) -> None:
        rules = replace(RULES, in_pod=[NAME])
        assert planned(owned("jean"), rules).reason is Reason.ALREADY_DONE
        assert planned(owned("jean"), replace(rules, history=History([published(ONE, state=State.STARTED)]))).effective

    def test_a_file_that_is_made_is_only_sent(self) -> None:
        other = "Renamed since " + NAME
        action = planned(owned("jean"), replace(RULES, present=["x.mp4", other]))
        assert (action.kind, action.target, people(action)) == (Kind.PUBLISH, other, ("jean",))

    def test_what_failed_thrice_waits_for_a_person(self) -> None:
        rules = replace(RULES, history=History([published(ONE, state=State.FAILED, attempts=ATTEMPTS)]), present=[NAME])
        assert planned(owned("jean"), rules).reason is Reason.FAILED_BEFORE
        assert planned(owned("jean"), replace(rules, retry_failed=True)).kind is Kind.PUBLISH

    @pytest.mark.parametrize(
        ("one", "reason"),
        [
            (replace(ONE, published=False), Reason.UNPUBLISHED),
            (recording("a", "statistics"), Reason.NO_PLAYBACK),
            (recording("a", "video", server="ignored.example"), Reason.IGNORED_SERVER),
        ],
    )
    def test_obstacles_are_those_of_any_file(self, one: Recording, reason: Reason) -> None:
        rules = replace(RULES, ignored_servers=["ignored.example"])
        assert planned(owned("jean"), rules, one).reason is reason


@given(st.text(max_size=300), st.text(min_size=1, max_size=150), st.integers(100, POD.path))
def test_copies_have_names_that_fit_and_keep_the_recordings_short_id(title: str, username: str, room: int) -> None:
    one = recording("a", meeting_name=title)
    name = copy_name(file_name(one, ".mp4", room=room), username, room=room)
    assert short_id_in(name) == short_id(one.record_id)
    assert len(name) <= room
    assert len(name.encode()) <= FILE_NAME_BYTES
    assert "/" not in name
    with pytest.raises(ValueError, match="no name that file_name made"):
        copy_name("film.mp4", username)
