"""What keeps a text from being XML, replaced; `bbbmig.xml` says what that is."""

import html.entities
import re

from bbbmig.xml.encoding import LOSSY, decoded

_UNPARSED = re.compile(r"(<!\[CDATA\[|\]\]>|<!--|-->)")
_CDATA_BEGINS, _CDATA_ENDS = "<![CDATA[", "]]>"
_CLOSES = {_CDATA_BEGINS: _CDATA_ENDS, "<!--": "-->"}
"""Comments are left out: nobody reads them, and two dashes in one are not XML."""
_REFERENCE = re.compile(r"&(?:#(\d{1,7});|#[xX]([0-9a-fA-F]{1,6});|([A-Za-z][A-Za-z0-9]{1,31};))?")
_ATTRIBUTE = r"""\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*')"""
_NO_TAG = re.compile(rf"<(?!/?[A-Za-z_:][\w:.-]*(?:{_ATTRIBUTE})*\s*/?>|/?[A-Za-z_:][^<>]*\Z|[!?])")
_FORBIDDEN = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_PREDEFINED = frozenset({"amp;", "lt;", "gt;", "quot;", "apos;"})


def mended(data: bytes) -> tuple[bytes, bool]:
    """Replace what keeps a text from being XML; tell whether anything was replaced."""
    text, is_lossy = decoded(data)
    text = text.strip("\x00\ufeff \t\r\n")
    made: list[str] = []
    closes = ""
    pieces = _UNPARSED.split(text)
    last = {mark: number for number, mark in enumerate(pieces) if number % 2}
    for number, piece in enumerate(pieces):
        is_mark = number % 2 == 1
        if closes:
            if closes == _CDATA_ENDS:
                made.append(_FORBIDDEN.sub(LOSSY, piece))
            closes = "" if piece == closes else closes
        elif is_mark:
            closes = _CLOSES.get(piece, "")
            if last.get(closes, 0) < number:  # it begins and never ends, or ends without a beginning: words
                closes = ""
                made.append(html.escape(piece, quote=False))
            elif piece == _CDATA_BEGINS:
                made.append(piece)
        else:
            made.append(_FORBIDDEN.sub(LOSSY, _NO_TAG.sub("&lt;", _REFERENCE.sub(_resolved, piece))))
    whole = "".join(made)
    return whole.encode("utf-8", "replace"), is_lossy or whole != text


def _resolved(found: re.Match[str]) -> str:
    """Return a reference that XML knows, for one that it may not."""
    decimal, hexadecimal, name = found.groups()
    if decimal or hexadecimal:
        code = int(decimal) if decimal else int(hexadecimal, 16)
        is_allowed = code <= 0x10FFFF and not _FORBIDDEN.match(chr(code))  # noqa: PLR2004 - the last of Unicode
        return found[0] if is_allowed else LOSSY
    if name in _PREDEFINED:
        return found[0]
    if name and name in html.entities.html5:
        return "".join(f"&#{ord(character)};" for character in html.entities.html5[name])
    return "&amp;" + found[0][1:]
