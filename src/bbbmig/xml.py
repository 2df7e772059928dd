"""XML that servers and recordings hold, read in one guarded way.

    document = Document(path_or_bytes)            # mended if need be: `document.mended`
    for event, element in document.elements():    # ("end", element), one after another; clear what you have read
    root = document.root()                        # or the whole tree at once

    reader = XmlReader(("end",))                  # the same from pieces that come one by one, strictly, unmended
    for event, element in reader.feed(chunk): …
    for event, element in reader.close(): …

Guarded: no entity is ever defined by a file, nothing outside of it is read, and elements lie at most `DEEPEST` within
one another; a document type as such is allowed, since every shapes.svg names that of SVG 1.1. Namespaces are not looked
up: tags come without their prefix ("image"), attributes with it ("xlink:href", see `attribute`), so a prefix that
nobody declared does no harm.

Mended, where a file is not well-formed as it is: characters that XML 1.0 forbids and bytes that are no UTF-8 become
U+FFFD; names of HTML's entities become their characters; a bare "&" and a "<" that begins no tag stand for themselves.
What is well-formed is never changed. https://www.w3.org/TR/xml/#charsets, https://www.w3.org/TR/xml/#sec-well-formed
"""

import codecs
import html.entities
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, Literal
from xml.parsers import expat

DEEPEST = 100
"""How many elements may lie within one another: published recordings have at most nine."""

Event = Literal["start", "end"]

_BLOCK = 1 << 16
_LOSSY = "\N{REPLACEMENT CHARACTER}"
_ODD_REFERENCE = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos|#[0-9]+|#x[0-9a-fA-F]+);)")
_DECLARATION = re.compile(r"\s*<\?xml\b[^>]{0,200}\?>")
_ENCODING = re.compile(r"\bencoding\s*=\s*[\"']([\w.-]{1,40})")
_UNPARSED = re.compile(r"(<!\[CDATA\[|\]\]>|<!--|-->)")
_CLOSES = {"<![CDATA[": "]]>", "<!--": "-->"}
_REFERENCE = re.compile(r"&(?:#(\d{1,7});|#[xX]([0-9a-fA-F]{1,6});|([A-Za-z][A-Za-z0-9]{1,31};))?")
_ATTRIBUTE = r"""\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*')"""
_NO_TAG = re.compile(rf"<(?!/?[A-Za-z_:][\w:.-]*(?:{_ATTRIBUTE})*\s*/?>|/?[A-Za-z_:][^<>]*\Z|[!?])")
_FORBIDDEN = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_UNREADABLE = (expat.ExpatError, LookupError, ValueError)
"""What expat raises: for bad XML, for an encoding that is none, and for one that it cannot read."""
_PREDEFINED = frozenset({"amp;", "lt;", "gt;", "quot;", "apos;"})


class XmlError(ValueError):
    """A text that is not XML, even when mended, or more than is read here; it says why, and at which line."""


class Document:
    """The XML of a file or of bytes, read as often as one likes; `mended` says that something had to be replaced."""

    def __init__(self, source: Path | bytes) -> None:
        """Look whether it is well-formed, in constant memory if so; else mend it, in memory."""
        self._source: Path | bytes = source
        self.mended = False
        if not _is_well_formed(self._blocks):
            self._source, self.mended = _mended(source.read_bytes() if isinstance(source, Path) else source)

    def elements(self, events: tuple[Event, ...] = ("end",)) -> Iterator[tuple[Event, ET.Element]]:
        """Yield elements as they begin or end. Raise XmlError where it breaks off or cannot be read further."""
        reader = XmlReader(events)
        for block in self._blocks():
            yield from reader.feed(block)
        yield from reader.close()

    def root(self) -> ET.Element:
        """Return the whole tree. Raise XmlError if it is not to be had."""
        *_, (_, root) = self.elements()
        return root

    def _blocks(self) -> Iterator[bytes]:
        """Yield its bytes, in pieces."""
        if isinstance(self._source, bytes):
            yield self._source
            return
        with self._source.open("rb") as file:
            yield from _pieces(file)


