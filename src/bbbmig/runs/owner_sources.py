"""The owner sources of the settings: every kind that there is, and those that the user asked for by name."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from bbbmig.domain.owner_sources import OwnerSource, Router
from bbbmig.domain.register_owners import RegisterOwners
from bbbmig.errors import ConfigError
from bbbmig.runs.adapters import Adapters
from bbbmig.runs.moodles import moodle_owners
from bbbmig.runs.registers import greenlights, tables

ALL = "all"
NONE = "none"


def _moodles(adapters: Adapters) -> Mapping[str, OwnerSource]:
    return {f"moodle.{source.source.name}": source for source in moodle_owners(adapters, [ALL])}


SOURCES: list[Callable[[Adapters], Mapping[str, OwnerSource]]] = [_moodles, greenlights, tables]
"""One line a kind of source: what the settings have of it, by the name of the section; nothing is connected yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The sources that are asked in this run, and those that are configured and left out."""

    asked: Sequence[OwnerSource]
    not_asked: Sequence[OwnerSource] = ()

    def router(self, *, ignored_servers: Collection[str]) -> Router[OwnerSource]:
        """Return what decides which of them is asked about a recording."""
        return Router(self.asked, not_asked=self.not_asked, ignored_servers=ignored_servers)


def chosen_sources(adapters: Adapters, names: Collection[str]) -> Chosen:
    """Choose sources by name: "all", "none", a section ("moodle.default"), its name or its kind alone; no name: all.

    Raise ConfigError for one that the settings do not have, or not completely.
    """
    if NONE in names:
        if set(names) != {NONE}:
            raise ConfigError(f"{NONE} and other owner sources: {', '.join(sorted(names))}", hint=f"leave {NONE} away")
        return Chosen(asked=())
    if ALL in names or not names:
        adapters.settings.need(*adapters.settings.owner_sources)
    configured = {name: source for kind in SOURCES for name, source in kind(adapters).items()}
    if ALL in names and not configured:
        adapters.settings.need("moodle")
    asked: dict[str, OwnerSource] = {}
    for name in names or (ALL,):
        its = {section: one for section, one in configured.items() if name == ALL or name in _called(section)}
        if not its and name != ALL:
            adapters.settings.need(name if "." in name else f"moodle.{name}")
            raise ConfigError(f"{name}: no such owner source", hint=f"there are: {', '.join(configured) or 'none'}")
        asked |= its
    for source in asked.values():
        if isinstance(source, RegisterOwners):  # read whole: what is wrong with it shows before the old server is asked
            source.reach()
    return Chosen(
        asked=[source for name, source in configured.items() if name in asked],
        not_asked=[source for name, source in configured.items() if name not in asked],
    )


def _called(section: str) -> tuple[str, str, str]:
    """Return the names by which a source may be asked for."""
    kind, _, name = section.partition(".")
    return section, kind, name
