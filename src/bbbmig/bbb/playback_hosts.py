"""Where a playback may be: at the address that the server gives, else at the same path on the server's own host.

BigBlueButton writes a default host into addresses (#2312, #21125), hosts are renamed, and an address of a private
network answers nobody outside. Which hosts may be asked at all is decided in `domain.trusted_hosts`.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from urllib.parse import urljoin, urlsplit

import httpx

from bbbmig.bbb.api_url import host_of
from bbbmig.domain.recording import Recording
from bbbmig.domain.trusted_hosts import TrustedHosts, host_and_port
from bbbmig.errors import BbbmigError, RemoteError

log = logging.getLogger(__name__)

DEAD_S = 300.0
"""So long a host that could not be reached is not asked again."""


class PlaybackHosts:
    """The hosts of one server's playbacks; may be shared between threads."""

    def __init__(self, base: str, hosts: Iterable[str] = (), *, clock: Callable[[], float] = time.monotonic) -> None:
        """Trust the server of that API address and `hosts` (`[bbb] hosts`)."""
        self.trusted = TrustedHosts.of(base, hosts)
        self._base = base
        self._clock = clock
        self._dead: dict[tuple[str, int], tuple[float, str]] = {}
        self._lock = threading.Lock()

    def learn(self, recordings: Iterable[Recording]) -> None:
        """Trust the hosts that the recordings of this server commonly name."""
        self.trusted = self.trusted.learned(recordings)

    def trust_common(self, hosts: Iterable[str]) -> None:
        """Trust hosts that another machine has learned from the whole list, at public addresses."""
        self.trusted = replace(self.trusted, common=self.trusted.common | frozenset(hosts))

    def absolute(self, url: str) -> str:
        """Return an address with its host: `//host/…` and `/…` belong to the server; a broken one stays as it is."""
        try:
            return urljoin(self._base, url)
        except ValueError:
            return url

    def on_server(self, url: str) -> str:
        """Return the same path on the host of the API; a broken address stays as it is."""
        base = urlsplit(self._base)
        try:
            return urlsplit(self.absolute(url))._replace(scheme=base.scheme, netloc=host_of(self._base)).geturl()
        except ValueError:
            return url

    def is_servers(self, url: str) -> bool:
        """Tell whether an address is on the server's own host, or on one that the settings name."""
        return self.trusted.is_named(self.absolute(url))

    def candidates(self, url: str) -> tuple[str, ...]:
        """Return the addresses to try, in their order, without repeats; none for what is not an address."""
        if not self.is_address(url):
            return ()
        return tuple(dict.fromkeys((self.absolute(url), self.on_server(url))))

    def is_address(self, url: str) -> bool:
        """Tell whether that is an address of http or https, which can be asked."""
        absolute = self.absolute(url)
        try:
            return bool(host_and_port(absolute)[0] and httpx.URL(absolute).host)
        except (httpx.InvalidURL, ValueError):
            return False

    def trouble(self, url: str) -> str:
        """Say that the host of an address could not be reached a short while ago, "" if that is not known."""
        with self._lock:
            until, why = self._dead.get(host_and_port(url), (0.0, ""))
        return why if self._clock() < until else ""

    def note(self, url: str, error: BbbmigError) -> bool:
        """Remember a host that cannot be reached, so that others need not wait for it; tell whether it is that.

        The server's own hosts are asked again each time, and so is one that only sent on to a dead one.
        """
        cause = error.__cause__
        if not isinstance(error, RemoteError) or not isinstance(cause, httpx.ConnectError | httpx.ConnectTimeout):
            return False
        dead = host_and_port(str(cause.request.url))
        if dead == host_and_port(url) and not self.is_servers(url):
            with self._lock:
                self._dead[dead] = (self._clock() + DEAD_S, error.message)
        return True