class XmlReader:
    """A strict reader that is fed.

    `feed` and `close` are generators: they read while they are iterated, yield what begins or ends, then raise XmlError
    if they must.
    """

    def __init__(self, events: tuple[Event, ...] = ("end",)) -> None:
        """Begin before the first byte."""
        self._events: list[tuple[Event, ET.Element]] = []
        self._starts, self._ends = "start" in events, "end" in events
        self._builder = ET.TreeBuilder()
        self._depth = 0
        self._parser = _guarded_parser()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._builder.data

    def feed(self, data: bytes) -> Iterator[tuple[Event, ET.Element]]:
        """Read on."""
        return self._read(data, is_last=False)

    def close(self) -> Iterator[tuple[Event, ET.Element]]:
        """Read to the end, which must be that of the document."""
        return self._read(b"", is_last=True)

    def _read(self, data: bytes, *, is_last: bool) -> Iterator[tuple[Event, ET.Element]]:
        """Parse, and yield what came of it before an error is raised."""
        failed: Exception | None = None
        try:
            self._parser.Parse(data, is_last)
        except _UNREADABLE as error:
            failed = error
        found, self._events = self._events, []
        yield from found
        if failed is not None:
            raise XmlError(str(failed)) from failed

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        """Begin an element."""
        self._depth += 1
        if self._depth > DEEPEST:
            raise XmlError(f"more than {DEEPEST} elements lie within one another")
        element = self._builder.start(tag.rpartition(":")[2], attributes)
        if self._starts:
            self._events.append(("start", element))

    def _end(self, tag: str) -> None:
        """End an element."""
        self._depth -= 1
        element = self._builder.end(tag.rpartition(":")[2])
        if self._ends:
            self._events.append(("end", element))


def attribute(element: ET.Element, name: str) -> str:
    """Return an attribute whatever its prefix (`xlink:href` for "href"), "" if absent."""
    value = element.get(name)
    if value is not None:
        return value
    return next((value for key, value in element.attrib.items() if key.endswith(f":{name}")), "")


def _guarded_parser() -> expat.XMLParserType:
    """Return a parser that defines no entities and reads nothing but what it is fed."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.EntityDeclHandler = _refuse_entity
    return parser


def _refuse_entity(name: str, *_definition: object) -> None:
    """Refuse a file that defines entities: they multiply, or fetch."""
    raise XmlError(f"it defines an entity ({name[:40]})")


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    """Yield the bytes of a file."""
    while block := file.read(_BLOCK):
        yield block


def _is_well_formed(blocks: Callable[[], Iterator[bytes]]) -> bool:
    """Tell whether expat takes it, and whether it holds no reference that expat would pass over in silence.

    That is what it does with names of entities in a file whose document type is elsewhere.
    """
    parser = _guarded_parser()
    tail = b""
    try:
        for block in blocks():
            found = _ODD_REFERENCE.search(tail + block)
            if found and found.start() < len(tail) + len(block) - _LONGEST_NAME:
                return False
            parser.Parse(block, False)  # noqa: FBT003 - expat's own signature
            tail = (tail + block)[-_LONGEST_NAME:]
        parser.Parse(b"", True)  # noqa: FBT003 - as above
    except _UNREADABLE:
        return False
    return _ODD_REFERENCE.search(tail) is None


_LONGEST_NAME = 12
"""Bytes of the longest reference that is looked for, so that none is missed where two pieces meet."""


def _mended(data: bytes) -> tuple[bytes, bool]:
    """Replace what keeps a text from being XML; tell whether anything was replaced."""
    text, is_lossy = _decoded(data)
    text = text.strip("\x00\ufeff \t\r\n")
    made: list[str] = []
    closes = ""
    for number, piece in enumerate(_UNPARSED.split(text)):
        is_mark = number % 2 == 1
        if closes:
            made.append(_FORBIDDEN.sub(_LOSSY, piece))
            closes = "" if piece == closes else closes
        elif is_mark:
            closes = _CLOSES.get(piece, "")
            made.append(piece)
        else:
            made.append(_FORBIDDEN.sub(_LOSSY, _NO_TAG.sub("&lt;", _REFERENCE.sub(_resolved, piece))))
    whole = "".join(made)
    return whole.encode("utf-8", "replace"), is_lossy or whole != text


def _decoded(data: bytes) -> tuple[str, bool]:
    """Decode bytes as their mark or declaration says, else as UTF-8; return the text without the declaration.

    Tell as well whether some bytes could not be decoded.
    """
    head = data[:400].decode("latin-1")
    declaration = _DECLARATION.match(head)
    declared = _ENCODING.search(declaration[0]) if declaration else None
    encoding = declared[1] if declared else "utf-8"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    try:
        text = data.decode(encoding, "replace")
    except (LookupError, ValueError):  # no encoding of text: "hex"
        text = data.decode("utf-8", "replace")
    text = text.lstrip("\x00\ufeff")
    begins = _DECLARATION.match(text)
    is_lossy = _LOSSY in text and _LOSSY.encode() not in data
    return (text[begins.end() :] if begins else text), is_lossy


def _resolved(found: re.Match[str]) -> str:
    """Return a reference that XML knows, for one that it may not."""
    decimal, hexadecimal, name = found.groups()
    if decimal or hexadecimal:
        code = int(decimal) if decimal else int(hexadecimal, 16)
        is_allowed = code <= 0x10FFFF and not _FORBIDDEN.match(chr(code))  # noqa: PLR2004 - the last of Unicode
        return found[0] if is_allowed else _LOSSY
    if name in _PREDEFINED:
        return found[0]
    if name and name in html.entities.html5:
        return "".join(f"&#{ord(character)};" for character in html.entities.html5[name])
    return "&amp;" + found[0][1:]
