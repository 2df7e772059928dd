"""Text: shipped fonts, so that a recording looks the same on every machine; the system's for other scripts."""

import functools
from dataclasses import dataclass
from importlib import resources

import skia

from bbbmig.errors import ConfigError

_LAYOUT = skia.textlayout
_SUBSETS = {
    "sans": ("arimo", 400, ("latin", "latin-ext", "greek", "cyrillic")),
    "brush": ("caveat-brush", 400, ("latin", "latin-ext")),
    "clean": ("source-sans-3", 400, ("latin", "latin-ext", "greek", "cyrillic")),
    "serif": ("crimson-pro", 400, ("latin", "latin-ext")),
    "mono": ("source-code-pro", 400, ("latin", "latin-ext")),
    "draw": ("shantell-sans", 600, ("latin", "latin-ext", "cyrillic")),
    "plex sans": ("ibm-plex-sans", 500, ("latin", "latin-ext", "greek", "cyrillic")),
    "plex serif": ("ibm-plex-serif", 500, ("latin", "latin-ext", "cyrillic")),
    "plex mono": ("ibm-plex-mono", 500, ("latin", "latin-ext", "cyrillic")),
}
"""Families and weights by use: Arial of the classic whiteboard, the four of tldraw 1, the four of tldraw 2."""
_ALIGN = {"middle": _LAYOUT.TextAlign.kCenter, "end": _LAYOUT.TextAlign.kRight, "right": _LAYOUT.TextAlign.kRight}
_WIDE = 1e5
_LONGEST = 20_000
"""Characters: more than a page can show."""
_FIRST_PRINTED, _TAB = 0x20, "    "


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Words in a box. `width` 0 does not wrap; `line` is the height of a line in sizes, 0 as the font says.

    `halo` is the colour of a thin edge around the letters, 0 without one.
    """

    content: str
    size: float
    color: int
    family: str = "sans"
    width: float = 0.0
    align: str = "start"
    line: float = 0.0
    spacing: float = 0.0
    halo: int = 0


def laid_out(text: Text) -> skia.textlayout_Paragraph:
    """Break text into lines."""
    style = _LAYOUT.TextStyle()
    style.setFontFamilies(_fonts().families_for(text.family, text.content))
    style.setFontSize(text.size)
    style.setColor(text.color)
    if text.line:
        style.setHeight(text.line)
        style.setHeightOverride(True)
        style.setHalfLeading(True)
    if text.spacing:
        style.setLetterSpacing(text.spacing)
    paragraph_style = _LAYOUT.ParagraphStyle()
    paragraph_style.setTextStyle(style)
    paragraph_style.setTextAlign(_ALIGN.get(text.align, _LAYOUT.TextAlign.kLeft))
    builder = _LAYOUT.ParagraphBuilder.make(paragraph_style, _fonts().collection, _unicode())
    builder.pushStyle(style)
    # halves of letters beyond the first 65,536, as JSON may hold them, stand for themselves nowhere
    builder.addText(_printed(text.content)[:_LONGEST].encode(errors="replace").decode())
    builder.pop()
    paragraph = builder.Build()
    paragraph.layout(text.width or _WIDE)
    if not text.width:
        # a box as wide as its longest line, so that centring has a meaning
        paragraph.layout(paragraph.LongestLine + 1)
    return paragraph


def _printed(content: str) -> str:
    """Return words without what is no letter: a tab is four blanks, other control characters are left out."""
    if content.isprintable():
        return content
    lines = content.replace("\r\n", "\n").replace("\r", "\n").replace("\t", _TAB)
    return "".join(character for character in lines if character == "\n" or ord(character) >= _FIRST_PRINTED)


class _Fonts:
    """The shipped fonts, and those of the system that were needed for other scripts."""

    def __init__(self) -> None:
        """Load the shipped ones. Raise ConfigError if the installation lacks them."""
        self._provider = _LAYOUT.TypefaceFontProvider()
        self._faces: dict[str, list[skia.Typeface]] = {}
        self._names: dict[str, list[str]] = {}
        folder = resources.files("bbbmig.convert.render") / "fonts"
        for family, (stem, weight, subsets) in _SUBSETS.items():
            for subset in subsets:
                self._add(family, f"{family} {subset}", folder / f"{stem}-{subset}-{weight}-normal.woff")
        self._system = skia.FontMgr()
        self._looked_up: dict[int, str | None] = {}
        self.collection = _LAYOUT.FontCollection()
        self.collection.setDefaultFontManager(self._provider)

    def _add(self, family: str, name: str, source: resources.abc.Traversable) -> None:
        """Register one file of a family."""
        face = skia.Typeface.MakeFromData(skia.Data.MakeWithCopy(source.read_bytes()))
        if face is None:
            raise ConfigError(f"{source.name} is no font", hint="install bbbmig again: one of its files is damaged")
        self._provider.registerTypeface(face, name)
        self._faces.setdefault(family, []).append(face)
        self._names.setdefault(family, []).append(name)

    def families_for(self, family: str, content: str) -> list[str]:
        """Return the names of the family's fonts, then those of the system that hold its other characters."""
        faces = self._faces.get(family) or self._faces["sans"]
        names = list(self._names.get(family) or self._names["sans"])
        for character in sorted(set(content)):
            code = ord(character)
            if code >= _FIRST_PRINTED and not any(face.unicharToGlyph(code) for face in faces):
                found = self._of_the_system(code)
                if found and found not in names:
                    names.append(found)
        return names

    def _of_the_system(self, code: int) -> str | None:
        """Find a font of the system for a character, once."""
        if code not in self._looked_up:
            face = self._system.matchFamilyStyleCharacter("", skia.FontStyle(), [], code)
            name = f"system {face.getFamilyName()}" if face else None
            if face and name not in self._looked_up.values():
                self._provider.registerTypeface(face, name)
            self._looked_up[code] = name
        return self._looked_up[code]


@functools.cache
def _fonts() -> _Fonts:
    """Load fonts once."""
    return _Fonts()


@functools.cache
def _unicode() -> skia.Unicode:
    """Load the tables of scripts once."""
    return skia.Unicodes.ICU.Make()
