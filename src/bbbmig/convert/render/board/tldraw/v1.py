"""tldraw 1, of BBB 2.6 and 2.7.

    {"id", "type": "draw", "point": [x, y], "points": [[x, y, pressure]…], "rotation": 0, "childIndex": 3,
     "style": {"color", "size": "small", "dash": "draw", "isFilled", "scale", "font", "textAlign"}, "isComplete"}

Others: rectangle and triangle (size), ellipse (radius), arrow and line (handles start, end, bend; decorations), text,
sticky, group. A group's members keep places of their own, so it draws nothing itself.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import NamedTuple

import skia

from bbbmig.convert.render.board.text import laid_out
from bbbmig.convert.render.board.tldraw.arrows import Body, Point, arrow_head, body, whole
from bbbmig.convert.render.board.tldraw.freehand import Nib, freehand, rounded, smooth_line, smoothed
from bbbmig.convert.render.board.tldraw.media import CARDS, Media, draw_card, draw_picture
from bbbmig.convert.render.board.tldraw.shape import (
    Ink,
    Label,
    Painted,
    Pen,
    Shape,
    Text,
    argb,
    box,
    centred,
    placeholder,
    polygon,
    real,
    stroke,
    written,
)
from bbbmig.convert.render.board.tldraw.v1_styles import (
    NOTE_WORDS,
    dash_of,
    even_pen,
    fill_color,
    is_filled,
    line_color,
    line_width,
    note_color,
    style_of,
)

_FONTS = {"small": 28.0, "medium": 48.0, "large": 96.0}
_STICKY_FONTS = {"small": 24.0, "medium": 36.0, "large": 48.0}
_FAMILIES = {"script": "brush", "sans": "clean", "serif": "serif", "mono": "mono"}
_STICKY, _STICKY_PADDING, _TEXT_PADDING = 200.0, 16.0, 4.0
_TEXT_LINE, _TEXT_SPACING = 1.0, -0.03
_MIN_STROKE = 3
_TRIANGLE_LABEL = 0.12
"""How much lower than its middle a triangle's label stands, in heights."""
_LABEL_LENGTH, _LABEL_SMALLEST, _LABEL_GAP = 128.0, 0.5, 8.0
"""An arrow's label is smaller when the arrow is not that much longer than it; how small it may be; the gap around."""


def paint(shape: Shape, media: Media) -> Painted:
    """Record a shape where it stands on the board."""
    ink = Ink()
    kind = str(shape.get("type", ""))
    draw = _DRAWERS.get(kind)
    bounds = _bounds(shape)
    width, height = bounds.width(), bounds.height()
    x, y = (real(value) for value in shape.get("point", (0, 0))[:2])
    matrix = skia.Matrix.Translate(x + bounds.left(), y + bounds.top())
    if rotation := real(shape.get("rotation") or 0.0):
        matrix.preRotate(math.degrees(rotation), width / 2, height / 2)
    with ink.moved(matrix):
        if kind == "image":
            draw_picture(ink, shape, width, height, media)
        elif kind in CARDS:
            draw_card(ink, CARDS[kind], media.of(shape), width, height)
        elif draw is None:
            placeholder(ink, width, height)
        else:
            draw(ink, shape)
    return ink.finished()


def _bounds(shape: Shape) -> skia.Rect:
    """Return the box in whose middle a shape is turned.

    A stroke or an arrow begins at its left upper corner, as they are saved; what does not is moved by as much, as in
    the player.
    """
    if shape.get("type") == "text":
        paragraph = laid_out(_text_of(shape))
        return box(paragraph.LongestLine + 2 * _TEXT_PADDING, paragraph.Height + 2 * _TEXT_PADDING)
    if points := shape.get("points"):
        across, down = zip(*((real(point[0]), real(point[1])) for point in points), strict=True)
        return skia.Rect.MakeLTRB(min(across), min(down), max(across), max(down))
    if shape.get("handles"):
        return _run(shape).line.path.computeTightBounds()
    return box(*_size(shape))


