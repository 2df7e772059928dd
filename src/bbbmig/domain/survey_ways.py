"""What each way of moving costs, and what is to be decided before; pure.

What is not measured on this machine is a range of usual values, and the pages say so: conversion, 10 to 60 times real
time (docs/rendering.md: with cameras some 22, without 47); copying, 10 to 110 MB a second (100 Mbit/s to 1 Gbit/s);
an hour of video, 0.2 to 1 GB.
"""

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from bbbmig.domain.survey import Content, Counted, Heap, Length, Survey, Whose, heap_of

NIGHT_HOURS = 10.0
"""A night lasts from eight in the evening until six."""
OLD_YEARS = 5
_CONFIDENTIAL = (
    r"\bjur(?:y|ys|ies)\b",
    r"soutenance",
    r"\bconseils?\b",
    r"\bCSE\b",
    r"\bexamens?\b",
    r"\bexams?\b",
    r"\bdefen[cs]e\b",
)
"""Words of titles that should not reach everybody; a person decides which of them count."""
_GB = 1e9


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """From the least to the most; both are the same where it was measured, or is certain."""

    least: float
    most: float

    def over(self, rate: "Range") -> "Range":
        """Return how long this takes at a rate: the least at the fastest."""
        return Range(least=self.least / rate.most, most=self.most / rate.least)

    def __add__(self, other: "Range") -> "Range":
        """Return one after the other."""
        return Range(least=self.least + other.least, most=self.most + other.most)

    def times(self, factor: float) -> "Range":
        """Return so many of it."""
        return Range(least=self.least * factor, most=self.most * factor)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """How fast this machine is, and how large videos are.

    `conversion` is in times real time, `copying` in bytes a second, `video` in bytes an hour. `sampled` is how many
    recordings were converted here to know, 0: usual values.
    """

    conversion: Range = field(default_factory=lambda: Range(least=10.0, most=60.0))
    copying: Range = field(default_factory=lambda: Range(least=10e6, most=110e6))
    video: Range = field(default_factory=lambda: Range(least=0.2 * _GB, most=1.0 * _GB))
    sampled: int = 0


class WayName(StrEnum):
    """A way of moving; the words are stable, for `--json`."""

    LINKS = "links"
    PUBLISH = "publish"
    CLAIM = "claim"
    MIRROR = "mirror_first"
    SINCE = "only_since"


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """What one way costs. `machine_hours` before the old server may go, `later_hours` afterwards; `size` in Pod, bytes.

    `clicks` is how many recordings somebody must open in Pod, to show a draft or to claim a file. `lost` is what nobody
    can play any more on the day of switching off.
    """

    name: WayName
    moved: Heap
    machine_hours: Range
    size: Range
    clicks: int
    lost: Heap
    later_hours: Range = field(default_factory=lambda: Range(least=0.0, most=0.0))
    since: int = 0

    @property
    def nights(self) -> Range:
        """Return the whole nights before the old server may go."""
        hours = self.machine_hours
        return Range(least=math.ceil(hours.least / NIGHT_HOURS), most=math.ceil(hours.most / NIGHT_HOURS))


class Question(StrEnum):
    """What is to be decided before; the words are stable, for `--json`."""

    NOBODY = "owner_unknown"
    DOUBTFUL = "owner_doubtful"
    UNKNOWN_SERVER = "server_unknown"
    NOT_ASKED = "owners_not_asked"
    UNPUBLISHED = "unpublished"
    CONFIDENTIAL = "confidential_titles"
    TESTS = "tests"
    OLD = "older_than_5_years"
    PROTECTED = "protected"
    NOTHING = "nothing_playable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One such question and whom it is about; `command` carries the answer out, `titles` are the newest ones."""

    question: Question
    heap: Heap
    titles: Sequence[str]

    @property
    def command(self) -> str:
        """Return what is typed, or written into the settings, to carry it out."""
        return _COMMANDS[self.question]


