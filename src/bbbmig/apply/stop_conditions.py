"""When a run begins no more: after so long, at a time of day, after so many failures."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bbbmig.domain.outcome import Outcome, Status


@dataclass(slots=True, kw_only=True)
class StopConditions:
    """What the user allows; what has begun is finished in any case.

    `max_duration_s` counts from when this was made; `until` is aware; 0 and None: no limit.
    """

    max_duration_s: float = 0
    until: datetime | None = None
    max_failures: int = 0
    clock: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    _begun: float = field(init=False)
    _failures: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        """Note when it began."""
        self._begun = self.clock()

    def count(self, outcome: Outcome) -> None:
        """Count the failures."""
        self._failures += outcome.status is Status.FAILED

    def reached(self) -> str:
        """Say which limit is reached, "" if none."""
        if self.max_duration_s and self.clock() - self._begun >= self.max_duration_s:
            return "--max-duration is over"
        if self.until is not None and self.now() >= self.until:
            return "it is --until-time"
        if self.max_failures and self._failures >= self.max_failures:
            return f"{self._failures} failures: --max-failures"
        return ""
