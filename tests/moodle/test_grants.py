"""The accounts of docs/grants can do what they are for, and nothing else."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import sqlalchemy as sa

from bbbmig.errors import ConfigError
from bbbmig.moodle import MoodleSource
from bbbmig.moodle.tables import CONFIG, FOR_NOTICE, WANTED
from tests.databases import GROUP, SERVERS, Server
from tests.moodle.grants import GRANTS, account, filled_in, statements
from tests.moodle.schema import Database
from tests.moodle.small import SmallMoodle
from tests.moodle.sources import MYSQL

BOTH = [pytest.param(engine, marks=GROUP) for engine in SERVERS]


@dataclass(frozen=True)
class Accounts:
    reading: sa.Engine
    writing: sa.Engine
    view: str


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
            yield Accounts(engines[0], engines[1], reading["config_view"])


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
        "UPDATE {view} SET value = 'x'",
        "DROP VIEW {view}",
    ],
)
def test_the_reading_account_can_do_nothing_else(accounts: Accounts, statement: str) -> None:
    with pytest.raises(sa.exc.DBAPIError):
        run(accounts.reading, statement.format(view=accounts.view))


def test_the_view_shows_no_secret(accounts: Accounts) -> None:
    with accounts.reading.connect() as connection:
        names = set(connection.exec_driver_sql(f"SELECT name FROM {accounts.view}").scalars())
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
    found = re.findall(rf"GRANT {right} \(([^)]*)\) ON @(?:MOODLE_DATABASE|SCHEMA)@\.@PREFIX@(\w+)", text)
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


@pytest.mark.parametrize("document", ["moodle.md", "moodle.fr.md"])
@pytest.mark.parametrize("name", [path.name for path in sorted(GRANTS.glob("*.sql"))])
def test_the_line_of_the_documents_fills_in_every_file(document: str, name: str) -> None:
    text = (GRANTS.parent / document).read_text()
    (line,) = re.findall(r"sed -e '([^']+)' docs/grants/mysql\.sql", text)
    sed = [shutil.which("sed") or "sed", "-e", line, str(GRANTS / name)]
    filled = subprocess.run(sed, capture_output=True, text=True, check=True).stdout
    values = dict(re.findall(r"s/@(\w+)@/([^/]*)/g", line))
    assert filled == filled_in((GRANTS / name).read_text(), **values)
    assert re.findall(r"@\w+@", filled) == []


@pytest.mark.parametrize("name", [path.name for path in sorted(GRANTS.glob("*.sql"))])
def test_a_placeholder_that_was_forgotten_stops_its_statement(name: str) -> None:
    told = re.findall(r"@\w+@", (GRANTS / name).read_text().split("\n\n")[0])
    used = {word for one in statements((GRANTS / name).read_text()) for word in re.findall(r"@[A-Z_]+@", one)}
    assert used == set(told), "the head names what is to be replaced"


def dumped(program: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    found = shutil.which(program) or pytest.fail(f"{program} is not on this machine")
    return subprocess.run([found, *arguments], capture_output=True, text=True, check=False, env=environment)


@GROUP
def test_moodles_own_dump_goes_on_working_beside_the_view_on_mysql(mysql_server: Server) -> None:
    with mysql_server.empty_database() as url:
        database = SmallMoodle().fill(url, with_view=False)
        name = f"dump_{url.database}"
        mysql_server.run(
            f"CREATE USER '{name}'@'127.0.0.1' IDENTIFIED BY 'x'",
            f"GRANT SELECT, LOCK TABLES, EVENT, TRIGGER ON {url.database}.* TO '{name}'@'127.0.0.1'",
        )
        place = (f"--host={url.host}", f"--port={url.port}", f"--user={name}", "--password=x", "--single-transaction")
        command = ("mysqldump", *place, str(url.database))
        try:
            with account(mysql_server, database), account(mysql_server, database, notice=True):
                done = dumped(*command)
                assert (done.returncode, "CREATE TABLE `mdl_user`" in done.stdout) == (0, True), done.stderr
                mysql_server.run("CREATE VIEW bbbmig_config AS SELECT name FROM mdl_config", database=url.database)
                assert "SHOW VIEW" in dumped(*command).stderr, "as the view of 0.1.0 did"
        finally:
            mysql_server.run(f"DROP USER '{name}'@'127.0.0.1'")


@GROUP
def test_moodles_own_dump_goes_on_working_beside_the_view_on_postgresql(postgresql_server: Server) -> None:
    with postgresql_server.empty_database() as url:
        database = SmallMoodle().fill(url, with_view=False)
        name = f"dump_{url.database}"
        postgresql_server.run(
            f"CREATE ROLE {name} LOGIN PASSWORD 'x'",
            f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {name}",
            f"GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO {name}",
            database=url.database,
        )
        try:
            with account(postgresql_server, database):
                where = f"postgresql://{name}:x@{url.host}:{url.port}/{url.database}"
                done = dumped("pg_dump", where)
                assert (done.returncode, "CREATE TABLE public.mdl_user" in done.stdout) == (0, True), done.stderr
        finally:
            postgresql_server.run(f"DROP OWNED BY {name}", f"DROP ROLE {name}", database=url.database)


@pytest.mark.parametrize("engine", BOTH)
def test_at_the_end_nothing_of_it_is_left_and_moodle_is_whole(engine: str, request: pytest.FixtureRequest) -> None:
    server: Server = request.getfixturevalue(f"{engine}_server")
    with server.empty_database() as url:
        database = SmallMoodle().fill(url, with_view=False)
        with account(server, database) as reading, account(server, database, notice=True) as writing:
            names = [reading["user"], writing["user"]]
            view = reading["config_view"].partition(".")[0]
        admin = sa.create_engine(url, poolclass=sa.NullPool)
        people = "SELECT User FROM mysql.user" if engine == "mysql" else "SELECT rolname FROM pg_roles"
        with admin.connect() as connection:
            assert not set(connection.exec_driver_sql(people).scalars()) & set(names)
            schemas = "SELECT schema_name FROM information_schema.schemata"
            assert view not in set(connection.exec_driver_sql(schemas).scalars())
            assert connection.exec_driver_sql("SELECT count(*) FROM mdl_config").scalar()


@pytest.mark.parametrize("view", ["a.b.c", "a.", ".b", "a b", "a;b", "`a`.b"])
def test_a_view_is_named_by_itself_or_with_its_database(view: str) -> None:
    with pytest.raises(ConfigError, match="config_view"):
        MoodleSource(name="default", database=MYSQL, config_view=view)
    source = MoodleSource(name="default", database=MYSQL, config_view="other.view")
    assert source.config_view == "other.view"
