"""A page of BigBlueButton 3.0 on which two people draw at opposite corners all along, made up from one seed."""

import heapq
import json
import math
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.presentation import HOUR, write_events

VERSIONS_OF_A_STROKE = 20
CORNERS = ((40.0, 40.0), (760.0, 430.0))
"""Where each of the two draws: left and top of 600 by 330 units of a board of 1440 by 810."""

WORDS = {"color": "black", "size": "xl", "font": "sans", "scale": 1, "text": "\N{SLICE OF PIZZA}", "autoSize": True}
TEXT = {"id": "shape:e", "type": "text", "x": 700, "y": 400, "index": "a0", "parentId": "page:1", "props": WORDS}
EMOJI = {"id": "e", "timestamp": 1.0, "undo": -1, "shape_data": TEXT}


def make_busy_page(folder: Path, seconds: int, versions: int, *, emoji: bool = False) -> Path:
    """Turn a recording of BBB 2.2 into one of 3.0 with a single page, and so many versions of strokes in an hour.

    With an `emoji` that is written as such, a text held in memory needs four bytes for each of its letters.
    """
    write_events(folder, random.Random(1), seconds, 0)
    slide = 'xlink:href="presentation/p/slide-1.png" width="1600" height="900" x="0" y="0"'
    names = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    image = f'<image id="image1" class="slide" in="0.0" out="{seconds:.1f}" {slide}/>'
    (folder / "shapes.svg").write_text(f"<svg {names}>{image}</svg>")
    (folder / "deskshare.xml").write_text("<recording/>")
    (folder / "panzooms.xml").write_text(
        '<recording><event timestamp="0.0"><viewBox>0 0 1600 900</viewBox></event></recording>'
    )
    (folder / "cursor.xml").write_text("<recording/>")
    with (folder / "tldraw.json").open("w", encoding="utf-8") as file:
        file.write('{"bbb_version": "3.0.4", "1": {"shapes": [')
        if emoji:
            file.write(json.dumps(EMOJI, ensure_ascii=False) + ",")
        for number, entry in enumerate(strokes(random.Random(2), seconds, versions * seconds // HOUR)):
            file.write(("," if number else "") + json.dumps(entry))
        file.write('], "timestamp": 0.0}}')
    return folder


def strokes(dice: random.Random, seconds: int, versions: int) -> Iterator[dict[str, Any]]:
    """Yield versions of strokes in the order of time; both people draw at the same time.

    They are not kept: a process that is begun by a large one is measured as if it had been as large.
    """
    waiting: list[tuple[float, int, dict[str, Any]]] = []
    count = max(1, versions // VERSIONS_OF_A_STROKE)
    number = 0
    for stroke in range(count):
        left, top = CORNERS[stroke % 2]
        at = (stroke // 2) * 2 / count * seconds
        while waiting and waiting[0][0] < round(at, 1):
            yield heapq.heappop(waiting)[2]
        x, y, angle = left + dice.uniform(60, 540), top + dice.uniform(60, 270), dice.uniform(0, 6)
        points = [{"x": 0.0, "y": 0.0, "z": 0.5}]
        for step in range(VERSIONS_OF_A_STROKE):
            for _ in range(4):
                angle += dice.uniform(-0.6, 0.6)
                last = points[-1]
                points.append({"x": last["x"] + 5 * math.cos(angle), "y": last["y"] + 5 * math.sin(angle), "z": 0.5})
            data = shape(stroke, x, y, list(points), last=step == VERSIONS_OF_A_STROKE - 1)
            when = round(at + step / 10, 1)
            heapq.heappush(waiting, (when, number, {"id": number, "timestamp": when, "undo": -1, "shape_data": data}))
            number += 1
    while waiting:
        yield heapq.heappop(waiting)[2]


def shape(stroke: int, x: float, y: float, points: list[dict[str, float]], *, last: bool) -> dict[str, Any]:
    """Return a stroke as tldraw 2 keeps it."""
    style = {"color": ("red", "blue")[stroke % 2], "fill": "none", "dash": "draw", "size": "m"}
    state = {"segments": [{"type": "free", "points": points}], "isComplete": last, "isClosed": False, "isPen": False}
    place = {"x": x, "y": y, "rotation": 0, "opacity": 1, "index": f"a{stroke:06}", "parentId": "page:1"}
    return {"id": f"shape:{stroke}", "type": "draw", "typeName": "shape", **place, "props": {**style, **state}}
