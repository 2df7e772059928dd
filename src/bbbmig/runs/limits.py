"""How much a run does at once, and when it starts nothing new: plain values that no command line is needed for."""

from dataclasses import dataclass
from datetime import datetime

from bbbmig.apply.stop_conditions import StopConditions


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLimits:
    """What the user allows a run; 0 and None: no limit.

    `jobs` recordings at once, `bytes_per_s` for all downloads together, `max_duration_s` in seconds from the start,
    `until` aware.
    """

    jobs: int = 1
    bytes_per_s: int = 0
    max_duration_s: float = 0
    until: datetime | None = None
    max_failures: int = 0

    def started(self) -> StopConditions:
        """Start the clock."""
        return StopConditions(max_duration_s=self.max_duration_s, until=self.until, max_failures=self.max_failures)


ONE_BY_ONE = RunLimits()
"""One recording after another, to the end."""
