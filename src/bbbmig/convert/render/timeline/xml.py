"""XML of recordings as a stream of elements, and the numbers in it; errors and notes name the file."""

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

from bbbmig.convert.render.timeline.notebook import Notebook
from bbbmig.errors import RecordingFailed
from bbbmig.transfer.first_bytes import ENOUGH, is_html
from bbbmig.xml import Document, Event, XmlError, attribute

__all__ = ["attribute", "elements", "is_number", "nothing_in", "number", "optional_elements"]


def elements(
    path: Path, events: tuple[Event, ...] = ("end",), notebook: Notebook | None = None
) -> Iterator[tuple[str, ET.Element]]:
    """Yield the elements of a file as they begin or end. Who reads must clear what it no longer needs.

    Raise RecordingFailed if it is not whole XML, even when mended (`bbbmig.xml`).
    """
    try:
        yield from _document(path, notebook).elements(events)
    except XmlError as error:
        raise RecordingFailed(
            f"{path.name} is not whole: {error}", hint="fetch it again, or publish the recording anew on its server"
        ) from error


def optional_elements(
    path: Path | None, notebook: Notebook, events: tuple[Event, ...] = ("end",), *, is_shown: bool = True
) -> Iterator[tuple[str, ET.Element]]:
    """Yield as `elements` what can be read of a file that a recording can do without; what cannot is noted.

    `is_shown` tells whether anything of it would be seen in the video.
    """
    if path is None:
        return
    note = notebook.lost if is_shown else notebook.mended
    if why := nothing_in(path):
        note(f"{path.name} {why}: the recording is shown as if it had none")
        return
    try:
        yield from _document(path, notebook).elements(events)
    except XmlError as error:
        note(f"{path.name} is not whole ({error}): only what can be read of it is used")


def nothing_in(path: Path) -> str:
    """Say why a file is as good as none: "is empty" (a full disk leaves zeros), "is a web page"; "" if it is not."""
    with path.open("rb") as file:
        start = file.read(ENOUGH)
    if not start.strip(b"\x00\xef\xbb\xbf \t\r\n"):
        return "is empty"
    return "is a web page" if is_html(start) else ""


def _document(path: Path, notebook: Notebook | None) -> Document:
    """Open a file; note if it had to be mended."""
    document = Document(path)
    if document.mended and notebook is not None:
        notebook.mended(f"{path.name} held characters that XML forbids: they are left out or replaced")
    return document


def is_number(text: str | None) -> bool:
    """Tell whether a text is a number that `number` does not have to guess."""
    return number(text, 0.0) == number(text, 1.0)


def number(text: str | None, default: float = 0.0) -> float:
    """Read a number of an attribute; `default` for "", "NaN", "12px" and other words."""
    try:
        value = float(text or "")
    except ValueError:
        return default
    return value if abs(value) < float("inf") else default
