"""A run of days keeps its lock, and one that has lost it writes no more."""

import time
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from bbbmig.errors import Locked, RemoteError
from bbbmig.ledger import Effect, Entry, Ledger, State
from tests.databases import GROUP, Server
from tests.waiting import wait_until

ENTRY = Entry(record_id="a", state=State.DONE)
SILENCE_S = 3

SILENT = {
    "mysql": (f"SET GLOBAL wait_timeout = {SILENCE_S}", "SET GLOBAL wait_timeout = 28800"),
    "postgresql": (
        f"ALTER SYSTEM SET idle_session_timeout = {SILENCE_S * 1000}; SELECT pg_reload_conf()",
        "ALTER SYSTEM RESET idle_session_timeout; SELECT pg_reload_conf()",
    ),
}
SESSIONS = {
    "mysql": "SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()",
    "postgresql": "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
}
KILL = {"mysql": "KILL {}", "postgresql": "SELECT pg_terminate_backend({})"}


@pytest.fixture(params=[pytest.param(engine, marks=GROUP) for engine in SILENT])
def server(request: pytest.FixtureRequest) -> Server:
    found: Server = request.getfixturevalue(f"{request.param}_server")
    return found


@pytest.fixture
def database(server: Server) -> Iterator[sa.URL]:
    with server.empty_database() as url:
        yield url


@pytest.fixture
def impatient(server: Server) -> Iterator[None]:
    """The server ends connections that say nothing for some seconds."""
    before, after = (statements.split("; ") for statements in SILENT[server.admin.get_backend_name()])
    server.run(*before)
    try:
        yield
    finally:
        server.run(*after)


def text_of(url: sa.URL) -> str:
    return url.render_as_string(hide_password=False)


def asked(url: sa.URL, statement: str) -> list[object]:
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        return list(connection.scalars(sa.text(statement)))


def end_all_sessions(url: sa.URL) -> None:
    kind = url.get_backend_name()
    for session in asked(url, SESSIONS[kind]):
        engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        with engine.connect() as connection:
            connection.exec_driver_sql(KILL[kind].format(session))


def lost(ledger: Ledger) -> bool:
    assert ledger._check is not None
    try:
        ledger._check()
    except RemoteError:
        return True
    return False


@pytest.mark.usefixtures("impatient")
def test_the_lock_outlives_a_silence_that_the_server_does_not_bear(database: sa.URL) -> None:
    url = text_of(database)
    with Ledger(url) as one, one.locked("claim"):
        one.write("s", Effect.CLAIM, [ENTRY])
        time.sleep(2.5 * SILENCE_S)  # a conversion
        with Ledger(url) as other, pytest.raises(Locked), other.locked("publish"):
            pytest.fail("both hold the lock")
        one.write("s", Effect.CLAIM, [ENTRY])
        assert len(one.entries("s", Effect.CLAIM)) == 1
    with Ledger(url) as other, other.locked("publish"):
        pass  # free again


def test_a_run_whose_lock_is_lost_writes_no_more(database: sa.URL, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bbbmig.ledger.lock.ASK_EVERY_S", 0.05)
    url = text_of(database)
    with Ledger(url) as one, one.locked("claim"):
        one.write("s", Effect.CLAIM, [ENTRY])
        end_all_sessions(database)
        with Ledger(url) as other, other.locked("publish"):  # it is free
            wait_until(lambda: lost(one), "the loss is not noticed")
            with pytest.raises(RemoteError, match="lock of this run is lost"):
                one.write("s", Effect.CLAIM, [ENTRY])
            assert len(one.entries("s", Effect.CLAIM)) == 1  # reading does no harm
    with Ledger(url) as again, again.locked("claim"):
        again.write("s", Effect.CLAIM, [ENTRY])


def test_a_machine_that_slept_asks_for_its_lock_before_it_writes(
    database: sa.URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = text_of(database)
    with Ledger(url) as one, one.locked("claim"):
        end_all_sessions(database)
        now = time.monotonic()
        monkeypatch.setattr("bbbmig.ledger.lock.time.monotonic", lambda: now + 3600)
        with pytest.raises(RemoteError, match="lock of this run is lost"):
            one.write("s", Effect.CLAIM, [ENTRY])


def test_releasing_what_is_lost_unnoticed_is_no_error(database: sa.URL) -> None:
    with Ledger(text_of(database)) as one, one.locked("claim"):
        end_all_sessions(database)


@pytest.mark.usefixtures("postgresql_server")
def test_no_transaction_stays_open_for_the_lock(postgresql_server: Server) -> None:
    with postgresql_server.empty_database() as database, Ledger(text_of(database)) as one, one.locked("claim"):
        states = asked(database, "SELECT state FROM pg_stat_activity WHERE datname = current_database()")
        assert set(states) == {"idle", "active"}


def test_a_connection_that_the_server_ended_is_made_anew(database: sa.URL) -> None:
    with Ledger(text_of(database)) as one:
        one.write("s", Effect.CLAIM, [ENTRY])
        end_all_sessions(database)
        one.write("s", Effect.CLAIM, [ENTRY])
        assert [entry.state for entry in one.entries("s", Effect.CLAIM)] == [State.DONE]
