"""What keeps a text from being XML, replaced; `bbbmig.xml` says what that is."""

import codecs
import html.entities
import re

_LOSSY = "\N{REPLACEMENT CHARACTER}"
_DECLARATION = re.compile(r"\s*<\?xml\b[^>]{0,200}\?>")
_ENCODING = re.compile(r"\bencoding\s*=\s*[\"']([\w.-]{1,40})")
_UNPARSED = re.compile(r"(<!\[CDATA\[|\]\]>|<!--|-->)")
_CLOSES = {"<![CDATA[": "]]>", "<!--": "-->"}
_REFERENCE = re.compile(r"&(?:#(\d{1,7});|#[xX]([0-9a-fA-F]{1,6});|([A-Za-z][A-Za-z0-9]{1,31};))?")
_ATTRIBUTE = r"""\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*')"""
_NO_TAG = re.compile(rf"<(?!/?[A-Za-z_:][\w:.-]*(?:{_ATTRIBUTE})*\s*/?>|/?[A-Za-z_:][^<>]*\Z|[!?])")
_FORBIDDEN = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_PREDEFINED = frozenset({"amp;", "lt;", "gt;", "quot;", "apos;"})


def mended(data: bytes) -> tuple[bytes, bool]:
    """Replace what keeps a text from being XML; tell whether anything was replaced."""
    text, is_lossy = _decoded(data)
    text = text.strip("\x00\ufeff \t\r\n")
    made: list[str] = []
    closes = ""
    for number, piece in enumerate(_UNPARSED.split(text)):
        is_mark = number % 2 == 1
        if closes:
            made.append(_FORBIDDEN.sub(_LOSSY, piece))
            closes = "" if piece == closes else closes
        elif is_mark:
            closes = _CLOSES.get(piece, "")
            made.append(piece)
        else:
            made.append(_FORBIDDEN.sub(_LOSSY, _NO_TAG.sub("&lt;", _REFERENCE.sub(_resolved, piece))))
    whole = "".join(made)
    return whole.encode("utf-8", "replace"), is_lossy or whole != text


def _decoded(data: bytes) -> tuple[str, bool]:
    """Decode bytes as their mark or declaration says, else as UTF-8; return the text without the declaration.

    Tell as well whether some bytes could not be decoded.
    """
    head = data[:400].decode("latin-1")
    declaration = _DECLARATION.match(head)
    declared = _ENCODING.search(declaration[0]) if declaration else None
    encoding = declared[1] if declared else "utf-8"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    try:
        text = data.decode(encoding, "replace")
    except (LookupError, ValueError):  # no encoding of text: "hex"
        text = data.decode("utf-8", "replace")
    text = text.lstrip("\x00\ufeff")
    begins = _DECLARATION.match(text)
    is_lossy = _LOSSY in text and _LOSSY.encode() not in data
    return (text[begins.end() :] if begins else text), is_lossy


def _resolved(found: re.Match[str]) -> str:
    """Return a reference that XML knows, for one that it may not."""
    decimal, hexadecimal, name = found.groups()
    if decimal or hexadecimal:
        code = int(decimal) if decimal else int(hexadecimal, 16)
        is_allowed = code <= 0x10FFFF and not _FORBIDDEN.match(chr(code))  # noqa: PLR2004 - the last of Unicode
        return found[0] if is_allowed else _LOSSY
    if name in _PREDEFINED:
        return found[0]
    if name and name in html.entities.html5:
        return "".join(f"&#{ord(character)};" for character in html.entities.html5[name])
    return "&amp;" + found[0][1:]
