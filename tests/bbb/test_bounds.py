"""Replies of the API and pages have an end: servers that drip, never stop, or send a thousand times what came."""

import functools
import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bbbmig.bbb.cache import Cache
from bbbmig.bbb.client import BbbServer
from bbbmig.bbb.errors import root_name
from bbbmig.bbb.listing import list_recordings
from bbbmig.bbb.media import MediaFinder
from bbbmig.domain.recording import Playback, Recording
from bbbmig.errors import BbbmigError

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nConnection: close\r\n"
BEGIN = b"<response><returncode>SUCCESS</returncode><recordings>"
LIMIT_S = 60.0
"""So long a test waits; what is tested ends within a second or two, as `timeout_s` says."""

Serve = Callable[[Callable[[], Iterator[bytes]]], str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Serves whatever bytes a function yields, to every connection, until the client goes."""
    stop = threading.Event()
    listeners: list[socket.socket] = []

    def start(pieces: Callable[[], Iterator[bytes]]) -> str:
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)

        def answer(connection: socket.socket) -> None:
            with connection:
                connection.recv(65536)
                try:
                    for piece in pieces():
                        connection.sendall(piece)
                        if stop.is_set():
                            return
                except OSError:
                    return

        def accept() -> None:
            while not stop.is_set():
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                threading.Thread(target=answer, args=(connection,), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        return f"http://127.0.0.1:{listener.getsockname()[1]}"

    yield start
    stop.set()
    for listener in listeners:
        listener.close()


def dripping_headers() -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nX-A: "
    while True:
        yield b"a"
        time.sleep(0.1)


def dripping_body() -> Iterator[bytes]:
    yield HEAD + b"\r\n" + BEGIN
    while True:
        yield b" "
        time.sleep(0.1)


def endless() -> Iterator[bytes]:
    yield HEAD + b"\r\n" + BEGIN
    number = 0
    while True:
        number += 1
        yield b"<recording><recordID>%d</recordID><name>%s</name></recording>" % (number, b"x" * 60_000)


@functools.cache
def compressed() -> bytes:
    return gzip.compress(BEGIN + b" " * (64 << 20), compresslevel=1)


def bomb() -> Iterator[bytes]:
    yield HEAD + b"Content-Encoding: gzip\r\n\r\n"
    yield compressed()


@pytest.mark.parametrize("reply", [dripping_headers, dripping_body, endless, bomb])
def test_a_list_that_has_no_end_is_ended(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reply: Callable[[], Iterator[bytes]]
) -> None:
    monkeypatch.setattr("bbbmig.bbb.client.LARGEST_LIST", 1 << 20)
    url = serve(reply)
    started = time.monotonic()
    with BbbServer(url, "secret", timeout_s=0.5, sleep=lambda _s: None) as server, pytest.raises(BbbmigError):
        list_recordings(server, Cache(tmp_path, url))
    assert time.monotonic() - started < LIMIT_S
    assert sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()) == 0


@pytest.mark.parametrize("reply", [dripping_headers, dripping_body, endless, bomb])
def test_a_page_that_has_no_end_is_ended(serve: Serve, reply: Callable[[], Iterator[bytes]]) -> None:
    url = serve(reply)
    started = time.monotonic()
    recording = Recording(record_id="a", playbacks=(Playback(type="video", url=f"{url}/playback/video/a/"),))
    with BbbServer(url, "secret", timeout_s=0.5) as server, pytest.raises(BbbmigError):
        MediaFinder(server, timeout_s=0.5, sleep=lambda _s: None).video(recording)
    assert time.monotonic() - started < LIMIT_S


@pytest.mark.parametrize("piece", [b"<?a?>", b"<!--a-->", b"<?", b"<!--", b"<?a?> \n", b"<"])
def test_the_root_of_a_reply_is_found_in_linear_time(piece: bytes) -> None:
    started = time.monotonic()
    root_name(piece * (4096 // len(piece)) + b"1")
    assert time.monotonic() - started < LIMIT_S
    assert root_name(b"\xef\xbb\xbf <?xml version='1.0'?>\n<!-- > <a --> <response>") == "response"
    assert root_name(b"<!DOCTYPE html>") == "!DOCTYPE"
    assert root_name(b"1<response>") == root_name(b"") == root_name(b"<!-- <response>") == ""
