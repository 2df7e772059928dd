"""The session cannot write, and every error comes in words that hold no secret."""

import traceback
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bbbmig.database.database_url import DatabaseUrl
from bbbmig.database.driver_errors import CannotConnect, ConnectionLost, in_words
from bbbmig.database.read_only import ReadOnlyConnection
from bbbmig.errors import BbbmigError, ConfigError, RemoteError, RemoteRefused
from bbbmig.moodle import MoodleOwners, MoodleSource
from tests.databases import GROUP, SERVERS, Server, of_the_database
from tests.moodle.small import SmallMoodle, recording
from tests.moodle.sources import MYSQL, asking, file_of, source_of

BOTH = [pytest.param(engine, marks=GROUP) for engine in SERVERS]
WRITES = (
    "INSERT INTO mdl_role (id, name, shortname, archetype) VALUES (1, '', 'x', 'x')",
    "UPDATE mdl_bigbluebuttonbn SET intro = 'x'",
    "DELETE FROM mdl_user",
    "CREATE TABLE mdl_new (id INTEGER)",
    "DROP TABLE mdl_role",
)


@pytest.fixture
def source(database_url: sa.URL) -> MoodleSource:
    """A small Moodle on each engine, read by the database's own administrator."""
    return source_of(SmallMoodle().fill(database_url))


@pytest.fixture(params=BOTH, scope="module")
def remote(request: pytest.FixtureRequest) -> Iterator[MoodleSource]:
    """A small Moodle on each server, which no test changes."""
    server: Server = request.getfixturevalue(f"{request.param}_server")
    with server.empty_database() as url:
        yield source_of(SmallMoodle().fill(url))


def test_the_server_refuses_to_write_even_for_its_administrator(
    source: MoodleSource, subtests: pytest.Subtests
) -> None:
    connection = ReadOnlyConnection(source.database)
    for statement in WRITES:
        with subtests.test(statement), pytest.raises(RemoteRefused):
            connection.run(sa.text(statement))
    connection.close()


def test_a_new_connection_cannot_write_either(source: MoodleSource) -> None:
    connection = ReadOnlyConnection(source.database)
    connection.read(sa.select(sa.literal(1)))
    connection.close()
    with pytest.raises(RemoteRefused, match=r"read-?only"):
        connection.run(sa.text("DELETE FROM mdl_user"))
    connection.close()


def test_an_sqlite_file_is_opened_for_reading_only(sqlite_url: sa.URL) -> None:
    connection = ReadOnlyConnection(source_of(SmallMoodle().fill(sqlite_url)).database)
    connection.run(sa.text("PRAGMA query_only = OFF"))
    with pytest.raises(RemoteRefused, match="readonly"):
        connection.run(sa.text("DELETE FROM mdl_user"))
    connection.close()


def test_what_is_bound_appears_in_no_message(source: MoodleSource) -> None:
    """An error that holds the value on each server: a bad number, or a syntax error with the text near it."""
    connection = ReadOnlyConnection(source.database)
    broken = "SELECT CAST(:value AS INTEGER) FROM mdl_role nowhere else"
    with pytest.raises(BbbmigError) as caught:
        connection.run(sa.text(broken).bindparams(value="zoé@univ.fr"))
    assert "zoé" not in caught.value.message + caught.value.hint
    connection.close()


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"password": "wr0ng-pa55word"}, RemoteRefused, ""),
        ({"user": "nobody_here", "password": "wr0ng-pa55word"}, RemoteRefused, ""),
        ({"database": "no_such_database"}, RemoteRefused, "no_such_database"),
        ({"port": 1}, CannotConnect, "127.0.0.1:1"),
        ({"host": "no-such-host.invalid"}, CannotConnect, "no-such-host.invalid"),
        ({"prefix": "other_"}, RemoteRefused, "other_bigbluebuttonbn"),
    ],
)
def test_what_keeps_us_out_is_told_without_the_password(
    remote: MoodleSource, changes: dict[str, Any], error: type[BbbmigError], words: str
) -> None:
    elsewhere = replace(remote.database, **of_the_database(changes := dict(changes)))
    with pytest.raises(error) as caught, asking([replace(remote, database=elsewhere, **changes)]) as owners:
        owners.find([recording()])
    assert words in caught.value.message
    assert caught.value.message.startswith("moodle default: ")
    assert caught.value.hint
    told = "".join(traceback.format_exception(caught.value))
    assert "wr0ng-pa55word" not in told
    assert remote.database.password not in told


