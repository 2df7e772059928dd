"""The connections of all downloads: they read in large pieces, keep no cookies, and can be hung up at any moment."""

import contextlib
import socket
import threading
import weakref
from collections.abc import Iterator, Mapping
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import httpcore
import httpx

from bbbmig.transfer.cancel import LOOK_S

_READ_BYTES = 256 << 10
"""How much is asked of a connection at a time; httpcore's 64 KiB cost a fifth more (benchmarks/download.py)."""
_OPENED = frozenset({"connection.connect_tcp.complete", "connection.start_tls.complete"})


class Lines:
    """A client for files, shared between threads."""

    def __init__(self, client: httpx.Client) -> None:
        """Make that client keep no cookies: each file has its own."""
        httpcore.HTTP11Connection.READ_NUM_BYTES = _READ_BYTES
        client.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=()))
        self.client = client
        self._streams: weakref.WeakSet[httpcore.NetworkStream] = weakref.WeakSet()
        self._lock = threading.Lock()

    def request(self, url: str, headers: Mapping[str, str]) -> httpx.Request:
        """Prepare a request for a file."""
        return self.client.build_request("GET", url, headers=headers, extensions={"trace": self._remember})

    @contextlib.contextmanager
    def watched(self, stop: threading.Event) -> Iterator[None]:
        """Hang up when `stop` is set: a server may be silent for long, and nobody wants to wait for it.

        All connections are closed, since nobody knows which one waits; other downloads go on over new ones.
        """
        done = threading.Event()

        def watch() -> None:
            while not done.wait(LOOK_S):
                if stop.is_set():  # again and again: a connection may just be being made
                    self._hang_up()

        watcher = threading.Thread(target=watch, name="stop-download", daemon=True)
        watcher.start()
        try:
            yield
        finally:
            done.set()
            watcher.join()

    def _remember(self, event: str, info: Mapping[str, Any]) -> None:
        """Take note of a new connection, as httpcore tells of it."""
        if event in _OPENED:
            with self._lock:
                self._streams.add(info["return_value"])

    def _hang_up(self) -> None:
        """Close every connection, in the middle of whatever it does."""
        with self._lock:
            streams = list(self._streams)
        for stream in streams:
            with contextlib.suppress(OSError):  # closed by the other side already
                stream.get_extra_info("socket").shutdown(socket.SHUT_RDWR)
