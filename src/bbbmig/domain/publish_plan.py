"""Decide which recordings become videos of their owners, and what becomes of those that are nobody's."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar

from bbbmig.domain.choices import CoOwners, UnknownOwner
from bbbmig.domain.claim_plan import ClaimRules, given, plan_claims
from bbbmig.domain.file_names import short_id, short_id_in
from bbbmig.domain.file_plan import FileRules, making, obstacle
from bbbmig.domain.give_up import as_given_up
from bbbmig.domain.history import Effect, State
from bbbmig.domain.owner import Finding, Owner, Ownership
from bbbmig.domain.ownership import administrator, each_once, withheld
from bbbmig.domain.plan import Action, Kind, Plan, Reason, left_alone
from bbbmig.domain.published import as_published, has
from bbbmig.domain.recording import Recording
from bbbmig.domain.taken_back import Drafts, copies_named, taken_back

_NOT_SEARCHED = Ownership(record_id="", finding=Finding.NOT_SEARCHED)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishRules(FileRules):
    """What the settings, the work directory and Pod say about videos; `history` has the rows of files to claim, too.

    `present` are names of whole files that wait to be published, `in_pod` names of files that Pod's recorder knows.
    `claims` decides about what is nobody's where `unknown_owner` is "claim". `excluded` says by recordID why nobody but
    its known owners is to have it, `drafts` what Pod says of videos whose people are not named any more.
    """

    effect: ClassVar[Effect] = Effect.PUBLISH
    administrator: str
    unknown_owner: UnknownOwner = "claim"
    co_owners: CoOwners = "additional"
    present: Collection[str] = ()
    in_pod: Collection[str] = ()
    claims: ClaimRules = field(default_factory=ClaimRules)
    excluded: Mapping[str, str] = field(default_factory=dict)
    drafts: Drafts = field(default_factory=Drafts)


def plan_publish(recordings: Iterable[Recording], owners: Mapping[str, Ownership], rules: PublishRules) -> Plan:
    """Decide for every recording; `owners` is keyed by recordID, an absent one was not searched for."""
    recordings = tuple(recordings)
    whose = {r.record_id: owners.get(r.record_id, _NOT_SEARCHED) for r in recordings}
    # All at once, since a plan of claims looks through all names of files.
    nobodys = [r for r in recordings if rules.unknown_owner == "claim" and _is_nobodys(r, whose[r.record_id], rules)]
    claims = {action.recording.record_id: action for action in plan_claims(nobodys, rules.claims)}
    present = {short_id_in(name): name for name in sorted(rules.present)}
    in_pod = {short_id_in(name) for name in rules.in_pod}
    return Plan(
        tuple(claims.get(r.record_id) or _action(r, whose[r.record_id], rules, present, in_pod) for r in recordings)
    )


def _is_nobodys(recording: Recording, ownership: Ownership, rules: PublishRules) -> bool:
    """Tell whether nobody is known to whom it belongs, and nobody has it."""
    return not ownership.owners and withheld(ownership)[0] is None and as_published(recording, rules) is None


def _action(
    recording: Recording,
    ownership: Ownership,
    rules: PublishRules,
    present: Mapping[str, str],
    in_pod: Collection[str],
) -> Action:
    """Decide for one recording."""
    hindered = _obstacle(recording, ownership, rules)
    if hindered is not None:
        return hindered
    if not ownership.owners and recording.record_id in rules.excluded and as_published(recording, rules) is None:
        return left_alone(recording, Reason.EXCLUDED, rules.excluded[recording.record_id])
    owners = tuple(owner for owner in _owners(ownership, rules) if not has(recording, owner.username, rules))
    if not owners and (published := as_published(recording, rules, every=True)) is not None:
        return copies_named(published, ownership, rules.history)
    if not owners:
        return left_alone(recording, Reason.NO_OWNER)
    short = short_id(recording.record_id)
    made_again = rules.history.last(Effect.PUBLISH, recording.record_id) is not None
    if short in in_pod and not made_again and not _begun(recording, rules):
        return left_alone(recording, Reason.ALREADY_DONE, "Pod knows its file")
    action = making(recording, rules)
    if short in present:
        action = replace(action, kind=Kind.PUBLISH, target=present[short], url="", detail="the file is made already")
    elif all(_dropped(recording, owner, rules) for owner in owners[: None if rules.co_owners == "copy" else 1]):
        action = replace(action, kind=Kind.PUBLISH, url="", detail="Pod has it; its title and dates are to come")
    others = owners[1:] if rules.co_owners != "none" else ()
    return replace(action, owner=owners[0], others=others)


def _obstacle(recording: Recording, ownership: Ownership, rules: PublishRules) -> Action | None:
    """Return what says why a recording cannot be published for anybody, None if it can."""
    published = as_published(recording, rules) if rules.co_owners != "copy" else None
    if published is not None and published.reason is Reason.ALREADY_DONE:
        return taken_back(recording, ownership, rules) or published
    if (decided := as_given_up(recording, rules.history)) is not None:
        return decided
    if published is not None:
        return published
    if (claimed := given(rules.history, recording.record_id)) is not None:
        return left_alone(recording, Reason.ALREADY_DONE, "given to be claimed", since=claimed.at)
    hindered = obstacle(recording, rules)
    if hindered is not None:
        return hindered
    reason, detail = withheld(ownership)
    return None if reason is None else left_alone(recording, reason, detail)


def _dropped(recording: Recording, owner: Owner, rules: PublishRules) -> bool:
    """Tell whether Pod has the file for this person, and no title of the video yet."""
    entry = rules.history.entry(Effect.PUBLISH, recording.record_id, owner.username)
    return entry is not None and entry.state is State.DELIVERED


def _begun(recording: Recording, rules: PublishRules) -> bool:
    """Tell whether a run left it in the middle."""
    entry = rules.history.entry(Effect.PUBLISH, recording.record_id)
    return entry is not None and entry.state is not State.DONE


def _owners(ownership: Ownership, rules: PublishRules) -> tuple[Owner, ...]:
    """Return each owner once; the administrator if there is nobody and the settings say so."""
    owners = each_once(ownership.owners)
    if not owners and rules.unknown_owner == "administrator":
        return (administrator(rules.administrator, ownership),)
    return owners
