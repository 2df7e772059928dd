"""What of a Moodle's database this account may read, and the few site settings that matter."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from bbbmig.database.columns import columns_seen
from bbbmig.database.read_only import ReadOnlyConnection
from bbbmig.domain.moodle_participants import Rules, parse_default
from bbbmig.errors import RemoteRefused
from bbbmig.moodle.config import MoodleSource
from bbbmig.moodle.tables import CONFIG, WANTED, MoodleTables

_NAMES: sa.BindParameter[Any] = sa.bindparam("names", expanding=True)

_SETTINGS = (
    "bigbluebuttonbn_participant_moderator_default",
    "siteguest",
    "siteadmins",
    "mnet_localhost_id",
    "release",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """Columns that this account does not see; all of a table's when the table is absent, or not granted.

    MySQL does not tell a least-privilege account which of the two it is. `lost` says what goes without
    them; "" when nothing does.
    """

    table: str
    columns: tuple[str, ...]
    whole: bool
    lost: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The tables and columns that this account sees."""

    seen: dict[str, frozenset[str]]
    missing: tuple[Missing, ...]

    def has(self, *tables: str) -> bool:
        """Tell whether these tables are there with every column that bbbmig cannot do without."""
        return all(self.has_column(table, column) for table in tables for column, _ in WANTED[table].columns)

    def has_column(self, table: str, column: str) -> bool:
        """Tell whether a column may be read."""
        return column in self.seen.get(table, frozenset())

    def require(self, source: MoodleSource) -> None:
        """Raise RemoteRefused, naming every column, when something is missing without which nothing works."""
        needed = [missing for missing in self.missing if not missing.lost]
        if needed:
            columns = "; ".join(f"{source.prefix}{m.table} ({', '.join(m.columns)})" for m in needed)
            account = source.database.user or "this account"
            raise RemoteRefused(
                f"{source.label}: not there, or not granted to {account}: {columns}",
                hint="are prefix and schema right? docs/moodle.md has the statements that grant what bbbmig needs",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The site's settings; `release` is "" and the people unknown when no settings may be read."""

    default_rules: Rules
    settings: str = ""
    """Where they come from: the view's or table's name, "" if they may not be read."""
    admins: frozenset[int] = frozenset()
    guest: int | None = None
    host: int | None = None
    """The `mnethostid` of the site's own people."""
    release: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """The site's roles; their numbers differ from site to site."""

    short_names: dict[int, str] = field(default_factory=dict)
    editing: frozenset[int] = frozenset()
    """Those made after the editing teacher."""

    def number(self, key: str) -> int | None:
        """Find a role by its number or short name; None if there is none."""
        if key.isdecimal() and int(key) in self.short_names:
            return int(key)
        return next((number for number, name in self.short_names.items() if name == key), None)


def read_layout(connection: ReadOnlyConnection, source: MoodleSource) -> Layout:
    """Ask which of the wanted tables and columns there are; for a view in another database, once more."""
    database, _, view = source.config_view.rpartition(".")
    names = {source.prefix + name: name for name in (*WANTED, "config")}
    if not database:
        names[view] = source.config_view
    own = columns_seen(connection, names, source.schema if source.database.driver == "postgresql" else "")
    layout = {names[table]: columns for table, columns in own.items()}
    if database:
        layout[source.config_view] = columns_seen(connection, [view], database).get(view, frozenset())
    return Layout(seen=layout, missing=tuple(_missing(layout)))


def _missing(seen: dict[str, frozenset[str]]) -> Iterator[Missing]:
    for table, wanted in WANTED.items():
        there = seen.get(table, frozenset())
        columns = tuple(name for name, _ in wanted.columns if name not in there)
        extra = tuple(name for name, _ in wanted.extra if name not in there)
        if columns:
            yield Missing(table=table, columns=columns + extra, whole=not there, lost=wanted.lost)
        elif extra:
            yield Missing(table=table, columns=extra, whole=False, lost=wanted.lost_extra)


def read_site(connection: ReadOnlyConnection, source: MoodleSource, tables: MoodleTables, layout: Layout) -> Site:
    """Read the site's settings from the view, or the table; without either, take Moodle's own defaults."""
    values: dict[str, str] = {}
    found = ""
    for name, table in ((source.config_view, tables.config_view), ("config", tables.config)):
        if layout.seen.get(name, frozenset()).issuperset(column for column, _ in CONFIG.columns):
            found = table.name
            rows = connection.read(
                sa.select(table.c.name, table.c.value).where(table.c.name.in_(_NAMES)), names=_SETTINGS
            )
            values = {key: value for key, value in rows if value is not None}
            break
    default = source.default_moderators
    if default is None:
        default = values.get("bigbluebuttonbn_participant_moderator_default", "0")
    return Site(
        default_rules=parse_default(default),
        settings=found,
        admins=frozenset(int(key) for key in values.get("siteadmins", "").split(",") if key.strip().isdecimal()),
        guest=_number(values.get("siteguest")),
        host=_number(values.get("mnet_localhost_id")),
        release=values.get("release", ""),
    )


def _number(value: str | None) -> int | None:
    return int(value) if value and value.isdecimal() else None


def read_roles(connection: ReadOnlyConnection, tables: MoodleTables) -> Roles:
    """Read the site's roles: a few dozen at most."""
    role = tables["role"]
    rows = connection.read(sa.select(role.c.id, role.c.shortname, role.c.archetype))
    return Roles(
        short_names={number: name for number, name, _ in rows},
        editing=frozenset(number for number, _, archetype in rows if archetype == "editingteacher"),
    )
