"""XML of recordings as a stream of elements, and the numbers in it; errors name the file."""

import contextlib
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

from bbbmig.errors import RecordingFailed
from bbbmig.xml import Document, Event, XmlError, attribute

__all__ = ["attribute", "broken", "elements", "number"]


def elements(path: Path, events: tuple[Event, ...] = ("end",)) -> Iterator[tuple[str, ET.Element]]:
    """Yield the elements of a file as they begin or end. Who reads must clear what it no longer needs.

    Raise RecordingFailed if it is not whole XML, even when mended (`bbbmig.xml`).
    """
    with broken(path):
        yield from Document(path).elements(events)


@contextlib.contextmanager
def broken(path: Path) -> Iterator[None]:
    """Turn the errors of a file that is not XML into RecordingFailed, with its name."""
    try:
        yield
    except XmlError as error:
        raise RecordingFailed(
            f"{path.name} is not whole: {error}", hint="fetch it again, or publish the recording anew on its server"
        ) from error


def number(text: str | None, default: float = 0.0) -> float:
    """Read a number of an attribute; `default` for "", "NaN", "12px" and other words."""
    try:
        value = float(text or "")
    except ValueError:
        return default
    return value if abs(value) < float("inf") else default
