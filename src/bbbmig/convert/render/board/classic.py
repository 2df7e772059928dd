"""The classic whiteboard (BBB up to 2.5): elements of SVG in slide pixels, one group with a style per shape."""

import functools
import re
from collections.abc import Callable, Mapping

import skia

from bbbmig.convert.render.board.ink import NONSENSE, Ink, Painted, Pen, polygon
from bbbmig.convert.render.board.paths import svg_path
from bbbmig.convert.render.board.text import Text
from bbbmig.convert.render.timeline.model import Drawing, Part
from bbbmig.convert.render.timeline.xml import number

Images = Callable[[str], skia.Image | None]
"""Gives the picture behind a reference, None if the recording has lost it."""

DRAWN = frozenset(
    {"path", "line", "polyline", "polygon", "rect", "circle", "ellipse", "image", "foreignObject", "text", "empty"}
)
"""Elements that are drawn; others are named by the preflight."""

_PROPERTY = re.compile(
    r"(stroke-width|stroke-linecap|stroke-linejoin|stroke-miterlimit|font-size|stroke|fill|color)\s*:\s*"
    r"(#[0-9a-fA-F]{6}|#[0-9a-fA-F]{3}|rgb\([^)]*\)|[-\w.]+)"
)
"""Found wherever they stand: some styles lack a semicolon (`color:#0088ffstroke-width:5px`)."""
_PATH = re.compile(r"[MLHVCSQTAZmlhvcsqtaz\d\s,.eE+-]*")
_TRANSFORM = re.compile(r"(rotate|translate|scale|matrix)\(([^)]*)\)")
_NAMES = {"black": "#000000", "white": "#ffffff", "red": "#ff0000", "green": "#008000", "blue": "#0000ff"}
_NAMES |= {"gray": "#808080", "grey": "#808080", "orange": "#ffa500", "yellow": "#ffff00", "lime": "#00ff00"}
_ATTRIBUTES = ("stroke", "stroke-width", "fill", "font-size", "color")
_FONT_SIZE = 16.0
_SHORT_HEX = 4


def is_cut_short(drawing: Drawing) -> bool:
    """Tell whether a path holds what no path does: it is drawn up to there, as browsers do."""
    return any(part.tag == "path" and not _PATH.fullmatch(part.attributes.get("d", "")) for part in drawing.parts)


def paint_drawing(drawing: Drawing, images: Images) -> Painted:
    """Record one state of a shape. Raise ValueError if it cannot be read."""
    try:
        return _painted(drawing, images)
    except NONSENSE as error:
        raise ValueError(f"{type(error).__name__}: {error}") from error


def _painted(drawing: Drawing, images: Images) -> Painted:
    """Record one state of a shape."""
    ink = Ink()
    style = _style(drawing.style)
    for part in drawing.parts:
        own = style | _style(part.attributes.get("style", "")) | _presentation(part.attributes)
        with ink.moved(_matrix(part.attributes.get("transform", ""))):
            _paint(ink, part, own, images)
    return ink.finished()


@functools.lru_cache(maxsize=1024)
def _style(text: str) -> dict[str, str]:
    """Read a style attribute."""
    return dict(_PROPERTY.findall(text))


def _presentation(attributes: Mapping[str, str]) -> dict[str, str]:
    """Return the attributes that are style too: `stroke="#f00"`."""
    return {
        name: attributes[name]
        for name in ("stroke", "stroke-width", "fill", "font-size", "color")
        if name in attributes
    }


def _paint(ink: Ink, part: Part, style: Mapping[str, str], images: Images) -> None:
    """Draw one element."""
    attributes = part.attributes
    if part.tag == "image":
        image = images(attributes.get("href", ""))
        if image is not None:
            ink.image(image, _box(attributes))
        return
    if part.tag in {"foreignObject", "text"}:
        _write(ink, part, style)
        return
    path = _path(part)
    if path is None:
        return
    stroke = color(style.get("stroke", "") or ("" if "fill" in style else style.get("color", "")))
    fill = color(style["fill"]) if "fill" in style else (None if stroke is not None else skia.ColorBLACK)
    if fill is not None and part.tag != "line":
        ink.fill(path, fill)
    if stroke is not None:
        ink.line(path, _pen(style, stroke))


