"""tldraw.json: the drawings of BBB 2.6 and later, one page per show of a slide.

    {"bbb_version": "2.6.10", "1": {"timestamp": 0.0, "shapes": [
        {"id": …, "timestamp": 12.3, "undo": -1, "shape_data": {"id": "…", "type": "draw", …}}, …]}, "2": …}

The page "1" belongs to image1 of shapes.svg. Files grow to tens of MB, so shapes are read one at a time and kept as
bytes: decoded, they would take ten times the room.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from sys import intern
from typing import Any

from bbbmig.convert.render.timeline.versions import Update
from bbbmig.convert.render.timeline.xml import number
from bbbmig.errors import RecordingFailed

_DECODER = json.JSONDecoder()
_SPACE = re.compile(r"[\s,:]*")
_SMALL_BOARD, _LARGE_BOARD = (1440.0, 1080.0), (2048.0, 1536.0)
_SMALL_SINCE = (2, 6, 1)


def read_tldraw(path: Path) -> tuple[str, dict[str, list[Update]]]:
    """Read the version of BigBlueButton and the drawings by image. Raise RecordingFailed if it is not whole JSON."""
    version = ""
    boards: dict[str, list[Update]] = {}
    try:
        scanner = _Scanner(path.read_text(encoding="utf-8", errors="replace"))
        for key in scanner.members():
            if scanner.next == "{":
                boards[f"image{key}"] = list(_page(scanner))
            elif key == "bbb_version":
                version = str(scanner.value())
    except (ValueError, IndexError, RecursionError) as error:
        raise RecordingFailed(f"{path.name} is not whole: {error}", hint="fetch it again, or look at it") from error
    return version, boards


def board_size(version: str) -> tuple[float, float]:
    """Return the size of the board into which that version of BigBlueButton fits slides.

    docs/facts/conversion.md#whiteboards
    """
    numbers = tuple(int(word) for word in re.findall(r"\d+", version)[:3])
    return _LARGE_BOARD if numbers and numbers < _SMALL_SINCE else _SMALL_BOARD


def _page(scanner: "_Scanner") -> Iterator[Update]:
    """Yield the updates of one page."""
    for key in scanner.members():
        if key == "shapes" and scanner.next == "[":
            for shape in scanner.items():
                if isinstance(shape, dict):
                    yield _update(shape)


class _Scanner:
    """A place in a JSON text. Values that nobody takes are passed over."""

    def __init__(self, text: str) -> None:
        """Begin at the beginning."""
        self._text = text
        self._at = 0
        self._go(0)

    @property
    def next(self) -> str:
        """Give the character that comes; raise IndexError at the end."""
        return self._text[self._at]

    def value(self) -> object:
        """Take a value whole."""
        value, end = _DECODER.raw_decode(self._text, self._at)
        self._go(end)
        return value

    def members(self) -> Iterator[str]:
        """Yield the names of an object's members; the value comes next, and may be taken."""
        if self.next != "{":
            raise ValueError("no JSON object")
        self._go(self._at + 1)
        while self.next != "}":
            key = str(self.value())
            before = self._at
            yield key
            if self._at == before:
                self.value()
        self._go(self._at + 1)

    def items(self) -> Iterator[object]:
        """Yield the values of a list."""
        self._go(self._at + 1)
        while self.next != "]":
            yield self.value()
        self._go(self._at + 1)

    def _go(self, at: int) -> None:
        """Go there, and over white space, commas and colons."""
        found = _SPACE.match(self._text, at)
        self._at = found.end() if found else at


def _update(entry: dict[str, Any]) -> Update:
    """Read one update."""
    data = entry.get("shape_data")
    data = data if isinstance(data, dict) else {}
    kind = str(data.get("type", "empty"))
    properties = data.get("props")
    if kind == "geo" and isinstance(properties, dict):
        kind = f"geo:{properties.get('geo', 'rectangle')}"
    return Update(
        at=number(str(entry.get("timestamp", 0))),
        undo=number(str(entry.get("undo", -1)), -1.0),
        shape=intern(str(data.get("id") or entry.get("id", ""))),
        kind=intern(kind),
        content=json.dumps(data, separators=(",", ":")).encode(),
    )
