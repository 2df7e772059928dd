"""How a migration went on, day by day: one point for each look at it, and when it will have ended at that pace."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bbbmig.domain.recording_state import Amount, Safety

_SAFE = (Safety.SAFE, Safety.UNCLAIMED, Safety.GIVEN_UP)
_WINDOW = timedelta(days=14)
"""The pace is that of the last two weeks: holidays and beginnings are another one."""
_SHORTEST = timedelta(hours=12)
_LONGEST_DAYS = 3650


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """What was found at one moment (aware): the six classes, how many had vanished, of how many nobody could say."""

    at: datetime
    classes: Mapping[Safety, Amount]
    vanished: int = 0
    unsure: int = 0

    @property
    def safe(self) -> Amount:
        """Return what would not be lost."""
        return self._sum(safe=True)

    @property
    def lost(self) -> Amount:
        """Return what would be lost."""
        return self._sum(safe=False)

    def _sum(self, *, safe: bool) -> Amount:
        chosen = [one for safety, one in self.classes.items() if (safety in _SAFE) is safe]
        return Amount(
            count=sum(one.count for one in chosen),
            hours=sum(one.hours for one in chosen),
            unknown=sum(one.unknown for one in chosen),
        )


def ready_on(points: Sequence[Point]) -> datetime | None:
    """Return when nothing would be lost any more at the pace of late; None if nobody can tell.

    `points` are in the order of time, the last is now. Days without a look are counted as they were; a look at which
    Pod could not say is none.
    """
    sure = [point for point in points if not point.unsure]
    if not sure or sure[-1] is not points[-1]:
        return None
    now = sure[-1]
    since = [point for point in sure[:-1] if point.at >= now.at - _WINDOW] or sure[-2:-1]
    if not since or now.at - since[0].at < _SHORTEST:
        return None
    gained = since[0].lost.count - now.lost.count
    days = (now.at - since[0].at) / timedelta(days=1)
    if gained <= 0:
        return None
    left = now.lost.count / (gained / days)
    return now.at + timedelta(days=left) if left <= _LONGEST_DAYS else None
