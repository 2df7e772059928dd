"""tldraw.json: the drawings of BBB 2.6 and later, one page per show of a slide.

    {"bbb_version": "2.6.10", "1": {"timestamp": 0.0, "shapes": [
        {"id": …, "timestamp": 12.3, "undo": -1, "shape_data": {"id": "…", "type": "draw", …}}, …]}, "2": …}

The page "1" belongs to image1 of shapes.svg. Files grow to tens of MB, so shapes are read one at a time and kept
packed: decoded, they would take thirty times the room.
"""

import json
import re
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from sys import intern
from typing import Any, NamedTuple, TextIO

from bbbmig.convert.render.timeline.notebook import TIMELESS, Notebook
from bbbmig.convert.render.timeline.versions import Update
from bbbmig.convert.render.timeline.xml import is_number, number
from bbbmig.errors import RecordingFailed

NONSENSE = "nonsense"
"""Stands for what cannot be decoded."""
ASSET_FIELDS = ("src", "title", "description", "name", "url")
"""What is kept of an asset."""
_DECODER = json.JSONDecoder()
_SPACE = re.compile(r"[\s,:]*")
_BRACKETS = re.compile(r'[\[\]{}]|"(?:[^"\\]|\\.)*"', re.DOTALL)
_CHUNK, _LONGEST_WORD = 1 << 16, 32
"""Characters that are read at a time; the longest number or word that is not a string."""
_SMALL_BOARD, _LARGE_BOARD = (1440.0, 1080.0), (2048.0, 1536.0)
_SMALL_SINCE = (2, 6, 1)


class Whiteboards(NamedTuple):
    """The version of BigBlueButton, the drawings by image, and the pictures and pages they refer to, by their ids."""

    version: str
    boards: dict[str, list[Update]]
    assets: dict[str, Mapping[str, str]]


def read_tldraw(path: Path, notebook: Notebook | None = None) -> Whiteboards:
    """Read all whiteboards; what is guessed is noted. Raise RecordingFailed if it is not whole JSON."""
    version = ""
    boards: dict[str, list[Update]] = {}
    assets: dict[str, Mapping[str, str]] = {}
    notebook = notebook or Notebook()
    try:
        with path.open(encoding="utf-8-sig", errors="replace") as file:
            scanner = _Scanner(file)
            for key in scanner.members():
                if key == "assets":
                    assets |= _assets(scanner.value())
                elif scanner.next == "{":
                    boards[f"image{key}"] = list(_page(scanner, assets, notebook))
                elif key == "bbb_version":
                    version = str(scanner.value())
    except (ValueError, IndexError) as error:
        raise RecordingFailed(f"{path.name} is not whole: {error}", hint="fetch it again, or look at it") from error
    return Whiteboards(version, boards, assets)


def board_size(version: str) -> tuple[float, float]:
    """Return the size of the board into which that version of BigBlueButton fits slides.

    docs/facts/conversion.md#whiteboards
    """
    numbers = tuple(int(word) for word in re.findall(r"\d+", version)[:3])
    return _LARGE_BOARD if numbers and numbers < _SMALL_SINCE else _SMALL_BOARD


def _page(scanner: "_Scanner", assets: dict[str, Mapping[str, str]], notebook: Notebook) -> Iterator[Update]:
    """Yield the updates of one page; add what they refer to."""
    for key in scanner.members():
        if key == "assets":
            assets |= _assets(scanner.value())
        elif key == "shapes" and scanner.next == "[":
            for number, entry in enumerate(scanner.items()):
                data = entry.get("shape_data") if isinstance(entry, dict) else None
                if isinstance(data, dict) and data.get("typeName") == "asset":
                    assets |= _assets([data])
                    continue
                known = entry if isinstance(entry, dict) else {"id": f"entry {number}", "shape_data": NONSENSE}
                if isinstance(entry, dict) and not is_number(str(entry.get("timestamp"))):
                    notebook.count(TIMELESS)
                yield _update(known)


