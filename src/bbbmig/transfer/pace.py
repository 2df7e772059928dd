"""How fast a download comes: when to tell, and when so little comes that it is given up."""

import time

from bbbmig.transfer.wanted import Limits, TooSlow

_TELL_S = 0.1


class Pace:
    """Counts what comes of one reply."""

    def __init__(self, limits: Limits, what: str) -> None:
        """Begin now; `what` names the download in errors."""
        self._limits = limits
        self._what = what
        self._since = self._told = time.monotonic()
        self._count = 0

    def came(self, count: int, *, waited_s: float) -> bool:
        """Note that so many bytes came; return whether it is time to tell of it.

        `waited_s` is how long we made the server wait. Raise TooSlow when too few came in the last seconds.
        """
        now = time.monotonic()
        self._since += waited_s
        self._count += count
        if now - self._since >= self._limits.slow_s:
            if self._count < self._limits.least_bytes_per_s * (now - self._since):
                raise TooSlow(
                    f"{self._what}: {self._count} bytes came in {now - self._since:.0f} s",
                    hint="is the line or the old server overloaded? Run again later",
                )
            self._since, self._count = now, 0
        if now - self._told < _TELL_S:
            return False
        self._told = now
        return True
