"""Decide which external recordings Pod gets: one for each owner of each recording."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from bbbmig.domain import playback_url
from bbbmig.domain.give_up import as_given_up
from bbbmig.domain.history import NOTHING, Effect, History, LinkKey, State
from bbbmig.domain.origin_hosts import comes_from, origin_hosts
from bbbmig.domain.owner import Finding, Owner, Ownership
from bbbmig.domain.owners_file import SOURCE as OWNERS_FILE
from bbbmig.domain.ownership import administrator, each_once, withheld
from bbbmig.domain.person import folded
from bbbmig.domain.plan import Action, Kind, Plan, Reason, left_alone
from bbbmig.domain.recording import Recording
from bbbmig.domain.target import TargetLimits

SHOWN_BY_POD = ("video", "presentation", "screenshare", "podcast")
"""Types of playback that an external recording can point to, best first."""

NOT_NAMED = "whom the owners file does not name any more"
_AGAIN = "--again creates it once more"
_NOT_SEARCHED = Ownership(record_id="", finding=Finding.NOT_SEARCHED)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRules:
    """What the settings, the command line, the ledger and Pod say about links.

    `limits` are those of the target. `address` turns a presentation's address, and `located` that of another playback,
    with the recordID into the one to be stored. `linked` holds what Pod has now; `history` has the rows of links.
    `to_fixture`: they are written to a file, so that what was written to one is done. With `again`, what was only done,
    undone or exported before is done once more. `stand_ins` are by recordID the administrators for whom bbbmig made a
    link that Pod has, since nobody was known then: it goes as soon as somebody is who has one. `given` are by recordID
    the people to whom bbbmig gave a link that Pod has, stand-ins included: it is taken back from those whom a person's
    decision does not name any more. `excluded` says by recordID why nobody but its known owners is to have a link.
    """

    administrator: str
    limits: TargetLimits
    address: Callable[[str, str], str]
    located: Callable[[str, str], str] = field(default_factory=lambda: as_given)
    linked: Collection[LinkKey] = ()
    history: History = NOTHING
    to_fixture: bool = False
    stand_ins: Mapping[str, str] = field(default_factory=dict)
    given: Mapping[str, Collection[str]] = field(default_factory=dict)
    excluded: Mapping[str, str] = field(default_factory=dict)
    ignored_servers: Collection[str] = ()
    include_unpublished: bool = False
    again: bool = False


def plan_links(recordings: Iterable[Recording], owners: Mapping[str, Ownership], rules: LinkRules) -> Plan:
    """Decide for every recording; `owners` is keyed by recordID, an absent one was not searched for."""
    return Plan(tuple(action for r in recordings for action in _actions(r, owners.get(r.record_id), rules)))


def _actions(recording: Recording, ownership: Ownership | None, rules: LinkRules) -> Iterator[Action]:
    """Return the actions for one recording: one an owner, or one for all; what they supersede comes last."""
    hindered = _obstacle(recording, ownership or _NOT_SEARCHED, rules)
    if hindered is not None:
        yield hindered
        if ownership is not None and ownership.finding is Finding.LEFT_OUT:
            yield from _taken_back(recording, ownership, rules, keep=())
        return
    url = link_url(recording, rules.address, rules.located)
    ownership = ownership or _NOT_SEARCHED
    have_one: set[str] = set()
    for owner in each_once(ownership.owners) or (administrator(rules.administrator, ownership),):
        done = done_before(recording, owner, rules)
        if done is None and owner.stand_in and recording.record_id in rules.excluded:
            yield left_alone(recording, Reason.EXCLUDED, rules.excluded[recording.record_id])
            continue
        if not owner.stand_in and (done is None or done.reason is Reason.ALREADY_DONE):
            have_one.add(folded(owner.username))
        action = done or Action(kind=Kind.LINK, recording=recording)
        yield replace(action, target=owner.username, url=url, link_type=link_type(recording), owner=owner)
    before = rules.stand_ins.get(recording.record_id, "")
    if before and have_one and folded(before) not in {folded(one.username) for one in ownership.owners}:
        yield Action(kind=Kind.UNLINK, recording=recording, target=before, url=url)
    yield from _taken_back(recording, ownership, rules, keep=(before,))


def _taken_back(
    recording: Recording, ownership: Ownership, rules: LinkRules, *, keep: Collection[str]
) -> Iterator[Action]:
    """Take back what bbbmig gave to people whom the owners file names no more; what others made in Pod stays."""
    if ownership.source != OWNERS_FILE:
        return
    named = {folded(name) for name in (*keep, *(owner.username for owner in ownership.owners))}
    for name in sorted(rules.given.get(recording.record_id, ())):
        if folded(name) not in named:
            yield Action(kind=Kind.UNLINK, recording=recording, target=name, detail=NOT_NAMED)


def as_given(url: str, _record_id: str) -> str:
    """Return an address as it is."""
    return url


def link_url(
    recording: Recording, address: Callable[[str, str], str], located: Callable[[str, str], str] = as_given
) -> str:
    """Return the address that the link points to, without token; "" if Pod can show none of the playbacks."""
    playback = next(filter(None, map(recording.playback, SHOWN_BY_POD)), None)
    if playback is None:
        return ""
    if playback.type == "presentation":
        return playback_url.without_token(address(playback.url, recording.record_id))
    return playback_url.without_token(located(playback.url, recording.record_id))


def link_type(recording: Recording) -> str:
    """Return Pod's word for the kind of source: sound alone is a file like any other, the rest is BBB's."""
    playback = next(filter(None, map(recording.playback, SHOWN_BY_POD)), None)
    return "video" if playback is not None and playback.type == "podcast" else "bigbluebutton"


def _obstacle(recording: Recording, ownership: Ownership, rules: LinkRules) -> Action | None:
    """Return what says why a recording cannot be linked to anybody, None if it can."""
    if comes_from(recording, rules.ignored_servers):
        return left_alone(recording, Reason.IGNORED_SERVER, ", ".join(origin_hosts(recording)))
    if (decided := as_given_up(recording, rules.history)) is not None:
        return decided
    if not recording.published and not rules.include_unpublished:
        why = "its address answers only when published; see --include-unpublished"
        return left_alone(recording, Reason.UNPUBLISHED, why)
    url = link_url(recording, rules.address, rules.located)
    if not url:
        types = ", ".join(sorted({p.type for p in recording.playbacks})) or "none"
        return left_alone(recording, Reason.NO_PLAYBACK, f"formats: {types}")
    if len(url) > rules.limits.url:
        return left_alone(recording, Reason.ADDRESS_TOO_LONG, f"{len(url)} characters, Pod takes {rules.limits.url}")
    reason, detail = rules.history.obstacle(recording.record_id)
    if reason is None:
        reason, detail = withheld(ownership)
    return None if reason is None else left_alone(recording, reason, detail)


def done_before(recording: Recording, owner: Owner, rules: LinkRules) -> Action | None:
    """Return what says that this link exists, or existed and was removed by somebody in Pod; None if it is to be."""
    if LinkKey.of(recording.record_id, owner.username) in rules.linked:
        return left_alone(recording, Reason.ALREADY_DONE)
    before = rules.history.entry(Effect.LINK, recording.record_id, owner.username)
    if before is None or rules.again:
        return None
    match before.state:
        case State.DONE:
            return left_alone(recording, Reason.REMOVED_SINCE, "created", since=before.at, hint=_AGAIN)
        case State.UNDONE:
            return left_alone(recording, Reason.REMOVED_SINCE, before.detail, since=before.at, hint=_AGAIN)
        case State.DELIVERED if rules.to_fixture:
            why = "written to a fixture"
            return left_alone(recording, Reason.ALREADY_DONE, why, since=before.at, hint="--again writes it once more")
    return None
