"""A PNG that breaks off, as one that is whole: what is left of it above, white below (https://www.w3.org/TR/png-3/)."""

import struct
import zlib
from dataclasses import dataclass

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_HEADER = struct.Struct(">IIBBBBB")
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
"""Samples a pixel by type of colour."""
_PALETTE = 3
_LARGEST = 256 << 20
"""Bytes of pixels that are taken into memory."""
_STEP = 1 << 14


@dataclass(frozen=True, slots=True)
class _Png:
    """What was found: its header, the chunks that say what its pixels mean, the compressed pixels."""

    header: bytes
    meanings: tuple[tuple[bytes, bytes], ...]
    packed: bytes


def repaired_png(data: bytes) -> bytes | None:
    """Return the PNG made whole; None if it is none, is interlaced, or not a line of it is left."""
    png = _read(data)
    if png is None:
        return None
    width, height, depth, color, _, _, interlaced = _HEADER.unpack(png.header)
    line = (width * _CHANNELS.get(color, 0) * depth + 7) // 8 + 1
    if interlaced or line <= 1 or line * height > _LARGEST:
        return None
    pixels = _unpacked(png.packed, line * height)
    whole = len(pixels) // line
    if not whole:
        return None
    palette = next((content for name, content in png.meanings if name == b"PLTE"), b"")
    white = b"\x00" + _white(color, depth, palette) * (line - 1)
    lines = bytes(pixels[: whole * line]) + white * (height - whole)
    chunks = ((b"IHDR", png.header), *png.meanings, (b"IDAT", zlib.compress(lines, 1)), (b"IEND", b""))
    return _SIGNATURE + b"".join(_chunk(name, content) for name, content in chunks)


def _read(data: bytes) -> _Png | None:
    """Go through the chunks, as far as there are any."""
    if not data.startswith(_SIGNATURE):
        return None
    header, packed, at = b"", bytearray(), len(_SIGNATURE)
    meanings: list[tuple[bytes, bytes]] = []
    while at + 8 <= len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        name, content = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        at += 12 + length
        if name == b"IHDR" and len(content) == _HEADER.size:
            header = content
        elif name == b"IDAT":
            packed += content
        elif name in {b"PLTE", b"tRNS"} and len(content) == length:
            meanings.append((name, content))
    return _Png(header, tuple(meanings), bytes(packed)) if header else None


def _unpacked(packed: bytes, most: int) -> bytearray:
    """Unpack pixels until something is wrong."""
    found, unpacker = bytearray(), zlib.decompressobj()
    try:
        for at in range(0, len(packed), _STEP):
            found += unpacker.decompress(packed[at : at + _STEP], most - len(found) + 1)
            if unpacker.eof or len(found) > most:
                break
    except zlib.error:
        pass  # what came before it is good
    return found[:most]


def _white(color: int, depth: int, palette: bytes) -> bytes:
    """Return a byte of white pixels; of a palette, its brightest colour."""
    if color != _PALETTE:
        return b"\xff"
    count = min(len(palette) // 3, 1 << depth)
    brightest = max(range(count), key=lambda index: sum(palette[3 * index : 3 * index + 3]), default=0)
    value = 0
    for _ in range(8 // depth):
        value = value << depth | brightest
    return bytes([value])


def _chunk(name: bytes, content: bytes) -> bytes:
    """Write a chunk."""
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
