"""One `<recording>` element of a getRecordings reply, as a Recording.

    recordID meetingID internalMeetingID? name isBreakout? published state? protected? startTime endTime participants?
    rawSize? metadata{*} breakout?{parentId sequence} breakoutRooms?{breakoutRoom*} size?
    playback{format*{type url processingTime? length size? preview?}} data?

Everything but recordID may be missing, empty, in CDATA, or surrounded by white space (BigBlueButton pretty-prints
metadata.xml when a recording is published or renamed). Names may have their entities escaped twice (BBB #10956).
"""

import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache

from bbbmig.domain.cut_names import is_cut_from
from bbbmig.domain.plain_text import one_line
from bbbmig.domain.playback_url import without_token
from bbbmig.domain.recording import NO_ORIGIN, Origin, Playback, Recording, created_at, unescape_once

_HELD_ELSEWHERE = frozenset(
    {
        "meetingId",
        "meetingName",
        "isBreakout",
        "bbb-origin",
        "bn-origin",
        "origin",
        "bbb-origin-version",
        "originversion",
        "bbb-origin-server-name",
        "originservername",
        "bbb-context",
        "context",
        "bbb-context-id",
        "bbb-context-label",
        "bbb-recording-name",
        "bbb-recording-description",
        "contextactivity",
        "contextactivitydescription",
    }
)
"""Metadata that Recording and Origin have fields for. Without prefix: Moodle plug-in 1.x, its keys lower-cased by
BigBlueButton; bn-origin: plug-ins of 2015 to 2017."""

_NAMES = frozenset({"name", "bbb-context-name"})
"""Metadata that may be escaped twice; addresses and JSON are left as they are."""
_NOT_PUBLISHED = frozenset({"unpublished", "deleted", "processing", "processed"})
_LONGEST_NUMBER = 18
"""Digits: nothing real has more, and databases hold no more."""
_EARLIEST_S = 1_167_609_600
"""The year 2007: BigBlueButton is not older."""
_LATEST_S = time.time() + 30 * 24 * 3600
"""A month from now: no recording was made later, even by a clock that is wrong."""
_DIGITS_OF_MS = 13
"""Digits of such a time in milliseconds, from 2001 to 2286."""
LONGEST_RECORD_ID = 100
"""Characters that the ledger keeps; BigBlueButton's own have 54."""


class BadRecordingError(ValueError):
    """An element that cannot be a recording, because of its recordID, the beginning of which is kept."""

    def __init__(self, message: str, record_id: str = "") -> None:
        """Keep what can be said of it."""
        super().__init__(message)
        self.record_id = record_id


