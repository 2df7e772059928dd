"""Stop in the middle: everything that takes long looks at an event, and ends with the same exception."""

import threading

from bbbmig.http import LOOK_S, stopped

__all__ = ["LOOK_S", "check"]


def check(stop: threading.Event) -> None:
    """Raise Stopped if somebody asked to stop."""
    if stop.is_set():
        raise stopped()
