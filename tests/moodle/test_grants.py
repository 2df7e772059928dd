"""The accounts of docs/grants can do what they are for, and nothing else."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import sqlalchemy as sa

from bbbmig.moodle.tables import CONFIG, FOR_NOTICE, WANTED
from tests.databases import GROUP, SERVERS, Server
from tests.moodle.grants import GRANTS, account
from tests.moodle.schema import Database
from tests.moodle.small import SmallMoodle

BOTH = [pytest.param(engine, marks=GROUP) for engine in SERVERS]


@dataclass(frozen=True)
class Accounts:
    reading: sa.Engine
    writing: sa.Engine


@pytest.fixture(params=BOTH, scope="module")
def accounts(request: pytest.FixtureRequest) -> Iterator[Accounts]:
    """Both accounts on a small Moodle."""
    server: Server = request.getfixturevalue(f"{request.param}_server")
    with server.empty_database() as url:
        database: Database = SmallMoodle().fill(url, with_view=False)
        with account(server, database) as reading, account(server, database, notice=True) as writing:
            engines = [
                sa.create_engine(url.set(username=one["user"], password=one["password"]), poolclass=sa.NullPool)
                for one in (reading, writing)
            ]
            yield Accounts(*engines)


def run(engine: sa.Engine, statement: str) -> int:
    with engine.begin() as connection:
        return connection.exec_driver_sql(statement).rowcount


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE mdl_bigbluebuttonbn SET name = 'x'",
        "UPDATE mdl_bigbluebuttonbn SET intro = 'x'",
        "DELETE FROM mdl_bigbluebuttonbn_recordings",
        "INSERT INTO mdl_modules (id, name) VALUES (1, 'x')",
        "CREATE TABLE mine (id INTEGER)",
        "DROP TABLE mdl_role",
        "SELECT password FROM mdl_user",
        "SELECT * FROM mdl_user",
        "SELECT moderatorpass FROM mdl_bigbluebuttonbn",
        "SELECT value FROM mdl_config",
        "UPDATE bbbmig_config SET value = 'x'",
    ],
)
def test_the_reading_account_can_do_nothing_else(accounts: Accounts, statement: str) -> None:
    with pytest.raises(sa.exc.DBAPIError):
        run(accounts.reading, statement)


def test_the_view_shows_no_secret(accounts: Accounts) -> None:
    with accounts.reading.connect() as connection:
        names = set(connection.exec_driver_sql("SELECT name FROM bbbmig_config").scalars())
    assert names == {
        "bigbluebuttonbn_participant_moderator_default",
        "siteguest",
        "siteadmins",
        "mnet_localhost_id",
        "release",
    }


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE mdl_bigbluebuttonbn SET intro = 'x', timemodified = timemodified + 1 WHERE id = 30",
        "UPDATE mdl_course SET cacherev = cacherev + 1 WHERE id = 20",
    ],
)
def test_the_account_for_the_notice_can_change_texts(accounts: Accounts, statement: str) -> None:
    assert run(accounts.writing, statement) == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE mdl_bigbluebuttonbn SET name = 'x' WHERE id = 30",
        "UPDATE mdl_bigbluebuttonbn SET participants = '' WHERE id = 30",
        "UPDATE mdl_course SET fullname = 'x' WHERE id = 20",
        "DELETE FROM mdl_bigbluebuttonbn",
        "SELECT id FROM mdl_user",
    ],
)
def test_and_nothing_else(accounts: Accounts, statement: str) -> None:
    with pytest.raises(sa.exc.DBAPIError):
        run(accounts.writing, statement)


def granted(text: str, right: str) -> dict[str, set[str]]:
    found = re.findall(rf"GRANT {right} \(([^)]*)\) ON (?:moodle|public)\.mdl_(\w+)", text)
    return {table: set(columns.split(", ")) for columns, table in found}


@pytest.mark.parametrize("name", ["mysql-notice", "postgresql-notice"])
def test_the_files_for_the_notice_grant_exactly_what_it_needs(name: str) -> None:
    text = (GRANTS / f"{name}.sql").read_text()
    assert granted(text, "SELECT") == {
        table: {column for column, _ in wanted.columns} for table, wanted in FOR_NOTICE.items()
    }
    assert granted(text, "UPDATE") == {"bigbluebuttonbn": {"intro", "timemodified"}, "course": {"cacherev"}}


@pytest.mark.parametrize("name", ["mysql", "postgresql"])
def test_the_files_grant_exactly_what_is_read(name: str) -> None:
    text = (GRANTS / f"{name}.sql").read_text()
    assert granted(text, "SELECT") == {
        table: {column for column, _ in wanted.all_columns} for table, wanted in WANTED.items()
    }
    view = ", ".join(column for column, _ in CONFIG.columns)
    assert f"SELECT {view} FROM" in text
