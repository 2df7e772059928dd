"""Leases on recordings: one holder at a time, by the database's clock, and no row of one who has lost it."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from bbbmig.domain.history import Effect, Entry, State
from bbbmig.errors import LeaseLost, Locked
from bbbmig.ledger import Ledger
from bbbmig.ledger import lease as leasing
from bbbmig.ledger.lease import Leases, leases
from tests.databases import MACHINES, Server
from tests.waiting import wait_until

ENTRY = Entry(effect=Effect.CLAIM, record_id="a", state=State.DONE)


@pytest.fixture(params=[pytest.param(engine, marks=MACHINES) for engine in ("mysql", "postgresql")])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    server: Server = request.getfixturevalue(f"{request.param}_server")
    with server.empty_database() as database:
        yield database.render_as_string(hide_password=False)


def sleeping(one: Ledger, seconds: float) -> None:
    """Let a run sleep, with its machine: its clock goes on, its threads do not."""
    kept = one._leases
    assert kept is not None
    kept.now = lambda: leasing.boot_time() + seconds


def expire(url: str) -> None:
    """Let the database's clock pass the end of all leases."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.execute(sa.update(leases).values(until=1.0))


def test_one_holder_at_a_time(url: str) -> None:
    with Ledger(url) as one, Ledger(url) as other, one.working("claim"), other.working("publish"):
        with one.leased("s", "a") as mine, other.leased("s", "a") as theirs, other.leased("s", "b") as free:
            assert (mine, free) == ("", "")
            assert theirs.startswith("claim (process ")
            with one.leased("s", "a") as again:
                assert again == ""  # two actions on one recording are one run's
            assert one.at_work("s") == {"a", "b"}
            one.check_lock("a")
            one.write("s", [ENTRY])
        with other.leased("s", "a") as now:
            assert now == ""
            assert other.history("s", Effect.CLAIM, record_id="a").done(Effect.CLAIM, "a") is not None
        assert one.at_work("s") == set()


def test_of_many_at_once_one_gets_it(url: str) -> None:
    with Ledger(url) as first, first.working("claim"):
        pass
    got: list[str] = []
    begin, end = threading.Barrier(4), threading.Barrier(4)

    def run() -> None:
        with Ledger(url) as ledger, ledger.working("claim"):
            begin.wait()
            with ledger.leased("s", "a") as holder:
                got.append(holder)
                end.wait()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [holder == "" for holder in got].count(True) == 1
    assert len(got) == 4


def test_who_was_frozen_longer_than_the_lease_does_and_writes_no_more(url: str) -> None:
    with Ledger(url) as one, one.working("claim"), one.leased("s", "a") as mine:
        assert mine == ""
        sleeping(one, leasing.LEASE_S)
        expire(url)
        with Ledger(url) as other, other.working("claim"), other.leased("s", "a") as theirs:
            assert theirs == ""
            other.write("s", [ENTRY])
            with pytest.raises(LeaseLost, match="lease on it is lost"):
                one.check_lock("a")
            with pytest.raises(LeaseLost):
                one.write("s", [Entry(effect=Effect.CLAIM, record_id="a", state=State.FAILED)])
            other.check_lock("a")
            one.write("s", [Entry(effect=Effect.CLAIM, record_id="b", state=State.FAILED)])  # of which it holds none
    with Ledger(url) as after:
        assert {row.record_id: row.state for row in after.entries("s", Effect.CLAIM)} == {
            "a": State.DONE,
            "b": State.FAILED,
        }


def test_a_frozen_run_that_nobody_overtook_goes_on(url: str) -> None:
    with Ledger(url) as one, one.working("claim"), one.leased("s", "a"):
        sleeping(one, leasing.LEASE_S)
        expire(url)
        one.check_lock("a")
        one.write("s", [ENTRY])
        assert one.at_work("s") == {"a"}


def test_the_token_is_looked_at_even_when_the_holder_thinks_that_all_is_well(url: str) -> None:
    with Ledger(url) as one, one.working("claim"), one.leased("s", "a"):
        expire(url)
        with Ledger(url) as other, other.working("claim"), other.leased("s", "a"):
            one.check_lock("a")  # its own clock says so
            with pytest.raises(LeaseLost):
                one.write("s", [ENTRY])


def test_a_holder_is_heard_of_as_long_as_it_lives(url: str) -> None:
    with Ledger(url) as one, one.working("claim"):
        engine = sa.create_engine(url, poolclass=sa.NullPool)
        held = Leases(engine, "a test", lease_s=60.0, beat_s=0.05)
        assert held.take("s", "a") == ""
        expire(url)
        wait_until(lambda: held.holder_of("s", "a") == "a test", "no heartbeat")
        held.close()
        assert held.holder_of("s", "a") == ""


def test_a_run_that_must_be_alone_keeps_no_converters_out_and_other_such_runs(url: str) -> None:
    with Ledger(url) as one, one.working("claim"):
        pass
    with Ledger(url) as links, Ledger(url) as files, links.locked("import-links"), files.working("claim"):
        with files.leased("s", "a") as mine:
            assert mine == ""
        with Ledger(url) as notices, pytest.raises(Locked), notices.locked("moodle-notice"):
            pytest.fail("both are alone")


def test_a_ledger_in_a_file_is_one_run_s(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/ledger.sqlite"
    with Ledger(url) as one, Ledger(url) as other, one.working("claim"):
        with one.leased("s", "a") as mine:
            assert mine == ""
        with pytest.raises(Locked), other.working("claim"):
            pytest.fail("both are at work")
