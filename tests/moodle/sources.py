"""From a filled database to the section of the settings that reads it."""

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bbbmig.database.database_url import DatabaseUrl
from bbbmig.domain.owner import Ownership
from bbbmig.domain.owner_sources import OwnerSource, Router, find_owners
from bbbmig.domain.recording import Recording
from bbbmig.moodle import ActivityRef, MoodleOwners, MoodleSource, find_activities
from bbbmig.moodle.config import RIGHTS
from tests.databases import of_the_database, read_by
from tests.moodle.schema import Database
from tests.moodle.university.model import CEILING, SERVER

MYSQL = DatabaseUrl(label="moodle x", driver="mysql", database="moodle", rights=RIGHTS)
"""Nobody connects to it."""


def file_of(path: Path) -> DatabaseUrl:
    """Say where a Moodle in a file of SQLite is."""
    return DatabaseUrl(label="moodle x", driver="sqlite", database=str(path), rights=RIGHTS)


def source_of(database: Database, **changes: Any) -> MoodleSource:  # noqa: ANN401 - any field of it
    """Make the source that reads a database, as its administrator unless `changes` names an account."""
    values: dict[str, Any] = {
        "name": "default",
        "database": read_by(database.url, "moodle default", rights=RIGHTS, **of_the_database(changes)),
        "prefix": database.prefix,
        "schema": database.schema,
        "origin_servers": (SERVER,),
        "most_moderators": CEILING,
    }
    return MoodleSource(**(values | changes))


@dataclass(frozen=True)
class Moodles:
    """Several Moodles, asked as a run asks them."""

    owners: Sequence[MoodleOwners]
    not_asked: Sequence[MoodleOwners] = ()
    ignored_servers: Sequence[str] = ()

    def find(self, recordings: Sequence[Recording], *, among: Iterable[Recording] = ()) -> Iterator[Ownership]:
        """Find owners."""
        router: Router[OwnerSource] = Router(
            self.owners, not_asked=self.not_asked, ignored_servers=self.ignored_servers
        )
        return find_owners(recordings, router, among=among)

    def activities(self, recordings: Sequence[Recording], *, among: Iterable[Recording] = ()) -> dict[str, ActivityRef]:
        """Find activities."""
        return find_activities(self.owners, recordings, ignored_servers=self.ignored_servers, among=among)


@contextlib.contextmanager
def asking(
    sources: Sequence[MoodleSource], *, not_asked: Sequence[MoodleSource] = (), ignored_servers: Sequence[str] = ()
) -> Iterator[Moodles]:
    """Prepare to ask Moodles; connections are closed at the end."""
    with contextlib.ExitStack() as stack:
        owners = [stack.enter_context(MoodleOwners(source)) for source in sources]
        others = [stack.enter_context(MoodleOwners(source)) for source in not_asked]
        yield Moodles(owners, others, ignored_servers)
