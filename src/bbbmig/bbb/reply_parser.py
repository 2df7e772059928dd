"""A getRecordings reply as recordings, one after another, in constant memory.

Bytes go in as they come, never text: BigBlueButton names no charset and means UTF-8. A reply is somebody else's
data: document types (and with them entities) are refused, and one recording may not grow without end.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from xml.parsers import expat

from bbbmig.bbb.errors import cut_off
from bbbmig.bbb.mended_xml import mended
from bbbmig.bbb.recording_xml import BadRecordingError, read_recording
from bbbmig.domain.recording import Recording
from bbbmig.errors import RemoteRefused

LARGEST_RECORDING = 16 << 20
"""Bytes of XML for one recording; an ordinary one has two or three thousand."""

MOST_TAGS = 100_000
"""Tags of one recording; an ordinary one has a hundred. Each is an object of some hundred bytes while it is read."""

_START = b"<recording>"
_END = b"</recording>"
_RECORD_ID = re.compile(rb"<recordID>\s*(?:<!\[CDATA\[)?\s*([^<\]\s]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What a person should know about the list; `lost` when a recording is missing from it because of that.

    `record_id` is "" when even that could not be read, and the beginning of recordIDs followed by "…" when a part of
    the list could not be had.
    """

    record_id: str
    what: str
    lost: bool = True


class MalformedReplyError(Exception):
    """The reply is not well-formed XML somewhere; `salvaged` finds the recordings that are."""


def parsed(chunks: Iterable[bytes], *, what: str, tokens: bool = False) -> Iterator[Recording | Problem]:
    """Read the recordings of a whole reply, strictly; `what` names call and host in errors.

    Raise TooMuch if it ends before its end, MalformedReplyError if it is not well-formed, RemoteRefused if it is not
    what the API promises. Recordings given before that are good. `tokens` as in `element.read_recording`.
    """
    parser: ET.XMLPullParser[ET.Element] = ET.XMLPullParser(events=("end",))
    prolog = _Prolog(what)
    since = tags = 0
    for chunk in chunks:
        prolog.check(chunk)
        parser.feed(chunk)
        since += len(chunk)
        for element in _ended(parser):
            yield _recording(element, tokens=tokens)
            element.clear()  # what stays in the tree are 64 bytes
            since = 0
        tags += chunk.count(b"<")
        tags = tags if since else 0
        _check_growth(since, what, tags)
    try:
        parser.close()
    except ET.ParseError as error:
        raise cut_off(what, "it ends in the middle of its XML") from error
    for element in _ended(parser):  # expat 2.6 and later may hold back the last ones until then
        yield _recording(element, tokens=tokens)


def salvaged(chunks: Iterable[bytes], *, what: str, tokens: bool = False) -> Iterator[Recording | Problem]:
    """Read the recordings of a malformed reply, each alone; those that cannot be read are given as problems.

    Characters that XML forbids (a control character in a meeting's name is enough) are replaced, and that is given
    as a problem beside the recording. Raise TooMuch if the reply ends before its end.
    """
    ended = False
    for fragment in _fragments(chunks, what):
        ended = b"</response>" in fragment
        start = fragment.find(_START)
        if start < 0 or not fragment.endswith(_END):
            continue
        yield from _salvaged_one(fragment[start:], tokens=tokens)
    if not ended:
        raise cut_off(what, "it ends in the middle of its XML")


def _salvaged_one(fragment: bytes, *, tokens: bool) -> Iterator[Recording | Problem]:
    """Read one recording as it is, else with what is readable of it, else say which it was."""
    try:
        yield _recording(ET.fromstring(fragment), tokens=tokens)  # noqa: S314 - no document type inside an element
    except ET.ParseError as error:
        found = _RECORD_ID.search(fragment)
        record_id = found[1].decode("ascii", "replace") if found else ""
        element = mended(fragment)
        if element is None:
            yield Problem(record_id=record_id, what=f"its XML cannot be read ({error})")
            return
        yield _recording(element, tokens=tokens)
        yield Problem(
            record_id=record_id,
            what=f"is not well-formed XML ({error}): it was read as far as it is; "
            "\N{REPLACEMENT CHARACTER} stands for characters that XML forbids",
            lost=False,
        )


def _recording(element: ET.Element, *, tokens: bool) -> Recording | Problem:
    """Make a recording of an element, or the problem that it is none."""
    try:
        return read_recording(element, tokens=tokens)
    except BadRecordingError as error:
        return Problem(record_id=error.record_id, what=str(error))


def _ended(parser: "ET.XMLPullParser[ET.Element]") -> Iterator[ET.Element]:
    """Give the recordings that ended in what was fed; this is where the parser reports bad XML."""
    try:
        events: Iterable[Any] = parser.read_events()
        for _, element in events:
            # one without children is not a recording but a client's metadata of that name
            if element.tag == "recording" and len(element):
                yield element
    except ET.ParseError as error:
        raise MalformedReplyError(str(error)) from error


def _fragments(chunks: Iterable[bytes], what: str) -> Iterator[bytes]:
    """Cut the bytes after each `</recording>`; the last piece is the rest."""
    held = b""
    for chunk in chunks:
        *whole, held = (held + chunk).split(_END)
        _check_growth(len(held), what)
        yield from (piece + _END for piece in whole)
    yield held


def _check_growth(size: int, what: str, tags: int = 0) -> None:
    """Raise RemoteRefused when one recording takes more bytes, or more elements, than any can need."""
    if tags > MOST_TAGS:
        raise RemoteRefused(
            f"{what}: more than {MOST_TAGS:,} tags without the end of a recording",
            hint="this is no list of recordings: is bbb.url right?",
        )
    if size > LARGEST_RECORDING:
        raise RemoteRefused(
            f"{what}: more than {LARGEST_RECORDING >> 20} MiB of XML without the end of a recording",
            hint="this is no list of recordings: is bbb.url right?",
        )


class _Prolog:
    """Watches what comes before the first element, where a document type would define its entities."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._parser = expat.ParserCreate()
        self._parser.StartDoctypeDeclHandler = self._refuse
        self._parser.StartElementHandler = self._first
        self._over = False

    def check(self, chunk: bytes) -> None:
        """Look at a further piece, until the first element; raise RemoteRefused for a document type."""
        if self._over:
            return
        try:
            self._parser.Parse(chunk)
        except expat.ExpatError:
            self._over = True  # the parser of the reply reports it

    def _first(self, name: str, _attributes: dict[str, str]) -> None:
        self._over = True
        self._parser.StartElementHandler = None
        if name != "response":
            raise RemoteRefused(f"{self._what}: <{name}> came back instead of the API's <response>")

    def _refuse(self, name: str, *_ids: object) -> None:
        raise RemoteRefused(
            f"{self._what}: the reply has a document type ({name}), which the API never sends",
            hint="is bbb.url right? A web page is not the API",
        )
