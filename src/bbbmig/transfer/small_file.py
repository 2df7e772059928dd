"""Small files, fast: a plain request over a connection that is kept, and the reply whole in memory.

A published recording is sixty files of a few kilobytes. httpx and h11 take three times the processor's time of wget for
one of them (benchmarks/mirror.py). So what is plain is done plainly here; whatever is not (a proxy, a
redirection, a compressed or chunked reply, a server that fails or is silent) is left to `download.Downloader`, which
knows what it means.
"""

import contextlib
import functools
import re
import socket
import ssl
import threading
import time
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from bbbmig import __version__
from bbbmig.domain.trusted_hosts import TrustedHosts
from bbbmig.http import ANY_FILE, require_trusted, trusted_authorities
from bbbmig.transfer.cancel import LOOK_S, check
from bbbmig.transfer.throttle import Throttle

MOST_BYTES = 4 << 20
"""More is no small file: it is left to downloads that can go on where they were cut."""

_PLAIN_REPLIES = frozenset({200, 304, 401, 403, 404, 410})
_BLOCK = 256 << 10
_LARGEST_HEAD = 32 << 10
_WHOLE_S = 120.0
_STATUS = re.compile(rb"HTTP/1\.1 (\d{3})(?: |\r|\Z)")
_HEADER = re.compile(
    rb"\r\n(content-length|transfer-encoding|content-encoding|connection|etag|last-modified)[ \t]*:([^\r\n]*)",
    re.IGNORECASE,
)
_SAME = f"User-Agent: bbbmig/{__version__}\r\nAccept: {ANY_FILE}\r\nAccept-Encoding: identity\r\n"
_TARGET = re.compile(r"[\x21-\x7e]+")
_PORTS = {"http": 80, "https": 443}

Host = tuple[str, str, int]
"""Scheme, host, port."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A whole reply: 200 with the file in `body`, 304 (as it was), or 401, 403, 404, 410. `size` is that of the file.

    After a HEAD, `body` is empty.
    """

    status: int
    body: bytes = b""
    size: int = 0
    etag: str = ""
    last_modified: str = ""


class SmallFiles:
    """Asks for small files; may be shared between threads, each of which uses a connection at a time."""

    def __init__(
        self, trusted: Callable[[], TrustedHosts], throttle: Throttle, *, timeout_s: float, connect_timeout_s: float
    ) -> None:
        """Ask those hosts only, which are looked up for each new one; the limits are those of `http.make_client`."""
        self._trusted = trusted
        self._throttle = throttle
        self._timeout_s = timeout_s
        self._connect_timeout_s = connect_timeout_s
        self._idle: dict[Host, list[socket.socket]] = {}
        self._checked: dict[Host, bool] = {}
        self._lock = threading.Lock()

    def close(self) -> None:
        """Close the connections."""
        with self._lock:
            idle, self._idle = self._idle, {}
        for connection in (one for several in idle.values() for one in several):
            connection.close()

    def ask(self, url: str, *, method: str = "GET", headers: Mapping[str, str], stop: threading.Event) -> Reply | None:
        """Return what the server answers, if that is plain; None if it is to be asked again with all care.

        Raise UntrustedHost before a host is asked that must not be, Stopped soon after `stop` is set.
        """
        origin, target = _in_two(url)
        host = _host(origin)
        if host is None or _TARGET.fullmatch(target) is None or not self._is_direct(host, url):
            return None
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items() if _is_one_line(value))
        request = f"{method} {target} HTTP/1.1\r\nHost: {origin.partition('//')[2]}\r\n{_SAME}{lines}\r\n".encode(
            "ascii"
        )
        for kept in (self._take(host), None):
            check(stop)
            with contextlib.suppress(OSError, _NotPlainError):
                return self._exchange(kept, host, request, is_head=method == "HEAD", stop=stop)
            if kept is None:
                break
        check(stop)
        return None

    def _exchange(
        self, kept: socket.socket | None, host: Host, request: bytes, *, is_head: bool, stop: threading.Event
    ) -> Reply:
        """Send and read, over a kept connection or a new one. Raise OSError, _NotPlainError."""
        connection = kept or self._connected(host)
        try:
            connection.sendall(request)
            conversation = _Conversation(connection, time.monotonic() + _WHOLE_S, self._timeout_s, stop)
            reply, is_over = conversation.reply(is_head=is_head, throttle=self._throttle)
        except BaseException:
            connection.close()
            raise
        if is_over:
            with self._lock:
                self._idle.setdefault(host, []).append(connection)
        else:
            connection.close()
        return reply

    def _connected(self, host: Host) -> socket.socket:
        """Open a connection."""
        scheme, name, port = host
        connection = socket.create_connection((name, port), self._connect_timeout_s)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if scheme == "https":
            try:
                return trusted_authorities().wrap_socket(connection, server_hostname=name)
            except (OSError, ssl.SSLError):
                connection.close()
                raise
        return connection

    def _take(self, host: Host) -> socket.socket | None:
        """Take a connection that nobody uses, the last one first."""
        with self._lock:
            idle = self._idle.get(host)
            return idle.pop() if idle else None

    def _is_direct(self, host: Host, url: str) -> bool:
        """Tell whether a host is asked without a proxy, once it is known that it may be asked at all."""
        if host not in self._checked:
            require_trusted(url, self._trusted())
            proxied = host[0] in urllib.request.getproxies() or "all" in urllib.request.getproxies()
            self._checked[host] = not proxied or bool(urllib.request.proxy_bypass(host[1]))
        return self._checked[host]


