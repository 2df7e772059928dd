"""The one place that builds HTTP clients: time limits, retries, errors in words, secrets masked.

Clients may be shared between threads (httpx says so of `Client`). Only what may be repeated without harm is
tried again here; whoever POSTs looks first whether the lost request arrived.
"""

import contextlib
import email.utils
import functools
import itertools
import logging
import ssl
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import SplitResult, urlsplit

import httpx

from bbbmig import __version__, masking
from bbbmig.deadline import keep_deadlines, within
from bbbmig.errors import ConfigError, RemoteError, RemoteRefused
from bbbmig.http_body import Oversized, body

log = logging.getLogger(__name__)
T = TypeVar("T")

ATTEMPTS = 4
FIRST_WAIT_S = 0.5
LONGEST_WAIT_S = 30.0
TRY_AGAIN = frozenset({429, 502, 503, 504})
RESTARTING = frozenset({502, 503})
"""What a proxy answers while the server behind it is being restarted."""
LONGEST_PATIENT_WAIT_S = 10.0
REPEATABLE = frozenset({"GET", "HEAD", "OPTIONS"})
SENDING = frozenset({"POST", "PUT", "PATCH"})
ANY_FILE = "application/octet-stream,*/*;q=0.9"
"""The `Accept` of requests. A Scalelite from 1.2 on calls every file `text/html` for who accepts `*/*` alone: Rails
takes the type of an empty reply from there, and nginx keeps it (Scalelite's PlaybackController, X-Accel-Redirect)."""
CODINGS = "gzip, deflate"
"""What `whole_body` and `body` can take apart; more is not asked for."""
REPLY_BYTES = 64 << 20
"""So much may a reply bring that is read whole into memory."""
REPLY_S = 600.0
"""So long may the reply to a question take as a whole."""
NOT_TAKEN = frozenset({429})
"""Statuses of requests that the server did not even begin with."""

masked = masking.masked
"""Hide checksums, tokens and passwords of the addresses in a text."""


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
    keep_deadlines(client)
    return client


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


class Busy(RemoteError):
    """The server has too much to do now; `retry_after` is its header of that name, or ""."""

    def __init__(self, message: str, retry_after: str) -> None:
        """Keep when to come again."""
        super().__init__(message, hint="run again later; the server's logs say more")
        self.retry_after = retry_after


def request(  # noqa: PLR0913 - as many as a request has sides
    client: httpx.Client,
    method: str,
    url: str,
    *,
    what: str,
    attempts: int = ATTEMPTS,
    repeatable: bool = False,
    sleep: Callable[[float], None] = time.sleep,
    most_bytes: int = REPLY_BYTES,
    whole_s: float | None = REPLY_S,
    patience_s: float = 0.0,
    **parts: Any,  # noqa: ANN401 - httpx's own: params, json, headers, files…
) -> httpx.Response:
    """Send a request and read its reply whole; `what` names it in messages ("Pod's user list").

    GET, HEAD and OPTIONS are tried again after broken connections and 429, 502, 503, 504, waiting longer each
    time or as long as `Retry-After` says; so is what is `repeatable`: sent twice, it has the effect of once. All
    else is tried again after 429 only. The last reply is given whatever its status. Raise RemoteError when there
    is none, Oversized when it brings more than `most_bytes`. It may take `whole_s` as a whole, unless something is
    sent first: who knows how long that takes. A server that is restarting (it refuses connections, or its proxy answers
    502 or 503) is waited for until that took `patience_s`.
    """
    limit_s = None if method in SENDING else whole_s
    repeatable = repeatable or method in REPEATABLE
    again = TRY_AGAIN if repeatable else NOT_TAKEN
    waited_s = 0.0
    for attempt in itertools.count(1):
        patient = waited_s < patience_s
        try:
            with translated(what), within(limit_s), client.stream(method, url, **parts) as opened:
                response = _whole(opened, what, most_bytes)
        except Oversized:
            raise
        except RemoteError as error:
            waits = patient and is_refused(error)  # nothing was sent: even a POST does no harm
            if not waits and (not repeatable or attempt >= attempts):
                raise
            wait = wait_s(attempt)
            log.info("%s; trying again in %.1f s", error.message, wait)
        else:
            waits = patient and response.status_code in RESTARTING
            if response.status_code not in again or (attempt >= attempts and not waits):
                return response
            wait = wait_s(attempt, response.headers.get("Retry-After", ""))
            log.info("%s: HTTP %d; trying again in %.1f s", what, response.status_code, wait)
        wait = min(wait, LONGEST_PATIENT_WAIT_S) if waits else wait
        waited_s += wait
        sleep(wait)
    raise AssertionError(attempts)  # pragma: no cover - the loop returns or raises


