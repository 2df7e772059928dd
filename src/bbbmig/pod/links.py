"""External recordings ("My external videos"), over the route that our file adds to Pod (see `extension`)."""

import contextlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bbbmig.domain.target import Link, LinkRequest, LinkResult
from bbbmig.errors import RemoteError
from bbbmig.pod.client import PodServer
from bbbmig.pod.errors import NoSuchObject, NoSuchRoute, words
from bbbmig.pod.json_row import Row
from bbbmig.pod.sites import all_sites, chosen_site

ROUTE = "/rest/external_recordings/"
_LONGEST_KNOWN_PAGE = 5000
_IDS_AT_ONCE = 1000
_SHORTEST_RECORD_ID = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionVersion:
    """What our file in Pod says of itself.

    `site` is the id of the site on which links are made. `page` is the path of "My external videos", "" if this Pod
    does not show it (USE_IMPORT_VIDEO = False).
    """

    version: str
    site: int
    page: str
    bulk_max: int
    page_size_max: int


class Links:
    """The external recordings of one Pod; may be shared between threads.

    All raise RemoteError and RemoteRefused as `PodServer.get`; of the latter NoSuchRoute if our file is not in Pod.
    """

    def __init__(self, server: PodServer) -> None:
        """Use that Pod; nothing is sent yet."""
        self._server = server
        self._site: int | None = None

    def version(self) -> ExtensionVersion | None:
        """Ask our file what it is; None if it is not there."""
        try:
            reply = self._server.get(ROUTE + "version/", what="bbbmig's file in Pod")
        except (NoSuchRoute, NoSuchObject):
            return None
        return ExtensionVersion(
            version=reply.text("version"),
            site=reply.number("site"),
            page=reply.text("page"),
            bulk_max=reply.number("bulk_max"),
            page_size_max=reply.number("page_size_max"),
        )

    def all(self) -> list[Link]:
        """Read all links, oldest first."""
        with _our_file():
            rows = self._server.read_all(
                ROUTE, what="external recordings in Pod", params=self._on_site(), page_size=_LONGEST_KNOWN_PAGE
            )
        return [_link(row) for row in rows]

    def create(self, links: Sequence[LinkRequest]) -> list[LinkResult]:
        """Create in one request those that do not exist, as many as `ExtensionVersion.bulk_max` at most.

        Gives one result for each, in their order; one that is refused does not hinder the others. Those that exist
        are not changed. Sent again when the reply is lost: then those of the first time are not new any more.
        """
        if not links:
            return []
        body = [_as_json(link) | self._on_site() for link in links]
        what = "creating external recordings in Pod"
        with _our_file():
            reply = self._server.post(ROUTE + "bulk/", body, what=what, repeatable=True)
        results = reply.rows("results")
        if [result.raw("index") for result in results] != list(range(len(links))):
            raise RemoteError(f"{what}: not one result for each", hint="run again")
        return [_created(result) for result in results]

    def remove(self, ids: Sequence[int]) -> int:
        """Delete the links with these ids, as far as they are there; return how many were."""
        return sum(self._remove({"ids": lot, **self._on_site()}) for lot in _lots(ids))

    def _remove(self, order: dict[str, object]) -> int:
        """Delete by one request, and look whether it was done if its reply is lost."""
        there = self._ordered(order, dry=True)
        if not there:
            return 0
        try:
            return self._ordered(order, dry=False)
        except RemoteError:
            if self._ordered(order, dry=True):
                raise
            return there

    def _ordered(self, order: dict[str, object], *, dry: bool) -> int:
        what = "counting external recordings in Pod" if dry else "deleting external recordings in Pod"
        with _our_file():
            reply = self._server.post(ROUTE + "delete/", {**order, "dry": dry}, what=what, repeatable=dry)
        return reply.number("count")

    def _on_site(self) -> dict[str, str | int]:
        """Name the site of the settings; without one, Pod takes its own."""
        if not self._server.site:
            return {}
        if self._site is None:
            self._site = chosen_site(self._server, all_sites(self._server), self._server.site).id
        return {"site": self._site}


@contextlib.contextmanager
def _our_file() -> Iterator[None]:
    """Say what is missing when the route is."""
    try:
        yield
    except NoSuchRoute as error:
        raise NoSuchRoute(
            "Pod has no route for external recordings", hint="`bbbmig pod-extension` prints the file that it needs"
        ) from error


def _link(row: Row) -> Link:
    return Link(
        id=row.number("id"),
        name=row.text("name"),
        type=row.text("type"),
        source_url=row.text("source_url"),
        owner_username=row.text("owner__username"),
        start_at=row.moment("start_at"),
        site=row.number("site"),
    )


def _as_json(link: LinkRequest) -> dict[str, str | int]:
    """Write a row as our file takes it; what it would refuse as a record_id is left out."""
    row: dict[str, str | int] = {
        "name": link.name,
        "source_url": link.source_url,
        "owner": link.owner_id,
        "type": link.type,
    }
    if link.start_at is not None:
        row["start_at"] = link.start_at.isoformat()
    if len(link.record_id) >= _SHORTEST_RECORD_ID and link.record_id in re.split("[/?&=#;]", link.source_url):
        row["record_id"] = link.record_id
    return row


def _created(result: Row) -> LinkResult:
    if "error" in result:
        return LinkResult(id=None, created=False, error=words(result.raw("error")) or "refused without a reason")
    return LinkResult(id=result.number("id"), created=result.flag("created"))


def _lots(ids: Sequence[int]) -> list[list[int]]:
    return [list(ids[start : start + _IDS_AT_ONCE]) for start in range(0, len(ids), _IDS_AT_ONCE)]
