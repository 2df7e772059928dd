"""What the metadata.xml of a recording says, for all who ask: `<recording>…<playback>…<duration>21022</duration>…`.

https://github.com/bigbluebutton/bigbluebutton: record-and-playback/core/lib/recordandplayback.rb writes it.
"""

import math
import xml.etree.ElementTree as ET
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bbbmig.domain.cut_names import is_cut_from
from bbbmig.domain.recording import created_at, unescape_once
from bbbmig.xml.document import Document

NAME = "metadata.xml"


@dataclass(frozen=True, slots=True)
class Metadata:
    """What metadata.xml says; `duration_s` is the length of the recorded part, 0 if it does not say."""

    duration_s: float = 0.0
    title: str = ""
    start: datetime | None = None


def read_metadata(source: Path | bytes) -> Metadata:
    """Read length, name and begin of a recording. Raise XmlError if it is not XML."""
    return metadata_of(Document(source).elements(("start", "end")))


def metadata_of(events: Iterable[tuple[str, ET.Element]]) -> Metadata:
    """Read length, name and begin of a recording from the beginnings and ends of elements, as far as they come."""
    steps: list[str] = []
    texts: dict[str, str] = {}
    for event, element in events:
        if event == "start":
            steps.append(element.tag)
            if element.tag == "meeting" and element.get("name"):
                texts["meeting"] = element.get("name", "")
            continue
        texts.setdefault("/".join(steps[1:]), (element.text or "").strip())
        steps.pop()
        element.clear()
    whole = texts.get("meta/meetingName") or texts.get("meeting", "")
    title = unescape_once(texts.get("meta/bbb-recording-name", ""))
    if not title or is_cut_from(title, whole):
        title = unescape_once(whole)
    start = _moment(texts.get("start_time", "")) or created_at(texts.get("id", ""))
    return Metadata(_seconds(texts.get("playback/duration", "")), title, start)


def _seconds(milliseconds: str) -> float:
    """Read a length; 0 for one that makes no sense."""
    try:
        value = float(milliseconds) / 1000
    except ValueError:
        return 0.0
    return value if math.isfinite(value) else 0.0


def _moment(milliseconds: str) -> datetime | None:
    """Read milliseconds since 1970; None for what BigBlueButton cannot have written."""
    return created_at(milliseconds)
