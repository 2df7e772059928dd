"""Decide which recordings become videos of their owners, and what becomes of those that are nobody's."""

import html
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from bbbmig.domain.claim_plan import ClaimRules, plan_claims
from bbbmig.domain.file_names import one_line, short_id, short_id_in
from bbbmig.domain.file_plan import FileRules, making, obstacle, skip
from bbbmig.domain.owner import Finding, Owner, Ownership
from bbbmig.domain.ownership import administrator, each_once, withheld
from bbbmig.domain.plan import Action, Kind, Plan, Reason
from bbbmig.domain.recording import Recording

CoOwners = Literal["additional", "copy", "none"]
"""What moderators after the first get: they own the same video too, have a copy of their own, nothing."""
UnknownOwner = Literal["claim", "administrator", "skip"]
"""Where a recording goes that is nobody's."""

_NOT_SEARCHED = Ownership(record_id="", finding=Finding.NOT_SEARCHED)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishRules(FileRules):
    """What the settings, the ledger, the work directory and Pod say about videos.

    By recordID, from the ledger: `published` to when each owner (lower case) got the video, `claimed` to when the file
    was given to be claimed; `begun` are those that a run left in the middle. `present` are names of whole files that
    wait to be published, `in_pod` names of files that Pod's recorder knows. `claims` decides about what is nobody's
    where `unknown_owner` is "claim".
    """

    administrator: str
    unknown_owner: UnknownOwner = "claim"
    co_owners: CoOwners = "additional"
    published: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    claimed: Mapping[str, str] = field(default_factory=dict)
    begun: Collection[str] = ()
    present: Collection[str] = ()
    in_pod: Collection[str] = ()
    claims: ClaimRules = field(default_factory=ClaimRules)


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


def description(recording: Recording, ownership: Ownership | None) -> str:
    """Say in HTML where a recording was held, and how it is described; "" if nothing is known."""
    course = (ownership and ownership.course) or recording.origin.context
    activity = (ownership and ownership.activity) or recording.origin.context_label
    where = " · ".join(dict.fromkeys(filter(None, map(one_line, (course, activity)))))
    return "".join(f"<p>{html.escape(text)}</p>" for text in (where, one_line(recording.description)) if text)


def _is_nobodys(recording: Recording, ownership: Ownership, rules: PublishRules) -> bool:
    """Tell whether nobody is known to whom it belongs, and nobody has it."""
    return not ownership.owners and withheld(ownership)[0] is None and not rules.published.get(recording.record_id)


def _action(
    recording: Recording,
    ownership: Ownership,
    rules: PublishRules,
    present: Mapping[str, str],
    in_pod: Collection[str],
) -> Action:
    """Decide for one recording."""
    reason, detail = _obstacle(recording, ownership, rules)
    if reason is not None:
        action = skip(recording, reason, detail)
        return replace(action, kind=Kind.FAIL) if reason is Reason.OWNER_SEARCH_FAILED else action
    has = rules.published.get(recording.record_id, {})
    owners = tuple(owner for owner in _owners(ownership, rules) if owner.username.casefold() not in has)
    if not owners:
        return skip(recording, *((Reason.ALREADY_DONE, max(has.values())) if has else (Reason.NO_OWNER, "")))
    short = short_id(recording.record_id)
    if short in in_pod and recording.record_id not in rules.begun:
        return skip(recording, Reason.ALREADY_DONE, "Pod knows its file")
    action = making(recording, rules)
    if short in present:
        action = replace(action, kind=Kind.PUBLISH, target=present[short], url="", detail="the file is made already")
    others = owners[1:] if rules.co_owners != "none" else ()
    return replace(action, owner=owners[0], others=others)


def _obstacle(recording: Recording, ownership: Ownership, rules: PublishRules) -> tuple[Reason | None, str]:
    """Say what keeps a recording from being published for anybody."""
    has = rules.published.get(recording.record_id, {})
    if has and rules.co_owners != "copy":
        return Reason.ALREADY_DONE, max(has.values())
    if recording.record_id in rules.claimed:
        return Reason.ALREADY_DONE, f"given to be claimed {rules.claimed[recording.record_id]}"
    reason, detail = obstacle(recording, rules)
    return (reason, detail) if reason is not None else withheld(ownership)


def _owners(ownership: Ownership, rules: PublishRules) -> tuple[Owner, ...]:
    """Give each owner once; the administrator if there is nobody and the settings say so."""
    owners = each_once(ownership.owners)
    if not owners and rules.unknown_owner == "administrator":
        return (administrator(rules.administrator, ownership),)
    return owners
