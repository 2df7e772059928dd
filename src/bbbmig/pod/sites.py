"""Pod's sites (Django's "sites"): several may live in one Pod."""

from dataclasses import dataclass

from bbbmig.errors import RemoteRefused
from bbbmig.pod.server import PodServer


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


def chosen_site(server: PodServer) -> PodSite:
    """Find the site of the settings, else the one of the server's address, else the only one.

    Raise RemoteRefused when there is none, or it is not clear which; else as `PodServer.get`.
    """
    sites = all_sites(server)
    wanted = server.site.casefold()
    if wanted:
        found = [site for site in sites if wanted in (str(site.id), site.domain.casefold(), site.name.casefold())]
    else:
        found = sites if len(sites) == 1 else [site for site in sites if _same_host(site.domain, server.host)]
    if len(found) == 1:
        return found[0]
    problem = f"Pod has no site {server.site!r}" if wanted else f"none of Pod's sites is {server.host}"
    known = ", ".join(f"{site.id} {site.domain}" for site in sites)
    raise RemoteRefused(problem, hint=f"set pod.site to one of: {known}")


def _same_host(domain: str, host: str) -> bool:
    return domain.casefold() in (host.casefold(), host.casefold().partition(":")[0])