def _assets(listed: object) -> dict[str, Mapping[str, str]]:
    """Return assets by their ids, from a list or an object of them."""
    records = listed.values() if isinstance(listed, dict) else listed if isinstance(listed, list) else ()
    return {str(one.get("id")): _words(one) for one in records if isinstance(one, dict)}


def _words(record: dict[str, Any]) -> Mapping[str, str]:
    """Return what an asset says in words, whichever tldraw it is of."""
    inner = record.get("props")
    sources = [record, inner] if isinstance(inner, dict) else [record]
    return {name: value for one in sources for name in ASSET_FIELDS if isinstance(value := one.get(name), str)}


class _Scanner:
    """A place in a JSON text, of which no more is kept than the value that comes. Values that nobody takes are dropped.

    A text with a single emoji takes four bytes a letter, so a file of 90 MB whole would take 360.
    """

    def __init__(self, file: TextIO) -> None:
        """Begin at the beginning."""
        self._file = file
        self._text = ""
        self._at = 0
        self._taken = False
        self._go(0)

    @property
    def next(self) -> str:
        """Return the character that comes; raise IndexError at the end."""
        return self._text[self._at]

    def value(self) -> object:
        """Take a value whole; one that is nested too deep for the decoder is `NONSENSE`."""
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except RecursionError:
                end = self._end_of_nested()
                value = NONSENSE
            except json.JSONDecodeError as error:
                if not (self._may_be_cut(error) and self._more()):
                    raise
                continue
            if end < len(self._text) or not self._more():
                self._go(end)
                return value

    def members(self) -> Iterator[str]:
        """Yield the names of an object's members; the value comes next, and may be taken."""
        if self.next != "{":
            raise ValueError("no JSON object")
        self._go(self._at + 1)
        while self.next != "}":
            key = str(self.value())
            self._taken = False
            yield key
            if not self._taken:
                self.value()
        self._go(self._at + 1)

    def items(self) -> Iterator[object]:
        """Yield the values of a list."""
        self._go(self._at + 1)
        while self.next != "]":
            yield self.value()
        self._go(self._at + 1)

    def _may_be_cut(self, error: json.JSONDecodeError) -> bool:
        """Tell whether a value is only not read to its end."""
        return error.msg.startswith("Unterminated string") or error.pos >= len(self._text) - _LONGEST_WORD

    def _end_of_nested(self) -> int:
        """Return where a value ends that begins with a bracket."""
        depth, at = 0, self._at
        while True:
            for found in _BRACKETS.finditer(self._text, at):
                depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(found.group(), 0)
                at = found.end()
                if depth == 0:
                    return at
            if not self._more():
                raise ValueError("a bracket is not closed")
            depth, at = 0, self._at

    def _more(self) -> bool:
        """Read on, as much again as there is; tell whether there was more."""
        more = self._file.read(max(_CHUNK, len(self._text) - self._at))
        if more:
            self._text, self._at = self._text[self._at :] + more, 0
        return bool(more)

    def _go(self, at: int) -> None:
        """Go there, and over white space, commas and colons."""
        self._taken = True
        while True:
            found = _SPACE.match(self._text, at)
            self._at = at = found.end() if found else at
            if at < len(self._text) or not self._more():
                return
            at = self._at


def packed(data: object) -> bytes:
    """Return the data of a shape in little room."""
    return zlib.compress(json.dumps(data, separators=(",", ":")).encode(), 5)


def unpacked(content: bytes) -> object:
    """Return the data of a shape."""
    return json.loads(zlib.decompress(content))


def _update(entry: dict[str, Any]) -> Update:
    """Read one update; data that are no object are kept, to be counted when they cannot be drawn."""
    data = entry.get("shape_data", {})
    kind, properties, name = "", None, entry.get("id", "")
    if isinstance(data, dict):
        kind, properties, name = str(data.get("type", "empty")), data.get("props"), data.get("id") or name
    if kind == "geo" and isinstance(properties, dict):
        kind = f"geo:{properties.get('geo', 'rectangle')}"
    return Update(
        at=number(str(entry.get("timestamp", 0))),
        undo=number(str(entry.get("undo", -1)), -1.0),
        shape=intern(str(name)),
        kind=intern(kind),
        content=packed(data),
    )
