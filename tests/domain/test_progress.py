"""When nothing will be lost any more, at the pace of late; nobody is promised a date out of thin air."""

from datetime import UTC, datetime, timedelta

from bbbmig.domain.progress import Point, ready_on
from bbbmig.domain.recording_state import Amount, Safety

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


def point(days_ago: float, lost: int, *, unsure: int = 0) -> Point:
    classes = {Safety.SAFE: Amount(count=1000 - lost), Safety.NOT_STARTED: Amount(count=lost)}
    return Point(at=NOW - timedelta(days=days_ago), classes=classes, unsure=unsure)


def test_the_pace_is_that_of_the_last_two_weeks() -> None:
    assert ready_on([point(100, 1000), point(10, 200), point(5, 150), point(0, 100)]) == NOW + timedelta(days=10)


def test_where_nobody_looked_for_two_weeks_the_last_look_counts() -> None:
    assert ready_on([point(100, 1000), point(40, 200), point(0, 100)]) == NOW + timedelta(days=40)


def test_nobody_can_tell_from_one_look_or_from_two_of_one_morning_or_without_progress() -> None:
    assert ready_on([point(0, 5)]) is None
    assert ready_on([]) is None
    assert ready_on([point(0.2, 50), point(0, 5)]) is None
    assert ready_on([point(3, 5), point(0, 5)]) is None
    assert ready_on([point(3, 5), point(0, 9)]) is None
    assert ready_on([point(14, 100_000), point(0, 99_999)]) is None


def test_looks_at_which_pod_could_not_say_are_none() -> None:
    assert ready_on([point(10, 200), point(5, 900, unsure=3), point(0, 100)]) == NOW + timedelta(days=10)
    assert ready_on([point(10, 200), point(0, 100, unsure=1)]) is None
