"""Listing: in one call or in parts, whole or known to be incomplete, never silently short."""

import dataclasses
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bbbmig.bbb.cache import Cache, Entry
from bbbmig.bbb.errors import Unreachable
from bbbmig.bbb.listing import Listing, cached_listing, list_recordings, one_recording
from bbbmig.bbb.reply_parser import ListProblem
from bbbmig.bbb.sharded_listing import GIVE_UP_AFTER, HEXADECIMAL
from bbbmig.demo.bbb_faults import Fault
from bbbmig.demo.bbb_http import Response
from bbbmig.demo.bbb_replies import FLAVOURS
from bbbmig.demo.bbb_server import SampleBbb
from bbbmig.demo.recordings import many_recordings, meeting_recording, sample_recordings
from bbbmig.domain.recording import Recording
from bbbmig.domain.selection import newest_first
from bbbmig.errors import RemoteError, RemoteRefused
from tests.bbb.conftest import Connect, ListFrom
from tests.bbb_server import ServeBbb

OTHERS = "g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z"


def as_told(sample: SampleBbb) -> tuple[Recording, ...]:
    """Return what a client can know of the sample's recordings: some servers say less."""
    flavour = sample.flavour
    told = []
    for recording in sample.recordings:
        known = recording
        if flavour.scalelite or not flavour.sizes:
            playbacks = tuple(dataclasses.replace(playback, size=None) for playback in recording.playbacks)
            known = dataclasses.replace(known, size=None, playbacks=playbacks)
        if flavour.scalelite:
            known = dataclasses.replace(known, breakout_parent="", breakout_rooms=())
        told.append(known)
    return tuple(newest_first(told))


def ids(listing: Listing) -> set[str]:
    return {recording.record_id for recording in listing.recordings}


def all_ids(sample: SampleBbb) -> set[str]:
    return {recording.record_id for recording in sample.recordings}


@pytest.mark.parametrize("flavour", sorted(FLAVOURS))
def test_every_server_gives_every_recording(serve_bbb: ServeBbb, list_from: ListFrom, flavour: str) -> None:
    sample = serve_bbb(flavour=flavour)
    listing = list_from(sample)
    assert listing.recordings == as_told(sample)
    assert listing.problems == ()
    assert listing.complete


def test_one_call_is_enough_for_a_server_that_can(serve_bbb: ServeBbb, list_from: ListFrom) -> None:
    sample = serve_bbb()
    listing = list_from(sample)
    assert sample.asked_for == [""]
    assert (listing.calls, listing.why_parts, listing.checksum) == (1, "", "sha256")


def test_success_without_recordings_is_not_believed(serve_bbb: ServeBbb, list_from: ListFrom) -> None:
    sample = serve_bbb(flavour="bbb-2.6-ids-only")
    listing = list_from(sample)
    assert sorted(sample.asked_for) == sorted(["", *HEXADECIMAL, OTHERS])
    assert "no recordings" in listing.why_parts
    assert len(listing.recordings) == len(sample_recordings())


def test_an_empty_server_is_proven_empty(serve_bbb: ServeBbb, list_from: ListFrom) -> None:
    sample = serve_bbb([])
    listing = list_from(sample)
    assert listing.recordings == ()
    assert listing.complete
    assert len(sample.asked_for) == 1 + 16 + 1 + 2  # everything, in parts, in any state, without naming one
    (warning,) = listing.warnings
    assert "0 recordings" in warning


def test_a_server_that_wants_ids_is_asked_with_ids(serve_bbb: ServeBbb, list_from: ListFrom) -> None:
    listing = list_from(serve_bbb(flavour="scalelite-filtered"))
    assert "missingParameters" in listing.why_parts
    assert len(listing.recordings) == len(sample_recordings())


@pytest.mark.parametrize("kind", ["cut off", "unfinished", "500", "504", "empty", "unexpectedError"])
def test_too_much_at_once_is_asked_for_in_parts(serve_bbb: ServeBbb, list_from: ListFrom, kind: str) -> None:
    sample = serve_bbb(many_recordings(300))
    sample.faults = [Fault(kind=kind, more_than=40)]
    listing = list_from(sample)
    assert ids(listing) == all_ids(sample)
    assert listing.complete
    assert listing.why_parts


def test_only_the_parts_that_fail_are_split_further(serve_bbb: ServeBbb, list_from: ListFrom) -> None:
    sample = serve_bbb(many_recordings(300))
    crowded = max(HEXADECIMAL, key=lambda digit: sum(i.startswith(digit) for i in all_ids(sample)))
    sample.faults = [Fault(kind="504", whole=True), Fault(kind="504", prefix=crowded, more_than=5)]
    listing = list_from(sample)
    assert ids(listing) == all_ids(sample)
    longer = {asked for asked in sample.asked_for if len(asked.partition(",")[0]) > 1}
    assert longer
    assert {asked[0] for asked in longer} == {crowded}


