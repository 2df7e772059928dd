"""Chapters at slide changes, named after the slide's first line of text."""

import json
from collections.abc import Mapping
from fractions import Fraction
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from bbbmig.convert.render.files import Files, safe_name
from bbbmig.convert.render.timeline.model import Slide, Timeline

if TYPE_CHECKING:
    from av.container.core import Chapter  # a name of its type hints only

_DESK = "Shared screen"
_SHORTEST_S = 1.0
_LONGEST = 80
_MILLI = 1000


def chapters(timeline: Timeline, files: Files) -> "list[Chapter]":
    """Return a chapter for each slide that stays a second; the same slide again, after a blink, is no new one."""
    texts = _texts(files)
    begun: list[tuple[float, str]] = []
    shown = ""
    for show in timeline.shows:
        if show.end - show.start < _SHORTEST_S or show.slide.href == shown:
            continue
        shown = show.slide.href
        begun.append((show.start if begun else 0.0, _title(show.slide, texts, files)))
    if len(begun) <= 1:
        return []
    ends = [*(start for start, _ in begun[1:]), timeline.duration_s]
    return [
        {
            "id": number,
            "start": round(start * _MILLI),
            "end": round(end * _MILLI),
            "time_base": Fraction(1, _MILLI),
            "metadata": {"title": title or f"Slide {number}"},
        }
        for number, ((start, title), end) in enumerate(zip(begun, ends, strict=True), 1)
    ]


def _title(slide: Slide, texts: Mapping[str, Mapping[str, str]], files: Files) -> str:
    """Return the first line of a slide's text, "" if it has none."""
    if slide.is_desk:
        return _DESK
    path = PurePosixPath(slide.href)
    steps = [step for step in path.parts if step != "svgs"]
    name = path.stem.replace("slide", "slide-") if "svgs" in path.parts else path.stem
    text = texts.get(steps[-2], {}).get(name, "") if len(steps) > 1 else ""
    if not text and slide.text and safe_name(slide.text):
        found = files.find(safe_name(slide.text))
        text = found.read_text(encoding="utf-8", errors="replace") if found else ""
    lines = (" ".join(line.split()) for line in text.splitlines())
    return next((line for line in lines if line), "")[:_LONGEST]


def _texts(files: Files) -> Mapping[str, Mapping[str, str]]:
    """Read presentation_text.json; a broken one costs only the titles."""
    path = files.find("presentation_text.json")
    try:
        read = json.loads(path.read_text(encoding="utf-8", errors="replace")) if path else {}
    except ValueError:
        return {}
    if not isinstance(read, dict):
        return {}
    return {
        str(presentation): {str(name): str(text) for name, text in slides.items()}
        for presentation, slides in read.items()
        if isinstance(slides, dict)
    }