def _size(shape: Shape) -> tuple[float, float]:
    """Return width and height of what has them."""
    if radius := shape.get("radius"):
        return 2 * real(radius[0]), 2 * real(radius[1])
    size = shape.get("size") or (1.0, 1.0)
    return real(size[0]), real(size[1])


def _pen(shape: Shape, *, corner: float) -> Pen:
    """Return the pen of a closed shape: hand-drawn lines are twice as wide as the style says."""
    if dash_of(shape) != "draw":
        return even_pen(shape)
    return stroke(line_color(shape), 2 * line_width(shape), "draw", corner=corner)


def _inner(shape: Shape) -> skia.Rect:
    """Return the box on whose edge a rectangle or ellipse is drawn: lines not drawn by hand stay inside of theirs."""
    edge = 0.0 if dash_of(shape) == "draw" else even_pen(shape).width / 2
    whole_box = box(*_size(shape))
    return whole_box.makeInset(min(edge, whole_box.width() / 2), min(edge, whole_box.height() / 2))


def _outline(ink: Ink, shape: Shape, path: skia.Path, *, corner: float = 0.0) -> None:
    """Draw a closed shape with its label."""
    pen = _pen(shape, corner=corner)
    if is_filled(shape):
        ink.fill(path, fill_color(shape), corner=pen.corner)
    ink.line(path, pen)
    width, height = _size(shape)
    across, down = shape.get("labelPoint") or (0.5, 0.5)
    down = real(down) + (_TRIANGLE_LABEL if shape.get("type") == "triangle" else 0.0)
    if (label := _label(shape, (real(across) * width, down * height))) is not None:
        label.write(ink)


def _draw(ink: Ink, shape: Shape) -> None:
    """Draw a pencil's stroke; a dot if it has no length."""
    points = [(real(x), real(y), real(rest[0]) if rest else 0.5) for x, y, *rest in shape["points"]]
    width, color = line_width(shape), line_color(shape)
    flat = [(x, y) for x, y, _ in points]
    if is_filled(shape) and len(points) > _MIN_STROKE and math.dist(flat[0], flat[-1]) < 2 * width:
        ink.fill(rounded(flat), fill_color(shape))
    bounds = _bounds(shape)
    if max(bounds.width(), bounds.height()) <= width / 2:
        ink.fill(skia.Path().addCircle(*flat[-1], 1 + width), color)
        return
    mouse, last = points[1][2] == 0.5, bool(shape.get("isComplete"))  # noqa: PLR2004 - a mouse's pressure
    nib = Nib(size=1 + 1.5 * width, thinning=0.65, streamline=0.65, smoothing=0.65, mouse=mouse, squared=True)
    if dash_of(shape) == "draw":
        path = freehand(points, nib, last=last)
        ink.fill(path, color)
        ink.line(path, stroke(color, width / 2, "draw"))
    else:
        dashes = {"dashed": (4 * width, 4 * width), "dotted": (0.1, 4 * width)}.get(dash_of(shape), ())
        middle = [*smoothed(points, nib, last=last), flat[-1]]
        ink.line(smooth_line(middle), Pen(color=color, width=1 + 1.5 * width, cap="round", join="round", dash=dashes))


def _rectangle(ink: Ink, shape: Shape) -> None:
    """Draw a rectangle."""
    _outline(ink, shape, skia.Path().addRect(_inner(shape)), corner=4 * line_width(shape))


def _triangle(ink: Ink, shape: Shape) -> None:
    """Draw a triangle."""
    width, height = _size(shape)
    _outline(ink, shape, polygon([(width / 2, 0), (width, height), (0, height)]))


def _ellipse(ink: Ink, shape: Shape) -> None:
    """Draw an ellipse."""
    _outline(ink, shape, skia.Path().addOval(_inner(shape)))


