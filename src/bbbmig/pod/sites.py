"""Pod's sites (Django's "sites"): several may live in one Pod."""

from collections.abc import Sequence
from dataclasses import dataclass

from bbbmig.errors import RemoteRefused
from bbbmig.pod.client import PodServer


@dataclass(frozen=True, slots=True, kw_only=True)
class PodSite:
    """A site; `domain` is a host, with a port if it has one."""

    id: int
    name: str
    domain: str


def all_sites(server: PodServer) -> list[PodSite]:
    """Read the sites. Raises as `PodServer.get`."""
    rows = server.read_all("/rest/sites/", what="Pod's sites")
    return [PodSite(id=row.link("url"), name=row.text("name"), domain=row.text("domain")) for row in rows]


def chosen_site(server: PodServer, sites: Sequence[PodSite], wanted: str = "") -> PodSite:
    """Find the site that is wanted (by domain, name or id), else the only one, else the one at the server's address.

    `sites` are all that Pod has. Raise RemoteRefused when there is none, or it is not clear which.
    """
    if wanted:
        name = wanted.casefold()
        found = [site for site in sites if name in (str(site.id), site.domain.casefold(), site.name.casefold())]
    else:
        found = [site for site in sites if len(sites) == 1 or is_domain_of(site.domain, server.host)]
    if len(found) == 1:
        return found[0]
    problem = f"Pod has no site {wanted!r}" if wanted else f"none of Pod's sites is {server.host}"
    known = ", ".join(f"{site.id} {site.domain}" for site in sites)
    raise RemoteRefused(problem, hint=f"set pod.site to one of: {known}")


def is_domain_of(domain: str, host: str) -> bool:
    """Tell whether a site's domain is that host; it may leave out the port."""
    return domain.casefold() in (host.casefold(), host.casefold().partition(":")[0])
