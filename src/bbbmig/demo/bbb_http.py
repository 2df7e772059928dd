"""The HTTP of the sample BigBlueButton: requests in, responses out, files with ranges as nginx serves them."""

import contextlib
import mimetypes
import re
import socket
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_BLOCK = 1 << 16
_AT_ONCE = 64

mimetypes.add_type("video/mp4", ".m4v")
mimetypes.add_type("audio/ogg", ".ogg")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a client sent; `query` is the query string as it came."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def parameters(self) -> dict[str, str]:
        """Return the parameters of the query."""
        return dict(parse_qsl(self.query, keep_blank_values=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What is sent back: bytes in pieces, or a file. `sent` limits the bytes that really go out: the rest is lost."""

    status: int = HTTPStatus.OK
    body: Sequence[bytes] | Path = ()
    content_type: str = "text/html"
    headers: Mapping[str, str] = field(default_factory=dict)
    sent: int | None = None


def page(text: str, status: int = HTTPStatus.OK) -> Response:
    """Return an HTML page."""
    return Response(status=status, body=(f"<!DOCTYPE html>\n<html><body>{text}</body></html>\n".encode(),))


def moved(location: str, status: int, headers: Mapping[str, str] | None = None) -> Response:
    """Send on to another address."""
    return Response(status=status, headers={"Location": location, **(headers or {})})


def file_response(path: Path, request: Request) -> Response:
    """Serve a file, whole or the range that is asked for, with an ETag that follows its content; 404 if it is none."""
    if not path.is_file():
        return page("Not found", HTTPStatus.NOT_FOUND)
    stat = path.stat()
    etag = f'"{stat.st_mtime_ns:x}-{stat.st_size:x}"'
    headers = {"ETag": etag, "Accept-Ranges": "bytes"}
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    whole = Response(body=path, content_type=kind, headers=headers)
    if request.headers.get("If-None-Match") == etag:
        return Response(status=HTTPStatus.NOT_MODIFIED, headers=headers)
    asked = _RANGE.fullmatch(request.headers.get("Range", ""))
    if asked is None or asked.groups() == ("", "") or request.headers.get("If-Range", etag) != etag:
        return whole
    first, last = _bounds(asked[1], asked[2], stat.st_size)
    if first > last:
        headers["Content-Range"] = f"bytes */{stat.st_size}"
        return Response(status=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, headers=headers)
    with path.open("rb") as file:
        file.seek(first)
        body = file.read(last - first + 1)
    headers["Content-Range"] = f"bytes {first}-{last}/{stat.st_size}"
    return Response(status=HTTPStatus.PARTIAL_CONTENT, body=(body,), content_type=kind, headers=headers)


def _bounds(first: str, last: str, size: int) -> tuple[int, int]:
    """Return the first and last byte of a range: `5-9`, `5-`, or `-9` for the last nine."""
    if not first:
        return max(0, size - int(last)), size - 1
    return int(first), min(int(last), size - 1) if last else size - 1


class Loopback(ThreadingHTTPServer):
    """A server on 127.0.0.1 that answers with a function, each request in a thread."""

    daemon_threads = True

    def __init__(self, respond: Callable[[Request], Response], port: int = 0) -> None:
        """Take a free port, or that one."""
        self.respond = respond
        self._connections: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__(("127.0.0.1", port), _Handler)

    def start(self) -> None:
        """Answer from now on, in a thread of its own."""
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def stop(self) -> None:
        """Answer no more, and close what is still open."""
        self.shutdown()
        self.server_close()
        with self._lock:
            for connection in self._connections:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def process_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - as in socketserver
        """Remember the connection, to close it at the end."""
        with self._lock:
            self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:  # noqa: ANN401 - as in socketserver
        """Forget the connection."""
        with self._lock:
            self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - as in socketserver
        """Say nothing of clients that go away; they may."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Loopback

    def do_GET(self) -> None:
        """Answer with a body."""
        self._answer()

    def do_HEAD(self) -> None:
        """Answer with the headers only."""
        self._answer()

    def _answer(self) -> None:
        """Ask the server's function, and send what it gives."""
        parts = urlsplit(self.path)
        headers = {name.title(): value for name, value in self.headers.items()}
        request = Request(method=self.command, path=parts.path, query=parts.query, headers=headers)
        response = self.server.respond(request)
        body = response.body
        size = body.stat().st_size if isinstance(body, Path) else sum(map(len, body))
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        if response.status != HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Type", response.content_type)
            self.send_header("Content-Length", str(size))
        self.end_headers()
        if self.command != "HEAD":
            self._send(body, size if response.sent is None else response.sent)
        if response.sent is not None:
            self.close_connection = True

    def _send(self, body: Sequence[bytes] | Path, left: int) -> None:
        """Send at most so many bytes."""
        if isinstance(body, Path):
            with body.open("rb") as file:
                while left and (block := file.read(min(_BLOCK, left))):
                    self.wfile.write(block)
                    left -= len(block)
            return
        pieces = body if left >= sum(map(len, body)) else (b"".join(body)[:left],)
        for start in range(0, len(pieces), _AT_ONCE):
            self.wfile.write(b"".join(pieces[start : start + _AT_ONCE]))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as in http.server
        """Keep quiet: the sample keeps a list of requests."""
