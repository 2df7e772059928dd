"""Which hosts bbbmig sends requests and cookies to: what a server says is data, and addresses in it lead anywhere.

The old server, and what `[bbb] hosts` names, are asked wherever they are. Hosts that recordings of the old server
commonly name (media on a machine of their own, a former name) are asked as long as their address is a public one: a
recording must not make bbbmig fetch http://127.0.0.1/ or a machine of the internal network. Nobody else is asked.
"""

import ipaddress
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from urllib.parse import SplitResult, urlsplit

from bbbmig.domain.recording import Recording

COMMON_SHARE = 0.1
"""A host is common when this share of the recordings names it…"""
COMMON_COUNT = 20
"""…or so many do."""

_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedHosts:
    """The hosts that may be asked, in lower case.

    `named` are (host, port), port None for any: they are asked wherever they are. `common` are asked at public
    addresses only.
    """

    named: frozenset[tuple[str, int | None]]
    common: frozenset[str] = frozenset()

    @classmethod
    def of(cls, url: str, hosts: Iterable[str] = ()) -> "TrustedHosts":
        """Trust the server of `url`, over http and https and at its own port, and `hosts` ("host" or "host:port")."""
        host, port = host_and_port(url)
        named: set[tuple[str, int | None]] = {(host, port), *((host, usual) for usual in _PORTS.values())}
        for text in hosts:
            parts = _parts(f"//{text}")
            if parts is not None:
                named.add((_host(parts), parts.port))
        return cls(named=frozenset(named), common=frozenset({host}))

    def learned(self, recordings: Iterable[Recording]) -> "TrustedHosts":
        """Trust the hosts, too, that these recordings commonly name."""
        return replace(self, common=self.common | common_hosts(recordings))

    def is_named(self, url: str) -> bool:
        """Tell whether an address is on a host that is asked wherever it is."""
        host, port = host_and_port(url)
        return (host, port) in self.named or (host, None) in self.named

    def refusal(self, url: str, addresses: Collection[str]) -> str:
        """Say why an address must not be asked, "" if it may; `addresses` are those that its host resolves to."""
        host, _ = host_and_port(url)
        if not host:
            return "it is not an address of http or https"
        if self.is_named(url):
            return ""
        if host not in self.common and host not in {name for name, _ in self.named}:
            return f"{host} is not a host of the old server"
        private = next((address for address in addresses if not is_public(address)), "")
        return f"{host} is {private}, which is not a public address" if private else ""


def common_hosts(recordings: Iterable[Recording]) -> frozenset[str]:
    """Return the hosts that many of these recordings name in their playbacks' addresses."""
    sets = Counter(frozenset([_quick_host(playback.url) for playback in one.playbacks]) for one in recordings)
    counts: Counter[str] = Counter()
    for hosts, count in sets.items():
        counts.update(dict.fromkeys(hosts, count))
    total = sets.total()
    return frozenset(
        host_and_port(f"http://{host}")[0]
        for host, count in counts.items()
        if host and (count >= COMMON_COUNT or count >= COMMON_SHARE * total)
    )


def host_and_port(url: str) -> tuple[str, int]:
    """Return host, in lower case, and port of an address of http or https; ("", 0) if it is none."""
    parts = _parts(url)
    if parts is None or parts.scheme not in _PORTS:
        return "", 0
    return _host(parts), parts.port or _PORTS[parts.scheme]


def is_public(address: str) -> bool:
    """Tell whether an IP address is one of the internet, also where it is wrapped in one of IPv6."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo or (None, None))[1]
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast


def _parts(url: str) -> SplitResult | None:
    """Take an address apart; None if it is broken."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # read here, since it raises for what is no port
    except ValueError:
        return None
    return parts


def _host(parts: SplitResult) -> str:
    """Return the host as it is compared."""
    return (parts.hostname or "").lower().rstrip(".")


def _quick_host(url: str) -> str:
    """Return what stands between // and the path; 100,000 addresses need not be taken apart for it."""
    begins = url.find("://") + len("://")
    ends = url.find("/", begins)
    return "" if begins < len("://") else url[begins : ends if ends >= 0 else None]
