"""The XML of a file or of bytes, mended where it is not well-formed."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from bbbmig.xml.encoding import encoding_of
from bbbmig.xml.mending import mended
from bbbmig.xml.reader import UNREADABLE, Event, XmlReader, guarded_parser

_BLOCK = 1 << 16
_ODD_REFERENCE = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos|#[0-9]+|#x[0-9a-fA-F]+);)")


class Document:
    """The XML of a file or of bytes, read as often as one likes; `mended` says that something had to be replaced."""

    def __init__(self, source: Path | bytes) -> None:
        """Look whether it is well-formed, in constant memory if so; else mend it, in memory."""
        self._source: Path | bytes = source
        self.mended = False
        if encoding_of(next(self._blocks(), b"")) != "utf-8" or not _is_well_formed(self._blocks):
            self._source, self.mended = mended(source.read_bytes() if isinstance(source, Path) else source)

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


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    """Yield the bytes of a file."""
    while block := file.read(_BLOCK):
        yield block


def _is_well_formed(blocks: Callable[[], Iterator[bytes]]) -> bool:
    """Tell whether expat takes it, and whether it holds no reference that expat would pass over in silence.

    That is what it does with names of entities in a file whose document type is elsewhere.
    """
    parser = guarded_parser()
    tail = b""
    try:
        for block in blocks():
            found = _ODD_REFERENCE.search(tail + block)
            if found and found.start() < len(tail) + len(block) - _LONGEST_NAME:
                return False
            parser.Parse(block, False)  # noqa: FBT003 - expat's own signature
            tail = (tail + block)[-_LONGEST_NAME:]
        parser.Parse(b"", True)  # noqa: FBT003 - as above
    except UNREADABLE:
        return False
    return _ODD_REFERENCE.search(tail) is None


_LONGEST_NAME = 12
"""Bytes of the longest reference that is looked for, so that none is missed where two pieces meet."""
