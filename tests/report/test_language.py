"""Numbers, dates and plurals as English and French write them."""

from datetime import UTC, datetime

import pytest

from bbbmig.domain.choices import Language
from bbbmig.report import language as write

EN, FR = Language.EN, Language.FR


@pytest.mark.parametrize(
    ("value", "digits", "english", "french"),
    [
        (0, 0, "0", "0"),
        (12480, 0, "12,480", "12\u202f480"),
        (1234.56, 1, "1,234.6", "1\u202f234,6"),
        (-3, 0, "-3", "-3"),
    ],
)
def test_numbers(value: float, digits: int, english: str, french: str) -> None:
    assert (write.number(value, EN, digits=digits), write.number(value, FR, digits=digits)) == (english, french)


@pytest.mark.parametrize(
    ("count", "english", "french"), [(0, "pages", "page"), (1, "page", "page"), (2, "pages", "pages")]
)
def test_plurals(count: int, english: str, french: str) -> None:
    for language, form in ((EN, english), (FR, french)):
        assert write.counted(count, ("page", "pages"), language) == f"{count}\u00a0{form}"


@pytest.mark.parametrize(
    ("value", "said"), [(0, "0"), (0.001, "<0.1"), (0.5, "0.5"), (3.0, "3"), (9.96, "10"), (48.4, "48")]
)
def test_hours(value: float, said: str) -> None:
    assert write.hours(value, EN) == f"{said}\u00a0h"
    assert write.hours(value, FR) == f"{said.replace('.', ',')}\u00a0h"


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [
        (0, 10, "0"),
        (10, 10, "100"),
        (1, 3, "33"),
        (9999, 10000, "99.9"),
        (1, 100_000, "0.1"),
        (0, 0, "0"),
        (995, 1000, "99.5"),
    ],
)
def test_what_is_not_all_is_not_100_percent_and_what_is_something_not_0(part: int, whole: int, said: str) -> None:
    assert write.percent(part, whole, EN) == f"{said}%"
    assert write.percent(part, whole, FR) == f"{said.replace('.', ',')}\u00a0%"


def test_days_and_moments() -> None:
    first = datetime(2026, 8, 1, 12, 5, tzinfo=UTC)
    assert write.day(first, EN, weekday=True) == "Saturday 1\u00a0August 2026"
    assert write.day(first, FR, weekday=True) == "samedi 1er\u00a0août 2026"
    here = first.astimezone()
    assert write.moment(first, EN) == f"1\u00a0August 2026, {here:%H:%M}"
    assert write.moment(first, FR) == f"1er\u00a0août 2026 à {here.hour}\u00a0h\u00a005"
