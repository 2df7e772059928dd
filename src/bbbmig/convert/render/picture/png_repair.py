"""A PNG that breaks off, as one that is whole: what is left of it above, white below (https://www.w3.org/TR/png-3/)."""

import struct
import zlib
from dataclasses import dataclass

import numpy as np
import pyvips

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_HEADER = struct.Struct(">IIBBBBB")
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
"""Samples a pixel by type of colour."""
_PALETTE = 3
_LARGEST = 256 << 20
"""Bytes of pixels that are taken into memory."""
_STEP = 1 << 14
_FILTERS = 4
"""The largest number that says how a line is to be read."""
_PASSES = ((0, 0, 8, 8, 8, 8), (4, 0, 8, 8, 4, 8), (0, 4, 4, 8, 4, 4), (2, 0, 4, 4, 2, 4), (0, 2, 2, 4, 2, 2),
           (1, 0, 2, 2, 1, 2), (0, 1, 1, 2, 1, 1))  # fmt: skip
"""Of an interlaced picture: where each begins, how far apart its points are, how large a point is until the next."""


@dataclass(frozen=True, slots=True)
class _Png:
    """What was found: its header, the chunks that say what its pixels mean, the compressed pixels."""

    header: bytes
    meanings: tuple[tuple[bytes, bytes], ...]
    packed: bytes


def repaired_png(data: bytes) -> bytes | None:
    """Return the PNG made whole; None if it is none, or not a line of it is left."""
    png = _read(data)
    if png is None:
        return None
    width, height, depth, color, *_, interlaced = _HEADER.unpack(png.header)
    bits = _CHANNELS.get(color, 0) * depth
    if not (width and height and bits) or (width * bits + 7) // 8 * height > _LARGEST:
        return None
    if interlaced:
        return _of_passes(png, width, height, bits)
    pixels = _unpacked(png.packed, _line(width, bits) * height)
    return _made_whole(png, width, height, bits, pixels)


def _is_damaged(chunk: bytes, check: bytes, length: int) -> bool:
    """Tell whether a chunk is all there and is not what was written; what breaks off is good as far as it goes."""
    return len(chunk) == length + 4 and len(check) == 4 and struct.pack(">I", zlib.crc32(chunk)) != check  # noqa: PLR2004


def _line(width: int, bits: int) -> int:
    """Return the bytes of a line; the first one says how the others are to be read."""
    return (width * bits + 7) // 8 + 1


def _made_whole(png: _Png, width: int, height: int, bits: int, pixels: bytes | bytearray) -> bytes | None:
    """Return a PNG of that size with the lines that are whole, white below them; None if none is."""
    line = _line(width, bits)
    whole = _sound_lines(pixels, line, height)
    if not whole:
        return None
    *_, depth, color, packing, filters, _ = _HEADER.unpack(png.header)
    palette = next((content for name, content in png.meanings if name == b"PLTE"), b"")
    white = b"\x00" + _white(color, depth, palette) * (line - 1)
    lines = bytes(pixels[: whole * line]) + white * (height - whole)
    header = _HEADER.pack(width, height, depth, color, packing, filters, 0)
    chunks = ((b"IHDR", header), *png.meanings, (b"IDAT", zlib.compress(lines, 1)), (b"IEND", b""))
    return _SIGNATURE + b"".join(_chunk(name, content) for name, content in chunks)


def _sound_lines(pixels: bytes | bytearray, line: int, height: int) -> int:
    """Return how many lines are whole and can be right: the first byte of one is 0 to 4.

    Where it is not, data were damaged before, most likely in the line above.
    """
    whole = min(height, len(pixels) // line)
    wrong = next((number for number in range(whole) if pixels[number * line] > _FILTERS), None)
    return whole if wrong is None else max(0, wrong - 1)


def _of_passes(png: _Png, width: int, height: int, bits: int) -> bytes | None:
    """Return an interlaced PNG: each of its seven passes is a picture of its own, finer than the one before.

    What the later ones lack is seen as coarse as the earlier ones have it, as in a browser while it loads.
    """
    sizes = [(-(-(width - x) // across), -(-(height - y) // down)) for x, y, across, down, _, _ in _PASSES]
    most = sum(_line(wide, bits) * high for wide, high in sizes if wide > 0 and high > 0)
    pixels, at = _unpacked(png.packed, most), 0
    found = np.full((height, width, 4), 255, np.uint8)
    seen = False
    for (x, y, across, down, wide, high), (columns, rows) in zip(_PASSES, sizes, strict=True):
        if columns <= 0 or rows <= 0:
            continue
        part = pixels[at : at + _line(columns, bits) * rows]
        at += _line(columns, bits) * rows
        lines = _sound_lines(part, _line(columns, bits), rows)
        made = _made_whole(png, columns, rows, bits, part)
        if made is None:
            break
        seen = True
        small = _rgba(made)[:lines]
        for right in range(wide):
            for below in range(high):
                place = found[y + below :: down, x + right :: across]
                kept = small[: len(place), : place.shape[1]]
                place[: len(kept)] = kept
        if lines < rows:
            break
    return pyvips.Image.new_from_array(found, interpretation="srgb").pngsave_buffer(compression=1) if seen else None


def _rgba(data: bytes) -> np.ndarray:
    """Decode a PNG into red, green, blue and opacity."""
    image = pyvips.Image.new_from_buffer(data, "").colourspace("srgb").cast("uchar")
    image = image if image.hasalpha() else image.bandjoin(255)
    pixels: np.ndarray = image.numpy()
    return pixels


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
            if packed and _is_damaged(name + content, data[at - 4 : at], length):
                break
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
