"""panzooms.xml, cursor.xml, deskshare.xml and metadata.xml: short events, each with its time.

<event timestamp="151.4"><viewBox>774.10664 316.39116 533.33333 300.0</viewBox></event>
<event timestamp="1.0"><cursor>0.45606 0.42537</cursor></event>
<event start_timestamp="10.0" stop_timestamp="20.0" video_width="720" video_height="421"/>
"""

from dataclasses import dataclass
from pathlib import Path

from bbbmig.convert.render.timeline.model import NEVER, Pointer, View
from bbbmig.convert.render.timeline.notebook import HAPPEN_AT_NO_TIME, Notebook
from bbbmig.convert.render.timeline.xml import is_number, number, optional_elements
from bbbmig.xml.metadata import Metadata, metadata_of

__all__ = ["Desks", "Metadata", "Pointers", "Views", "read_desks", "read_metadata", "read_pointers", "read_views"]


@dataclass(frozen=True, slots=True)
class Views:
    """Which part of the slide is seen when; `of_tldraw` is what the file says of its numbers."""

    events: tuple[View, ...] = ()
    of_tldraw: bool = False


@dataclass(frozen=True, slots=True)
class Pointers:
    """Where the presenter points when; `of_tldraw` is what the file says of its numbers."""

    events: tuple[Pointer, ...] = ()
    of_tldraw: bool = False


@dataclass(frozen=True, slots=True)
class Desks:
    """When desks were shared. `all_known` is false if the file is missing or not whole: the slides may know more."""

    times: tuple[tuple[float, float], ...] = ()
    all_known: bool = False


def read_metadata(path: Path | None, notebook: Notebook) -> Metadata:
    """Read the length of the recorded part, the recording's name and its begin."""
    return metadata_of(optional_elements(path, notebook, ("start", "end"), is_shown=False))


def read_views(path: Path | None, notebook: Notebook) -> Views:
    """Read which part of the slide is seen; sizes of 0 mean all of it."""
    found = []
    events, of_tldraw = _events(path, "viewBox", notebook)
    for at, text in events:
        values = [number(word) for word in text.split()]
        usable = len(values) == 4 and values[2] > 0 and values[3] > 0  # noqa: PLR2004 - x y width height
        found.append(View(at, *values) if usable else View(at))
    return Views(tuple(sorted(found, key=lambda view: view.at)), of_tldraw)


def read_pointers(path: Path | None, notebook: Notebook) -> Pointers:
    """Read where the presenter points. Both numbers negative is hidden: -1.0 -1.0."""
    found = []
    events, of_tldraw = _events(path, "cursor", notebook)
    for at, text in events:
        words = text.split()
        x, y = (number(words[0], -1.0), number(words[1], -1.0)) if len(words) > 1 else (-1.0, -1.0)
        found.append(Pointer(at, x, y, shown=x >= 0 and y >= 0))
    return Pointers(tuple(sorted(found, key=lambda pointer: pointer.at)), of_tldraw)


def read_desks(path: Path | None, notebook: Notebook) -> Desks:
    """Read when desks were shared; one without end lasts."""
    found, root, is_whole = [], None, False
    for event, element in optional_elements(path, notebook, ("start", "end")):
        root = element if root is None else root
        if event == "start":
            continue
        is_whole = element is root
        if element.tag == "event":
            start, stop = number(element.get("start_timestamp")), number(element.get("stop_timestamp"), NEVER)
            if not is_number(element.get("start_timestamp")):
                notebook.count(HAPPEN_AT_NO_TIME)
            if start < stop:
                found.append((start, stop))
        element.clear()
    return Desks(tuple(sorted(found)), is_whole)


def _events(path: Path | None, tag: str, notebook: Notebook) -> tuple[list[tuple[float, str]], bool]:
    """Return times and texts, and whether the file says that it is of tldraw."""
    found: list[tuple[float, str]] = []
    text, root = "", None
    for event, element in optional_elements(path, notebook, ("start", "end")):
        root = element if root is None else root
        if event == "start":
            continue
        if element.tag == tag:
            text = element.text or ""
        elif element.tag == "event":
            found.append((number(element.get("timestamp")), text))
            if not is_number(element.get("timestamp")):
                notebook.count(HAPPEN_AT_NO_TIME)
            text = ""
            element.clear()
    return found, root is not None and root.get("tldraw") == "true"
