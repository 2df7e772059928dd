"""Which recordings a command works on: `--since`, `--until`, `--meeting`, then `--range`."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from bbbmig.domain.recording import Recording

_RANGE = re.compile(r"(?P<first>\d*)(?P<colon>:?)(?P<last>\d*)")
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """Places counted from the newest recording, which is 1; both ends included, `last` None: to the oldest."""

    first: int = 1
    last: int | None = None

    @classmethod
    def parse(cls, text: str) -> "Range":
        """Read `1:10`, `5`, `5:` or `:10`. Raise ValueError with words for a person otherwise."""
        match = _RANGE.fullmatch(text.strip())
        if match is None or not (match["first"] or match["last"]):
            raise ValueError(f"{text!r} is not a range: write 1:10, 5, 5: or :10")
        first = int(match["first"] or 1)
        last = int(match["last"]) if match["last"] else None if match["colon"] else first
        if first < 1:
            raise ValueError(f"{text!r}: the first recording is number 1")
        if last is not None and last < first:
            raise ValueError(f"{text!r}: the range ends before it begins")
        return cls(first=first, last=last)


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What the user asked for; `since` is included, `until` is not (both aware).

    `meeting` is a meetingID or a recordID, whole.
    """

    since: datetime | None = None
    until: datetime | None = None
    meeting: str = ""
    range: Range = Range()

    def takes(self, recording: Recording) -> bool:
        """Tell whether everything but the range lets this recording through.

        One without a start time is not thrown away by a date: it may be any.
        """
        if self.meeting and self.meeting not in (recording.meeting_id, recording.record_id):
            return False
        if recording.start is None:
            return True
        return (self.since is None or recording.start >= self.since) and (
            self.until is None or recording.start < self.until
        )


EVERYTHING = Selection()


def newest_first(recordings: Iterable[Recording]) -> list[Recording]:
    """Sort by start time, newest first, then by recordID: the same on every run; no start time comes last."""
    by_id = sorted(recordings, key=lambda recording: recording.record_id)
    return sorted(by_id, key=lambda recording: recording.start or _LONG_AGO, reverse=True)


def select(recordings: Iterable[Recording], selection: Selection) -> list[Recording]:
    """Return the chosen recordings, newest first; the range counts among those that the rest lets through."""
    chosen = newest_first(filter(selection.takes, recordings))
    return chosen[selection.range.first - 1 : selection.range.last]
