"""The rate that all downloads and uploads share, on a clock of the test's."""

import pytest

from bbbmig.transfer import throttle as module
from bbbmig.transfer.throttle import Throttle


class Clock:
    """A clock that goes on only while somebody waits, or when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.waited: list[float] = []

    def monotonic(self) -> float:
        return self.now

    def wait(self, seconds: float) -> bool:
        self.waited.append(seconds)
        self.now += seconds
        return False


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    return clock


def test_all_together_stay_below_the_rate(clock: Clock) -> None:
    throttle = Throttle(100)
    for _ in range(10):
        throttle.take(50, clock)  # type: ignore[arg-type] # it waits as an event does
    assert clock.now == pytest.approx(1005.0)


@pytest.mark.parametrize("pause", [1.0, 60.0, 3600.0])
def test_after_a_pause_no_burst_is_let_through(clock: Clock, pause: float) -> None:
    """A link that was idle for an hour is not given the hour's bytes at once."""
    throttle = Throttle(100)
    throttle.take(50, clock)  # type: ignore[arg-type] # it waits as an event does
    clock.now += pause
    began = clock.now
    for _ in range(4):
        throttle.take(50, clock)  # type: ignore[arg-type] # it waits as an event does
    assert clock.now - began == pytest.approx(2.0)


def test_without_a_rate_nobody_waits(clock: Clock) -> None:
    Throttle(None).take(10**12, clock)  # type: ignore[arg-type] # it waits as an event does
    assert clock.waited == []
