"""A run of days keeps its lock, and one that has lost it writes no more."""

import os
import platform
import re
import time
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from bbbmig.domain.history import Effect, Entry, State
from bbbmig.errors import ExitCode, Locked, LockLost
from bbbmig.ledger import Ledger
from bbbmig.ledger.named_lock import named_lock
from tests.databases import MACHINES, Server

ENTRY = Entry(effect=Effect.CLAIM, record_id="a", state=State.DONE)
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


@pytest.fixture(params=[pytest.param(engine, marks=MACHINES) for engine in SILENT])
def server(request: pytest.FixtureRequest) -> Server:
    found: Server = request.getfixturevalue(f"{request.param}_server")
    return found


@pytest.fixture
def database(server: Server) -> Iterator[sa.URL]:
    with server.empty_database() as url:
        yield url


@pytest.fixture
def impatient(server: Server) -> Iterator[None]:
    """The server ends connections that say nothing for two seconds."""
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


@pytest.mark.usefixtures("impatient")
def test_the_lock_outlives_a_silence_that_the_server_does_not_bear(database: sa.URL) -> None:
    url = text_of(database)
    with Ledger(url) as one, one.locked("claim"):
        one.write("s", [ENTRY])
        time.sleep(2.5 * SILENCE_S)  # a conversion
        with Ledger(url) as other, pytest.raises(Locked), other.locked("publish"):
            pytest.fail("both hold the lock")
        one.write("s", [ENTRY])
        assert len(one.entries("s", Effect.CLAIM)) == 1
    with Ledger(url) as other, other.locked("publish"):
        pass  # free again


