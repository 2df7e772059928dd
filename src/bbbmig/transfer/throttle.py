"""A limit of bytes per second that all threads share."""

import threading
import time


class Throttle:
    """Makes whoever asks wait so that all together stay below a rate; without a rate nobody waits."""

    def __init__(self, bytes_per_s: int | None) -> None:
        """Allow so many bytes in a second. Raise ValueError unless it is positive, or None for no limit."""
        if bytes_per_s is not None and bytes_per_s <= 0:
            raise ValueError(f"{bytes_per_s} bytes in a second are no rate")
        self._rate = bytes_per_s
        self._lock = threading.Lock()
        self._free_at = time.monotonic()

    def take(self, count: int, stop: threading.Event) -> float:
        """Wait until so many more bytes may be taken, or `stop` is set; return the seconds that this took."""
        if self._rate is None:
            return 0.0
        with self._lock:
            now = time.monotonic()
            self._free_at = max(self._free_at, now) + count / self._rate
            wait = self._free_at - now
        stop.wait(wait)
        return time.monotonic() - now
