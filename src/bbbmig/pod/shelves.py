"""Channels, themes and disciplines of Pod, among which videos stand (docs/facts/pod-rest.md#videos)."""

from dataclasses import dataclass

from bbbmig.pod.client import PodServer


@dataclass(frozen=True, slots=True, kw_only=True)
class ShelfRow:
    """A channel, theme or discipline; `parent` is the number of its site or, for a theme, of its channel."""

    id: int
    title: str
    parent: int


def channels(server: PodServer) -> list[ShelfRow]:
    """Read the channels of all sites. Raises as `PodServer.get`."""
    return _rows(server, "/rest/channels/", "Pod's channels", "site")


def themes(server: PodServer) -> list[ShelfRow]:
    """Read the themes of all channels. Raises as `PodServer.get`."""
    return _rows(server, "/rest/themes/", "Pod's themes", "channel")


def disciplines(server: PodServer) -> list[ShelfRow]:
    """Read the disciplines of all sites. Raises as `PodServer.get`."""
    return _rows(server, "/rest/discipline/", "Pod's disciplines", "site")


def _rows(server: PodServer, route: str, what: str, parent: str) -> list[ShelfRow]:
    rows = server.read_all(route, what=what)
    return [ShelfRow(id=row.link("url"), title=row.text("title"), parent=row.link(parent)) for row in rows]
