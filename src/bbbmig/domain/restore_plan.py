"""Decide which links of a file are created again, each for the owner that it had."""

from collections.abc import Iterable
from dataclasses import replace

from bbbmig.domain.django_fixture import FixtureLink
from bbbmig.domain.link_plan import LinkRules, done_before
from bbbmig.domain.owner import Confidence, Owner
from bbbmig.domain.plan import Action, Kind, Plan, Reason, left_alone
from bbbmig.domain.playback_url import record_id_in
from bbbmig.domain.recording import Recording


def plan_restore(links: Iterable[FixtureLink], rules: LinkRules, *, file: str) -> Plan:
    """Decide for every link of that file; addresses and types stay as they are there."""
    return Plan(tuple(_action(link, rules, file) for link in links))


def _action(link: FixtureLink, rules: LinkRules, file: str) -> Action:
    """Decide for one link. Of its recording only is known what the link says."""
    record_id = record_id_in(link.source_url) or link.source_url
    recording = Recording(record_id=record_id, meeting_name=link.name, start=link.start_at)
    if len(link.source_url) > rules.limits.url:
        detail = f"{len(link.source_url)} characters, Pod takes {rules.limits.url}"
        return left_alone(recording, Reason.ADDRESS_TOO_LONG, detail)
    owner = Owner(username=link.owner, why=f"owner before, in {file}", confidence=Confidence.CERTAIN)
    action = done_before(recording, owner, rules) or Action(kind=Kind.LINK, recording=recording)
    return replace(action, target=owner.username, url=link.source_url, link_type=link.type, owner=owner)
