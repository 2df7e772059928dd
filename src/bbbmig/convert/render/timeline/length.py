"""How long a recording is: films, sound and slides decide, and what metadata.xml says is one voice among them.

`playback/duration` was seen to be far too short (406 s of 99 minutes, https://github.com/trahay/bbb-downloader/issues/6),
negative and far too long. The player plays its film to the end. The other way round, slides and events may lie after
the end of the recording (BBB #25707), and the last slide's end is up to twice as late: these alone do not make a
recording longer than its film, unless metadata.xml agrees with them, or the film breaks off.
"""

from bbbmig.convert.render.timeline.reading import Recorded
from bbbmig.errors import RecordingFailed

TOLERANCE_S = 1.0
"""Lengths that differ by more do not agree."""
_ROUNDING_S = 0.5
"""Up to that, the length of metadata.xml, which is exact, is taken."""
_LONGEST_S = 7 * 24 * 3600.0


def length_s(recorded: Recorded, played_s: float, promised_s: float) -> float:
    """Return the length in seconds; a disagreement is noted.

    `played_s` is where film and sound really end, 0 without any, `promised_s` where they say that they do. Raise
    RecordingFailed if nothing tells it, or if it cannot be.
    """
    said_s = recorded.metadata.duration_s
    found = _of_media(recorded, said_s, played_s, promised_s) if played_s else _of_slides(recorded, said_s)
    if found > _LONGEST_S:
        raise RecordingFailed(f"it would last {found / 3600:.0f} hours", hint="look at its shapes.svg and metadata.xml")
    if said_s and abs(said_s - found) > TOLERANCE_S:
        recorded.notebook.mended(
            f"metadata.xml says that it lasts {said_s:.1f} s; its media and slides last {found:.1f} s, which is taken"
        )
    return found


def _of_media(recorded: Recorded, said_s: float, played_s: float, promised_s: float) -> float:
    """Decide by film or sound; longer only if something goes on after its end."""
    if abs(said_s - played_s) <= _ROUNDING_S:
        return said_s
    goes_on = max(promised_s, recorded.last_event_s) > played_s + TOLERANCE_S
    if not goes_on:
        return played_s
    if said_s > played_s:
        latest = max(promised_s, recorded.last_event_s, recorded.last_end_s)
        return said_s if said_s <= latest + TOLERANCE_S else max(promised_s, recorded.last_event_s)
    return promised_s if promised_s > played_s + TOLERANCE_S else played_s


def _of_slides(recorded: Recorded, said_s: float) -> float:
    """Decide without film and sound; the last slide's end is a limit from above."""
    last_s, end_s = recorded.last_event_s, recorded.last_end_s
    if last_s - TOLERANCE_S <= said_s <= (end_s or said_s) + TOLERANCE_S and said_s > 0:
        return said_s
    return max(end_s, last_s)
