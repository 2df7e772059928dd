"""A small Moodle with the documented account for the notice, on any kind of database."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from bbbmig.moodle import MoodleNotice, MoodleSource
from tests.databases import Server
from tests.moodle.grants import account
from tests.moodle.schema import Database
from tests.moodle.small import SmallMoodle
from tests.moodle.sources import source_of


@dataclass(frozen=True, kw_only=True)
class NoticeSite:
    """`source` has the account for the notice; everything else is seen as the administrator."""

    database: Database
    source: MoodleSource
    notice: MoodleNotice

    def select(self, statement: str) -> list[tuple[Any, ...]]:
        engine = sa.create_engine(self.database.url, poolclass=sa.NullPool)
        with engine.begin() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(statement)]

    def run(self, statement: str, **values: object) -> None:
        engine = sa.create_engine(self.database.url, poolclass=sa.NullPool)
        with engine.begin() as connection:
            connection.execute(sa.text(statement), values)

    def write(self, number: int, text: str | None) -> None:
        """Change a text as a teacher does."""
        self.run("UPDATE mdl_bigbluebuttonbn SET intro = :text WHERE id = :number", text=text, number=number)

    def texts(self) -> dict[int, str | None]:
        return dict(self.select("SELECT id, intro FROM mdl_bigbluebuttonbn ORDER BY id"))

    def modified(self) -> dict[int, int]:
        return dict(self.select("SELECT id, timemodified FROM mdl_bigbluebuttonbn"))

    def revisions(self) -> dict[int, int]:
        return dict(self.select("SELECT id, cacherev FROM mdl_course"))


@contextlib.contextmanager
def notice_site(
    moodle: SmallMoodle,
    url: sa.URL,
    server: Server | None,
    *,
    without: str = "",
    **changes: Any,  # noqa: ANN401 - any field of the source
) -> Iterator[NoticeSite]:
    """Fill the database and make the account, less the rights on the table `without`; SQLite has no accounts."""
    database = moodle.fill(url, with_view=False)
    with contextlib.ExitStack() as stack:
        if server is not None:
            changes = {
                **stack.enter_context(account(server, database, notice=True, without=[without] if without else ())),
                **changes,
            }
        source = source_of(database, **changes)
        notice = stack.enter_context(MoodleNotice(source))
        yield NoticeSite(database=database, source=source, notice=notice)
