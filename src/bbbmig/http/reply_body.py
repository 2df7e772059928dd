"""The bytes of a reply, taken out of their compression, and never more of them than somebody can use."""

import itertools
import zlib
from collections.abc import Iterator

import httpx

from bbbmig.errors import RemoteError

_BLOCK = 1 << 18
_CODINGS = frozenset({"gzip", "x-gzip", "deflate"})
_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS
_TELLING = 2
"""Bytes that zlib begins with: a number that 31 divides (RFC 1950, 2.2). Some servers leave them out for "deflate"."""


class Oversized(RemoteError):
    """A reply brings more than it ever could: the server is broken, or means harm."""


def body(response: httpx.Response, *, what: str, most_bytes: int) -> Iterator[bytes]:
    """Yield the bytes of a reply in blocks of 256 KiB at most; `what` names it in errors.

    httpx takes apart all that came at once, and that may be a thousand times as much. Raise Oversized when more than
    `most_bytes` come, RemoteError when they cannot be decompressed, and what httpx raises while they are read.
    """
    came = 0
    for block in decoded(response, what=what):
        came += len(block)
        if came > most_bytes:
            raise Oversized(
                f"{what}: more than {most_bytes / (1 << 20):,.0f} MiB", hint="look at the address: what is sent there?"
            )
        yield block


def decoded(response: httpx.Response, *, what: str) -> Iterator[bytes]:
    """Yield all bytes of a reply, decompressed block by block. Raises as `body`, but for their number."""
    if response.is_stream_consumed:
        yield response.content
    elif not is_encoded(response):
        yield from response.iter_raw()
    elif (coding := response.headers["Content-Encoding"].strip().lower()) in _CODINGS:
        yield from _inflated(response.iter_raw(), coding, what)
    else:
        raise RemoteError(f"{what}: compressed as {coding!r}, though asked not to", hint="look at the proxy before it")


def is_encoded(response: httpx.Response) -> bool:
    """Tell whether a reply's bytes are not those of the file."""
    return response.headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity")


def _inflated(pieces: Iterator[bytes], coding: str, what: str) -> Iterator[bytes]:
    """Yield what gzip or deflate made small. Raise RemoteError if it is not whole."""
    begun, held = False, b""
    while len(held) < _TELLING and (piece := next(pieces, b"")):
        held += piece
    bare = coding == "deflate" and int.from_bytes(held[:_TELLING]) % 31 != 0
    inflating = zlib.decompressobj(-zlib.MAX_WBITS if bare else _GZIP_OR_ZLIB)
    for piece in itertools.chain((held,), pieces):
        raw = piece
        while raw:
            try:
                block = inflating.decompress(raw, _BLOCK)
            except zlib.error as error:
                raise RemoteError(f"{what}: the reply cannot be decompressed", hint="run again") from error
            begun, raw = True, inflating.unconsumed_tail
            if inflating.eof:  # gzip may be several files one after another
                raw = inflating.unused_data
                inflating, begun = zlib.decompressobj(_GZIP_OR_ZLIB), False
            if block:
                yield block
    if begun:
        raise RemoteError(f"{what}: the compressed reply breaks off", hint="run again")