def tried_again(
    once: Callable[[], T], *, waits_s: Iterable[float], on: type[RemoteError], sleep: Callable[[float], None]
) -> T:
    """Return what `once` returns, called again after each of the waits while it raises `on`; then that is raised."""
    for wait in waits_s:
        try:
            return once()
        except on as error:
            log.info("%s; trying again in %.0f s", error.message, wait)
            sleep(wait)
    return once()


def is_refused(error: BaseException) -> bool:
    """Tell whether nothing listens at the address: a server that is down, or being restarted."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ConnectionRefusedError):
            return True
        cause = cause.__cause__ or cause.__context__
    return False


def _whole(opened: httpx.Response, what: str, most_bytes: int) -> httpx.Response:
    """Read a reply whole; the one that is given is no longer compressed."""
    content = b"".join(body(opened, what=what, most_bytes=most_bytes))
    left_out = {b"content-encoding", b"transfer-encoding"} | ({b"content-length"} if content else set())
    headers = [(name, value) for name, value in opened.headers.raw if name.lower() not in left_out]
    whole = httpx.Response(opened.status_code, headers=headers, content=content, request=opened.request)
    whole.history = opened.history
    return whole


@contextlib.contextmanager
def translated(what: str) -> Iterator[None]:
    """Turn httpx's exceptions into RemoteError, in words, without the address that may hold a secret."""
    try:
        yield
    except httpx.ConnectTimeout as error:
        raise RemoteError(f"{what}: no connection within the time limit", hint=_REACH) from error
    except httpx.TimeoutException as error:
        why = str(error) if str(error).startswith("it was") else "no answer within the time limit"
        raise RemoteError(f"{what}: {why}", hint="raise timeout_s or try later") from error
    except httpx.ConnectError as error:
        if why := _bad_certificate(error):
            raise RemoteRefused(f"{what}: its certificate is not trusted ({why})", hint=_CERTIFICATE) from error
        raise RemoteError(f"{what}: cannot connect ({masked(str(error))})", hint=_REACH) from error
    except (httpx.NetworkError, httpx.ProtocolError) as error:
        raise RemoteError(f"{what}: the connection broke ({masked(str(error))})", hint="run again") from error
    except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
        raise RemoteError(f"{what}: not an address of http or https") from error
    except httpx.DecodingError as error:
        raise RemoteError(f"{what}: the reply cannot be decompressed", hint="run again") from error
    except httpx.HTTPError as error:
        raise RemoteError(f"{what}: {type(error).__name__}") from error


def _bad_certificate(error: BaseException | None) -> str:
    """Say what is wrong with a certificate, "" if that is not why no connection was made."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return error.verify_message or "it does not fit"
        error = error.__cause__ or error.__context__
    return ""


_CERTIFICATE = (
    "is the address right, and the certificate in date? If it is signed by an authority of your own, name its PEM file "
    "in ca_file of [bbb] or [pod], or in SSL_CERT_FILE"
)
_REACH = "is the address right, the server up, and the firewall open from this machine?"


def wait_s(attempt: int, retry_after: str = "") -> float:
    """Return the seconds to wait after that attempt: what the server asks for, else twice as long each time."""
    asked = _seconds(retry_after)
    return min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** (attempt - 1) if asked is None else asked)


def _seconds(retry_after: str) -> float | None:
    """Read a `Retry-After` header: seconds or a date (RFC 9110, 10.2.3); None if it is neither."""
    if retry_after.isdigit():
        return float(retry_after)
    try:
        moment = email.utils.parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
