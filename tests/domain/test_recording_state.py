"""Every recording is in exactly one class, and only what Pod has, encoded and long enough, is safe."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bbbmig.domain.claimed_videos import ClaimedFile, videos_of
from bbbmig.domain.give_up import given_up, taken_back
from bbbmig.domain.history import Effect, Entry, History, State
from bbbmig.domain.owner import Confidence, Finding, Owner, Ownership
from bbbmig.domain.recording import Playback, Recording
from bbbmig.domain.recording_length import length_s
from bbbmig.domain.recording_state import Caveat, Safety, Why, by_safety
from bbbmig.domain.state_evidence import state_of, states
from bbbmig.domain.state_rules import Claim, PodNow, StateRules
from bbbmig.domain.target import Video
from bbbmig.domain.video_standing import SeenInPod
from tests.domain.in_pod import NOW, file_of, rules_for, video
from tests.domain.recordings import lists_of_recordings, recording
from tests.domain.remembered import claimed, entry, linked, published

HOUR = Playback(type="video", url="https://bbb.univ.example/playback/video/x/", length_min=60)
ONE = recording("a", playbacks=(HOUR,))
ROW = published(ONE, "Jean", location="0007-lecon", at=NOW)
FILE = file_of(ONE)


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Sequence[Recording], StateRules]:
    found = draw(lists_of_recordings)[:5]
    longer = [
        replace(
            one, playbacks=tuple(replace(p, length_min=draw(st.sampled_from([None, 0, 60]))) for p in one.playbacks)
        )
        for one in found
    ]
    return longer, draw(rules_for(longer))


def rules(*rows: Entry, pod: PodNow | None = None, **values: object) -> StateRules:
    given = {"history": History(rows), "pod": pod or PodNow(), "now": NOW, "files": {}, "administrator": "admin"}
    return StateRules(**(given | values))  # type: ignore[arg-type]


def seen(*videos: Video, **values: object) -> PodNow:
    return PodNow(seen=SeenInPod(videos={one.id: one for one in videos}, **values))  # type: ignore[arg-type]


def why(*rows: Entry, pod: PodNow | None = None, **values: object) -> Why:
    return state_of(ONE, rules(*rows, pod=pod, **values)).why


def claim(video: Video | None, *, told: bool = True, hours: int = 1) -> PodNow:
    file = ClaimedFile(name=FILE, username="anne", title="Leçon", claimed=NOW - timedelta(hours=hours))
    return PodNow(waiting=(), claims={FILE: Claim(file=file, video=video, told=told)})


@settings(max_examples=60, deadline=None)
@given(worlds())
def test_the_classes_are_a_partition_in_counts_and_in_hours(world: tuple[Sequence[Recording], StateRules]) -> None:
    recordings, known = world
    found = states(recordings, known)
    assert [state.recording for state in found] == list(recordings)
    classes = by_safety(found)
    assert list(classes) == list(Safety)
    assert sum(one.count for one in classes.values()) == len(recordings)
    assert sum(one.unknown for one in classes.values()) == sum(length_s(one) is None for one in recordings)
    total = sum(length_s(one) or 0 for one in recordings) / 3600
    assert sum(one.hours for one in classes.values()) == pytest.approx(total)


@settings(max_examples=60, deadline=None)
@given(worlds())
def test_what_is_safe_is_there_encoded_and_long_enough(world: tuple[Sequence[Recording], StateRules]) -> None:
    recordings, known = world
    for state in states(recordings, known):
        if state.safety not in (Safety.SAFE, Safety.UNCLAIMED):
            continue
        assert known.pod is not None
        claims = (known.pod.claims or {}).values()
        videos = [*known.pod.seen.videos.values(), *(one.video for one in claims if one.video and one.told)]
        if state.why is Why.WAITS:
            assert state.place in (known.files or {})
            assert state.place in (known.pod.waiting or ())
        elif state.why is not Why.GIVEN_ON:
            (it,) = [one for one in videos if one.slug == state.place]
            assert it.encoded
            assert it.duration_s == 3600 or Caveat.LENGTH_UNKNOWN in state.caveats


@settings(max_examples=60, deadline=None)
@given(worlds())
def test_what_pod_cannot_say_or_has_no_more_is_never_safe(world: tuple[Sequence[Recording], StateRules]) -> None:
    recordings, known = world
    for state in states(recordings, replace(known, pod=None)):
        assert state.safety is Safety.GIVEN_UP or state.why is Why.CANNOT_SAY
    nothing = replace(known, pod=PodNow(waiting=(), claims={}, links={}), files={})
    assert {state.safety for state in states(recordings, nothing)} & {Safety.SAFE, Safety.UNCLAIMED} == set()


def test_every_finding_is_of_one_class_and_says_who_acts() -> None:
    for one in Why:
        assert isinstance(one.safety, Safety)
        assert one.actor
        assert one.command or one.actor in ("nobody", "next_run", "owner"), one


class TestPublished:
    def test_plays(self) -> None:
        state = state_of(ONE, rules(ROW, pod=seen(video(7, is_draft=False))))
        assert (state.why, state.owners, state.place, state.caveats) == (Why.PLAYS, ("Jean",), "0007-lecon", ())

    @pytest.mark.parametrize(
        ("shown", "expected"),
        [
            (video(7, encoded=False, encoding=True), Why.BEING_ENCODED),
            (video(7, duration_s=3400), Why.TOO_SHORT),
            (video(7, duration_s=3530), Why.PLAYS),
            (video(7, duration_s=0), Why.TOO_SHORT),
            (video(8), Why.VANISHED),
        ],
    )
    def test_is_as_pod_shows_it(self, shown: Video, expected: Why) -> None:
        assert why(ROW, pod=seen(shown)) is expected

    def test_what_was_delivered_counts_more_than_what_the_server_says(self) -> None:
        whole = published(ONE, location="0007-lecon", duration_s=600.0)
        assert why(ROW, whole, pod=seen(video(7, duration_s=598))) is Why.PLAYS
        assert why(ROW, whole, pod=seen(video(7, duration_s=580))) is Why.TOO_SHORT

    def test_is_never_encoded_after_a_day(self) -> None:
        old = replace(ROW, at=NOW - timedelta(hours=25))
        assert why(old, pod=seen(video(7, encoded=False))) is Why.NEVER_ENCODED

    def test_of_a_silent_owner_cannot_be_said(self) -> None:
        assert why(ROW, pod=seen(silent={"jean"})) is Why.CANNOT_SAY

    def test_given_to_somebody_else_is_there(self) -> None:
        assert why(ROW, pod=seen(elsewhere={7})) is Why.GIVEN_ON
        state = state_of(ONE, rules(ROW, pod=seen(video(7, owner="anne"))))
        assert (state.why, state.owners) == (Why.GIVEN_ON, ("anne",))
        assert why(ROW, pod=seen(video(7, owner="anne", duration_s=60))) is Why.TOO_SHORT
        assert why(ROW, pod=seen(video(7, owner="jean"))) is Why.PLAYS

    def test_the_best_of_several_copies_decides(self) -> None:
        other = published(ONE, "Anne", location="0008-lecon")
        assert why(ROW, other, pod=seen(video(8))) is Why.PLAYS
        assert why(ROW, other, pod=seen(silent={"jean"})) is Why.CANNOT_SAY

    def test_with_the_administrator_as_long_as_nobody_is_known(self) -> None:
        row = published(ONE, "admin", location="0007-lecon")
        nobody = Ownership(record_id=ONE.record_id, finding=Finding.NOBODY)
        assert why(row, pod=seen(video(7)), ownership={ONE.record_id: nobody}) is Why.WITH_ADMINISTRATOR
        assert why(replace(row, stand_in=True), pod=seen(video(7))) is Why.WITH_ADMINISTRATOR
        admins = replace(nobody, finding=Finding.FOUND, owners=(Owner(username="Admin"),))
        assert why(row, pod=seen(video(7)), ownership={ONE.record_id: admins}) is Why.PLAYS

    def test_caveats(self) -> None:
        guessed = Ownership(
            record_id=ONE.record_id,
            finding=Finding.FOUND,
            owners=(Owner(username="jean", confidence=Confidence.DOUBTFUL),),
        )
        whole = published(ONE, location="0007-lecon", detail="a poll is not shown")
        pod = replace(seen(video(7, duration_s=None)), unused={"jean"})
        state = state_of(ONE, rules(ROW, whole, pod=pod, ownership={ONE.record_id: guessed}))
        assert state.why is Why.PLAYS
        assert set(state.caveats) == set(Caveat)


class TestClaimed:
    GIVEN = claimed(ONE, location=f"/rec/{FILE}", size=1000)

    def test_waits(self) -> None:
        pod = PodNow(waiting={FILE}, claims={})
        assert why(self.GIVEN, pod=pod, files={FILE: 1000}) is Why.WAITS
        assert why(pod=pod, files={FILE: 1000}) is Why.WAITS  # without the ledger
        assert why(self.GIVEN, pod=pod, files={FILE: 999}) is Why.FILE_NOT_WHOLE
        assert why(self.GIVEN, pod=pod, files={}) is Why.VANISHED
        assert why(self.GIVEN, pod=pod, files=None) is Why.CANNOT_SAY
        assert why(self.GIVEN, pod=PodNow(waiting=(), claims={}), files={FILE: 1000}) is Why.NOT_TOLD
        assert why(self.GIVEN, pod=PodNow(waiting=(), claims={}), files={}) is Why.VANISHED
        assert why(self.GIVEN, pod=PodNow(), files={FILE: 1000}) is Why.CANNOT_SAY

    def test_is_the_video_of_whoever_claimed_it(self) -> None:
        state = state_of(ONE, rules(self.GIVEN, pod=claim(video(3))))
        assert (state.why, state.owners) == (Why.CLAIMED, ("anne",))

    @pytest.mark.parametrize(
        ("pod", "expected"),
        [
            (claim(None), Why.CLAIM_VANISHED),
            (claim(None, told=False), Why.CANNOT_SAY),
            (claim(video(3, encoded=False)), Why.BEING_ENCODED),
            (claim(video(3, encoded=False), hours=30), Why.NEVER_ENCODED),
            (claim(video(3, duration_s=60)), Why.TOO_SHORT),
        ],
    )
    def test_and_only_safe_if_that_plays(self, pod: PodNow, expected: Why) -> None:
        assert why(self.GIVEN, pod=pod) is expected


class TestDecided:
    def test_who_and_why_are_told_and_it_can_be_taken_back(self) -> None:
        (row,) = given_up([ONE.record_id], by="dpo", why="jury")
        state = state_of(ONE, rules(replace(row, at=NOW)))
        assert (state.why, state.by, state.detail, state.since) == (Why.DECIDED, "dpo", "jury", NOW)
        (back,) = taken_back([ONE.record_id], by="dpo", why="")
        assert why(back) is Why.NOT_BEGUN

    def test_what_is_safe_all_the_same_is_safe(self) -> None:
        (row,) = given_up([ONE.record_id], by="dpo", why="jury")
        assert why(row, ROW, pod=seen(video(7))) is Why.PLAYS
        assert why(row, ROW, pod=seen()) is Why.DECIDED

    def test_the_owners_file_and_the_settings_decide_too(self) -> None:
        out = Ownership(record_id=ONE.record_id, finding=Finding.LEFT_OUT)
        assert why(ownership={ONE.record_id: out}) is Why.LEFT_OUT
        ignored = recording("a", "video", server="Old.univ.example")
        assert state_of(ignored, rules(ignored_servers=["old.univ.example"])).why is Why.IGNORED_SERVER


class TestNotThere:
    def test_links_are_what_pod_has_now(self) -> None:
        row = linked(ONE, "jean")
        assert why(row, pod=PodNow(links={ONE.record_id: ["jean"]})) is Why.LINK
        assert why(row, pod=PodNow(links={})) is Why.NOT_BEGUN
        assert why(row, pod=PodNow(links=None)) is Why.LINK

    def test_failures_count(self) -> None:
        once = published(ONE, state=State.FAILED, attempts=1, detail="no sound")
        assert why(once) is Why.FAILED
        state = state_of(ONE, rules(replace(once, attempts=3), pod=PodNow(links={ONE.record_id: ["jean"]})))
        assert (state.why, state.detail) == (Why.FAILED_BEFORE, "no sound")

    @pytest.mark.parametrize(
        ("one", "expected"),
        [
            (recording("a", "video", published=False), Why.UNPUBLISHED),
            (recording("a", "statistics"), Why.NO_PLAYBACK),
            (recording("a", "presentation"), Why.NEEDS_CONVERTER),
            (recording("a", "video"), Why.NOT_BEGUN),
            (recording("a", "video", record_id="x" * 101), Why.ID_TOO_LONG),
        ],
    )
    def test_and_says_why(self, one: Recording, expected: Why) -> None:
        assert state_of(one, rules(converters=False)).why is expected

    def test_what_withholds_it_is_said(self) -> None:
        for finding, expected in (
            (Finding.UNKNOWN_SERVER, Why.UNKNOWN_SERVER),
            (Finding.FAILED, Why.OWNER_SEARCH_FAILED),
        ):
            ownership = {ONE.record_id: Ownership(record_id=ONE.record_id, finding=finding)}
            assert why(ownership=ownership) is expected

    def test_begun_and_unreadable(self) -> None:
        assert why(claimed(ONE, state=State.STARTED)) is Why.BEGUN
        assert why(entry(Effect.CLAIM, ONE, state=State.UNREADABLE)) is Why.UNREADABLE


class TestVideosOfClaimedFiles:
    def file(self, name: str, title: str, minutes: int = 0) -> ClaimedFile:
        return ClaimedFile(name=name, username="anne", title=title, claimed=NOW + timedelta(minutes=minutes))

    def test_are_found_by_title_and_moment_and_each_only_once(self) -> None:
        files = [self.file("1", "A"), self.file("2", "A", 60), self.file("3", "B")]
        videos = [
            video(1, title="A"),
            video(2, title="A", added=NOW + timedelta(minutes=60)),
            video(3, title="renamed", added=NOW + timedelta(seconds=20)),
            video(4, title="another", added=NOW - timedelta(days=3)),
        ]
        assert {name: one.id for name, one in videos_of(files, videos).items()} == {"1": 1, "2": 2, "3": 3}
        assert videos_of(files[:2], videos[:1]).keys() == {"1"}
        assert videos_of([self.file("3", "B")], videos[3:]) == {}
