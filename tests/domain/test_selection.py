"""Which recordings a command works on."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bbbmig.domain.recording import Recording
from bbbmig.domain.selection import Range, Selection, newest_first, select
from tests.domain.recordings import lists_of_recordings, recording

DAY = datetime(2023, 5, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [("1:10", 1, 10), ("5", 5, 5), ("5:", 5, None), (":10", 1, 10), (" 2:3 ", 2, 3), ("1:1", 1, 1)],
)
def test_a_range_is_read_as_people_write_it(text: str, first: int, last: int | None) -> None:
    assert Range.parse(text) == Range(first=first, last=last)


@pytest.mark.parametrize("text", ["", ":", "0", "0:5", "3:2", "1-10", "a:b", "-1", "1:2:3", "1.5", ":0"])
def test_what_is_no_range_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match=r"range|number 1"):
        Range.parse(text)


@given(lists_of_recordings)
def test_the_order_is_the_same_on_every_run_and_loses_nothing(listed: list[Recording]) -> None:
    ordered = newest_first(listed)
    assert ordered == newest_first(reversed(listed))
    assert sorted(one.record_id for one in ordered) == sorted(one.record_id for one in listed)
    known = [one.start for one in ordered if one.start]
    assert known == sorted(known, reverse=True)
    assert all(one.start is None for one in ordered[len(known) :])


@given(lists_of_recordings, st.integers(min_value=1, max_value=12))
def test_ranges_that_touch_each_other_give_every_recording_once(listed: list[Recording], middle: int) -> None:
    newer = select(listed, Selection(range=Range(last=middle)))
    older = select(listed, Selection(range=Range(first=middle + 1)))
    assert newer + older == newest_first(listed)


def test_the_first_is_the_newest_and_equal_starts_are_ordered_by_record_id() -> None:
    listed = [recording("a", start=DAY), recording("b", start=DAY + timedelta(days=1)), recording("c", start=DAY)]
    (newest, *others) = select(listed, Selection())
    assert newest is listed[1]
    assert [one.record_id for one in others] == sorted(one.record_id for one in others)


def test_since_is_included_and_until_is_not() -> None:
    listed = [recording(str(hour), start=DAY + timedelta(hours=hour)) for hour in range(-1, 26)]
    chosen = select(listed, Selection(since=DAY, until=DAY + timedelta(days=1)))
    assert [one.start for one in chosen] == [DAY + timedelta(hours=hour) for hour in range(23, -1, -1)]


def test_a_recording_without_a_date_is_not_lost_by_a_date() -> None:
    undated = recording(start=None)
    assert select([undated], Selection(since=DAY)) == [undated]
    assert select([undated], Selection(until=DAY)) == [undated]


def test_a_meeting_is_chosen_by_its_whole_id_or_that_of_a_recording() -> None:
    one, other = recording("a", meeting_id="room-1"), recording("b", meeting_id="room-11")
    assert select([one, other], Selection(meeting="room-1")) == [one]
    assert select([one, other], Selection(meeting=other.record_id)) == [other]
    assert select([one, other], Selection(meeting="room")) == []


def test_the_range_counts_among_those_that_the_rest_lets_through() -> None:
    listed = [recording(str(n), meeting_id=f"m{n % 2}", start=DAY + timedelta(days=n)) for n in range(6)]
    chosen = select(listed, Selection(meeting="m0", range=Range(first=1, last=2)))
    assert chosen == [listed[4], listed[2]]
