"""Whether the videos that the ledger calls done are in Pod, and can be played: decided from what Pod says of them."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bbbmig.domain.history import Effect, Entry, History, LinkKey, State
from bbbmig.domain.person import folded
from bbbmig.domain.target import Video

_NUMBER = re.compile(r"(\d+)-")
MANY = 5
"""So many that are gone may be the choice of people, whatever their share."""
MANY_PERCENT = 2


class Standing(StrEnum):
    """How a published video stands in Pod, the best first."""

    PLAYABLE = "playable"
    BEING_ENCODED = "being encoded"
    NEVER_ENCODED = "never encoded"
    """Its encoding should have ended long ago, and was not started once more."""
    GIVEN_UP = "given up"
    """The same, although Pod was told once more."""
    NOT_TOLD = "not told"
    """Pod could not say."""
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stands:
    """How one video stands; `slug` is its name in addresses now, if it is there."""

    standing: Standing
    slug: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenInPod:
    """What Pod says of videos: those that it lists, by number, whose lists it could not give, and what else exists.

    `silent` are user names as `folded` writes them; `elsewhere` are numbers of videos of people who were not asked for.
    """

    videos: Mapping[int, Video]
    silent: Collection[str] = ()
    elsewhere: Collection[int] = ()


def published_rows(history: History, record_ids: Collection[str]) -> list[Entry]:
    """Return the rows of these recordings' videos that are done."""
    rows = history.of(Effect.PUBLISH)
    return [one for one in rows if one.target and one.state is State.DONE and one.record_id in record_ids]


def number_of(entry: Entry) -> int | None:
    """Return the number of a row's video in Pod, None if its location does not say. The title after it may change."""
    found = _NUMBER.match(entry.location)
    return int(found[1]) if found else None


def not_listed(rows: Iterable[Entry], seen: SeenInPod) -> set[int]:
    """Return the numbers of videos that are in no list although Pod gave their owners': gone, or given to others."""
    numbers = {number_of(row) for row in rows if folded(row.target) not in seen.silent}
    return {number for number in numbers if number is not None and number not in seen.videos}


def stand(
    rows: Iterable[Entry], seen: SeenInPod, history: History, *, now: datetime, encoding: timedelta
) -> dict[LinkKey, Stands]:
    """Say how the videos of these rows stand; `encoding` is how long Pod may take to encode one."""
    return {row.key: _stands(row, seen, history, now - encoding) for row in rows}


def _stands(row: Entry, seen: SeenInPod, history: History, long_ago: datetime) -> Stands:
    """Say how one video stands."""
    number = number_of(row)
    if number is None:
        return Stands(standing=Standing.NOT_TOLD)
    video = seen.videos.get(number)
    if video is not None:
        return Stands(standing=_encoding(row, video, history, long_ago), slug=video.slug)
    if number in seen.elsewhere:
        return Stands(standing=Standing.PLAYABLE)
    return Stands(standing=Standing.NOT_TOLD if folded(row.target) in seen.silent else Standing.GONE)


def _encoding(row: Entry, video: Video, history: History, long_ago: datetime) -> Standing:
    """Say how far the encoding of a video has come that is there."""
    if video.encoded:
        return Standing.PLAYABLE
    restarted = history.entry(Effect.ENCODE, row.record_id, row.target)
    if restarted is not None and number_of(restarted) == number_of(row):
        given_up = restarted.state is not State.DONE or _before(restarted.at, long_ago)
        return Standing.GIVEN_UP if given_up else Standing.BEING_ENCODED
    return Standing.NEVER_ENCODED if _before(row.at, long_ago) else Standing.BEING_ENCODED


def _before(moment: datetime | None, long_ago: datetime) -> bool:
    return moment is None or moment <= long_ago


def best(stands: Iterable[Stands]) -> Stands:
    """Return how the best of some videos of one recording stands."""
    return min(stands, key=lambda one: _ORDER.index(one.standing))


def worst(stands: Iterable[Stands]) -> Stands:
    """Return how the worst of some videos of one recording stands."""
    return max(stands, key=lambda one: _ORDER.index(one.standing))


_ORDER = tuple(Standing)


def loss(gone: int, delivered: int, what: str = "files that bbbmig delivered") -> str:
    """Say that many of what was delivered are gone; "" for so few that people may have deleted them."""
    if gone <= MANY or gone * 100 <= delivered * MANY_PERCENT:
        return ""
    return f"{gone} of {delivered} {what} are no longer in Pod"
