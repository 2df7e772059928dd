"""A getRecordings reply as recordings, one after another, in constant memory.

Bytes go in as they come, never text: BigBlueButton names no charset and means UTF-8. A reply is somebody else's
data: document types (and with them entities) are refused, and one recording may not grow without end.
"""

import itertools
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from xml.parsers import expat

from bbbmig.bbb.errors import cut_off
from bbbmig.bbb.mended_xml import mended
from bbbmig.bbb.recording_xml import LONGEST_RECORD_ID, BadRecordingError, read_recording
from bbbmig.domain.plain_text import one_line
from bbbmig.domain.recording import Recording
from bbbmig.errors import RemoteRefused
from bbbmig.xml import DEEPEST, as_utf8

LARGEST_RECORDING = 16 << 20
"""Bytes of XML for one recording; an ordinary one has two or three thousand."""

MOST_TAGS = 100_000
"""Tags of one recording; an ordinary one has a hundred. Each is an object of some hundred bytes while it is read."""

START = b"<recording>"
END = b"</recording>"
_STARTS = re.compile(rb"<recording(?:\s[^<>]{0,500})?>")
_ENDS = re.compile(rb"</recording\s{0,20}>")
_LONGEST_END = len(END) + 20
_RESPONSE_ENDS = b"</response>"
_LARGER = f"it has more than {LARGEST_RECORDING >> 20} MiB, and was left out"
_LARGEST_BEGINNING = 1 << 16
_RECORD_ID = re.compile(rb"<recordID>\s*(?:<!\[CDATA\[)?\s*([^<\]\s]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListProblem:
    """What a person should know about the list; `lost` when a recording is missing from it because of that.

    `record_id` is "" when even that could not be read, and the beginning of recordIDs followed by "…" when a part of
    the list could not be had.
    """

    record_id: str
    what: str
    lost: bool = True


class TooLargeError(RemoteRefused):
    """One recording of a reply takes more than any can need; `salvaged` finds the others."""


class MalformedReplyError(Exception):
    """The reply is not well-formed XML somewhere; `salvaged` finds the recordings that are."""


def parsed(chunks: Iterable[bytes], *, what: str, tokens: bool = False) -> Iterator[Recording | ListProblem]:
    """Read the recordings of a whole reply, strictly; `what` names call and host in errors.

    Raise TooMuch if it ends before its end, MalformedReplyError if it is not well-formed, TooLargeError if a recording
    is beyond all measure, RemoteRefused if it is not what the API promises. Recordings given before that are good.
    `tokens` as in `recording_xml.read_recording`.
    """
    parser: ET.XMLPullParser[ET.Element] = ET.XMLPullParser(events=("end",))
    prolog = _Prolog(what)
    since = tags = 0
    tail = b""
    for chunk in as_utf8(chunks):
        prolog.check(chunk)
        tail = (tail + chunk)[-_LARGEST_BEGINNING:] if len(chunk) < _LARGEST_BEGINNING else chunk
        parser.feed(chunk)
        since += len(chunk)
        for element in _ended(parser):
            if is_too_deep(element):
                raise TooLargeError(f"{what}: more than {DEEPEST} elements of a recording lie within one another")
            yield recording_of(element, tokens=tokens)
            element.clear()  # what stays in the tree are 64 bytes
            since = 0
        tags += chunk.count(b"<")
        tags = tags if since else 0
        _check_growth(since, what, tags)
    try:
        parser.close()
    except ET.ParseError as error:
        if _RESPONSE_ENDS in tail:
            raise MalformedReplyError(str(error)) from error
        raise cut_off(what, "it ends in the middle of its XML") from error
    for element in _ended(parser):  # expat 2.6 and later may hold back the last ones until then
        yield recording_of(element, tokens=tokens)


def salvaged(chunks: Iterable[bytes], *, what: str, tokens: bool = False) -> Iterator[Recording | ListProblem]:
    """Read the recordings of a malformed reply, each alone; those that cannot be read are given as problems.

    So are those of more than LARGEST_RECORDING bytes, MOST_TAGS tags, or DEEPEST elements within one another.

    Characters that XML forbids (a control character in a meeting's name is enough) are replaced, and that is given
    as a problem beside the recording. Raise TooMuch if the reply ends before its end, TooLargeError if that is within a
    recording beyond all measure.
    """
    ended = False
    position = 0
    for fragment, is_larger in _fragments(as_utf8(chunks), what):
        ended = _RESPONSE_ENDS in fragment
        for one in _recordings_in(fragment):
            position += 1
            if is_larger:
                yield _left_out(one, position, _LARGER)
            else:
                yield from _salvaged_one(one, position, tokens=tokens)
    if not ended:
        raise cut_off(what, "it ends in the middle of its XML")


def _recordings_in(fragment: bytes) -> list[bytes]:
    """Return what ends with a fragment: a recording, and those before it of which the end tag is missing.

    A tag of that name inside of a recording is a client's metadata.
    """
    _, *others = _STARTS.split(fragment)
    if not others or not fragment.endswith(END):
        return []
    found = [others[0]]
    for part in others[1:]:
        if b"<recordID" in part:
            found.append(part)
        else:
            found[-1] += START + part
    return [START + part.removesuffix(END) + END for part in found]


def _salvaged_one(fragment: bytes, position: int, *, tokens: bool) -> Iterator[Recording | ListProblem]:
    """Read one recording as it is, else with what is readable of it, else say which it was."""
    if why := too_large(fragment):
        yield _left_out(fragment, position, why)
        return
    try:
        element = ET.fromstring(fragment)  # noqa: S314 - no document type inside an element
        if is_too_deep(element):
            why = f"more than {DEEPEST} of its elements lie within one another; it was left out"
            yield _left_out(fragment, position, why)
            return
        yield recording_of(element, tokens=tokens)
    except ET.ParseError as error:
        rest = mended(fragment)
        if rest is None:
            yield _left_out(fragment, position, f"its XML cannot be read ({error})")
            return
        yield recording_of(rest, tokens=tokens)
        yield ListProblem(
            record_id=_id_in(fragment),
            what=f"is not well-formed XML ({error}): it was read as far as it is; "
            "\N{REPLACEMENT CHARACTER} stands for characters that XML forbids",
            lost=False,
        )


def recording_of(element: ET.Element, *, tokens: bool) -> Recording | ListProblem:
    """Make a recording of an element, or the problem that it is none."""
    try:
        return read_recording(element, tokens=tokens)
    except BadRecordingError as error:
        return ListProblem(record_id=error.record_id, what=str(error))


def is_too_deep(element: ET.Element) -> bool:
    """Tell whether more than DEEPEST elements lie within one another."""
    level = [element]
    for _ in range(DEEPEST - 1):
        level = list(filter(len, itertools.chain.from_iterable(level)))  # those that hold others
        if not level:
            return False
    return True


def _id_in(fragment: bytes) -> str:
    """Find the recordID in what cannot be read otherwise, "" if there is none."""
    found = _RECORD_ID.search(fragment[:_LARGEST_BEGINNING])
    return one_line(found[1][:LONGEST_RECORD_ID].decode("utf-8", "replace")) if found else ""


def _left_out(fragment: bytes, position: int, why: str) -> ListProblem:
    """Say why a recording is not in the list; one without a recordID that can be read is told by its place."""
    record_id = _id_in(fragment)
    return ListProblem(record_id=record_id, what=why if record_id else f"recording {position} of the reply: {why}")


def too_large(fragment: bytes) -> str:
    """Say in what a recording is beyond all measure, "" if it is not."""
    if len(fragment) > LARGEST_RECORDING:
        return _LARGER
    if len(fragment) > MOST_TAGS and fragment.count(b"<") > MOST_TAGS:
        return f"it has more than {MOST_TAGS:,} tags, and was left out"
    return ""


def _ended(parser: "ET.XMLPullParser[ET.Element]") -> Iterator[ET.Element]:
    """Yield the recordings that ended in what was fed; this is where the parser reports bad XML."""
    try:
        events: Iterable[Any] = parser.read_events()
        for _, element in events:
            # one without children is not a recording but a client's metadata of that name
            if element.tag == "recording" and len(element):
                yield element
    except ET.ParseError as error:
        raise MalformedReplyError(str(error)) from error


def _fragments(chunks: Iterable[bytes], what: str) -> Iterator[tuple[bytes, bool]]:
    """Cut the bytes after each `</recording>`; the last piece is the rest.

    With each comes whether it is larger than LARGEST_RECORDING; only beginning and end of such a piece are kept.
    """
    held, is_larger = b"", False
    for chunk in chunks:
        *whole, held = _ENDS.split(held + chunk)
        for piece in whole:
            yield piece + END, is_larger or len(piece) > LARGEST_RECORDING
            is_larger = False
        if len(held) > LARGEST_RECORDING or (is_larger and len(held) > 2 * _LARGEST_BEGINNING):
            held, is_larger = held[:_LARGEST_BEGINNING] + held[-_LONGEST_END:], True
    if is_larger:
        _check_growth(LARGEST_RECORDING + 1, what)
    yield held, False


def _check_growth(size: int, what: str, tags: int = 0) -> None:
    """Raise RemoteRefused when one recording takes more bytes, or more elements, than any can need."""
    if tags > MOST_TAGS:
        raise TooLargeError(
            f"{what}: more than {MOST_TAGS:,} tags without the end of a recording",
            hint="this is no list of recordings: is bbb.url right?",
        )
    if size > LARGEST_RECORDING:
        raise TooLargeError(
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

    def _first(self, name: str, attributes: dict[str, str]) -> None:
        self._over = True
        self._parser.StartElementHandler = None
        if name != "response":
            raise RemoteRefused(f"{self._what}: <{name}> came back instead of the API's <response>")
        if "xmlns" in attributes:
            raise MalformedReplyError("its elements are in a namespace")

    def _refuse(self, name: str, *_ids: object) -> None:
        raise RemoteRefused(
            f"{self._what}: the reply has a document type ({name}), which the API never sends",
            hint="is bbb.url right? A web page is not the API",
        )
