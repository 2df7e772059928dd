"""The rest of a large body, read from its connection without a detour.

httpx and h11 copy each byte four times before anybody sees it, which costs a download over a fast line a fifth of its
rate (benchmarks/download.py). Where a reply says how long it is and comes as it is, nothing is left for them to do once
its first block has come: what follows on the connection are the bytes of the file, which httpx hands out as the
extension `network_stream` (https://www.python-httpx.org/advanced/extensions/#network_stream). The connection is not
used again then.
"""

import contextlib
from collections.abc import Iterator

import httpcore
import httpx

from bbbmig.http import is_encoded

LARGE_BYTES = 4 << 20
"""What is shorter is worth less than another connection."""
READ_BYTES = 256 << 10


def blocks(response: httpx.Response) -> Iterator[bytes]:
    """Yield the bytes of a reply as they come. Raises what httpx raises."""
    pieces = response.iter_raw()
    length = _length(response)
    if length < LARGE_BYTES:
        yield from pieces
        return
    first = next(pieces, b"")
    yield first
    left = length - len(first)  # of one event of h11, which hands out all that it holds
    stream: httpcore.NetworkStream = response.extensions["network_stream"]
    silence_s = response.request.extensions.get("timeout", {}).get("read")
    while left > 0:
        with _as_of_httpx(response.request):
            block = stream.read(min(left, READ_BYTES), timeout=silence_s)[:left]
        if not block:
            raise httpx.RemoteProtocolError(f"{left} of {length} bytes did not come", request=response.request)
        left -= len(block)
        yield block


def _length(response: httpx.Response) -> int:
    """Return the length of a body that comes as it is over HTTP/1.1; 0 for all others."""
    length = response.headers.get("Content-Length", "")
    is_plain = "Transfer-Encoding" not in response.headers and not is_encoded(response)
    has_stream = "network_stream" in response.extensions and response.http_version == "HTTP/1.1"
    return int(length) if length.isdigit() and is_plain and has_stream else 0


@contextlib.contextmanager
def _as_of_httpx(request: httpx.Request) -> Iterator[None]:
    """Turn what the connection raises into what httpx makes of it."""
    try:
        yield
    except httpcore.ReadTimeout as error:
        raise httpx.ReadTimeout(str(error), request=request) from error
    except httpcore.NetworkError as error:
        raise httpx.ReadError(str(error), request=request) from error
