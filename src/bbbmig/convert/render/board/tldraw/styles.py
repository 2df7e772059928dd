"""Colours and sizes of tldraw 2 (light theme), and the words of its shapes."""

from collections.abc import Mapping
from typing import Any

from bbbmig.convert.render.board.tldraw.shape import Shape, Text, argb

_COLORS = {
    "black": (0x1D1D1D, 0xE8E8E8),
    "grey": (0x9FA8B2, 0xECEEF0),
    "light-violet": (0xE085F4, 0xF5EAFA),
    "violet": (0xAE3EC9, 0xECDCF2),
    "blue": (0x4465E9, 0xDCE1F8),
    "light-blue": (0x4BA1F1, 0xDDEDFA),
    "yellow": (0xF1AC4B, 0xF9F0E6),
    "orange": (0xE16919, 0xF8E2D4),
    "green": (0x099268, 0xD3E9E3),
    "light-green": (0x4CB05E, 0xDBF0E0),
    "light-red": (0xF87777, 0xF4DADB),
    "red": (0xE03131, 0xF4DADB),
    "white": (0xFFFFFF, 0xFFFFFF),
}
"""Of lines, and of what is filled lightly."""
_NOTES = {"black": 0xFCE19C, "yellow": 0xFED49A, "red": 0xFC8282, "light-red": 0xF7A5A5, "green": 0x91D2A9}
_NOTES |= {"light-green": 0x98D08A, "blue": 0x8AA3FF, "light-blue": 0x9BC4FD, "violet": 0xDB91FD, "orange": 0xFAA475}
_NOTES |= {"light-violet": 0xDFB0F9, "grey": 0xC0CAD3, "white": 0xFFFFFF}
_HIGHLIGHTS = {"black": 0xFDDD00, "yellow": 0xFDDD00, "red": 0xFF636E, "light-red": 0xFF7FA3, "green": 0x00FFC8}
_HIGHLIGHTS |= {"light-green": 0x65F641, "blue": 0x10ACFF, "light-blue": 0x00F4FF, "violet": 0xC77CFF}
_HIGHLIGHTS |= {"orange": 0xFFA500, "light-violet": 0xFF88FF, "grey": 0xCBE7F1, "white": 0xFFFFFF}

STROKES = {"s": 2.0, "m": 3.5, "l": 5.0, "xl": 10.0}
FONTS = {"s": 18.0, "m": 24.0, "l": 36.0, "xl": 44.0}
LABELS = {"s": 18.0, "m": 22.0, "l": 26.0, "xl": 32.0}
ARROW_LABELS = {"s": 18.0, "m": 20.0, "l": 24.0, "xl": 28.0}
_FAMILIES = {"draw": "draw", "sans": "clean", "serif": "serif", "mono": "mono"}
_ALIGN = {"start": "start", "end": "end", "start-legacy": "start", "end-legacy": "end"}
LINE = 1.35


def line_color(properties: Mapping[str, Any], name: str = "color") -> int:
    """Give the colour of lines and words."""
    return argb(_COLORS.get(str(properties.get(name)), _COLORS["black"])[0])


def fill_color(properties: Mapping[str, Any]) -> int | None:
    """Give the colour of the inside; None if it is left open."""
    match str(properties.get("fill", "none")):
        case "none":
            return None
        case "semi":
            return argb(0xFCFFFE)
        case "fill":
            return line_color(properties)
        case _:
            return argb(_COLORS.get(str(properties.get("color")), _COLORS["black"])[1])


def note_color(properties: Mapping[str, Any]) -> int:
    """Give the colour of a note's paper."""
    return argb(_NOTES.get(str(properties.get("color")), _NOTES["black"]))


def highlight_color(properties: Mapping[str, Any]) -> int:
    """Give the colour of the marker."""
    return argb(_HIGHLIGHTS.get(str(properties.get("color")), _HIGHLIGHTS["black"]))


def words(properties: Mapping[str, Any], sizes: Mapping[str, float], *, width: float = 0.0, color: int = 0) -> Text:
    """Give a shape's words as they are written; `color` 0 is that of its lines."""
    return Text(
        content=plain(properties),
        size=sizes.get(str(properties.get("size")), sizes["m"]),
        color=color or line_color(properties),
        family=_FAMILIES.get(str(properties.get("font")), "draw"),
        width=width,
        align=_ALIGN.get(str(properties.get("textAlign") or properties.get("align")), "middle"),
        line=LINE,
    )


def plain(properties: Mapping[str, Any]) -> str:
    """Give words without their formatting: `text`, or the paragraphs of `richText` (late versions of 3.0)."""
    if properties.get("text"):
        return str(properties["text"])
    rich = properties.get("richText")
    if not isinstance(rich, Mapping):
        return ""
    return "\n".join(_texts(block) for block in rich.get("content") or ())


def _texts(node: Shape) -> str:
    """Give the words below a node of formatted text."""
    if node.get("type") == "hardBreak":
        return "\n"
    return str(node.get("text", "")) + "".join(_texts(child) for child in node.get("content") or ())
