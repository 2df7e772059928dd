"""XML read strictly, piece by piece: no entities, nothing from outside, no depth without end."""

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from typing import Literal
from xml.parsers import expat

DEEPEST = 100
"""How many elements may lie within one another: published recordings have at most nine."""

Event = Literal["start", "end"]

UNREADABLE = (expat.ExpatError, LookupError, ValueError)
"""What expat raises: for bad XML, for an encoding that is none, and for one that it cannot read."""


class XmlError(ValueError):
    """A text that is not XML, even when mended, or more than is read here; it says why, and at which line."""


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
        self._parser = guarded_parser()
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
        except UNREADABLE as error:
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


def guarded_parser() -> expat.XMLParserType:
    """Return a parser that defines no entities and reads nothing but what it is fed."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.EntityDeclHandler = _refuse_entity
    return parser


def _refuse_entity(name: str, *_definition: object) -> None:
    """Refuse a file that defines entities: they multiply, or fetch."""
    raise XmlError(f"it defines an entity ({name[:40]})")
