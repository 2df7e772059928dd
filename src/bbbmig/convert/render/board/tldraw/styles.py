"""Colours and sizes of tldraw 2 (light theme), and the words of its shapes."""

from collections.abc import Mapping
from typing import Any

from bbbmig.convert.render.board.tldraw.shape import Shape, Text, argb, mixed, written

_COLORS = {
    "black": (0x1D1D1D, 0xE8E8E8, 0x494949),
    "grey": (0xADB5BD, 0xECEEF0, 0xBCC3C9),
    "light-violet": (0xE599F7, 0xF5EAFA, 0xE9ACF8),
    "violet": (0xAE3EC9, 0xECDCF2, 0xBD63D3),
    "blue": (0x4263EB, 0xDCE1F8, 0x6681EE),
    "light-blue": (0x4DABF7, 0xDDEDFA, 0x6FBBF8),
    "yellow": (0xFFC078, 0xF9F0E6, 0xFECB92),
    "orange": (0xF76707, 0xF8E2D4, 0xF78438),
    "green": (0x099268, 0xD3E9E3, 0x39A785),
    "light-green": (0x40C057, 0xDBF0E0, 0x65CB78),
    "light-red": (0xFF8787, 0xF4DADB, 0xFE9E9E),
    "red": (0xE03131, 0xF4DADB, 0xE55959),
    "white": (0xFFFFFF, 0xFFFFFF, 0xFFFFFF),
}
"""Of lines, of what is filled lightly, and of patterns: those of the tldraw in BBB 3.0, 2.0.0-alpha.25."""
PAPER, _PATTERN_PAPER = 0xF9FAFB, 0xF8F9FA
OPEN = argb(0xFCFFFE)
"""Of frames, and of what hides what is below it without a colour of its own."""
_NOTE_PAPER = 0.28
"""How much of a note's colour is the paper's."""
_HIGHLIGHTS = {"black": 0xFDDD00, "yellow": 0xFDDD00, "red": 0xFF636E, "light-red": 0xFF7FA3, "green": 0x00FFC8}
_HIGHLIGHTS |= {"light-green": 0x65F641, "blue": 0x10ACFF, "light-blue": 0x00F4FF, "violet": 0xC77CFF}
_HIGHLIGHTS |= {"orange": 0xFFA500, "light-violet": 0xFF88FF, "grey": 0xCBE7F1, "white": 0xFFFFFF}

NOTE = 200.0
"""The side of a note."""
STROKES = {"s": 2.0, "m": 3.5, "l": 5.0, "xl": 10.0}
FONTS = {"s": 18.0, "m": 24.0, "l": 36.0, "xl": 44.0}
LABELS = {"s": 18.0, "m": 22.0, "l": 26.0, "xl": 32.0}
ARROW_LABELS = {"s": 18.0, "m": 20.0, "l": 24.0, "xl": 28.0}
_FAMILIES = {"draw": "draw", "sans": "plex sans", "serif": "plex serif", "mono": "plex mono"}
_ALIGN = {"start": "start", "end": "end", "start-legacy": "start", "end-legacy": "end"}
LINE = 1.35


def line_color(properties: Mapping[str, Any], name: str = "color") -> int:
    """Return the colour of lines and words."""
    return argb(_colors(properties, name)[0])


def _colors(properties: Mapping[str, Any], name: str = "color") -> tuple[int, int, int]:
    """Return the three tones of a colour; black if it is not known."""
    return _COLORS.get(str(properties.get(name)), _COLORS["black"])


def fill_color(properties: Mapping[str, Any]) -> int | None:
    """Return the colour of the inside; None if it is left open."""
    match str(properties.get("fill", "none")):
        case "none":
            return None
        case "semi":
            return OPEN
        case "pattern":
            return argb(_PATTERN_PAPER)
        case "fill":
            return line_color(properties)
        case _:
            return soft_color(properties)


def soft_color(properties: Mapping[str, Any]) -> int:
    """Return the light tone of a colour."""
    return argb(_colors(properties)[1])


def pattern_color(properties: Mapping[str, Any]) -> int | None:
    """Return the colour of the pattern inside; None if there is none."""
    return argb(_colors(properties)[2]) if properties.get("fill") == "pattern" else None


def note_color(properties: Mapping[str, Any]) -> int:
    """Return the colour of a note: the yellow one calls itself black, too."""
    solid, _, _ = _COLORS["yellow"] if properties.get("color") == "black" else _colors(properties)
    return argb(mixed(solid, PAPER, _NOTE_PAPER))


def highlight_color(properties: Mapping[str, Any]) -> int:
    """Return the colour of the marker."""
    return argb(_HIGHLIGHTS.get(str(properties.get("color")), _HIGHLIGHTS["black"]))


def words(properties: Mapping[str, Any], sizes: Mapping[str, float], *, width: float = 0.0, color: int = 0) -> Text:
    """Return a shape's words as they are written, with an edge of paper; `color` 0 is that of its lines."""
    return Text(
        content=plain(properties),
        size=sizes.get(str(properties.get("size")), sizes["m"]),
        color=color or line_color(properties),
        family=_FAMILIES.get(str(properties.get("font")), "draw"),
        width=width,
        align=_ALIGN.get(str(properties.get("textAlign") or properties.get("align")), "middle"),
        line=LINE,
        halo=argb(PAPER),
    )


def plain(properties: Mapping[str, Any]) -> str:
    """Return words without their formatting: `text`, or the paragraphs of `richText` (late versions of 3.0)."""
    if words := written(properties.get("text")):
        return words
    rich = properties.get("richText")
    if not isinstance(rich, Mapping):
        return ""
    return "\n".join(_texts(block) for block in rich.get("content") or ())


def _texts(node: Shape) -> str:
    """Return the words below a node of formatted text."""
    if node.get("type") == "hardBreak":
        return "\n"
    return str(node.get("text", "")) + "".join(_texts(child) for child in node.get("content") or ())
