"""How the values of options are written by hand, and read; each says in words what it takes."""

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar

import typer

from bbbmig.domain.selection import Range

Result = TypeVar("Result")

_UNIT_S = {"d": 86400, "j": 86400, "h": 3600, "m": 60, "s": 1}
_NEXT = {"d": "h", "j": "h", "h": "m", "m": "s"}
"""What a number without unit counts after one with: 1h30 is an hour and 30 minutes."""
_STEP = re.compile(r"(\d+(?:[.,]\d+)?)\s*([a-z]*)\s*")
_WORDS = {"min": "m", "mn": "m", "sec": "s", "hr": "h"}
_CLOCK = re.compile(r"(?i)(\d{1,2})(?:\s*h\s*(\d\d)?|:(\d\d)(?::(\d\d))?)?")
_RATE = re.compile(r"(?i)(\d+(?:[.,]\d+)?)\s*([kmg]?)(?:i?[bo])?(?:/s)?")


def typed(parse: Callable[[str], Result]) -> Callable[[Any], Result]:
    """Turn a function that raises ValueError into a parser of Typer's, which hands it defaults, too."""

    def parser(value: Any) -> Result:  # noqa: ANN401 - a text, or a default as it is
        try:
            return parse(value) if isinstance(value, str) else value
        except ValueError as error:
            raise typer.BadParameter(str(error)) from error

    return parser


def range_of(text: str) -> Range:
    """Read places counted from the newest: 1:10, 5, 5: or :10."""
    return Range.parse(text)


def day(text: str) -> date:
    """Read a date."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"{text!r} is not a date: write 2023-05-31") from None


def duration_s(text: str) -> float:
    """Return the seconds of 6h, 90m, 1h30m, or of 1h30 as it is written in French; a lone number has no unit."""
    words = text.strip().lower()
    if words.isdecimal() and int(words):
        raise ValueError(f"{text!r} needs its unit: write {words}h, {words}m or {words}s")
    steps = _STEP.findall(words)
    if not steps or _STEP.sub("", words):
        raise ValueError(f"{text!r} is not a duration: write 6h, 90m, 1h30 or 1h30m")
    total, before = 0.0, ""
    for number, word in steps:
        unit = _WORDS.get(word, word) or _NEXT.get(before, "s")
        amount = float(number.replace(",", "."))
        size = _UNIT_S.get(unit)
        if size is None or (before and (size >= _UNIT_S[before] or amount * size >= _UNIT_S[before])):
            raise ValueError(f"{text!r} is not a duration: write 6h, 90m, 1h30 or 1h30m")
        total, before = total + amount * size, unit
    return total


def next_time(text: str) -> datetime:
    """Return the next moment when clocks here show that time of day: 07:00, 7:00, 7h, 7h00, 07h30."""
    match = _CLOCK.fullmatch(text.strip())
    hour, minute, second = (int(match[1]), int(match[2] or match[3] or 0), int(match[4] or 0)) if match else (24, 0, 0)
    try:
        wanted = time(hour, minute, second)
    except ValueError:
        raise ValueError(f"{text!r} is not a time of day: write 07:00, 7h or 7h30") from None
    now = datetime.now().astimezone()
    moment = datetime.combine(now.date(), wanted).astimezone()
    return moment if moment > now else datetime.combine(now.date() + timedelta(days=1), wanted).astimezone()


def bytes_per_s(text: str) -> int:
    """Read a number of bytes a second: 10M, 500k, 10Mo/s; a K is 1024."""
    match = _RATE.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not a rate: write 10M or 500k (bytes a second)")
    return int(float(match[1].replace(",", ".")) * 1024 ** " kmg".index(match[2].lower() or " "))
