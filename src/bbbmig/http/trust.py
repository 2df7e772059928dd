"""Keep a client with the hosts that bbbmig was told to trust (`domain.trusted_hosts`), redirections included."""

import ipaddress
import socket
from collections.abc import Callable

import httpx

from bbbmig.domain.trusted_hosts import TrustedHosts, host_and_port
from bbbmig.errors import RecordingFailed
from bbbmig.http.deadline import check_peers


class UntrustedHost(RecordingFailed):
    """An address that a server gave leads to a host that bbbmig does not ask."""


def trust_only(client: httpx.Client, trusted: Callable[[], TrustedHosts]) -> None:
    """Let that client send nothing to other hosts: neither the request itself nor where it is sent on to.

    `trusted` is asked each time, since the list of recordings names more of them. It raises
    UntrustedHost before it connects, or before it sends anything where the name leads elsewhere by then (DNS
    rebinding). Behind a proxy, which looks names up itself, that second look is not possible, and names that only the
    proxy can resolve are judged by their names.
    """

    def check(request: httpx.Request) -> None:
        require_trusted(str(request.url), trusted())

    def check_peer(host: str, port: int, address: str) -> None:
        name = f"[{host}]" if ":" in host else host
        _require(trusted().refusal(f"http://{name}:{port}/", (address,)))

    client.event_hooks["request"].append(check)
    check_peers(client, check_peer)


def require_trusted(url: str, trusted: TrustedHosts) -> None:
    """Raise UntrustedHost unless an address may be asked."""
    why = trusted.refusal(url, ())
    if not why and not trusted.is_named(url):
        why = trusted.refusal(url, addresses_of(*host_and_port(url)))
    _require(why)


def _require(why: str) -> None:
    """Raise UntrustedHost if there is a reason why a host is not asked."""
    if why:
        raise UntrustedHost(f"not asked: {why}", hint="if it is yours, name it in [bbb] hosts")


def askable(trusted: TrustedHosts) -> tuple[str, ...]:
    """Return the hosts that may be asked, "host" or "host:port", for a program that is to ask no other.

    A common host is among them as long as it is at public addresses; behind a proxy, that alone may know it.
    """
    named = (host if port is None else f"{host}:{port}" for host, port in trusted.named)
    common = (host for host in trusted.common if not trusted.refusal(f"https://{host}/", addresses_of(host, 443)))
    known = {host for host, _ in trusted.named}
    return tuple(sorted({*named, *(host for host in common if host not in known)}))


def addresses_of(host: str, port: int) -> tuple[str, ...]:
    """Return the IP addresses of a host; none if nobody knows it."""
    try:
        return (str(ipaddress.ip_address(host)),)
    except ValueError:
        pass
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return ()
    return tuple(dict.fromkeys(str(address[0]) for *_, address in found))
