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
_CDATA = re.compile(r"\A\s*<!\[CDATA\[(.*)\]\]>\s*\Z", re.DOTALL)


def mended(fragment: bytes) -> ET.Element | None:
    """Read a `<recording>`: its characters mended, else its metadata and name rebuilt, too.

    Return None if neither helps, and for more than 1 MiB: to mend takes several times that of memory.
    """
    if len(fragment) > _MOST_BYTES:
        return None
    for text in (fragment, _rebuilt(fragment)):
        try:
            return Document(text).root()
        except XmlError:
            continue
    return None


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
