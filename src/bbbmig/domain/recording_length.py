"""How long recordings are, as far as the list of the old server tells."""

from collections.abc import Iterable

from bbbmig.domain.recording import Recording

_HOUR_S = 3600


def said_s(recording: Recording) -> float | None:
    """Return the seconds that the longest playback is said to last, None if no playback says so.

    Servers say whole minutes, rounded down, and 0 for what they do not know.
    """
    minutes = max((playback.length_min or 0 for playback in recording.playbacks), default=0)
    return minutes * 60.0 or None


def length_s(recording: Recording) -> float | None:
    """Return the seconds of what was recorded: its playback's, else the meeting's; None if nobody knows."""
    return said_s(recording) or recording.meeting_duration_s


def hours(lengths_s: Iterable[float | None]) -> float:
    """Return the hours of so many lengths in seconds; what nobody knows counts for nothing."""
    return sum(one or 0.0 for one in lengths_s) / _HOUR_S
