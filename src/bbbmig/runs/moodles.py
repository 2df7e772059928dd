"""The Moodles of the settings, by the names of their sections."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bbbmig.domain.username_rule import UserNames
from bbbmig.runs.adapters import Adapters
from bbbmig.runs.database_places import database_of
from bbbmig.settings import Settings

if TYPE_CHECKING:
    from bbbmig.moodle import MoodleOwners, MoodleSource

EVERY = "all"


def moodle_sources(settings: Settings, names: Sequence[str]) -> "list[MoodleSource]":
    """Return the Moodles of these sections; `all`: every one. Raise ConfigError for a section that is not there."""
    settings.need(*("moodle" if name == EVERY else f"moodle.{name}" for name in names))
    return [_source(settings, name) for name in settings.moodle if EVERY in names or name in names]


def moodle_owners(adapters: Adapters, names: Sequence[str]) -> "list[MoodleOwners]":
    """Prepare to ask these Moodles; `all`: every complete section. Nothing is connected yet.

    Connections are closed with the run's adapters.
    """
    wanted = [name for name in adapters.settings.moodle if EVERY in names or name in names]
    if not wanted:
        return []
    from bbbmig.moodle import MoodleOwners  # and with it SQLAlchemy, a third of what a short run takes

    return [adapters.enter_context(MoodleOwners(_source(adapters.settings, name))) for name in wanted]


def _source(settings: Settings, name: str) -> "MoodleSource":
    """Return one Moodle's database."""
    from bbbmig.moodle import MoodleSource
    from bbbmig.moodle.config import RIGHTS

    section = settings.moodle[name]
    return MoodleSource(
        name=name,
        database=database_of(section, f"moodle {name}", RIGHTS),
        prefix=section.prefix,
        schema=section.schema_,
        config_view=section.config_view,
        origin_servers=section.origin_servers,
        default_moderators=section.default_moderators,
        names=UserNames(field=section.names.field, pattern=section.names.pattern, case=section.names.case),
        most_moderators=section.most_moderators,
        inherited_roles=section.inherited_roles,
    )
