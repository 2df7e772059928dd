"""The copy of an old server: what is in it of each recording, and whether that is all.

A copy is whole when the old server may go without a file of it being lost. What proves it is in the recording itself:
`metadata.xml` names the sum of the bytes that were published, `shapes.svg` the pictures, `captions.json` the captions,
`presentation_text.json` the pages (record-and-playback/core/lib/recordandplayback.rb, `Find.find(dir)`).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bbbmig.domain.recording import Recording

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")


class State(StrEnum):
    """How a recording stands in the copy."""

    WHOLE = "whole"
    INCOMPLETE = "incomplete"
    NOT_MIRRORABLE = "not mirrorable"
    """The old server gives no file of it: it is unpublished there, or protected and no token is to be had."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CopiedFile:
    """A file of the copy: its bytes, their SHA-256 in hexadecimal digits, and what the server called this version."""

    size: int
    sha256: str
    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormatCopy:
    """What is there of one playback format.

    `files` by name; `absent` says by name why there is no such file ("missing": 404 or 410; "refused", "page" and
    others are no absence); `missing` says in words what keeps it from being whole. `as_served`: all that the server
    gives is there, whether or not that is all that there should be. `size` is the sum of its bytes.
    """

    files: Mapping[str, CopiedFile] = field(default_factory=dict)
    absent: Mapping[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    as_served: bool = True
    size: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingCopy:
    """What is there of one recording, as the old server listed it at `checked_at` (aware).

    `why` says why it cannot be mirrored, "" if it can; `others` are its formats that are not files of a folder.
    """

    recording: Recording
    checked_at: datetime
    formats: Mapping[str, FormatCopy] = field(default_factory=dict)
    others: tuple[str, ...] = ()
    why: str = ""

    @property
    def state(self) -> State:
        """Return the verdict."""
        return state_of(self.why, self.missing, self.formats)

    @property
    def missing(self) -> tuple[str, ...]:
        """Say what is missing, with its format before it."""
        return tuple(f"{kind}: {what}" for kind, copy in self.formats.items() for what in copy.missing)

    @property
    def as_served(self) -> bool:
        """Tell whether all that the server gave is there."""
        return bool(self.formats) and all(copy.as_served for copy in self.formats.values())

    @property
    def size(self) -> int:
        """Count its bytes."""
        return sum(copy.size for copy in self.formats.values())


def state_of(why: str, missing: Iterable[str], formats: Mapping[str, object]) -> State:
    """Return the verdict on a recording."""
    if why:
        return State.NOT_MIRRORABLE
    return State.INCOMPLETE if any(missing) or not formats else State.WHOLE


def is_plain_name(record_id: str) -> bool:
    """Tell whether a recordID may be a folder's name: published folders are called so, and nothing may leave them."""
    return _PLAIN.fullmatch(record_id) is not None and ".." not in record_id
