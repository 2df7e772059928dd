"""Where published videos stand in Pod, looked up by what the settings name: type, sites, channel and the like."""

from collections.abc import Sequence
from dataclasses import dataclass

from bbbmig.domain.target import Shelf
from bbbmig.errors import ConfigError
from bbbmig.pod.shelves import ShelfRow, channels, disciplines, themes
from bbbmig.pod.sites import all_sites, chosen_site
from bbbmig.runs.run import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Pod's numbers of the type and the sites of published videos, and where they stand."""

    type_id: int
    site_ids: tuple[int, ...]
    shelf: Shelf


def publish_target(run: Run) -> Target:
    """Return the type, the sites and the shelf that published videos get. Raise ConfigError if the site has no such."""
    wanted, pod = run.settings.publish.type, run.adapters.pod
    site = chosen_site(pod, all_sites(pod), run.settings.pod.site)
    types = run.adapters.videos.types()
    offered = [one for one in types if site.id in one.sites]
    if wanted not in {one.id for one in offered}:
        known = ", ".join(f"{one.id} ({one.title})" for one in offered)
        where = f"on its site {site.domain}" if wanted in {one.id for one in types} else ""
        raise ConfigError(
            " ".join(filter(None, (f"publish.type: Pod has no type {wanted}", where))),
            hint=f"set it to one of: {known}"
            if known
            else "let the site have one: Pod's administration, /admin/video/type/",
        )
    return Target(type_id=wanted, site_ids=(site.id,), shelf=publish_shelf(run, site.id))


def publish_shelf(run: Run, site: int) -> Shelf:
    """Find channel, theme and discipline on a site. Raise ConfigError if Pod has none of that title or number.

    Pod is asked only for what the settings name.
    """
    wanted, pod = run.settings.publish, run.adapters.pod
    if wanted.theme and not wanted.channel:
        raise ConfigError("publish.theme: a theme is part of a channel", hint="set publish.channel, too")
    channel = _found("channel", wanted.channel, channels(pod), site) if wanted.channel else None
    theme = _found("theme", wanted.theme, themes(pod), channel) if wanted.theme else None
    discipline = _found("discipline", wanted.discipline, disciplines(pod), site) if wanted.discipline else None
    return Shelf(channel=channel, theme=theme, discipline=discipline, licence=wanted.licence)


def _found(key: str, wanted: str, rows: Sequence[ShelfRow], parent: int | None) -> int:
    """Return the number of the one that has this title, in any case, or this number."""
    there = [one for one in rows if one.parent == parent]
    found = [one for one in there if one.title.casefold() == wanted.casefold()]
    found = found or [one for one in there if str(one.id) == wanted]
    if len(found) == 1:
        return found[0].id
    where = "in that channel" if key == "theme" else "on the site that receives"
    problem = f"several {key}s are called {wanted!r}" if found else f"Pod has no {key} {wanted!r}"
    known = ", ".join(f"{one.id} ({one.title})" for one in there)
    raise ConfigError(
        f"publish.{key}: {problem} {where}",
        hint=f"set it to one of: {known}" if known else f"there is no {key} there at all: make one in Pod",
    )
