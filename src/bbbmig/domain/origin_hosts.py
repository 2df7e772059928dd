"""Which servers a recording names as the one that its meeting was opened from."""

from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import urlsplit

from bbbmig.domain.recording import Recording

_CALLBACKS = ("endcallbackurl", "bbb-recording-ready-url", "bn-recording-ready-url")
"""Addresses that the client gave to be called back at, in small letters; Scalelite changes others to its own."""


def origin_hosts(recording: Recording) -> tuple[str, ...]:
    """Return the origin server as `host` writes it; where none is named, the hosts of the client's callback addresses.

    Greenlight 3.0 to 3.2 and other clients send no `bbb-origin-server-name`.
    """
    if named := host(recording.origin.server_name):
        return (named,)
    if not recording.metadata:
        return ()
    found = (host(value) for key, value in recording.metadata.items() if key.casefold() in _CALLBACKS)
    return tuple(dict.fromkeys(filter(None, found)))


def comes_from(recording: Recording, servers: Iterable[str]) -> bool:
    """Tell whether a recording names one of these servers as its origin, however they are written."""
    hosts = origin_hosts(recording)
    return bool(hosts) and any(host(server) in hosts for server in servers)


@lru_cache(maxsize=10_000)
def host(server: str) -> str:
    """Write a server as it is compared: the host alone, in lower case, without the dot at its end.

    Some clients send a whole address (Stud.IP: "https://studip.univ.fr/plugins"), some a port.
    """
    text = server.strip().strip("\"'")
    if "://" not in text:
        text = f"//{text}"
    try:
        name = urlsplit(text).hostname or ""
    except ValueError:
        return server.strip().lower()
    return name.strip().rstrip(".").lower()
