"""What `bbbmig check` tells of a Moodle: what is there, what the account may read, and that it cannot write."""

from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from bbbmig.database.read_only import ReadOnlyConnection
from bbbmig.errors import RemoteRefused
from bbbmig.moodle.config import DEFAULT_SECTION, MoodleSource
from bbbmig.moodle.grants import Layout, Missing, Site, read_layout, read_site
from bbbmig.moodle.tables import MoodleTables

_GRANTS = "docs/moodle.md has the statements that grant what bbbmig reads"


@dataclass(frozen=True, slots=True, kw_only=True)
class MoodleProblem:
    """Something that is not as it should be, and what to do; a `serious` one keeps owners from being found."""

    message: str
    hint: str
    serious: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MoodleState:
    """A Moodle as its database shows it to this account.

    `server` is the database server with its version, `release` Moodle's own ("" if the settings may not be
    read). `tables` have Moodle's names, without prefix. `activities` is None if they may not be counted.
    `read_only`: the server refused a write that would have changed nothing; `refusal` is how.
    """

    name: str
    server: str
    release: str
    tables: tuple[str, ...]
    missing: tuple[Missing, ...]
    activities: int | None
    read_only: bool
    refusal: str
    problems: tuple[MoodleProblem, ...]


def inspect_moodle(source: MoodleSource) -> MoodleState:
    """Look at one Moodle. Raise ConfigError, RemoteError or RemoteRefused when its database cannot be reached."""
    connection = ReadOnlyConnection(source.database)
    try:
        tables = MoodleTables(source)
        layout = read_layout(connection, source)
        site = read_site(connection, source, tables, layout)
        activities = _count(connection, tables, layout)
        refusal = _refusal(connection, tables)
        return MoodleState(
            name=source.name,
            server=connection.server(),
            release=site.release,
            tables=tuple(sorted(layout.seen)),
            missing=layout.missing,
            activities=activities,
            read_only=bool(refusal),
            refusal=refusal,
            problems=tuple(_problems(source, layout, site, activities, refusal)),
        )
    finally:
        connection.close()


def _count(connection: ReadOnlyConnection, tables: MoodleTables, layout: Layout) -> int | None:
    if not layout.has("bigbluebuttonbn"):
        return None
    (row,) = connection.read(sa.select(sa.func.count(tables["bigbluebuttonbn"].c.id)))
    return int(row[0])


def _refusal(connection: ReadOnlyConnection, tables: MoodleTables) -> str:
    """Try to write, in a way that changes no row; return how the server refuses, "" if it does not."""
    activity = tables["bigbluebuttonbn"]
    try:
        connection.run(sa.update(activity).values(name=activity.c.name).where(sa.false()))
    except RemoteRefused as refused:
        return refused.message
    return ""


def _problems(
    source: MoodleSource, layout: Layout, site: Site, activities: int | None, refusal: str
) -> Iterator[MoodleProblem]:
    for missing in layout.missing:
        if not _expected(missing, site):
            yield MoodleProblem(
                message=f"{source.prefix}{missing.table}: {', '.join(missing.columns)} absent or not granted"
                + (f": {missing.lost}" if missing.lost else ""),
                hint=_GRANTS if missing.lost else f"are prefix and schema right? {_GRANTS}",
                serious=not missing.lost,
            )
    if not site.settings:
        yield MoodleProblem(
            message="the site's settings may not be read: administrators are not known, and become owners like others"
            + ("" if source.default_moderators is not None else "; the default rules are taken to be Moodle's own"),
            hint=f"make the view {source.config_view} and grant it (docs/moodle.md); where docs/grants made it in a "
            'database of its own, write config_view = "bbbmig_view.bbbmig_config"',
        )
    if activities == 0:
        yield MoodleProblem(message="not one BigBlueButton activity", hint="are database, prefix and schema right?")
    if not refusal:
        yield MoodleProblem(
            message="the server let a write pass: the session is not read-only",
            hint="use an account with SELECT rights only (docs/moodle.md), and report which server it is",
            serious=True,
        )
    if not source.origin_servers:
        default = source.name == DEFAULT_SECTION
        yield MoodleProblem(
            message="no origin_servers: "
            + ("recordings are taken for this Moodle's only if a seed proves it" if default else "never asked"),
            hint="origin_servers: the host names of this Moodle's address, old ones included",
            serious=not default,
        )


def _expected(missing: Missing, site: Site) -> bool:
    """Tell whether a table is rightly absent: Moodle 2 and 3 have none of recordings."""
    return missing.table == "bigbluebuttonbn_recordings" and missing.whole and site.release.startswith(("2.", "3."))
