"""Decide which external recordings Pod gets: one for each owner of each recording."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from bbbmig.domain import playback_url
from bbbmig.domain.file_names import LINK_URL_LENGTH
from bbbmig.domain.owner import Finding, Owner, Ownership
from bbbmig.domain.ownership import administrator, each_once, withheld
from bbbmig.domain.plan import Action, Kind, Plan, Reason
from bbbmig.domain.recording import Recording

SHOWN_BY_POD = ("video", "presentation", "screenshare", "podcast")
"""Types of playback that an external recording can point to, best first."""

Key = tuple[str, str]
"""What makes a link one of a kind: recordID and the owner's user name."""

_NOT_SEARCHED = Ownership(record_id="", finding=Finding.NOT_SEARCHED)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRules:
    """What the settings and the command line say about links.

    `address` turns a presentation's address into the form to be stored. `linked` holds what Pod has now,
    `remembered` what the ledger says was created, and when, `undone` why and when bbbmig itself deleted it, `exported`
    what was written to a fixture; all hold user names in lower case. With `again`, what is only remembered, undone or
    exported is done once more. `stand_ins` are by recordID the administrators for whom bbbmig made a link that Pod has,
    since nobody was known then: it goes as soon as somebody is who has one.
    """

    administrator: str
    address: Callable[[str, str], str]
    linked: Collection[Key] = ()
    remembered: Mapping[Key, str] = field(default_factory=dict)
    undone: Mapping[Key, str] = field(default_factory=dict)
    exported: Mapping[Key, str] = field(default_factory=dict)
    stand_ins: Mapping[str, str] = field(default_factory=dict)
    ignored_servers: Collection[str] = ()
    include_unpublished: bool = False
    again: bool = False


def plan_links(recordings: Iterable[Recording], owners: Mapping[str, Ownership], rules: LinkRules) -> Plan:
    """Decide for every recording; `owners` is keyed by recordID, an absent one was not searched for."""
    return Plan(tuple(action for r in recordings for action in _actions(r, owners.get(r.record_id), rules)))


def _actions(recording: Recording, ownership: Ownership | None, rules: LinkRules) -> Iterator[Action]:
    """Give the actions for one recording: one an owner, or one skip or failure for all; what they supersede is last."""
    reason, detail = _obstacle(recording, ownership or _NOT_SEARCHED, rules)
    if reason is not None:
        kind = Kind.FAIL if reason in (Reason.OWNER_SEARCH_FAILED, Reason.ADDRESS_TOO_LONG) else Kind.SKIP
        yield Action(kind=kind, recording=recording, reason=reason, detail=detail)
        return
    url = link_url(recording, rules.address)
    ownership = ownership or _NOT_SEARCHED
    has_link: set[str] = set()
    for owner in each_once(ownership.owners) or (administrator(rules.administrator, ownership),):
        reason, detail = _done(recording, owner, rules)
        if not owner.stand_in and reason in (None, Reason.ALREADY_DONE):
            has_link.add(owner.username.casefold())
        yield Action(
            kind=Kind.SKIP if reason else Kind.LINK,
            recording=recording,
            target=owner.username,
            url=url,
            reason=reason,
            detail=detail,
            owner=owner,
        )
    before = rules.stand_ins.get(recording.record_id, "")
    if before and has_link and before.casefold() not in {one.username.casefold() for one in ownership.owners}:
        yield Action(kind=Kind.UNLINK, recording=recording, target=before, url=url)


def link_url(recording: Recording, address: Callable[[str, str], str]) -> str:
    """Give the address that the link points to, without token; "" if Pod can show none of the playbacks."""
    playback = next(filter(None, map(recording.playback, SHOWN_BY_POD)), None)
    if playback is None:
        return ""
    if playback.type == "presentation":
        return playback_url.without_token(address(playback.url, recording.record_id))
    return playback_url.without_token(playback.url)


def link_type(recording: Recording) -> str:
    """Give Pod's word for the kind of source: sound alone is a file like any other, the rest is BBB's."""
    playback = next(filter(None, map(recording.playback, SHOWN_BY_POD)), None)
    return "video" if playback is not None and playback.type == "podcast" else "bigbluebutton"


def _obstacle(recording: Recording, ownership: Ownership, rules: LinkRules) -> tuple[Reason | None, str]:
    """Say what keeps a recording from being linked to anybody."""
    if recording.comes_from(rules.ignored_servers):
        return Reason.IGNORED_SERVER, recording.origin.server_name
    if not recording.published and not rules.include_unpublished:
        return Reason.UNPUBLISHED, "its address answers only when published; see --include-unpublished"
    url = link_url(recording, rules.address)
    if not url:
        types = ", ".join(sorted({p.type for p in recording.playbacks})) or "none"
        return Reason.NO_PLAYBACK, f"formats: {types}"
    if len(url) > LINK_URL_LENGTH:
        return Reason.ADDRESS_TOO_LONG, f"{len(url)} characters, Pod takes {LINK_URL_LENGTH}"
    return withheld(ownership)


def _done(recording: Recording, owner: Owner, rules: LinkRules) -> tuple[Reason | None, str]:
    """Say whether this link exists, or existed and was removed by somebody in Pod."""
    key = (recording.record_id, owner.username.casefold())
    if key in rules.linked:
        return Reason.ALREADY_DONE, ""
    if rules.again:
        return None, ""
    if key in rules.remembered:
        return Reason.REMOVED_SINCE, f"created {rules.remembered[key]}; --again creates it once more"
    if key in rules.undone:
        return Reason.REMOVED_SINCE, f"{rules.undone[key]}; --again creates it once more"
    if key in rules.exported:
        return Reason.ALREADY_DONE, f"written to a fixture {rules.exported[key]}; --again writes it once more"
    return None, ""
