"""A recording of BigBlueButton or Scalelite, as bbbmig sees it.

Names are those of the API (`recordID`, `meetingID`, `playback/format`), in Python's spelling.
"""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

RECORD_ID = re.compile(r"[a-z0-9]{40}-[0-9]{13}")
"""The shape of ordinary recordIDs: sha1 of the meetingID, dash, creation time in milliseconds.

Source: `bbb-playback:src/utils/params.js`. Servers may hold others, so nothing requires it.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Playback:
    """One published form of a recording: `<playback><format>`.

    `length_min` is in whole minutes and `size` in bytes; both may be 0 for a playback that is whole
    (BBB before mid-2024, pull request #20420), so 0 never means empty. `None`: the server did not say.
    """

    type: str
    url: str
    length_min: int | None = None
    size: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where the meeting was opened from: the `bbb-origin…` and `bbb-context…` metadata, "" if absent."""

    name: str = ""
    server_name: str = ""
    version: str = ""
    context: str = ""
    context_id: str = ""
    context_label: str = ""


NO_ORIGIN = Origin()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """One recording; `record_id` is its identity on its server, all the rest may be missing.

    Times are aware and in UTC; where the server gives no start, or none that can be, it is that of the recordID.
    `published` decides whether its media answer, not `state`, which old
    processing scripts leave at "available" (BBB issue #16791). `size` is in bytes.
    `protected`: its media answer only to a single-use token (Scalelite since 1.2), which is never kept here.
    `breakout_parent` and `breakout_rooms` are recordIDs.
    `metadata` holds what has no field of its own, keys as the server gives them.
    """

    record_id: str
    meeting_id: str = ""
    meeting_name: str = ""
    recording_name: str = ""
    description: str = ""
    published: bool = True
    protected: bool = False
    state: str = ""
    start: datetime | None = None
    end: datetime | None = None
    participants: int | None = None
    size: int | None = None
    playbacks: tuple[Playback, ...] = ()
    origin: Origin = NO_ORIGIN
    breakout_parent: str = ""
    breakout_rooms: tuple[str, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """Return the name that people know it by: renamed, else the recording's, else the meeting's."""
        return self.metadata.get("name") or self.recording_name or self.meeting_name or self.record_id

    @property
    def created(self) -> datetime | None:
        """Return when the meeting was created (UTC), from the recordID; None if that does not say."""
        return created_at(self.record_id)

    @property
    def meeting_duration_s(self) -> float | None:
        """Return the seconds between start and end: the meeting's length, not the recorded part's."""
        if self.start is None or self.end is None or self.end < self.start:
            return None
        return (self.end - self.start).total_seconds()

    def playback(self, kind: str) -> Playback | None:
        """Find the first playback of that type that has an address."""
        return next((p for p in self.playbacks if p.type == kind and p.url), None)


_CREATED = re.compile(r"(?:\A|[-_.])([0-9]{13})(?![0-9A-Za-z])")
_FIRST_MS = 1_167_609_600_000
"""The year 2007: BigBlueButton is not older."""
_LAST_MS = 4_102_444_800_000
"""The year 2100."""


def created_at(record_id: str) -> datetime | None:
    """Return the moment in the 13 digits of a recordID, in milliseconds since 1970; None if there is none.

    They are its end; hands and programs have put something behind them ("…-1462807897120-presentation"). The first that
    can be a moment counts.
    """
    for found in _CREATED.finditer(record_id):
        if _FIRST_MS <= (ms := int(found[1])) < _LAST_MS:
            return datetime.fromtimestamp(ms / 1000, UTC)
    return None


_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")


def unescape_once(text: str) -> str:
    """Undo one level of HTML escaping that servers leave in names (`You &amp; Me`, BBB issue #10956).

    Only whole entities count: "Q&A" and "cause &notre" are what the person typed, and so is text that would turn
    into a tag.
    """
    plain = _ENTITY.sub(lambda entity: html.unescape(entity[0]), text)
    return text if "<" in plain and "<" not in text else plain