def read_recording(element: ET.Element, *, tokens: bool = False) -> Recording:
    """Make a Recording of a `<recording>` element; `tokens` keeps the single-use tokens in playback addresses.

    Raise BadRecordingError if there is no recordID, or one that cannot be kept. Numbers that are none are taken for
    missing, and so are moments that cannot be.
    """
    texts = _texts(element)
    record_id = _record_id(texts)
    name = _name(texts.get("name", ""))
    said = _said_in(element.find("metadata"), name)
    meeting_name = said.meeting_name
    formats = element.find("playback")
    playbacks = () if formats is None else tuple([_playback(form) for form in formats.findall("format")])
    has_tokens = any("token=" in playback.url for playback in playbacks)
    return Recording(
        record_id=record_id,
        meeting_id=_meeting_id(said.meeting_id, texts.get("meetingID", ""), record_id),
        meeting_name=meeting_name,
        recording_name=said.recording_name or (name if name != meeting_name else ""),
        description=said.description,
        published=_is_published(texts.get("published", ""), texts.get("state", "")),
        protected=texts.get("protected") == "true" or has_tokens,
        state=sys.intern(texts.get("state", "")),
        start=_start(texts.get("startTime", ""), record_id),
        end=_moment(texts.get("endTime", "")),
        participants=_number(texts.get("participants", "")),
        size=_number(texts.get("size", "")),
        playbacks=tuple(map(_without_token, playbacks)) if has_tokens and not tokens else playbacks,
        origin=said.origin,
        breakout_parent=_parent(element) if "breakout" in texts else "",
        breakout_rooms=_rooms(element) if "breakoutRooms" in texts else (),
        metadata=said.rest,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """What metadata says; `rest` is what has no field of its own."""

    meeting_id: str
    meeting_name: str
    recording_name: str
    description: str
    origin: Origin
    rest: Mapping[str, str]


def _said_in(element: ET.Element | None, name: str) -> _Said:
    """Read the metadata of a meeting with that name."""
    children = () if element is None else tuple(element)
    return _said_by(tuple([child.tag for child in children]), tuple([child.text for child in children]), name)


@lru_cache(maxsize=4096)
def _said_by(keys: tuple[str, ...], texts: tuple[str | None, ...], name: str) -> _Said:
    """Read metadata; all recordings of one room say the same, so that they share it."""
    metadata = {key: (text or "").strip() for key, text in zip(keys, texts, strict=True)}
    meeting_name = _name(metadata.get("meetingName", "")) or name
    return _Said(
        meeting_id=metadata.get("meetingId", ""),
        meeting_name=meeting_name,
        recording_name=_recording_name(metadata, meeting_name),
        description=_name(_first(metadata, "bbb-recording-description", "contextactivitydescription")),
        origin=_origin(metadata),
        rest=_shared_rest(tuple((k, text) for k, text in metadata.items() if text and k not in _HELD_ELSEWHERE)),
    )


@lru_cache(maxsize=1024)
def _shared_rest(items: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
    """Make one mapping for all recordings of a course: it is never changed."""
    return {sys.intern(key): _name(value) if key in _NAMES else sys.intern(value) for key, value in items}


def _record_id(texts: Mapping[str, str]) -> str:
    """Return the recordID. Raise BadRecordingError if it is missing, too long, or holds what nobody can see."""
    record_id = texts.get("recordID", "")
    if not record_id:
        raise BadRecordingError("a recording without recordID")
    if len(record_id) > LONGEST_RECORD_ID:
        raise BadRecordingError(
            f"its recordID has {len(record_id)} characters; bbbmig keeps {LONGEST_RECORD_ID}, BigBlueButton makes 54",
            f"{one_line(record_id[:LONGEST_RECORD_ID])}…",
        )
    if one_line(record_id) != record_id:
        raise BadRecordingError("its recordID holds control characters", one_line(record_id))
    return record_id


def _recording_name(metadata: Mapping[str, str], meeting_name: str) -> str:
    """Return the recording's own name, "" if there is none, or if it is only what Moodle kept of the meeting's."""
    name = _name(_first(metadata, "bbb-recording-name", "contextactivity"))
    return "" if name and is_cut_from(name, meeting_name) else name


def _meeting_id(metadata: str, element: str, record_id: str) -> str:
    """Return the id under which the client knows the meeting, "" if the server lost it.

    The metadata is right where the element is not: the element repeats the recordID when metadata.xml has no
    `<meeting>` (BBB #6089, #8250, #16791).
    """
    given = metadata or element
    return "" if given == record_id else sys.intern(given)


def _is_published(published: str, state: str) -> bool:
    """Believe `<published>`; `<state>` only if there is none, as video and screen share leave it at "available"."""
    return published == "true" if published else state not in _NOT_PUBLISHED


def _playback(form: ET.Element) -> Playback:
    """Read a format; white space inside its address comes from pretty-printing and means nothing."""
    texts = _texts(form)
    url = texts.get("url", "")
    return Playback(
        type=sys.intern(texts.get("type", "")),
        url="".join(url.split()) if " " in url or not url.isprintable() else url,
        length_min=_number(texts.get("length", "")),
        size=_number(texts.get("size", "")),
    )


def _without_token(playback: Playback) -> Playback:
    """Leave out the token: it is a key, good once and for an hour, and is asked for again when it is needed."""
    if "token=" not in playback.url:
        return playback
    return replace(playback, url=without_token(playback.url))


def _origin(metadata: Mapping[str, str]) -> Origin:
    """Find where the meeting was opened from, under the names that clients have used over the years."""
    get = metadata.get
    parts = (
        get("bbb-origin") or get("bn-origin") or get("origin") or "",
        get("bbb-origin-server-name") or get("originservername") or "",
        get("bbb-origin-version") or get("originversion") or "",
        get("bbb-context") or get("context") or get("bbb-context-name") or "",
        get("bbb-context-id", ""),
        get("bbb-context-label", ""),
    )
    return _shared_origin(*parts) if any(parts) else NO_ORIGIN


@lru_cache(maxsize=4096)
def _shared_origin(
    name: str, server_name: str, version: str, context: str, context_id: str, context_label: str
) -> Origin:
    """Make one Origin for all recordings of a course: tens of thousands of them differ in little else."""
    return Origin(
        name=name,
        server_name=server_name,
        version=version,
        context=_name(context),
        context_id=context_id,
        context_label=_name(context_label),
    )


def _parent(element: ET.Element) -> str:
    """Return the recordID of the meeting that a breakout room belongs to, "" for ordinary meetings."""
    parent = element.findtext("breakout/parentId", "").strip()
    return "" if parent == "unknown" else parent


def _rooms(element: ET.Element) -> tuple[str, ...]:
    """Return the recordIDs of the breakout rooms of a meeting."""
    rooms = (room.text.strip() for room in element.iterfind("breakoutRooms/breakoutRoom") if room.text)
    return tuple(filter(None, rooms))


def _first(metadata: Mapping[str, str], *keys: str) -> str:
    """Return the first of these values that is not empty."""
    for key in keys:
        if value := metadata.get(key, ""):
            return value
    return ""


def _texts(element: ET.Element | None) -> dict[str, str]:
    """Return the texts of an element's children by their names, without the white space around them."""
    return {} if element is None else {child.tag: text.strip() if (text := child.text) else "" for child in element}


def _name(text: str) -> str:
    """Undo the second escaping of a name; the same names come back thousands of times."""
    return sys.intern(unescape_once(text) if "&" in text else text)


def _number(text: str) -> int | None:
    """Read a whole number that is not negative; None if it is missing or something else."""
    return int(text) if text.isdigit() and text.isascii() and len(text) <= _LONGEST_NUMBER else None


def _start(text: str, record_id: str) -> datetime | None:
    """Read when a recording begins; the recordID tells where the server does not, or says what cannot be."""
    return _in_ms(text) or created_at(record_id) or _in_s(text)


def _moment(text: str) -> datetime | None:
    """Read milliseconds since 1970, or seconds as some clients send them; None if it is neither."""
    return _in_ms(text) or _in_s(text)


def _in_ms(text: str) -> datetime | None:
    """Read milliseconds since 1970; None for a time in which nothing was recorded."""
    if len(text) != _DIGITS_OF_MS:
        return None
    seconds = (_number(text) or 0) / 1000
    return datetime.fromtimestamp(seconds, UTC) if _EARLIEST_S <= seconds <= _LATEST_S else None


def _in_s(text: str) -> datetime | None:
    """Read seconds since 1970; None for a time in which nothing was recorded."""
    number = _number(text) or 0
    return datetime.fromtimestamp(number, UTC) if _EARLIEST_S <= number <= _LATEST_S else None