@GROUP
def test_a_schema_that_is_not_there_is_told(postgresql_server: Server) -> None:
    with postgresql_server.empty_database() as url:
        source = source_of(SmallMoodle().fill(url), schema="nowhere")
        with pytest.raises(RemoteRefused, match="not there, or not granted") as caught:
            MoodleOwners(source).find([recording()])
    assert "schema" in caught.value.hint


def test_a_file_that_is_not_there_is_a_mistake_in_the_settings(tmp_path: Path) -> None:
    source = MoodleSource(name="x", database=file_of(tmp_path / "missing"), origin_servers=("moodle.univ.fr",))
    with pytest.raises(ConfigError, match="there is no file"):
        MoodleOwners(source).find([recording()])


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    path = tmp_path / "text"
    path.write_text("not a database, but long enough for SQLite to look at it\n" * 40)
    source = MoodleSource(name="x", database=file_of(path), origin_servers=("moodle.univ.fr",))
    with pytest.raises(RemoteRefused, match="not a database"):
        MoodleOwners(source).find([recording()])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"prefix": "mdl_; DROP TABLE"}, "prefix cannot be"),
        ({"schema": 'a"b'}, "schema cannot be"),
        ({"config_view": "a b"}, "config_view cannot be"),
        ({"most_moderators": 0}, "most_moderators cannot be"),
    ],
)
def test_values_that_cannot_be_right_are_refused(changes: dict[str, Any], words: str) -> None:
    values: dict[str, Any] = {"name": "science", "database": MYSQL}
    with pytest.raises(ConfigError, match=words):
        MoodleSource(**(values | changes))


def test_nor_is_an_unknown_driver_taken() -> None:
    with pytest.raises(ConfigError, match="moodle science: driver cannot be 'oracle'"):
        DatabaseUrl(label="moodle science", driver="oracle", database="moodle")


def test_a_password_is_not_shown() -> None:
    assert "pa55word" not in repr(MoodleSource(name="x", database=replace(MYSQL, password="pa55word")))


class FakeError(Exception):
    """An exception as a driver raises it."""

    def __init__(self, *args: object, **attributes: object) -> None:
        super().__init__(*args)
        self.__dict__.update(attributes)


@pytest.mark.parametrize(
    ("driver", "original", "error"),
    [
        ("mysql", FakeError(2006, "gone"), ConnectionLost),
        ("mysql", FakeError(2013, "Lost connection"), ConnectionLost),
        ("mysql", FakeError(0, ""), ConnectionLost),
        ("mysql", FakeError(1040, "Too many connections"), CannotConnect),
        ("mysql", FakeError(1205, "Lock wait"), RemoteError),
        ("mysql", FakeError(1143, "column denied"), RemoteRefused),
        ("mysql", FakeError("no number"), RemoteError),
        ("postgresql", FakeError(sqlstate="57P01"), ConnectionLost),
        ("postgresql", FakeError(sqlstate="08006"), ConnectionLost),
        ("postgresql", FakeError("server closed the connection", sqlstate=None), ConnectionLost),
        ("postgresql", FakeError(sqlstate="57014"), RemoteError),
        ("postgresql", FakeError(sqlstate="42501"), RemoteRefused),
        ("postgresql", FakeError(sqlstate="3F000"), RemoteRefused),
        ("sqlite", FakeError("locked", sqlite_errorname="SQLITE_BUSY"), RemoteError),
        ("sqlite", FakeError("no such table", sqlite_errorname="SQLITE_ERROR"), RemoteRefused),
    ],
)
def test_errors_are_told_apart_by_their_numbers(driver: str, original: Exception, error: type[BbbmigError]) -> None:
    with pytest.raises(BbbmigError) as caught, in_words(replace(MYSQL, driver=driver)):
        raise sa.exc.DBAPIError("SELECT 1", None, original)
    assert type(caught.value) is error


def test_a_connection_that_breaks_while_it_is_made_is_no_connection() -> None:
    with pytest.raises(CannotConnect), in_words(MYSQL):
        raise sa.exc.DBAPIError(None, None, FakeError(2013, "Lost connection"))


def test_a_server_that_does_not_take_connections_now_is_told_from_one_that_refuses_us() -> None:
    database = replace(MYSQL, driver="postgresql", port=5432)

    class Connection:
        used_password = False

    def raised(text: str) -> BbbmigError:
        with pytest.raises(BbbmigError) as caught, in_words(database):
            raise sa.exc.DBAPIError(None, None, FakeError(text, sqlstate=None, pgconn=Connection()))
        return caught.value

    assert type(raised("FATAL: the database system is starting up")) is CannotConnect
    assert type(raised('FATAL: no pg_hba.conf entry for host "10.0.0.1"')) is RemoteRefused