_COMMANDS = {
    Question.NOBODY: "bbbmig owners",
    Question.DOUBTFUL: "bbbmig owners",
    Question.UNKNOWN_SERVER: "[moodle.NAME], [greenlight.NAME], [table.NAME]",
    Question.NOT_ASKED: "[moodle.NAME], [greenlight.NAME], [table.NAME]",
    Question.UNPUBLISHED: "bbbmig give-up, rsync",
    Question.CONFIDENTIAL: "[choose] exclude",
    Question.TESTS: "--min-duration 2m",
    Question.OLD: "--since",
    Question.PROTECTED: "bbbmig publish",
    Question.NOTHING: "bbbmig give-up",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """A survey with what it means: costs and questions. `undecided` are recordings that wait for an answer."""

    survey: Survey
    rates: Rates
    ways: Sequence[Way]
    decisions: Sequence[Decision]
    undecided: Heap


def assessed(survey: Survey, rates: Rates, *, since: int) -> Assessment:
    """Return what a survey means; `since` is the year from which on the last way moves."""
    return Assessment(
        survey=survey,
        rates=rates,
        ways=ways(survey, rates, since=since),
        decisions=decisions(survey),
        undecided=survey.heap(lambda one: one.whose in _OPEN or not (_is_movable(one) or _is_decided(one))),
    )


_OPEN = frozenset({Whose.NOBODY, Whose.DOUBTFUL, Whose.UNKNOWN_SERVER, Whose.NOT_ASKED})


def ways(survey: Survey, rates: Rates, *, since: int) -> list[Way]:
    """Return what each way costs; `since` is the year from which on the last one moves.

    What the settings or the owners file leave out is neither moved nor lost: that was decided.
    """
    all_of_it = _way(survey, rates, WayName.PUBLISH, _is_movable)
    known = survey.heap(lambda one: _is_movable(one) and one.whose is Whose.KNOWN)
    copying = _copying(survey, rates, _is_movable)
    kept = _way(survey, rates, WayName.SINCE, lambda one: _is_movable(one) and one.year >= since)
    later = _converting(survey, rates, _is_movable)
    nothing = Range(least=0.0, most=0.0)
    everything = survey.heap(lambda one: not _is_decided(one))
    return [
        replace(all_of_it, name=WayName.LINKS, machine_hours=nothing, size=nothing, clicks=0, lost=everything),
        all_of_it,
        replace(all_of_it, name=WayName.CLAIM, clicks=all_of_it.clicks + known.count),
        replace(all_of_it, name=WayName.MIRROR, machine_hours=copying, later_hours=later),
        replace(kept, since=since),
    ]


def _way(survey: Survey, rates: Rates, name: WayName, moved: Callable[[Counted], bool]) -> Way:
    """Return what it costs to make videos of some recordings."""
    heap = survey.heap(moved)
    return Way(
        name=name,
        moved=heap,
        machine_hours=_making(survey, rates, moved),
        size=rates.video.times(heap.hours),
        clicks=heap.count,
        lost=survey.heap(lambda one: not (moved(one) or _is_decided(one))),
    )


def decisions(survey: Survey) -> list[Decision]:
    """Return what is to be decided, the most hours first; questions that concern nothing are left out."""
    found = [_decision(survey, question, wanted) for question, wanted in _questions(survey)]
    return sorted((one for one in found if one.heap.count), key=lambda one: -one.heap.hours)


def _questions(survey: Survey) -> Iterator[tuple[Question, Callable[[Counted], bool]]]:
    """Yield each question and whom it is about."""
    facts = survey.facts
    confidential = re.compile("|".join(_CONFIDENTIAL), re.IGNORECASE)
    oldest = facts.at.year - OLD_YEARS
    for question, whose in (
        (Question.NOBODY, Whose.NOBODY),
        (Question.DOUBTFUL, Whose.DOUBTFUL),
        (Question.UNKNOWN_SERVER, Whose.UNKNOWN_SERVER),
        (Question.NOT_ASKED, Whose.NOT_ASKED),
    ):
        yield question, lambda one, whose=whose: one.whose is whose  # type: ignore[misc]
    yield Question.UNPUBLISHED, lambda one: not one.recording.published
    yield Question.CONFIDENTIAL, lambda one: confidential.search(one.recording.title) is not None
    yield Question.TESTS, lambda one: one.length is Length.TEST
    yield Question.OLD, lambda one: 0 < one.year < oldest
    yield Question.PROTECTED, lambda one: one.recording.protected
    yield Question.NOTHING, lambda one: one.content is Content.NOTHING


def _decision(survey: Survey, question: Question, wanted: Callable[[Counted], bool]) -> Decision:
    its = [one for one in survey.counted if wanted(one)]
    titles = (one.recording.title for one in its if one.recording.title != one.recording.record_id)
    return Decision(question=question, heap=heap_of(its), titles=list(dict.fromkeys(titles))[:3])


def _is_movable(one: Counted) -> bool:
    """Tell whether the old server gives the files of it, and nobody left it out."""
    return one.recording.published and one.content is not Content.NOTHING and not _is_decided(one)


def _is_decided(one: Counted) -> bool:
    """Tell whether it was left out, by the owners file or with its server."""
    return one.whose is Whose.LEFT_OUT


def _copying(survey: Survey, rates: Rates, wanted: Callable[[Counted], bool]) -> Range:
    """Return the hours of copying; what has no size is taken to be as large an hour as published recordings are."""
    heap = survey.heap(wanted)
    size = float(heap.size)
    if heap.without_size:
        known = survey.heap(lambda one: wanted(one) and bool(one.size))
        an_hour = known.size / known.hours if known.hours else _PUBLISHED_HOUR
        size += an_hour * survey.heap(lambda one: wanted(one) and not one.size).hours
    return Range(least=size, most=size).over(rates.copying).times(1 / 3600)


_PUBLISHED_HOUR = 0.22 * _GB
"""Lectures on BigBlueButton 2.7 have 200 to 230 MB an hour."""


def _making(survey: Survey, rates: Rates, wanted: Callable[[Counted], bool]) -> Range:
    """Return the hours of one machine that fetches and converts: presentations take time, ready films are copied."""
    return _converting(survey, rates, wanted) + _copying(survey, rates, wanted)


def _converting(survey: Survey, rates: Rates, wanted: Callable[[Counted], bool]) -> Range:
    """Return the hours of one machine that makes videos of what is here already."""
    hours = survey.heap(lambda one: wanted(one) and one.content is Content.PRESENTATION).hours
    return Range(least=hours, most=hours).over(rates.conversion)
