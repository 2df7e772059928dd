"""Links of a file are created again as they were, each for its owner."""

from dataclasses import replace

import pytest

from bbbmig.domain.django_fixture import FixtureLink
from bbbmig.domain.history import History, LinkKey
from bbbmig.domain.link_plan import LinkRules
from bbbmig.domain.plan import Action, Kind, Reason
from bbbmig.domain.restore_plan import plan_restore
from bbbmig.pod.limits import POD
from tests.domain.recordings import BASE, record_id, recording
from tests.domain.remembered import YESTERDAY, linked

URL = f"{BASE}/playback/presentation/2.3/{record_id('a')}"
LINK = FixtureLink(name="Algèbre", source_url=URL, owner="Jean", type="bigbluebutton", start_at=YESTERDAY)


def never(url: str, _record_id: str) -> str:
    raise AssertionError(url)


RULES = LinkRules(administrator="admin", limits=POD, address=never, again=True)


def planned(link: FixtureLink, rules: LinkRules = RULES) -> Action:
    (action,) = plan_restore([link], rules, file="links.json")
    return action


@pytest.mark.parametrize("kind", ["bigbluebutton", "video", "peertube"])
def test_address_type_title_date_and_owner_are_those_of_the_file(kind: str) -> None:
    action = planned(replace(LINK, type=kind))
    assert (action.kind, action.url, action.link_type, action.target) == (Kind.LINK, URL, kind, "Jean")
    assert action.owner is not None
    assert action.owner.why == "owner before, in links.json"
    assert (action.recording.record_id, action.recording.title, action.recording.start) == (
        record_id("a"),
        "Algèbre",
        YESTERDAY,
    )
    assert action.recording.playbacks == ()  # nothing is made up


def test_what_pod_has_is_left_alone_whichever_case_its_owner_is_written_in() -> None:
    action = planned(LINK, replace(RULES, linked={LinkKey.of(record_id("a"), "JEAN")}))
    assert (action.kind, action.reason, action.target) == (Kind.SKIP, Reason.ALREADY_DONE, "Jean")


def test_without_again_what_was_removed_in_pod_is_said() -> None:
    action = planned(LINK, replace(RULES, again=False, history=History([linked(recording("a"), "jean")])))
    assert (action.kind, action.reason, action.since) == (Kind.SKIP, Reason.REMOVED_SINCE, YESTERDAY)


def test_a_link_whose_address_has_no_record_id_comes_back_too() -> None:
    url = "https://tube.univ.fr/w/" + "x" * 200
    action = planned(replace(LINK, source_url=url, type="peertube"))
    assert (action.kind, action.url, action.link_type) == (Kind.LINK, url, "peertube")


def test_an_address_that_pod_would_refuse_fails_by_name() -> None:
    action = planned(replace(LINK, source_url=BASE + "/" + "x" * 500))
    assert (action.kind, action.reason) == (Kind.FAIL, Reason.ADDRESS_TOO_LONG)
