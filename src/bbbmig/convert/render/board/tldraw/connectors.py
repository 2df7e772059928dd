"""Lines and arrows of tldraw 2."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import skia

from bbbmig.convert.render.board.text import laid_out
from bbbmig.convert.render.board.tldraw.arrows import arrow_head, body, whole
from bbbmig.convert.render.board.tldraw.bound_arrows import course
from bbbmig.convert.render.board.tldraw.freehand import smooth_line
from bbbmig.convert.render.board.tldraw.geometry import line_points
from bbbmig.convert.render.board.tldraw.shape import Ink, Label, Lookup, Shape, centred, polygon, real, stroke
from bbbmig.convert.render.board.tldraw.styles import ARROW_LABELS, STROKES, fill_color, line_color, words

_LABEL_GAP, _LABEL_WIDTH, _LABEL_LEAST = 4.25, 16.0, 64.0
"""Around an arrow's words; their greatest width in sizes; what is left to them, and to the line."""

Point = tuple[float, float]


def draw_line(ink: Ink, properties: Mapping[str, Any]) -> None:
    """Draw a line through its points; "cubic" ones are rounded."""
    points = line_points(properties)
    if len(points) > 1:
        width = STROKES.get(str(properties.get("size")), STROKES["m"])
        path = _through(points) if properties.get("spline") == "cubic" else polygon(points, closed=False)
        ink.line(path, stroke(line_color(properties), width, str(properties.get("dash", "draw"))))


def _through(points: list[Point]) -> skia.Path:
    """Return the curve that passes through all points (Catmull-Rom)."""
    if len(points) <= 2:  # noqa: PLR2004 - nothing to round
        return smooth_line(points)
    path = skia.Path()
    path.moveTo(*points[0])
    padded = [points[0], *points, points[-1]]
    for before, here, there, after in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        first = (here[0] + (there[0] - before[0]) / 6, here[1] + (there[1] - before[1]) / 6)
        second = (there[0] - (after[0] - here[0]) / 6, there[1] - (after[1] - here[1]) / 6)
        path.cubicTo(*first, *second, *there)
    return path


def draw_arrow(ink: Ink, shape: Shape, lookup: Lookup) -> None:
    """Draw an arrow in its own coordinates, with heads and label."""
    properties = shape["props"]
    at = course(shape, lookup)
    line = body(at.start, at.end, at.middle)
    width = STROKES.get(str(properties.get("size")), STROKES["m"]) * real(properties.get("scale") or 1.0)
    pen = stroke(line_color(properties), width, str(properties.get("dash", "draw")))
    size = max(min(line.length / 5, width * 3), 1.0)
    both = (
        arrow_head(str(properties.get("arrowheadStart") or "none"), at.start, line.at_start, size),
        arrow_head(str(properties.get("arrowheadEnd") or "arrow"), at.end, line.at_end, size),
    )
    heads = [head for head in both if head is not None]
    label = _label(properties, at.middle, line.path.computeTightBounds())
    with ink.sparing([*(head.path for head in heads if head.closed), *([label.room] if label else [])]):
        ink.line(line.path, pen)
    fill = fill_color(properties)
    for head in heads:
        if fill is not None and head.closed:
            ink.fill(head.path, fill)
        ink.line(head.path, whole(pen))
    if label is not None:
        label.write(ink)


def _label(properties: Mapping[str, Any], middle: Point, around: skia.Rect) -> Label | None:
    """Return an arrow's words around its middle, wrapped when they are long or it is short; None if it has none.

    `around` is the box around the arrow's line: words on a line that goes across leave it some length.
    """
    text = words(properties, ARROW_LABELS, color=line_color(properties, "labelColor"))
    if not text.content.strip():
        return None
    paragraph, widest = laid_out(text), _LABEL_WIDTH * text.size
    width = paragraph.LongestLine
    if around.width() > around.height():
        widest = min(widest, max(_LABEL_LEAST, around.width() - _LABEL_LEAST))
    if width > widest:
        text, width = replace(text, width=widest), widest
        paragraph = laid_out(text)
    return Label(text, centred(*middle, width, paragraph.Height), _LABEL_GAP)
