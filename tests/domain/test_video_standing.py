"""How a published video stands: what Pod says decides, and a Pod that says nothing is not believed."""

from datetime import datetime, timedelta

import pytest

from bbbmig.domain.history import Effect, Entry, History, State
from bbbmig.domain.target import Video
from bbbmig.domain.video_standing import SeenInPod, Standing, loss, not_listed, published_rows, stand
from tests.domain.recordings import recording
from tests.domain.remembered import YESTERDAY, entry, published

ONE = recording("a", "video")
ROW = published(ONE, "Jean", location="0007-lecon")
DAY = timedelta(days=1)
NOW = YESTERDAY + timedelta(hours=30)


def video(number: int, *, encoded: bool = True, encoding: bool = False) -> Video:
    return Video(
        id=number,
        title="Leçon",
        slug=f"{number:04d}-autre-titre",
        added=None,
        is_draft=True,
        encoded=encoded,
        encoding=encoding,
    )


def standing(seen: SeenInPod, *more: Entry, now: datetime = NOW, row: Entry = ROW) -> Standing:
    history = History([row, *more])
    (stands,) = stand(published_rows(history, {ONE.record_id}), seen, history, now=now, encoding=DAY).values()
    return stands.standing


def test_the_number_tells_it_whatever_people_made_of_its_title() -> None:
    assert standing(SeenInPod(videos={7: video(7)})) is Standing.PLAYABLE
    assert standing(SeenInPod(videos={70: video(70)})) is Standing.GONE


@pytest.mark.parametrize("encoding", [True, False])
def test_encoding_has_a_day_and_then_a_second_one(encoding: bool) -> None:  # noqa: FBT001
    seen = SeenInPod(videos={7: video(7, encoded=False, encoding=encoding)})
    assert standing(seen, now=YESTERDAY + timedelta(hours=23)) is Standing.BEING_ENCODED
    assert standing(seen) is Standing.NEVER_ENCODED
    told = entry(Effect.ENCODE, ONE, "jean", location="0007-lecon", at=NOW)
    assert standing(seen, told) is Standing.BEING_ENCODED
    assert standing(seen, told, now=NOW + timedelta(hours=25)) is Standing.GIVEN_UP
    in_vain = entry(Effect.ENCODE, ONE, "jean", State.FAILED, location="0007-lecon", at=NOW)
    assert standing(seen, in_vain) is Standing.GIVEN_UP


def test_another_video_than_the_one_that_was_told_of_may_be_told_of() -> None:
    seen = SeenInPod(videos={7: video(7, encoded=False)})
    assert standing(seen, entry(Effect.ENCODE, ONE, "jean", location="0003-lecon")) is Standing.NEVER_ENCODED


def test_who_is_silent_has_lost_nothing() -> None:
    seen = SeenInPod(videos={}, silent={"jean"})
    assert standing(seen) is Standing.NOT_TOLD
    assert not_listed([ROW], seen) == set()


def test_a_row_that_names_no_number_says_nothing() -> None:
    assert standing(SeenInPod(videos={}), row=published(ONE, "Jean", location="")) is Standing.NOT_TOLD


def test_what_somebody_else_has_is_there() -> None:
    assert not_listed([ROW], SeenInPod(videos={})) == {7}
    assert standing(SeenInPod(videos={}, elsewhere={7})) is Standing.PLAYABLE


@pytest.mark.parametrize(
    ("gone", "delivered", "said"), [(5, 5, False), (6, 6, True), (6, 300, False), (7, 300, True), (200, 10_000, False)]
)
def test_many_are_more_than_five_and_more_than_two_percent(gone: int, delivered: int, said: bool) -> None:  # noqa: FBT001
    assert bool(loss(gone, delivered)) is said
