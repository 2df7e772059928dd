"""Owner sources that are read whole: Greenlights and tables of the settings, and how their people are named in Pod."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from bbbmig.domain.account_names import NAMED_RULES, USUAL_RULES, AccountNames, NameRule
from bbbmig.domain.register_owners import AskPod, RegisterOwners, RegisterPlace
from bbbmig.runs.adapters import Adapters
from bbbmig.runs.database_places import database_or_file
from bbbmig.settings import AccountNamesSection, Settings

if TYPE_CHECKING:
    from bbbmig.greenlight import GreenlightSource
    from bbbmig.table import TableSource

_METADATA = "metadata"


def greenlights(adapters: Adapters) -> Mapping[str, RegisterOwners]:
    """Prepare to ask the Greenlights of the settings, by section; nothing is connected yet."""
    from bbbmig.greenlight import reader_of
    from bbbmig.greenlight.config import ORIGINS

    found = {}
    for name in adapters.settings.greenlight:
        source = greenlight_source(adapters.settings, name)
        place = RegisterPlace(name=source.label, servers=source.origin_servers, origins=ORIGINS)
        names = account_names(adapters.settings.greenlight[name].names)
        owners = RegisterOwners(place, reader_of(source), names, ask_pod(adapters))
        found[f"greenlight.{name}"] = adapters.enter_context(owners)
    return found


def tables(adapters: Adapters) -> Mapping[str, RegisterOwners]:
    """Prepare to ask the tables of the settings, as `greenlights`."""
    from bbbmig.table import reader_of

    found = {}
    for name in adapters.settings.table:
        source = table_source(adapters.settings, name)
        place = RegisterPlace(name=source.label, servers=source.origin_servers, origins=source.answers_for)
        names = account_names(adapters.settings.table[name].names, usual=NAMED_RULES)
        owners = RegisterOwners(place, reader_of(source), names, ask_pod(adapters))
        found[f"table.{name}"] = adapters.enter_context(owners)
    return found


def table_source(settings: Settings, name: str) -> "TableSource":
    """Return where one table is. Raise ConfigError for values that cannot be right together."""
    from bbbmig.table import TableSource
    from bbbmig.table.config import RIGHTS

    section = settings.table[name]
    return TableSource(
        name=name,
        where=None if section.driver == _METADATA else database_or_file(section, f"table {name}", RIGHTS),
        query=section.query,
        preset=section.preset,
        prefix=section.prefix,
        origin_servers=section.origin_servers,
        origins=section.origins,
        metadata=section.metadata,
        pattern=section.pattern,
        value=section.value,
    )


def greenlight_source(settings: Settings, name: str) -> "GreenlightSource":
    """Return where one Greenlight's database, or its export, is."""
    from bbbmig.greenlight import GreenlightSource
    from bbbmig.greenlight.config import RIGHTS

    section = settings.greenlight[name]
    return GreenlightSource(
        name=name,
        where=database_or_file(section, f"greenlight {name}", RIGHTS),
        schema=section.schema_,
        origin_servers=section.origin_servers,
        providers=section.providers,
    )


def account_names(section: AccountNamesSection, *, usual: tuple[NameRule, ...] = USUAL_RULES) -> AccountNames:
    """Return the rules for names in Pod, the usual ones where the section has none."""
    rules = tuple(NameRule(field=one.field, pattern=one.pattern, case=one.case) for one in section.rules)
    return AccountNames(rules=rules or usual, by_email=section.by_email)


def ask_pod(adapters: Adapters) -> AskPod | None:
    """Return what asks Pod for people by their e-mail address; None if the settings have no Pod."""
    if not adapters.settings.has("pod"):
        return None

    def alone_with(emails: Collection[str]) -> dict[str, str]:
        return adapters.users.alone_with_email(emails)

    return alone_with
