"""How far a run has come, in seconds of recording: the only measure by which the time left can be told.

A run of thousands of recordings of all lengths is not half done when half of them are.
"""

import threading
import time
from collections.abc import Callable, Iterable

from bbbmig.domain.outcome import Outcome
from bbbmig.domain.plan import Action
from bbbmig.domain.recording_length import length_s

_UNKNOWN_S = 1800.0
"""What a recording counts for whose length nobody knows: half an hour."""

Key = tuple[str, str]

_NO_WORK_AT_ALL = 1000.0
"""Faster than so many times real time, nothing is fetched nor converted: links are made, and the rate says nothing."""


class Pace:
    """Counts what is done of a plan; may be told by many threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin with nothing to do."""
        self._clock = clock
        self._begun = clock()
        self._lock = threading.Lock()
        self._weights: dict[Key, float] = {}
        self._shares: dict[Key, float] = {}
        self._ended_keys: set[Key] = set()
        self._ended_s = 0.0
        self._total_s = 0.0

    def expect(self, actions: Iterable[Action]) -> None:
        """Take note of what is to be done; the clock begins."""
        weights = {_key(one): length_s(one.recording) or _UNKNOWN_S for one in actions if one.effective}
        with self._lock:
            self._weights = weights
            self._total_s = sum(weights.values())
            self._begun = self._clock()

    def progress(self, action: Action, done: float, total: float | None) -> None:
        """Take note of how far one action is; of one that has ended, no more."""
        key = _key(action)
        with self._lock:
            if key not in self._ended_keys:
                self._shares[key] = min(1.0, done / total) if total else 0.0

    def outcome(self, outcome: Outcome) -> None:
        """Take note of an action that has ended."""
        key = _key(outcome.action)
        with self._lock:
            self._shares.pop(key, None)
            if key in self._weights and key not in self._ended_keys:
                self._ended_keys.add(key)
                self._ended_s += self._weights[key]

    @property
    def ended(self) -> int:
        """Count the actions that have ended."""
        with self._lock:
            return len(self._ended_keys)

    @property
    def of(self) -> int:
        """Count the actions that do something."""
        with self._lock:
            return len(self._weights)

    @property
    def total_s(self) -> float:
        """Return the seconds of recording of the whole plan."""
        with self._lock:
            return self._total_s

    @property
    def done_s(self) -> float:
        """Return the seconds of recording that are done, the parts of those at work included."""
        with self._lock:
            return self._ended_s + sum(share * self._weights.get(key, 0.0) for key, share in self._shares.items())

    @property
    def rate(self) -> float:
        """Return how many times faster than real time the run is."""
        elapsed = self._clock() - self._begun
        return self.done_s / elapsed if elapsed > 0 else 0.0

    @property
    def left_s(self) -> float | None:
        """Return the seconds that the rest will take at this rate; None if nobody can tell yet."""
        rate = self.rate
        return (self.total_s - self.done_s) / rate if rate > 0 else None

    def in_words(self) -> str:
        """Say how far it is: "12 of 340, 18.3 times real time, 5 h 20 min left"."""
        words, rate, left_s = [f"{self.ended} of {self.of}"], self.rate, self.left_s
        if 0 < rate < _NO_WORK_AT_ALL:
            words.append(f"{rate:.1f} times real time")
        if left_s is not None:
            words.append(f"{_duration(left_s)} left")
        return ", ".join(words)


def _key(action: Action) -> Key:
    return action.recording.record_id, action.target


def _duration(seconds: float) -> str:
    """Write a length of time for people: "5 h 20 min", "40 s"."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes:02d} min"
    return f"{minutes} min" if minutes else f"{rest} s"
