"""A `<recording>` that is not well-formed, as far as it can be read: what a client wrote must not hide a recording.

BigBlueButton copies metadata into its reply as they are: a key that no XML name may be, or a bare "&", "<" or tag in a
title (#4671) spoil the whole element, though its recordID and its addresses are there.
"""

import html
import re
import xml.etree.ElementTree as ET

from bbbmig.xml import Document, XmlError

_KEY = re.compile(rb"<([A-Za-z_][A-Za-z0-9_.-]{0,100})>")
_MOST_KEYS = 500
_MOST_BYTES = 1 << 20
_VALUE = rb"(?:<!\[CDATA\[([^\]]{0,4000})|([^<]{0,4000}))"
_FIELDS = re.compile(
    rb"<(recordID|meetingID|internalMeetingID|name|published|protected|state|startTime|endTime|participants|size)"
    rb"(?:\s[^<>]{0,200})?>\s{0,200}" + _VALUE
)
_KEY_AND_VALUE = re.compile(rb"<([A-Za-z_][A-Za-z0-9_.-]{0,100})>\s{0,200}" + _VALUE)
_FORMAT = re.compile(rb"<(type|url|length|size)(?:\s[^<>]{0,200})?>\s{0,200}" + _VALUE)
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_CDATA = re.compile(r"\A\s*<!\[CDATA\[(.*)\]\]>\s*\Z", re.DOTALL)


def mended(fragment: bytes) -> ET.Element | None:
    """Read a `<recording>`: its characters mended, else its metadata and name rebuilt, else what can be picked from it.

    Return None if nothing helps, and for more than 1 MiB: to mend takes several times that of memory.
    """
    if len(fragment) > _MOST_BYTES:
        return None
    for text in (fragment, _rebuilt(fragment)):
        try:
            return Document(text).root()
        except XmlError:
            continue
    return _picked(fragment)


def _picked(fragment: bytes) -> ET.Element | None:
    """Pick the fields that matter from a `<recording>` whose tags do not match; None if not even its recordID is there.

    It is read as BigBlueButton writes it: fields, metadata, playback.
    """
    head, _, rest = fragment.partition(b"<metadata>")
    metadata, _, behind = rest.partition(b"<playback>") if rest else (b"", b"", head.partition(b"<playback>")[2])
    head = head.partition(b"<playback>")[0]
    recording = ET.Element("recording")
    _add_fields(recording, head, _FIELDS)
    if not recording.findtext("recordID"):
        return None
    keys = ET.SubElement(recording, "metadata")
    _add_fields(keys, metadata, _KEY_AND_VALUE)
    playback = ET.SubElement(recording, "playback")
    for one in behind.split(b"<format>")[1 : _MOST_KEYS + 1]:
        _add_fields(ET.SubElement(playback, "format"), one, _FORMAT)
    return recording


def _add_fields(element: ET.Element, text: bytes, fields: "re.Pattern[bytes]") -> None:
    """Add the first of each field that is found in a text."""
    for found in fields.finditer(text):
        name = found[1].decode("ascii")
        if element.find(name) is None and len(element) < _MOST_KEYS:
            value = found[2] if found[2] is not None else found[3]
            text_of = value.decode("utf-8", "replace").strip()
            ET.SubElement(element, name).text = text_of if found[2] is not None else _ENTITY.sub(_character, text_of)


def _character(entity: re.Match[str]) -> str:
    return html.unescape(entity[0])


def _rebuilt(fragment: bytes) -> bytes:
    """Write metadata anew, from the keys that can be told, and the name as a text without tags."""
    start, end = fragment.find(b"<metadata>"), fragment.rfind(b"</metadata>")
    if start >= 0 and end > start:
        start += len(b"<metadata>")
        fragment = fragment[:start] + _keys(fragment[start:end]) + fragment[end:]
    start, end = fragment.find(b"<name>"), fragment.find(b"</name>")
    if 0 <= start < end:
        start += len(b"<name>")
        fragment = fragment[:start] + _text(fragment[start:end]) + fragment[end:]
    return fragment


def _keys(metadata: bytes) -> bytes:
    """Write the keys of which both tags are there, each with all between them as its text."""
    made: list[bytes] = []
    at = 0
    while len(made) < _MOST_KEYS and (found := _KEY.search(metadata, at)):
        closes = metadata.find(b"</" + found[1] + b">", found.end())
        if closes < 0:
            at = found.end()
            continue
        made.append(found[0] + _text(metadata[found.end() : closes]) + b"</" + found[1] + b">")
        at = closes
    return b"".join(made)


def _text(content: bytes) -> bytes:
    """Write what stands in an element as a text."""
    text = content.decode("utf-8", "replace")
    literal = _CDATA.match(text)
    return html.escape(literal[1] if literal else html.unescape(text), quote=False).encode()
