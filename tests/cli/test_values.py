"""Values of options as people write them, in English and in French."""

import time
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bbbmig.cli.values import bytes_per_s, day, duration_s, next_time


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("6h", 21600),
        ("90m", 5400),
        ("90min", 5400),
        ("45 s", 45),
        ("1h30m", 5400),
        ("1h30", 5400),
        ("1 h 30", 5400),
        ("1H05", 3900),
        ("1h30min", 5400),
        ("2m30", 150),
        ("1h0m30s", 3630),
        ("1.5h", 5400),
        ("1,5 h", 5400),
        ("2d", 172800),
        ("1j12h", 129600),
        ("90h", 324000),
        ("0", 0),
    ],
)
def test_a_duration(text: str, seconds: float) -> None:
    assert duration_s(text) == seconds


@pytest.mark.parametrize("text", ["8", "30", "5400"])
def test_a_number_without_unit_is_asked_for_it(text: str) -> None:
    with pytest.raises(ValueError, match=f"needs its unit: write {text}h, {text}m or {text}s"):
        duration_s(text)


@pytest.mark.parametrize("text", ["", "soon", "h", "1:30", "30m1h", "1h90", "1h1h", "1h30m20m", "1w", "-1h", "1h 30 x"])
def test_what_is_not_a_duration(text: str) -> None:
    with pytest.raises(ValueError, match="is not a duration: write 6h, 90m, 1h30 or 1h30m"):
        duration_s(text)


@given(st.integers(0, 99), st.integers(0, 59))
def test_hours_and_minutes_are_the_same_with_and_without_their_last_unit(hours: int, minutes: int) -> None:
    assert duration_s(f"{hours}h{minutes:02}") == duration_s(f"{hours}h{minutes}m") == hours * 3600 + minutes * 60


@pytest.fixture
def paris(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Europe/Paris")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("paris")
@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("07:00", "07:00"),
        ("7:00", "07:00"),
        ("7h", "07:00"),
        ("7h00", "07:00"),
        ("07h30", "07:30"),
        ("7H05", "07:05"),
        ("7 h 30", "07:30"),
        ("23:59:59", "23:59"),
        ("7", "07:00"),
        ("0h", "00:00"),
    ],
)
def test_a_time_of_day_is_the_next_one(text: str, clock: str) -> None:
    now = datetime.now().astimezone()
    moment = next_time(text)
    assert f"{moment:%H:%M}" == clock
    assert timedelta() < moment - now <= timedelta(hours=25)  # a night on which clocks change


@pytest.mark.parametrize("text", ["", "25:00", "25h", "24:00", "7h5", "7:5", "7h60", "noon", "7h00m", "07.30", "-7h"])
def test_what_is_not_a_time_of_day(text: str) -> None:
    with pytest.raises(ValueError, match="is not a time of day: write 07:00, 7h or 7h30"):
        next_time(text)


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("10M", 10 << 20),
        ("500k", 500 << 10),
        ("10Mo", 10 << 20),
        ("10 Mo/s", 10 << 20),
        ("10MiB/s", 10 << 20),
        ("1,5M", 3 << 19),
        ("1G", 1 << 30),
        ("2000", 2000),
        ("0", 0),
    ],
)
def test_a_rate(text: str, rate: int) -> None:
    assert bytes_per_s(text) == rate


@pytest.mark.parametrize("text", ["fast", "", "10Mbit", "M", "10 M 5"])
def test_what_is_not_a_rate(text: str) -> None:
    with pytest.raises(ValueError, match="is not a rate: write 10M or 500k"):
        bytes_per_s(text)


def test_what_is_not_a_date() -> None:
    assert str(day(" 2023-05-31 ")) == "2023-05-31"
    with pytest.raises(ValueError, match="'31/05/2023' is not a date: write 2023-05-31"):
        day("31/05/2023")
