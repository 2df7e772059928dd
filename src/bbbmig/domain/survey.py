"""What is on the old server, counted in every way that helps to decide; pure.

Each way of counting puts every recording of the list into exactly one heap, so all of them sum up to the list.
"""

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from statistics import median
from typing import TypeVar

from bbbmig.domain.file_plan import USABLE
from bbbmig.domain.origin_hosts import comes_from, origin_hosts
from bbbmig.domain.owner import Finding, Ownership
from bbbmig.domain.recording import Recording
from bbbmig.domain.recording_length import length_s

_Key = TypeVar("_Key", bound=Hashable)
_Name = TypeVar("_Name", bound=StrEnum)

_HOUR_S = 3600.0
_TEST_S, _SHORT_S, _LESSON_S = 120.0, 1800.0, 7200.0
NO_YEAR = 0
"""The year of recordings of which nobody knows when they were made."""


class Content(StrEnum):
    """What there is to be had of a recording, the best of it; the words are stable, for `--json`."""

    VIDEO = "video_ready"
    PRESENTATION = "presentation_to_convert"
    SOUND = "sound_only"
    NOTHING = "nothing_playable"


class Length(StrEnum):
    """How long it is; shorter ones than two minutes are mostly tests. The words are stable, for `--json`."""

    TEST = "under_2_minutes"
    SHORT = "2_to_30_minutes"
    LESSON = "30_to_120_minutes"
    LONG = "over_2_hours"
    UNKNOWN = "unknown"


class Whose(StrEnum):
    """What is known of its owners; the words are stable, for `--json`."""

    KNOWN = "known"
    DOUBTFUL = "doubtful"
    NOBODY = "nobody"
    UNKNOWN_SERVER = "unknown_server"
    LEFT_OUT = "left_out"
    """Decided: given up, left out by the owners file or the settings, or its server is ignored."""
    NOT_ASKED = "not_asked"
    """No source of owners is configured, or it could not be asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heap:
    """So many recordings, their hours and bytes; of some nobody knows how long or how large they are."""

    count: int = 0
    hours: float = 0.0
    size: int = 0
    without_length: int = 0
    without_size: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Recordings that came from one server ("" if they do not say from which); `known`: a source answers for it."""

    host: str
    heap: Heap
    known: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyFacts:
    """What is known besides the list: the server's name, the moment (aware), how the list was had, whose it all is.

    `lost` recordings or parts of the list could not be read, `failed_sources` of owners could not be asked.
    `given_up` and `excluded` are recordIDs: the latter go to known owners alone (`[choose] exclude`).
    `sizes` are bytes by recordID where the list has none and the files were asked.
    """

    server: str
    at: datetime
    list_taken_at: datetime
    from_cache: bool = False
    lost: int = 0
    ownership: Mapping[str, Ownership] = field(default_factory=dict)
    failed_sources: Sequence[str] = ()
    ignored_servers: Collection[str] = ()
    given_up: Collection[str] = ()
    excluded: Collection[str] = ()
    sizes: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """One recording and all by which it is counted: seconds and bytes are 0 where nobody knows."""

    recording: Recording
    seconds: float
    size: int
    year: int
    content: Content
    length: Length
    whose: Whose
    source: str
    host: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """Everything counted; heaps by year are the oldest first, origins the largest first."""

    facts: SurveyFacts
    counted: Sequence[Counted]
    total: Heap
    by_year: Mapping[int, Heap]
    by_content: Mapping[Content, Heap]
    by_length: Mapping[Length, Heap]
    by_owner: Mapping[Whose, Heap]
    by_source: Mapping[str, Heap]
    origins: Sequence[Origin]
    unpublished: Heap
    protected: Heap
    people: int
    median_s: float
    longest_s: float

    def heap(self, wanted: Callable[[Counted], bool]) -> Heap:
        """Count some of them."""
        return heap_of(one for one in self.counted if wanted(one))


def surveyed(recordings: Sequence[Recording], facts: SurveyFacts) -> Survey:
    """Count recordings in every way."""
    counted = [_counted(one, facts) for one in recordings]
    lengths = [one.seconds for one in counted if one.seconds]
    known = {name for one in facts.ownership.values() if is_known(one) for name in _names(one)}
    return Survey(
        facts=facts,
        counted=counted,
        total=heap_of(counted),
        by_year=dict(sorted(_heaps(counted, lambda one: one.year).items())),
        by_content=_all_of(Content, _heaps(counted, lambda one: one.content)),
        by_length=_all_of(Length, _heaps(counted, lambda one: one.length)),
        by_owner=_all_of(Whose, _heaps(counted, lambda one: one.whose)),
        by_source=_heaps(counted, lambda one: one.source),
        origins=_origins(counted),
        unpublished=heap_of(one for one in counted if not one.recording.published),
        protected=heap_of(one for one in counted if one.recording.protected),
        people=len(known),
        median_s=median(lengths) if lengths else 0.0,
        longest_s=max(lengths, default=0.0),
    )