def test_a_run_whose_lock_is_lost_does_and_writes_no_more(database: sa.URL, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bbbmig.ledger.lock.FRESH_S", 0.0)  # as if the last look were a while ago
    url = text_of(database)

    def run(one: Ledger) -> None:
        with one.locked("claim"):
            one.check_lock()
            one.write("s", [ENTRY])
            end_all_sessions(database)
            with Ledger(url) as other, other.locked("publish"):  # it is free
                with pytest.raises(LockLost, match="lock of this run is lost") as caught:
                    one.check_lock()
                assert caught.value.exit_code is ExitCode.REMOTE_FAILED
                assert len(one.entries("s", Effect.CLAIM)) == 1  # reading does no harm
                one.write("s", [ENTRY])

    with Ledger(url) as one, pytest.raises(LockLost, match="lock of this run is lost"):
        run(one)
    with Ledger(url) as again, again.locked("claim"):
        again.write("s", [ENTRY])


def test_the_thread_notices_the_loss_while_nothing_is_written(
    database: sa.URL, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("bbbmig.ledger.lock.ASK_EVERY_S", 0.05)

    def run(one: Ledger) -> None:
        with one.locked("claim"):
            end_all_sessions(database)
            deadline = time.monotonic() + 30
            while "lock of this run is lost" not in caplog.text and time.monotonic() < deadline:
                time.sleep(0.02)

    with Ledger(text_of(database)) as one, pytest.raises(LockLost):
        run(one)


def test_a_machine_that_slept_asks_for_its_lock_before_it_writes(
    database: sa.URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(one: Ledger) -> None:
        with one.locked("claim"):
            end_all_sessions(database)
            monkeypatch.setattr("bbbmig.ledger.lock._now", lambda: time.monotonic() + 1e9)
            one.write("s", [ENTRY])

    with Ledger(text_of(database)) as one, pytest.raises(LockLost):
        run(one)
    with Ledger(text_of(database)) as one:
        assert one.entries("s", Effect.CLAIM) == []


def test_a_lock_that_was_lost_unnoticed_is_said_at_the_end(database: sa.URL, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bbbmig.ledger.lock.FRESH_S", 0.0)
    with (
        Ledger(text_of(database)) as one,
        pytest.raises(LockLost, match="lock of this run is lost"),
        one.locked("claim"),
    ):
        end_all_sessions(database)


def test_the_error_of_a_run_is_not_hidden_by_the_loss_of_its_lock(database: sa.URL) -> None:
    def run(one: Ledger) -> None:
        with one.locked("claim"):
            end_all_sessions(database)
            raise ZeroDivisionError

    with Ledger(text_of(database)) as one, pytest.raises(ZeroDivisionError):
        run(one)


def test_who_holds_the_lock_of_a_server_is_said(database: sa.URL) -> None:
    url = text_of(database)
    with Ledger(url) as one, Ledger(url) as other, one.locked("import-links"):
        holder = rf"import-links \(process {os.getpid()} on {re.escape(platform.node())}\)"
        with pytest.raises(Locked, match=f"in use by {holder}"), other.locked("claim"):
            pytest.fail("both hold the lock")


def test_ledgers_in_two_databases_of_one_server_do_not_shut_each_other_out(server: Server) -> None:
    with (
        server.empty_database() as first,
        server.empty_database() as second,
        Ledger(text_of(first)) as one,
        Ledger(text_of(second)) as other,
        one.locked("claim"),
        other.locked("claim"),
    ):
        one.check_lock()
        other.check_lock()


def test_ledgers_in_two_schemas_of_one_database_do_not_shut_each_other_out(postgresql_server: Server) -> None:
    with postgresql_server.empty_database() as database:
        engine = sa.create_engine(database, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        with engine.connect() as connection:
            connection.execute(sa.text("CREATE SCHEMA other"))
        there = database.update_query_dict({"options": "-c search_path=other"})
        with (
            Ledger(text_of(database)) as one,
            Ledger(text_of(there)) as other,
            one.locked("claim"),
            other.locked("claim"),
        ):
            one.check_lock()
            other.check_lock()


def test_the_lock_of_a_database_with_a_long_name_is_taken(mysql_server: Server) -> None:
    with mysql_server.empty_database() as database:
        name = "x" * 64
        engine = sa.create_engine(database, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        with engine.connect() as connection:
            connection.execute(sa.text(f"CREATE DATABASE {name}"))
            try:
                with Ledger(text_of(database.set(database=name))) as one, one.locked("claim"):
                    one.check_lock()
            finally:
                connection.execute(sa.text(f"DROP DATABASE {name}"))


def test_a_job_that_was_left_behind_and_asks_does_not_hinder_the_end(
    database: sa.URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection is not used by two threads at a time: the lock goes with the process then."""
    monkeypatch.setattr("bbbmig.ledger.lock._PATIENCE_S", 0.05)
    with Ledger(text_of(database)) as one:
        with one.locked("claim"):
            keeper = one._check.__self__  # type: ignore[union-attr] # a bound method
            keeper._one_asks.acquire()
        assert not keeper._connection.closed
        keeper._one_asks.release()
        keeper.release()
        assert keeper._connection.closed


def test_a_vanished_machine_does_not_keep_the_lock_for_hours(database: sa.URL) -> None:
    """Asked of the server: after how long it gives up the connection that has the lock."""
    engine = sa.create_engine(database, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        named_lock(connection)
        kind = database.get_backend_name()
        question = "SELECT @@session.wait_timeout" if kind == "mysql" else "SHOW tcp_keepalives_idle"
        assert 0 < int(connection.scalar(sa.text(question)) or 0) <= 180


@pytest.mark.usefixtures("postgresql_server")
def test_no_transaction_stays_open_for_the_lock(postgresql_server: Server) -> None:
    with postgresql_server.empty_database() as database, Ledger(text_of(database)) as one, one.locked("claim"):
        states = asked(database, "SELECT state FROM pg_stat_activity WHERE datname = current_database()")
        assert set(states) == {"idle", "active"}


def test_a_connection_that_the_server_ended_is_made_anew(database: sa.URL) -> None:
    with Ledger(text_of(database)) as one:
        one.write("s", [ENTRY])
        end_all_sessions(database)
        one.write("s", [ENTRY])
        assert [entry.state for entry in one.entries("s", Effect.CLAIM)] == [State.DONE]