def _pen(style: Mapping[str, str], stroke: int) -> Pen:
    """Return the pen of a style."""
    return Pen(
        color=stroke,
        width=_length(style.get("stroke-width", ""), 1.0),
        cap=style.get("stroke-linecap", "butt"),
        join=style.get("stroke-linejoin", "miter"),
        miter=max(1.0, number(style.get("stroke-miterlimit"), 4.0)),
    )


def _path(part: Part) -> skia.Path | None:
    """Return the outline of an element, None if it is none that is known."""
    get = {name: number(value) for name, value in part.attributes.items() if name not in {"d", "points", "style"}}
    match part.tag:
        case "path":
            return svg_path(part.attributes.get("d", ""))
        case "line":
            ends = [(get.get("x1", 0.0), get.get("y1", 0.0)), (get.get("x2", 0.0), get.get("y2", 0.0))]
            return polygon(ends, closed=False)
        case "polyline" | "polygon":
            values = [float(word) for word in re.findall(r"-?[\d.]+(?:e-?\d+)?", part.attributes.get("points", ""))]
            return polygon(list(zip(values[::2], values[1::2], strict=False)), closed=part.tag == "polygon")
        case "rect":
            return skia.Path().addRect(_box(part.attributes))
        case "circle" | "ellipse":
            rx, ry = get.get("rx", get.get("r", 0.0)), get.get("ry", get.get("r", 0.0))
            x, y = get.get("cx", 0.0), get.get("cy", 0.0)
            return skia.Path().addOval(skia.Rect.MakeLTRB(x - rx, y - ry, x + rx, y + ry))
    return None


def _write(ink: Ink, part: Part, style: Mapping[str, str]) -> None:
    """Write a text box: Arial, wrapped at its width, as a browser would.

    Boxes of 0.8 to 1.1 have their colour themselves, and begin 30 pixels too high: their player leaves the margin of a
    paragraph, which is the size of its letters, above the first line.
    """
    box = _box(part.attributes)
    size = _length(style.get("font-size", ""), _FONT_SIZE)
    ink_color = color(style.get("color", "") or style.get("fill", ""))
    text = Text(
        content=part.text,
        size=size,
        color=skia.ColorBLACK if ink_color is None else ink_color,
        width=box.width() if part.tag == "foreignObject" else 0.0,
    )
    down = -size if part.tag == "text" else size if "color" in part.attributes else 0.0
    ink.text(text, box.left(), box.top() + down)


def _box(attributes: Mapping[str, str]) -> skia.Rect:
    """Return x, y, width and height."""
    x, y, width, height = (
        number(attributes.get(name, "").removesuffix("px")) for name in ("x", "y", "width", "height")
    )
    return skia.Rect.MakeXYWH(x, y, max(0.0, width), max(0.0, height))


def _length(text: str, default: float) -> float:
    """Read a length in pixels."""
    return number(text.removesuffix("px"), default)


@functools.lru_cache(maxsize=256)
def color(text: str) -> int | None:
    """Read a colour as ARGB; None for "none", "" and what cannot be read."""
    text = _NAMES.get(text.strip().lower(), text.strip().lower())
    if text.startswith("#"):
        digits = text[1:] if len(text) > _SHORT_HEX else "".join(digit * 2 for digit in text[1:])
        return 0xFF000000 | int(digits, 16) if re.fullmatch(r"[0-9a-f]{6}", digits) else None
    if text.startswith("rgb("):
        red, green, blue, *_ = [*(int(word) for word in re.findall(r"\d+", text)), 0, 0, 0]
        return int(skia.Color(min(red, 255), min(green, 255), min(blue, 255)))
    return None


def _matrix(text: str) -> skia.Matrix:
    """Read a transform attribute."""
    matrix = skia.Matrix()
    for name, words in _TRANSFORM.findall(text):
        values = [number(word) for word in re.split(r"[\s,]+", words.strip())]
        if name == "rotate":
            matrix.preRotate(values[0], *values[1:3])
        elif name == "translate":
            matrix.preTranslate(values[0], values[1] if len(values) > 1 else 0.0)
        elif name == "scale":
            matrix.preScale(values[0], values[-1])
        elif len(values) == 6:  # noqa: PLR2004 - a b c d e f
            a, b, c, d, e, f = values
            matrix.preConcat(skia.Matrix.MakeAll(a, c, e, b, d, f, 0, 0, 1))
    return matrix
