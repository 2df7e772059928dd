"""Colours and lines of tldraw 1 (BBB 2.6 and 2.7)."""

from collections.abc import Mapping
from typing import Any

from bbbmig.convert.render.board.tldraw.shape import Pen, Shape, argb, mixed, stroke

_COLORS = {"white": 0xF0F1F3, "lightGray": 0xC6CBD1, "gray": 0x788492, "black": 0x1D1D1D, "green": 0x36B24D}
_COLORS |= {"cyan": 0x0E98AD, "blue": 0x1C7ED6, "indigo": 0x4263EB, "violet": 0x7746F1, "red": 0xFF2133}
_COLORS |= {"orange": 0xFF9433, "yellow": 0xFFC936}
_PAPER = 0xFAFAFA
_STROKES = _COLORS | {"white": 0x1D1D1D}
_FILLS = {name: mixed(solid, _PAPER, 0.82) for name, solid in _COLORS.items()} | {"white": 0xFEFEFE}
_NOTES = {name: mixed(solid, _PAPER, 0.45) for name, solid in _COLORS.items()}
_NOTES |= {"white": _NOTES["yellow"], "black": _NOTES["yellow"]}
"""Colours of the light theme: in it, "white" lines and words are dark, and the yellow note calls itself white or black,
too. tldraw 1.2.7 (npm @tldraw/tldraw), shape-styles."""
NOTE_WORDS = 0x0D0D0D
_WIDTHS = {"small": 2.0, "medium": 3.5, "large": 5.0}


def style_of(shape: Shape) -> Mapping[str, Any]:
    """Return its style."""
    style = shape.get("style")
    return style if isinstance(style, Mapping) else {}


def _toned(shape: Shape, tones: Mapping[str, int]) -> int:
    """Return the colour of its style among these; black's if it is not known."""
    return argb(tones.get(str(style_of(shape).get("color")), tones["black"]))


def line_color(shape: Shape) -> int:
    """Return the colour of its lines and words."""
    return _toned(shape, _STROKES)


def fill_color(shape: Shape) -> int:
    """Return the colour of its inside."""
    return _toned(shape, _FILLS)


def note_color(shape: Shape) -> int:
    """Return the colour of a note."""
    return _toned(shape, _NOTES)


def line_width(shape: Shape) -> float:
    """Return the width of its lines as its style says; `scale` is for words alone."""
    return _WIDTHS.get(str(style_of(shape).get("size")), 2.0)


def is_filled(shape: Shape) -> bool:
    """Tell whether it is filled."""
    return bool(style_of(shape).get("isFilled"))


def dash_of(shape: Shape) -> str:
    """Return the style of its lines; "draw" is by hand."""
    return str(style_of(shape).get("dash", "draw"))


def even_pen(shape: Shape) -> Pen:
    """Return the pen of lines of one width: somewhat wider than the style says."""
    return stroke(line_color(shape), 1 + 1.618 * line_width(shape), dash_of(shape))
