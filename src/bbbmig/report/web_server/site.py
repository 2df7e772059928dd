"""The site that plays a mirror: what `print nginx` and `print apache` are told."""

import ipaddress
import re
from dataclasses import dataclass
from pathlib import Path

from bbbmig.errors import UsageError

UNPROTECTED = (
    "ATTENTION: a mirror protects nothing. Recordings that were protected on the old server are open here to whoever "
    "knows their address. Let only your own networks in (--allow 10.0.0.0/8), or put the site behind your login."
)
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,252})")
_PATH = re.compile(r"[^\"'\\\n\r{};$#]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Where the mirror is and who may see it.

    `allow` are addresses and networks, all if there are none; `redirects` is the file of `bbbmig redirects`, or "".
    """

    host: str
    root: Path
    allow: tuple[str, ...] = ()
    redirects: str = ""


def site(*, host: str, root: Path, allow: tuple[str, ...] = (), redirects: str = "") -> Site:
    """Return a site whose values are safe to stand in a configuration. Raise UsageError for one that is not."""
    if _HOST.fullmatch(host) is None:
        raise UsageError(f"{host!r} is not the name of a host", hint="--host bbb-archive.univ.fr")
    for path in filter(None, (str(root), redirects)):
        if _PATH.fullmatch(path) is None:
            raise UsageError(f"{path!r} cannot stand in a web server's configuration", hint="choose another folder")
    for network in allow:
        try:
            ipaddress.ip_network(network, strict=False)
        except ValueError:
            raise UsageError(f"{network!r} is neither an address nor a network", hint="--allow 10.0.0.0/8") from None
    return Site(host=host, root=root, allow=allow, redirects=redirects)


def wrapped(text: str) -> list[str]:
    """Break a text into lines."""
    lines, line = [], ""
    for word in text.split():
        if len(line) + len(word) > 100:  # noqa: PLR2004 - characters of a line
            lines.append(line)
            line = ""
        line = f"{line} {word}".strip()
    return [*lines, line]