def test_ids_made_by_hand_are_found_in_parts(serve_bbb: ServeBbb, list_from: ListFrom) -> None:
    """Also below a hexadecimal digit that has to be split: "demo" begins with d."""
    handmade = ["demo-1", "zebra", "d-2", "d_3"]
    template = meeting_recording("m", "Fait main", datetime(2021, 5, 6, 12, 30, tzinfo=UTC))
    recordings = [dataclasses.replace(template, record_id=record_id) for record_id in handmade]
    sample = serve_bbb([*many_recordings(40), *recordings], flavour="bbb-2.6-ids-only")
    sample.faults = [Fault(kind="504", prefix="d", more_than=1), Fault(kind="504", prefix="g", times=1)]
    assert ids(list_from(sample)) == all_ids(sample)


def test_a_part_that_always_fails_is_a_gap_that_is_told(serve_bbb: ServeBbb, list_from: ListFrom) -> None:
    recordings = list(many_recordings(60))
    broken = recordings[7].record_id
    sample = serve_bbb(recordings)
    sample.faults = [Fault(kind="504", whole=True)]
    sample.faults += [Fault(kind="500", prefix=broken[:1], more_than=0)]
    listing = list_from(sample)
    missing = {i for i in all_ids(sample) if i.startswith(broken[0])}
    assert ids(listing) == all_ids(sample) - missing
    assert not listing.complete
    gaps = {problem.record_id.removesuffix("…") for problem in listing.problems}
    assert gaps == {i[:4] for i in missing}
    assert all("HTTP 500" in problem.what and problem.lost for problem in listing.problems)


def test_a_server_that_goes_down_is_given_up(serve_bbb: ServeBbb, list_from: ListFrom) -> None:
    sample = serve_bbb(many_recordings(300))
    sample.faults = [Fault(kind="504")]
    with pytest.raises(RemoteError, match="timed out"):
        list_from(sample)
    assert len(sample.asked_for) <= 1 + GIVE_UP_AFTER + 4


def test_nothing_found_with_a_part_missing_is_an_error(serve_bbb: ServeBbb, list_from: ListFrom) -> None:
    sample = serve_bbb([next(many_recordings(1))])
    sample.faults = [Fault(kind="500", more_than=0)]
    with pytest.raises(RemoteError, match="no recordings could be listed"):
        list_from(sample)


def test_a_server_that_is_gone_in_the_middle_is_an_error(serve_bbb: ServeBbb, list_from: ListFrom) -> None:
    sample = serve_bbb(flavour="bbb-2.6-ids-only")
    sample.faults = [Fault(kind="502", prefix="7")]
    with pytest.raises(Unreachable, match="HTTP 502"):
        list_from(sample)


def test_a_wrong_secret_does_not_lead_to_parts(serve_bbb: ServeBbb, connect: Connect, tmp_path: Path) -> None:
    sample = serve_bbb()
    with pytest.raises(RemoteRefused):
        list_recordings(connect(sample, secret="wrong"), Cache(tmp_path, sample.url))
    assert sample.asked_for == [""] * 4


def test_few_calls_at_a_time(serve_bbb: ServeBbb, list_from: ListFrom) -> None:
    sample = serve_bbb(flavour="bbb-2.6-ids-only")
    sample.faults = [Fault(kind="wait", prefix=digit, delay_s=0.1) for digit in HEXADECIMAL]
    assert len(list_from(sample).recordings) == len(sample_recordings())
    assert sample.most_at_once <= 2


def test_a_server_that_understands_one_state_only_is_asked_for_any(serve_bbb: ServeBbb, list_from: ListFrom) -> None:
    """As b3lb does; what was deleted is not listed for all that."""
    kept, gone = list(many_recordings(2))
    sample = serve_bbb([kept, dataclasses.replace(gone, state="deleted", published=False)])
    good = sample._get_recordings

    def one_word(parameters: Mapping[str, str], tenant: str) -> Response:
        none = {"state": "none"} if "," in parameters.get("state", "") else {}
        return good({**parameters, **none}, tenant)

    sample._get_recordings = one_word  # type: ignore[method-assign]
    listing = list_from(sample)
    assert ids(listing) == {kept.record_id}
    assert listing.warnings == ()


def test_far_fewer_than_before_are_a_warning_until_it_is_a_week_old(
    serve_bbb: ServeBbb, connect: Connect, tmp_path: Path
) -> None:
    many = serve_bbb(many_recordings(40))
    cache = Cache(tmp_path, many.url)
    assert list_recordings(connect(many), cache).warnings == ()
    few = serve_bbb(many_recordings(3))
    for _ in range(2):
        listing = list_recordings(connect(few), cache)
        assert len(listing.recordings) == 3
        assert "fewer than half of the 40" in listing.warnings[0]
        assert cached_listing(cache).warnings == listing.warnings
    assert few.requests[-1].parameters.get("state", "any") == "any"
    old = cache.current()
    before = dataclasses.replace(old, usual_at=old.taken_at - timedelta(days=8))
    assert list_recordings(connect(few), cache, before=before).warnings == ()
    assert list_recordings(connect(serve_bbb(many_recordings(2))), cache).warnings == ()


