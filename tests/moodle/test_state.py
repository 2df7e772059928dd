"""What `check` is told of a Moodle."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from bbbmig.database.read_only import ReadOnlyConnection
from bbbmig.domain.owner import Finding
from bbbmig.moodle import MoodleState, inspect_moodle
from bbbmig.moodle.tables import WANTED
from tests.databases import GROUP, SERVERS, Server
from tests.moodle.grants import account
from tests.moodle.schema import Database
from tests.moodle.small import SmallMoodle, recording
from tests.moodle.sources import asking, source_of

BOTH = [pytest.param(engine, marks=GROUP) for engine in SERVERS]


@pytest.fixture(params=BOTH)
def server(request: pytest.FixtureRequest) -> Server:
    found: Server = request.getfixturevalue(f"{request.param}_server")
    return found


@pytest.fixture
def database(server: Server) -> Iterator[Database]:
    with server.empty_database() as url:
        yield SmallMoodle(release="4.5.1 (Build: 20241209)").fill(url, with_view=False)


def serious(state: MoodleState) -> list[str]:
    return [problem.message for problem in state.problems if problem.serious]


def test_with_the_documented_account_all_is_well(server: Server, database: Database) -> None:
    with account(server, database) as granted:
        state = inspect_moodle(source_of(database, **granted))
    assert state.problems == ()
    assert state.missing == ()
    assert set(WANTED) | {granted["config_view"]} == set(state.tables)
    assert (state.name, state.activities, state.release) == ("default", 1, "4.5.1 (Build: 20241209)")
    assert state.server.startswith(("MariaDB 1", "MySQL ", "PostgreSQL 1"))
    assert state.read_only
    assert "moodle default: " in state.refusal


def test_for_an_administrator_the_session_refuses_to_write(database: Database) -> None:
    state = inspect_moodle(source_of(database))
    assert state.read_only
    assert "the session is read-only" in state.refusal


@pytest.mark.parametrize(
    ("table", "is_serious"),
    [
        ("bigbluebuttonbn_recordings", False),
        ("bigbluebuttonbn_logs", False),
        ("logstore_standard_log", False),
        ("role", True),
    ],
)
def test_missing_rights_are_named_with_what_is_lost(
    server: Server,
    database: Database,
    table: str,
    is_serious: bool,  # noqa: FBT001
) -> None:
    with account(server, database, without=[table]) as granted:
        state = inspect_moodle(source_of(database, **granted))
    (problem,) = state.problems
    assert problem.message.startswith(f"mdl_{table}: ")
    assert "absent or not granted" in problem.message
    assert "docs/moodle.md" in problem.hint
    assert problem.serious is is_serious
    assert [missing.table for missing in state.missing] == [table]


def test_grants_of_before_roles_had_dates_still_serve(server: Server, database: Database) -> None:
    """The account of an older bbbmig: neither `timemodified` nor Moodle's own log."""
    with account(server, database, without=["role_assignments", "logstore_standard_log"]) as granted:
        host = "@'127.0.0.1'" if database.url.get_backend_name() == "mysql" else ""
        user = f"'{granted['user']}'{host}" if host else granted["user"]
        columns = "id, roleid, contextid, userid"
        server.run(f"GRANT SELECT ({columns}) ON mdl_role_assignments TO {user}", database=database.url.database)
        source = source_of(database, **granted)
        state = inspect_moodle(source)
        with asking([source]) as owners:
            (result,) = owners.find([recording()])
    assert result.finding is not Finding.FAILED
    assert {missing.table: (missing.columns, missing.whole) for missing in state.missing}["role_assignments"] == (
        ("timemodified",),
        False,
    )
    assert not any(problem.serious for problem in state.problems)
    assert len(state.problems) == 2


def test_a_single_missing_column_is_named(server: Server, database: Database) -> None:
    with account(server, database, without=["course"]) as granted:
        host = "@'127.0.0.1'" if database.url.get_backend_name() == "mysql" else ""
        user = f"'{granted['user']}'{host}" if host else granted["user"]
        server.run(f"GRANT SELECT (id) ON mdl_course TO {user}", database=database.url.database)
        state = inspect_moodle(source_of(database, **granted))
    assert [(missing.table, missing.columns, missing.whole) for missing in state.missing] == [
        ("course", ("fullname",), False)
    ]
    assert serious(state) == ["mdl_course: fullname absent or not granted"]


def test_a_moodle_3_lacks_nothing(sqlite_url: sa.URL) -> None:
    moodle = SmallMoodle(release="3.11.18")
    del moodle.rows["bigbluebuttonbn_recordings"]
    state = inspect_moodle(source_of(moodle.fill(sqlite_url)))
    assert state.problems == ()
    assert [missing.table for missing in state.missing] == ["bigbluebuttonbn_recordings"]
    assert state.read_only


def test_another_prefix_is_told(sqlite_url: sa.URL) -> None:
    state = inspect_moodle(source_of(SmallMoodle().fill(sqlite_url), prefix="other_"))
    assert state.activities is None
    assert len(serious(state)) == sum(not wanted.lost for wanted in WANTED.values())
    assert "are prefix and schema right?" in state.problems[0].hint


def test_settings_that_may_not_be_read_are_told(sqlite_url: sa.URL) -> None:
    moodle = SmallMoodle()
    del moodle.rows["config"]
    state = inspect_moodle(source_of(moodle.fill(sqlite_url, with_view=False)))
    (problem,) = state.problems
    assert "administrators are not known" in problem.message
    assert "bbbmig_config" in problem.hint
    assert not problem.serious


def test_no_activity_at_all_is_told(sqlite_url: sa.URL) -> None:
    moodle = SmallMoodle()
    moodle.rows["bigbluebuttonbn"].clear()
    state = inspect_moodle(source_of(moodle.fill(sqlite_url)))
    assert [problem.message for problem in state.problems] == ["not one BigBlueButton activity"]


@pytest.mark.parametrize(("name", "is_serious"), [("default", False), ("science", True)])
def test_a_section_without_origin_servers_is_told(sqlite_url: sa.URL, name: str, is_serious: bool) -> None:  # noqa: FBT001
    (problem,) = inspect_moodle(source_of(SmallMoodle().fill(sqlite_url), name=name, origin_servers=())).problems
    assert problem.message.startswith("no origin_servers")
    assert problem.serious is is_serious


def test_a_write_that_passes_is_serious(sqlite_url: sa.URL, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []

    def run(self: ReadOnlyConnection, statement: sa.Executable) -> None:
        del self
        tried.append(str(statement))

    monkeypatch.setattr(ReadOnlyConnection, "run", run)
    state = inspect_moodle(source_of(SmallMoodle().fill(sqlite_url)))
    assert not state.read_only
    assert serious(state) == ["the server let a write pass: the session is not read-only"]
    assert tried[0].startswith("UPDATE mdl_bigbluebuttonbn")
    assert "WHERE" in tried[0]
