"""Pictures that are written into a slide's SVG: a page that is a scan is nothing else.

librsvg leaves out, without a word, what it cannot read: forms other than PNG and JPEG, a JPEG that is called a PNG, and
one that breaks off. Such are written anew as PNG, as far as they can be read; the others are counted.
"""

import base64
import binascii
import re
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

import pyvips

from bbbmig.convert.render.picture.jpeg_repair import repaired_jpeg
from bbbmig.convert.render.picture.png_repair import repaired_png

_HREF = re.compile(rb"""<image\b[^>]*?\shref\s*=\s*("[^"]*"|'[^']*')|<image\b[^>]*?:href\s*=\s*("[^"]*"|'[^']*')""")
_DATA = re.compile(rb"data:(image/[\w.+-]+)[^,]{0,60};base64,(.*)", re.DOTALL | re.IGNORECASE)
_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
_PNG_END, _JPEG_END = b"IEND\xaeB`\x82", b"\xff\xd9"
_TAIL = 4096
"""Characters at the end of a picture that are looked at, a multiple of four: some writers add a few bytes."""


@dataclass(frozen=True, slots=True)
class Mended:
    """An SVG whose pictures can be drawn. `broken` counts those that break off, `lost` those that are left out."""

    svg: bytes
    broken: int = 0
    lost: int = 0


def mended(svg: bytes) -> Mended | None:
    """Return an SVG with its pictures put right; None if nothing is wrong with them."""
    pieces: list[bytes] = []
    at = broken = lost = 0
    for found in _HREF.finditer(svg):
        group = 1 if found[1] is not None else 2
        start, end = found.start(group) + 1, found.end(group) - 1
        if svg[start : start + 1] == b"#" or _is_drawn(svg, start, end):
            continue
        picture, is_whole = _read(svg[start:end])
        lost += picture is None
        broken += picture is not None and not is_whole
        if picture is not None:
            pieces += [svg[at:start], b"data:image/png;base64,", base64.b64encode(picture)]
            at = end
    if not (pieces or lost):
        return None
    return Mended(b"".join((*pieces, svg[at:])), broken, lost)


def _is_drawn(svg: bytes, start: int, end: int) -> bool:
    """Tell whether librsvg draws a picture: by its kind, its first bytes and its last ones."""
    head = _DATA.match(svg[start : min(end, start + 200)])
    if head is None:
        return False
    kind = head[1].lower()
    if kind == b"image/svg+xml":
        return True
    body = start + head.start(2)
    first = _decoded(svg[body : min(end, body + 64)])
    last = _decoded(b"".join(svg[max(body, end - _TAIL) : end].split()), of_end=True)
    if kind == b"image/png":
        return first.startswith(_PNG) and _PNG_END in last
    return kind in {b"image/jpeg", b"image/jpg"} and first.startswith(_JPEG) and _JPEG_END in last


def _decoded(text: bytes, *, of_end: bool = False) -> bytes:
    """Decode the first or the last characters of base64."""
    words = b"".join(text.split())
    over = len(words) % 4
    words = words[over:] if of_end else words[: len(words) - over]
    try:
        return base64.b64decode(words)
    except binascii.Error:
        return b""


def _read(reference: bytes) -> tuple[bytes | None, bool]:
    """Return a picture as PNG, and whether it was whole; None if it cannot be read, or lies elsewhere."""
    found = _DATA.match(reference.strip())
    if found is None:
        return None, False
    words = b"".join(unquote_to_bytes(found[2]).split())
    try:
        data = base64.b64decode(words + b"=" * (-len(words) % 4))
    except binascii.Error:
        data = base64.b64decode(words[: len(words) // 4 * 4])
    try:
        return pyvips.Image.new_from_buffer(data, "", fail_on="truncated").pngsave_buffer(compression=1), True
    except pyvips.Error:
        return repaired_png(data) or repaired_jpeg(data), False
