"""Replies that end in time: each read of a connection looks at a deadline, and whether somebody wants to stop.

A time limit of httpx is the longest silence. A server that sends a byte now and then, headers included, is waited for
without end; so `within` says how long a reply may take as a whole. It holds for the thread that calls it.
"""

import contextlib
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import httpcore
import httpx

from bbbmig.errors import Stopped

LOOK_S = 0.2
"""How often somebody who waits looks whether to stop."""
READ_BYTES = 256 << 10
"""How much is asked of a connection at a time; httpcore's 64 KiB cost a fifth more (benchmarks/download.py)."""


@dataclass(frozen=True, slots=True)
class _Patience:
    """Until when (by the monotonic clock) a reply is waited for, and which events end that."""

    until: float = float("inf")
    whole_s: float = float("inf")
    stops: tuple[threading.Event, ...] = ()

    def left_s(self) -> float:
        """Return the seconds that are left. Raise Stopped, or ReadTimeout when there are none."""
        if any(stop.is_set() for stop in self.stops):
            raise stopped()
        left = self.until - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout(f"it was not whole after {self.whole_s:.0f} s")
        return left


_PATIENCE: ContextVar[_Patience] = ContextVar("patience", default=_Patience())  # noqa: B039 - it is frozen


def stopped() -> Stopped:
    """Return the error that ends what somebody asked to stop."""
    return Stopped("stopped before it was whole", hint="run again: what is done is kept")


@contextlib.contextmanager
def within(whole_s: float | None, stop: threading.Event | None = None) -> Iterator[None]:
    """Let what is asked of servers in here take `whole_s` seconds at most (None: any time), and end with `stop`.

    Then httpx raises ReadTimeout, or Stopped is raised, in the middle of whatever is awaited. The stricter of nested
    limits holds.
    """
    outer = _PATIENCE.get()
    until = outer.until if whole_s is None else min(outer.until, time.monotonic() + whole_s)
    whole = outer.whole_s if until == outer.until else whole_s or 0.0
    token = _PATIENCE.set(_Patience(until, whole, (*outer.stops, *((stop,) if stop else ()))))
    try:
        yield
    finally:
        _PATIENCE.reset(token)


class _Stream(httpcore.NetworkStream):
    """A connection whose reads end at the deadline."""

    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what is there, or wait for it: in pieces of time, to look at the deadline between them."""
        patience = _PATIENCE.get()
        silent_until = float("inf") if timeout is None else time.monotonic() + timeout
        while True:
            left = min(patience.left_s(), silent_until - time.monotonic())
            slice_s = min(left, LOOK_S) if patience.stops else left
            try:
                return self._inner.read(
                    max(max_bytes, READ_BYTES), None if slice_s == float("inf") else max(slice_s, 0.001)
                )
            except httpcore.ReadTimeout:
                patience.left_s()
                if time.monotonic() >= silent_until:
                    raise

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send."""
        _PATIENCE.get().left_s()
        self._inner.write(buffer, timeout)

    def close(self) -> None:
        """Close the connection."""
        self._inner.close()

    def start_tls(self, *arguments: Any, **named: Any) -> httpcore.NetworkStream:  # noqa: ANN401 - as in httpcore
        """Go on encrypted."""
        return _Stream(self._inner.start_tls(*arguments, **named))

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - as in httpcore
        """Tell of the connection below."""
        return self._inner.get_extra_info(info)


PeerCheck = Callable[[str, int, str], None]
"""Called with the host and port asked for and the IP address reached; raises where that must not be."""


class _Backend(httpcore.SyncBackend):
    """Makes such connections; `check_peer` looks at each before anything is sent over it."""

    check_peer: PeerCheck | None = None

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect."""
        left = _PATIENCE.get().left_s()
        limits = [limit for limit in (timeout, left) if limit is not None and limit != float("inf")]
        stream = _Stream(super().connect_tcp(host, port, min(limits, default=None), local_address, socket_options))
        if self.check_peer is not None:
            try:
                self.check_peer(host, port, str(stream.get_extra_info("server_addr")[0]))
            except BaseException:
                stream.close()
                raise
        return stream


def check_peers(client: httpx.Client, check: PeerCheck) -> None:
    """Look at whom the direct connections of a client reach: a name may lead elsewhere than a moment ago.

    Those to a proxy are not looked at: it looks names up itself, and is where the environment says.
    """
    transport = client._transport  # noqa: SLF001 - see keep_deadlines
    backend = transport._pool._network_backend if isinstance(transport, httpx.HTTPTransport) else None  # noqa: SLF001
    if isinstance(backend, _Backend):
        backend.check_peer = check


def keep_deadlines(client: httpx.Client) -> None:
    """Make a client's connections end at deadlines, those through proxies included.

    httpx has no argument for the network below it, httpcore has (`network_backend`).
    """
    for transport in (client._transport, *client._mounts.values()):  # noqa: SLF001 - see above
        if isinstance(transport, httpx.HTTPTransport):
            transport._pool._network_backend = _Backend()  # noqa: SLF001