def test_a_call_for_everything_that_timed_out_twice_is_left_out_for_a_week(
    serve_bbb: ServeBbb, connect: Connect, tmp_path: Path
) -> None:
    sample = serve_bbb(many_recordings(60))
    sample.faults = [Fault(kind="504", whole=True, delay_s=0.01)]
    cache = Cache(tmp_path, sample.url)

    def asked_whole(before: Entry | None = None) -> bool:
        sample.requests.clear()
        listing = list_recordings(connect(sample), cache, before=before)
        assert ids(listing) == all_ids(sample)
        assert listing.why_parts
        return "" in sample.asked_for

    assert [asked_whole() for _ in range(4)] == [True, True, False, False]
    last = cache.current()
    assert last.whole_tried_at is not None
    assert asked_whole(dataclasses.replace(last, whole_tried_at=last.whole_tried_at - timedelta(days=8)))
    assert not asked_whole()
    sample.faults = []
    last = cache.current()
    assert (
        list_recordings(
            connect(sample), cache, before=dataclasses.replace(last, whole_tried_at=last.taken_at - timedelta(days=8))
        ).why_parts
        == ""
    )
    assert cache.current().time_outs == 0


def test_other_reasons_for_parts_do_not_keep_the_whole_from_being_asked_for(
    serve_bbb: ServeBbb, list_from: ListFrom
) -> None:
    sample = serve_bbb(many_recordings(20))
    sample.faults = [Fault(kind="500", whole=True)]
    for _ in range(3):
        list_from(sample)
    assert sample.asked_for.count("") == 3


def test_after_a_time_out_the_server_is_left_alone_as_long_as_the_call_took(
    serve_bbb: ServeBbb, connect: Connect, tmp_path: Path
) -> None:
    waits: list[float] = []
    sample = serve_bbb(many_recordings(60))
    sample.faults = [Fault(kind="504", whole=True, delay_s=0.3), Fault(kind="504", prefix="0", times=1, delay_s=0.2)]
    list_recordings(connect(sample, sleep=waits.append), Cache(tmp_path, sample.url))
    whole, part = sorted(waits, reverse=True)[:2]
    assert whole >= 0.3
    assert part >= 0.2


def test_one_bad_recording_is_reported_and_the_others_live(serve_bbb: ServeBbb, list_from: ListFrom) -> None:
    bad, spoilt = (recording.record_id for recording in sample_recordings()[4:6])
    raw = {
        bad: b"<recording><name>sans identifiant</name></recording>",
        spoilt: f"<recording><recordID>{spoilt}</recordID><name>a\x0bb</name></recording>".encode(),
    }
    sample = serve_bbb(raw=raw)
    listing = list_from(sample)
    assert sample.asked_for == [""]
    assert ids(listing) == all_ids(sample) - {bad}
    assert not listing.complete
    told = {problem.record_id: problem for problem in listing.problems}
    assert told[""] == ListProblem(record_id="", what="a recording without recordID")
    assert "characters that XML forbids" in told[spoilt].what
    assert not told[spoilt].lost


def test_comparing_finds_what_either_way_does_not_give(serve_bbb: ServeBbb, list_from: ListFrom) -> None:
    sample = serve_bbb()
    assert list_from(sample, compare=True).problems == ()
    hidden = sorted(all_ids(sample))[3]
    sample.unlisted = {hidden}
    listing = list_from(sample, compare=True)
    assert ids(listing) == all_ids(sample)
    assert listing.problems == (ListProblem(record_id=hidden, what="not given when asked for everything", lost=False),)


def test_the_cache_gives_the_same_list_without_asking(serve_bbb: ServeBbb, list_from: ListFrom, tmp_path: Path) -> None:
    sample = serve_bbb(many_recordings(200))
    sample.faults = [Fault(kind="504", more_than=20), Fault(kind="500", prefix="0", more_than=0)]
    listing = list_from(sample)
    asked = len(sample.requests)
    again = cached_listing(Cache(tmp_path, sample.url))
    assert again == dataclasses.replace(listing, from_cache=True)
    assert not again.complete
    assert len(sample.requests) == asked


def test_one_recording_by_its_id(serve_bbb: ServeBbb, connect: Connect) -> None:
    sample = serve_bbb(flavour="scalelite-protected")
    wanted = sample.recordings[0]
    found = one_recording(connect(sample), wanted.record_id, tokens=True)
    assert found is not None
    assert found.playbacks[0].url.startswith(f"{wanted.playbacks[0].url}?token=")
    assert one_recording(connect(sample), f"{'0' * 40}-1234567890123") is None
