"""A TCP proxy on loopback that can be cut, as a network is."""

import contextlib
import socket
import threading
from collections.abc import Iterator


class Proxy:
    """Passes connections on to a server until it is cut."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._sockets: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self.connections = 0
        self.refused = 0
        self.refusing = False
        self.port: int = self._listener.getsockname()[1]
        self._start(self._accept)

    def _start(self, work: object, *arguments: socket.socket) -> None:
        assert callable(work)
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # closed: the end
            while True:
                client, _ = self._listener.accept()
                if self.refusing:
                    self.refused += 1
                    client.close()
                    continue
                self.connections += 1
                server = socket.create_connection(self._target)
                self._sockets += [client, server]
                self._start(self._pass, client, server)
                self._start(self._pass, server, client)

    def _pass(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):  # cut
            while data := source.recv(65_536):
                sink.sendall(data)

    def cut(self, *, refuse: bool = False) -> None:
        """Break all connections; with `refuse`, take no new ones."""
        self.refusing = refuse
        for one in self._sockets:
            with contextlib.suppress(OSError):  # the other side may be gone already
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        self._sockets.clear()

    def close(self) -> None:
        """End everything."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()
        for thread in self._threads:
            thread.join(5)


@contextlib.contextmanager
def proxy_to(host: str, port: int) -> Iterator[Proxy]:
    """Run a proxy for a while."""
    proxy = Proxy(host, port)
    try:
        yield proxy
    finally:
        proxy.close()