class _NotPlainError(Exception):
    """A reply that needs more care."""


class _Conversation:
    """One reply on a connection, until a deadline."""

    def __init__(self, connection: socket.socket, until: float, timeout_s: float, stop: threading.Event) -> None:
        self._connection = connection
        self._until = until
        self._timeout_s = timeout_s
        self._stop = stop

    def reply(self, *, is_head: bool, throttle: Throttle) -> tuple[Reply, bool]:
        """Read a reply; tell, too, whether the connection can be used again."""
        held = b""
        while b"\r\n\r\n" not in held:
            held += self._some()
            if len(held) > _LARGEST_HEAD + _BLOCK:
                raise _NotPlainError
        head, _, rest = held.partition(b"\r\n\r\n")
        status, headers = _read_head(head)
        if status not in _PLAIN_REPLIES:
            raise _NotPlainError
        length = headers.get("content-length", "")
        size = int(length) if length.isdigit() and len(length) < 18 else -1  # noqa: PLR2004 - digits of any file
        etag, modified = headers.get("etag", ""), headers.get("last-modified", "")
        if status != 200 or is_head:  # noqa: PLR2004 - HTTP
            reply = Reply(status=status, size=size, etag=etag, last_modified=modified)
            return reply, self._is_over(status, size, rest, headers, is_head=is_head)
        if size < 0 or size > MOST_BYTES or "transfer-encoding" in headers or "content-encoding" in headers:
            raise _NotPlainError
        pieces, came = [rest], len(rest)
        while came < size:
            piece = self._some()
            pieces.append(piece)
            came += len(piece)
        throttle.take(size, self._stop)
        body = b"".join(pieces)
        is_over = came == size and headers.get("connection", "").lower() != "close"
        return Reply(status=status, body=body[:size], size=size, etag=etag, last_modified=modified), is_over

    def _is_over(self, status: int, size: int, rest: bytes, headers: Mapping[str, str], *, is_head: bool) -> bool:
        """Read what follows a reply that brings no file, if that is little; tell whether all of it came."""
        if headers.get("connection", "").lower() == "close":
            return False
        if is_head or status == 304:  # noqa: PLR2004 - HTTP
            return not rest
        if "transfer-encoding" in headers or not 0 <= size <= _BLOCK:
            return False
        while len(rest) < size:
            rest += self._some()
        return len(rest) == size

    def _some(self) -> bytes:
        """Wait for more bytes, looking whether to stop. Raise OSError when none come in time."""
        silent_until = time.monotonic() + self._timeout_s
        while True:
            check(self._stop)
            left = min(self._until, silent_until) - time.monotonic()
            if left <= 0:
                raise TimeoutError
            self._connection.settimeout(min(left, LOOK_S))
            with contextlib.suppress(TimeoutError):
                piece = self._connection.recv(_BLOCK)
                if not piece:
                    raise ConnectionError
                return piece


def _in_two(url: str) -> tuple[str, str]:
    """Return scheme and host of an address, and what is asked of it."""
    end = url.find("/", url.find("//") + 2)
    return (url, "/") if end < 0 else (url[:end], url[end:].partition("#")[0])


@functools.lru_cache(maxsize=64)
def _host(origin: str) -> Host | None:
    """Return what to connect to; None if it is no address of http or https."""
    try:
        parts = urlsplit(origin)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in _PORTS or not parts.hostname or parts.username is not None or parts.path or parts.query:
        return None
    if _TARGET.fullmatch(parts.netloc) is None:
        return None
    return parts.scheme, parts.hostname, port or _PORTS[parts.scheme]


def _read_head(head: bytes) -> tuple[int, dict[str, str]]:
    """Read the status and the headers that matter, names in lower case. Raise _NotPlainError where one is twice."""
    status = _STATUS.match(head)
    if status is None:
        raise _NotPlainError
    headers: dict[str, str] = {}
    for found in _HEADER.finditer(head):
        name = found[1].decode("latin-1").lower()
        if name in headers:
            raise _NotPlainError
        headers[name] = found[2].strip().decode("latin-1")
    return int(status[1]), headers


def _is_one_line(value: str) -> bool:
    """Tell whether a header's value is one line of ASCII."""
    return value.isascii() and value.isprintable()
