"""Waits for what must happen, however busy the machine: the limit is reached only when it does not happen."""

import time
from collections.abc import Callable

WAIT_S = 120.0


def wait_until(what: Callable[[], object], why: str, *, limit_s: float = WAIT_S) -> None:
    """Wait for something that must happen soon; fail with `why` when it does not."""
    deadline = time.monotonic() + limit_s
    while not what():
        assert time.monotonic() < deadline, why
        time.sleep(0.01)
