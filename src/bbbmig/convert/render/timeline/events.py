"""panzooms.xml, cursor.xml, deskshare.xml and metadata.xml: short events, each with its time.

<event timestamp="151.4"><viewBox>774.10664 316.39116 533.33333 300.0</viewBox></event>
<event timestamp="1.0"><cursor>0.45606 0.42537</cursor></event>
<event start_timestamp="10.0" stop_timestamp="20.0" video_width="720" video_height="421"/>
"""

from collections.abc import Iterator
from pathlib import Path

from bbbmig import metadata_xml
from bbbmig.convert.render.timeline.model import NEVER, Pointer, View
from bbbmig.convert.render.timeline.xml import broken, elements, number
from bbbmig.metadata_xml import Metadata

__all__ = ["Metadata", "read_desks", "read_metadata", "read_pointers", "read_views"]


def read_metadata(path: Path) -> Metadata:
    """Read length, name and begin of the recording. Raise RecordingFailed if the file is broken."""
    with broken(path):
        return metadata_xml.read_metadata(path)


def read_views(path: Path) -> tuple[View, ...]:
    """Read which part of the slide is seen; sizes of 0 mean all of it."""
    found = []
    for at, text in _events(path, "viewBox"):
        values = [number(word) for word in text.split()]
        usable = len(values) == 4 and values[2] > 0 and values[3] > 0  # noqa: PLR2004 - x y width height
        found.append(View(at, *values) if usable else View(at))
    return tuple(sorted(found, key=lambda view: view.at))


def read_pointers(path: Path) -> tuple[Pointer, ...]:
    """Read where the presenter points. Both numbers negative is hidden: -1.0 -1.0."""
    found = []
    for at, text in _events(path, "cursor"):
        words = text.split()
        x, y = (number(words[0], -1.0), number(words[1], -1.0)) if len(words) > 1 else (-1.0, -1.0)
        found.append(Pointer(at, x, y, shown=x >= 0 and y >= 0))
    return tuple(sorted(found, key=lambda pointer: pointer.at))


def read_desks(path: Path) -> tuple[tuple[float, float], ...]:
    """Read when desks were shared; one without end lasts."""
    found = []
    for _, element in elements(path):
        if element.tag == "event":
            start, stop = number(element.get("start_timestamp")), number(element.get("stop_timestamp"), NEVER)
            if start < stop:
                found.append((start, stop))
        element.clear()
    return tuple(sorted(found))


def _events(path: Path, tag: str) -> Iterator[tuple[float, str]]:
    """Yield times and texts."""
    text = ""
    for _, element in elements(path):
        if element.tag == tag:
            text = element.text or ""
        elif element.tag == "event":
            yield number(element.get("timestamp")), text
            text = ""
            element.clear()
