"""In which encoding a text of XML is, whatever it says: declarations are wrong as often as they are there.

A text that says nothing is UTF-8, and so is one that names an encoding that nobody knows. One that names an encoding of
single bytes (ISO-8859-1, windows-1252) and whose first letters beyond ASCII are UTF-8 is UTF-8: no language writes
such pairs. One that says UTF-16 in ASCII is not UTF-16. https://www.w3.org/TR/xml/#sec-guessing
"""

import codecs
import re
from collections.abc import Iterable, Iterator

__all__ = ["DECLARATION", "as_utf8", "decoded", "encoding_of"]

LOSSY = "\N{REPLACEMENT CHARACTER}"
DECLARATION = re.compile(rb"\s*<\?xml\b[^>]{0,200}\?>")
_ENCODING = re.compile(rb"\bencoding\s*=\s*[\"']([\w.:-]{1,40})")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
_TEXTS = (
    *("iso8859", "cp125", "cp437", "cp850", "cp932", "cp949", "cp950", "koi8", "mac", "tis"),
    *("shift", "euc", "gb", "big5", "iso2022"),
)
"""How Python calls the encodings that a text may name besides Unicode's, and in which ASCII is what it is."""
_SINGLE_BYTES = ("iso8859", "cp125", "koi8", "mac", "tis")
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]+")
_HEAD = 400
_LONGEST_LETTER = 4


def encoding_of(head: bytes) -> str:
    """Return the encoding that the first bytes of a text show, or say; "utf-8" where that cannot be."""
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    declaration = DECLARATION.match(head)
    said = _ENCODING.search(declaration[0]) if declaration else None
    if said is None:
        return "utf-8"
    try:
        name = codecs.lookup(said[1].decode("ascii")).name
    except (LookupError, ValueError):
        return "utf-8"
    return name if name.startswith(_TEXTS) else "utf-8"


def decoded(data: bytes) -> tuple[str, bool]:
    """Decode a text without its declaration; tell as well whether some bytes could not be decoded."""
    text = b"".join(as_utf8([data])).decode("utf-8", "replace").lstrip("\0\ufeff")
    return text, LOSSY in text and LOSSY.encode() not in data


def as_utf8(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield a text as UTF-8, piece by piece; where it is not, or says that it is not, without its declaration."""
    pieces = iter(chunks)
    head = b""
    while len(head) < _HEAD and (piece := next(pieces, b"")):
        head += piece
    encoding = encoding_of(head)
    declaration = DECLARATION.match(head)
    if declaration:
        head = head[declaration.end() :]
    if encoding == "utf-8":
        yield head
        yield from pieces
    else:
        yield from _without_declaration(_recoded(head, pieces, encoding))


def _recoded(head: bytes, pieces: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    """Yield the pieces in UTF-8; an encoding of single bytes is believed only if they are not UTF-8 already."""
    held, decided = head, not encoding.startswith(_SINGLE_BYTES)
    while not decided:
        found = _BEYOND_ASCII.search(held)
        if found and (found.end() < len(held) or len(found[0]) > _LONGEST_LETTER):
            encoding, decided = ("utf-8" if _is_utf8(found[0], is_whole=found.end() < len(held)) else encoding), True
            break
        if found is None:
            yield held
            held = b""
        piece = next(pieces, b"")
        if not piece:
            break
        held += piece
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    yield decoder.decode(held).encode()
    for piece in pieces:
        yield decoder.decode(piece).encode()
    yield decoder.decode(b"", final=True).encode()


def _is_utf8(run: bytes, *, is_whole: bool) -> bool:
    """Tell whether bytes beyond ASCII are letters of UTF-8, the last of which may be cut if it is not the whole run."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(run, final=is_whole)
    except UnicodeDecodeError:
        return False
    return True


def _without_declaration(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Leave out the declaration of a text that could be read only now."""
    head = b""
    while len(head) < _HEAD and (piece := next(pieces, None)) is not None:
        head += piece
    declaration = DECLARATION.match(head.removeprefix(codecs.BOM_UTF8))
    yield head.removeprefix(codecs.BOM_UTF8)[declaration.end() :] if declaration else head
    yield from pieces