def _counted(recording: Recording, facts: SurveyFacts) -> Counted:
    """Look at everything by which one recording is counted."""
    return Counted(
        recording=recording,
        seconds=length_s(recording) or 0.0,
        size=announced(recording) or facts.sizes.get(recording.record_id, 0),
        year=year_of(recording),
        content=content_of(recording),
        length=length_of(recording),
        whose=whose_of(recording, facts),
        source=_source(recording, facts),
        host=next(iter(origin_hosts(recording)), ""),
    )


def heap_of(counted: Iterable[Counted]) -> Heap:
    """Sum some of them up."""
    count = without_length = without_size = size = 0
    seconds = 0.0
    for one in counted:
        count += 1
        seconds += one.seconds
        size += one.size
        without_length += not one.seconds
        without_size += not one.size
    return Heap(
        count=count, hours=seconds / _HOUR_S, size=size, without_length=without_length, without_size=without_size
    )


def announced(recording: Recording) -> int:
    """Return the bytes of its files that the server names, 0 if it names none."""
    return sum(one.size or 0 for one in recording.playbacks) or recording.size or 0


def year_of(recording: Recording) -> int:
    """Return the year in which it was made (UTC), NO_YEAR if nobody knows."""
    return recording.start.year if recording.start else NO_YEAR


def content_of(recording: Recording) -> Content:
    """Return the best form in which it can be had."""
    kinds = {kind for kind in USABLE if recording.playback(kind) is not None}
    if kinds & {"video", "screenshare"}:
        return Content.VIDEO
    if "presentation" in kinds:
        return Content.PRESENTATION
    return Content.SOUND if kinds else Content.NOTHING


def length_of(recording: Recording) -> Length:
    """Return how long it is."""
    length = length_s(recording)
    if not length:
        return Length.UNKNOWN
    bounds = ((_TEST_S, Length.TEST), (_SHORT_S, Length.SHORT), (_LESSON_S, Length.LESSON))
    return next((name for bound, name in bounds if length < bound), Length.LONG)


def whose_of(recording: Recording, facts: SurveyFacts) -> Whose:
    """Return what is known of its owners."""
    if recording.record_id in facts.given_up or comes_from(recording, facts.ignored_servers):
        return Whose.LEFT_OUT
    found = facts.ownership.get(recording.record_id)
    if found is not None and is_known(found):
        return Whose.KNOWN
    if recording.record_id in facts.excluded:
        return Whose.LEFT_OUT
    if found is None:
        return Whose.NOT_ASKED
    return _FINDINGS.get(found.finding, Whose.NOBODY)


def is_known(ownership: Ownership) -> bool:
    """Tell whether somebody is sure enough to be given it, as the settings have it (`domain.ownership.accepted`)."""
    return ownership.finding is Finding.FOUND and any(not owner.stand_in for owner in ownership.owners)


_FINDINGS = {
    Finding.DOUBTFUL: Whose.DOUBTFUL,
    Finding.FOUND: Whose.NOBODY,
    Finding.NOBODY: Whose.NOBODY,
    Finding.UNKNOWN_SERVER: Whose.UNKNOWN_SERVER,
    Finding.IGNORED_SERVER: Whose.LEFT_OUT,
    Finding.LEFT_OUT: Whose.LEFT_OUT,
    Finding.NOT_SEARCHED: Whose.NOT_ASKED,
    Finding.FAILED: Whose.NOT_ASKED,
}


def _names(ownership: Ownership) -> Iterable[str]:
    return (owner.username for owner in ownership.owners if not owner.stand_in)


def _source(recording: Recording, facts: SurveyFacts) -> str:
    """Return which source knows its owners, "" if none does."""
    found = facts.ownership.get(recording.record_id)
    return found.source if found is not None and is_known(found) else ""


def _heaps(counted: Iterable[Counted], key: Callable[[Counted], _Key]) -> dict[_Key, Heap]:
    """Put each recording into one heap, the largest heaps first."""
    held: dict[_Key, list[Counted]] = {}
    for one in counted:
        held.setdefault(key(one), []).append(one)
    return {name: heap_of(its) for name, its in sorted(held.items(), key=lambda item: -len(item[1]))}


def _all_of(kinds: type[_Name], heaps: Mapping[_Name, Heap]) -> dict[_Name, Heap]:
    """Return the heaps in the order of their names, empty ones included."""
    return {kind: heaps.get(kind, Heap()) for kind in kinds}


def _origins(counted: Iterable[Counted]) -> list[Origin]:
    """Count by the server that recordings came from; it is unknown if any of them is of no server of the settings."""
    held: dict[str, list[Counted]] = {}
    for one in counted:
        held.setdefault(one.host, []).append(one)
    found = [
        Origin(host=host, heap=heap_of(its), known=all(one.whose is not Whose.UNKNOWN_SERVER for one in its))
        for host, its in held.items()
    ]
    return sorted(found, key=lambda one: (-one.heap.count, one.host))
