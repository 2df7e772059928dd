"""Stop in the middle: everything that takes long looks at an event, and ends with the same exception."""

import threading

from bbbmig.errors import RecordingFailed

LOOK_S = 0.2
"""How often somebody looks whether to stop."""


class Stopped(RecordingFailed):
    """Somebody asked to stop (Ctrl-C, SIGTERM, the hour in the settings): no fault of the recording."""


def check(stop: threading.Event) -> None:
    """Raise Stopped if somebody asked to stop."""
    if stop.is_set():
        raise Stopped("stopped before it was whole", hint="run again: what is done is kept")
