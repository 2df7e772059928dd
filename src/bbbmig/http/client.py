"""Clients: the system's certificates and those of ca_file, proxies of the environment, time limits."""

import contextlib
import functools
import re
import ssl
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

import httpx

from bbbmig import __version__
from bbbmig.errors import ConfigError
from bbbmig.http.deadline import keep_deadlines
from bbbmig.masking import masked

ANY_FILE = "application/octet-stream,*/*;q=0.9"
"""The `Accept` of requests. A Scalelite from 1.2 on calls every file `text/html` for who accepts `*/*` alone: Rails
takes the type of an empty reply from there, and nginx keeps it (Scalelite's PlaybackController, X-Accel-Redirect)."""
_ALL_OF_IT = re.compile(r"bytes 0-(?P<last>\d{1,18})/(?P<total>\d{1,18})")
CODINGS = "gzip, deflate"
"""What `reply_body` can take apart; more is not asked for."""


def server_address(url: str, *, what: str, example: str) -> SplitResult:
    """Take the address of a server apart. Raise ConfigError when it is none, or holds more than host and path."""
    try:
        parts = urlsplit(url.strip())
        host = parts.hostname
    except ValueError:
        host = None
    if not host or parts.scheme not in {"http", "https"}:
        raise ConfigError(f"{url!r} is not an address of {what}", hint=f"write {example}")
    if parts.query or parts.fragment:
        raise ConfigError(
            f"the address of {host} holds more than a path: it is that of one call or page, not of the server",
            hint=f"write {parts.scheme}://{host}/",
        )
    return parts


def make_client(
    *,
    timeout_s: float = 30.0,
    connect_timeout_s: float = 10.0,
    headers: Mapping[str, str] | None = None,
    connections: int = 4,
    follow_redirects: bool = False,
) -> httpx.Client:
    """Build a client that trusts the system's certificates (universities have their own authorities).

    `timeout_s` is the longest silence on an open connection, not the length of a transfer: see `deadline.within`.
    """
    named = {"User-Agent": f"bbbmig/{__version__}", "Accept": ANY_FILE, "Accept-Encoding": CODINGS}
    with _proxies_explained():
        client = httpx.Client(
            headers={**named, **(headers or {})},
            timeout=httpx.Timeout(timeout_s, connect=connect_timeout_s),
            limits=httpx.Limits(max_connections=connections, max_keepalive_connections=connections),
            verify=_trust(),
            follow_redirects=follow_redirects,
        )
    client.event_hooks["response"].append(_take_as_whole)
    keep_deadlines(client)
    return client


def _take_as_whole(response: httpx.Response) -> None:
    """Take a part that nobody asked for, and that is all of it, for the whole: some caches answer so."""
    if response.status_code != httpx.codes.PARTIAL_CONTENT or "Range" in response.request.headers:
        return
    found = _ALL_OF_IT.fullmatch(response.headers.get("Content-Range", ""))
    if found and int(found["last"]) + 1 == int(found["total"]):
        response.status_code = httpx.codes.OK


@functools.cache
def _trust() -> ssl.SSLContext:
    """Read the system's certificates, once: it takes 25 ms, and there is a client for each recording."""
    return ssl.create_default_context()


def trusted_authorities() -> ssl.SSLContext:
    """Return what all clients check certificates with: the system's authorities, and those of `trust_also`."""
    return _trust()


def trust_also(file: Path) -> None:
    """Let clients trust the authorities of a PEM file, beside those of the system. Raise ConfigError if it has none."""
    try:
        _trust().load_verify_locations(cafile=file)
    except OSError as error:
        why = error.strerror or str(error)
        raise ConfigError(f"ca_file: cannot read certificates from {file}: {why}", hint=_PEM) from error


_PEM = "it must hold certificates in PEM form: -----BEGIN CERTIFICATE-----"


@contextlib.contextmanager
def _proxies_explained() -> Iterator[None]:
    """Explain what the environment says of proxies, where httpx cannot use it. Raise ConfigError."""
    try:
        yield
    except ImportError as error:
        raise ConfigError(
            "a SOCKS proxy is set in the environment, and the library for it is not installed",
            hint="pip install 'httpx[socks]', or unset ALL_PROXY; NO_PROXY names hosts that are asked directly",
        ) from error
    except (ValueError, httpx.InvalidURL) as error:
        raise ConfigError(
            f"a proxy in the environment cannot be used: {masked(str(error))}",
            hint="HTTPS_PROXY, HTTP_PROXY and ALL_PROXY take http://host:port, https://… or socks5://…; see `env`",
        ) from error