class _Run(NamedTuple):
    """Where an arrow runs."""

    start: Point
    end: Point
    middle: Point
    line: Body


def _run(shape: Shape) -> _Run:
    """Return where an arrow runs: through the handle with which it is bent, or straight."""
    handles = shape["handles"]
    start, end = ((real(handles[name]["point"][0]), real(handles[name]["point"][1])) for name in ("start", "end"))
    bend = handles.get("bend", {}).get("point")
    through = (real(bend[0]), real(bend[1])) if bend else None
    middle = through or ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
    return _Run(start, end, middle, body(start, end, through))


def _arrow(ink: Ink, shape: Shape) -> None:
    """Draw an arrow, or a line; `decorations` says where it has heads."""
    start, end, middle, line = _run(shape)
    pen = even_pen(shape)
    label = _label(shape, middle, length=line.length)
    with ink.sparing([label.room] if label else []):
        ink.line(line.path, pen)
    decorations = shape.get("decorations") or {}
    size = min(line.length / 3, line_width(shape) * 8)
    for name, tip, direction in (("start", start, line.at_start), ("end", end, line.at_end)):
        if (head := arrow_head(str(decorations.get(name) or "none"), tip, direction, size)) is not None:
            ink.line(head.path, whole(pen))
    if label is not None:
        label.write(ink)


def _text_of(shape: Shape, width: float = 0.0, content: str = "text") -> Text:
    """Return the words of a shape as they are written."""
    style = style_of(shape)
    sticky = shape.get("type") == "sticky"
    size = (_STICKY_FONTS if sticky else _FONTS).get(str(style.get("size")), 28.0) * real(style.get("scale") or 1.0)
    return Text(
        content=written(shape.get(content)),
        size=size,
        color=argb(NOTE_WORDS) if sticky else line_color(shape),
        family=_FAMILIES.get(str(style.get("font")), "brush"),
        width=width,
        align=str(style.get("textAlign", "start")),
        line=_TEXT_LINE,
        spacing=_TEXT_SPACING * size,
    )


def _text(ink: Ink, shape: Shape) -> None:
    """Write words."""
    ink.text(_text_of(shape), _TEXT_PADDING, _TEXT_PADDING)


def _sticky(ink: Ink, shape: Shape) -> None:
    """Draw a note with words."""
    size = shape.get("size") or (_STICKY, _STICKY)
    width, height = real(size[0]), real(size[1])
    ink.fill(skia.Path().addRRect(skia.RRect.MakeRectXY(box(width, height), 3, 3)), note_color(shape))
    ink.text(_text_of(shape, width - 2 * _STICKY_PADDING), _STICKY_PADDING, _STICKY_PADDING)


def _label(shape: Shape, middle: tuple[float, float], *, length: float = math.inf) -> Label | None:
    """Return the label around that point, smaller on an arrow that is short for it; None if there is none."""
    text = replace(_text_of(shape, content="label"), align="middle")
    if not text.content.strip():
        return None
    paragraph = laid_out(text)
    scale = length / (min(paragraph.Width, paragraph.Height) + _LABEL_LENGTH)
    if scale < 1:
        scale = max(_LABEL_SMALLEST, scale)
        text = replace(text, size=text.size * scale, spacing=text.spacing * scale)
        paragraph = laid_out(text)
    return Label(text, centred(*middle, paragraph.Width, paragraph.Height), _LABEL_GAP)


def _nothing(_ink: Ink, _shape: Shape) -> None:
    """Draw nothing: a group is its members."""


_DRAWERS: Mapping[str, Callable[[Ink, Shape], None]] = {
    "draw": _draw,
    "rectangle": _rectangle,
    "triangle": _triangle,
    "ellipse": _ellipse,
    "arrow": _arrow,
    "line": _arrow,
    "text": _text,
    "sticky": _sticky,
    "group": _nothing,
    "empty": _nothing,
    "": _nothing,
}
DRAWN = frozenset({*_DRAWERS, "image", *CARDS})
