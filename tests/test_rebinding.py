"""A name that leads to a public address when it is looked at, and to this machine when it is asked."""

import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from bbbmig.domain.trusted_hosts import TrustedHosts
from bbbmig.http import UntrustedHost, make_client, request, trust_only
from tests.waiting import WAIT_S

PUBLIC = "93.184.216.34"
MEDIA = "media.univ.example"
REPLY = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"


class Inside:
    """A server of this machine that writes down what it is sent."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []
        self.reply = REPLY
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(WAIT_S)
                if came := connection.recv(65536):
                    self.heard.append(came)
                    connection.sendall(self.reply)

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()


@pytest.fixture
def inside() -> Iterator[Inside]:
    server = Inside()
    yield server
    server.close()


@pytest.fixture(autouse=True)
def names(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Where MEDIA is, by turns; the last address stays."""
    addresses = [PUBLIC, "127.0.0.1"]
    found: Callable[..., Any] = socket.getaddrinfo

    def getaddrinfo(host: Any, port: Any, *rest: Any, **more: Any) -> Any:  # noqa: ANN401 - those of socket
        name = host.decode() if isinstance(host, bytes) else host
        if name != MEDIA:
            return found(host, port, *rest, **more)
        return found(addresses.pop(0) if len(addresses) > 1 else addresses[0], port, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return addresses


@pytest.fixture
def client(inside: Inside) -> Iterator[httpx.Client]:
    trusted = TrustedHosts(named=frozenset({("127.0.0.1", inside.port)}), common=frozenset({MEDIA}))
    with make_client(follow_redirects=True) as client:
        trust_only(client, lambda: trusted)
        yield client


def test_nothing_is_sent_to_a_private_address_that_a_name_has_only_now(client: httpx.Client, inside: Inside) -> None:
    with pytest.raises(UntrustedHost, match=r"media\.univ\.example is 127\.0\.0\.1, which is not a public address"):
        request(client, "GET", f"http://{MEDIA}:{inside.port}/film.mp4", what="film")
    assert inside.heard == []


def test_nor_where_the_old_server_sends_on_to_such_a_name(client: httpx.Client, inside: Inside) -> None:
    location = f"http://{MEDIA}:{inside.port}/film.mp4"
    inside.reply = f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode()
    with pytest.raises(UntrustedHost, match="not a public address"):
        request(client, "GET", f"http://127.0.0.1:{inside.port}/film.mp4", what="film")
    assert len(inside.heard) == 1


def test_a_host_that_the_settings_name_may_be_anywhere(inside: Inside, names: list[str]) -> None:
    names[:] = ["127.0.0.1"]
    with make_client() as client:
        trust_only(client, lambda: TrustedHosts.of("https://bbb.univ.example/", [f"{MEDIA}:{inside.port}"]))
        assert request(client, "GET", f"http://{MEDIA}:{inside.port}/", what="film").text == "ok"


def test_a_proxy_may_be_on_this_machine_and_looks_names_up_itself(
    inside: Inside, names: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    names[:] = [PUBLIC]
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{inside.port}")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    with make_client() as client:
        trust_only(client, lambda: TrustedHosts(named=frozenset(), common=frozenset({MEDIA})))
        assert request(client, "GET", f"http://{MEDIA}/film.mp4", what="film").text == "ok"
    assert inside.heard[0].startswith(f"GET http://{MEDIA}/film.mp4 ".encode())
