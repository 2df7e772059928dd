"""One row for each look at a migration, in every database, also in ledgers of before."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bbbmig.domain.history import Effect, Entry, State
from bbbmig.domain.progress import Point
from bbbmig.domain.recording_state import Amount, Safety
from bbbmig.ledger import Ledger

SERVER = "bbb.univ.fr"
NOW = datetime(2026, 11, 27, 12, 30, 5, tzinfo=UTC)


def point(at: datetime = NOW, **counts: int) -> Point:
    amounts = {
        safety: Amount(count=counts.get(safety.name, 0), hours=counts.get(safety.name, 0) * 1.5) for safety in Safety
    }
    return Point(at=at, classes=amounts, vanished=2, unsure=1)


@pytest.fixture
def ledger(database_url: sa.URL) -> Iterator[Ledger]:
    with Ledger(database_url.render_as_string(hide_password=False)) as ledger:
        yield ledger


def test_points_come_back_in_the_order_of_time_and_of_one_server(ledger: Ledger) -> None:
    before = point(NOW - timedelta(days=1), SAFE=3)
    for one in (point(SAFE=7, FAILED=2), before, point(SAFE=9)):
        ledger.note(SERVER, one)
    ledger.note("other.univ.fr", point())
    assert ledger.points(SERVER) == [before, point(SAFE=9)]


def test_a_dry_run_writes_none_and_reads_what_there_is(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/ledger.sqlite"
    with Ledger(url, read_only=True) as dry:
        assert dry.points(SERVER) == []
        dry.note(SERVER, point())
    assert not (tmp_path / "ledger.sqlite").exists()
    with Ledger(url) as ledger:
        ledger.note(SERVER, point())
    with Ledger(url, read_only=True) as dry:
        dry.note(SERVER, point(NOW + timedelta(days=1)))
        assert dry.points(SERVER) == [point()]


def test_a_row_that_was_spoilt_by_hand_is_left_out(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with Ledger(f"sqlite:///{tmp_path}/ledger.sqlite") as ledger:
        ledger.note(SERVER, point())
        ledger.note(SERVER, point(NOW + timedelta(days=1)))
        with sa.create_engine(ledger.url, poolclass=sa.NullPool).begin() as connection:
            connection.exec_driver_sql(f"UPDATE bbbmig_progress SET vanished = 'x' WHERE at LIKE '{NOW:%Y-%m-%d}%'")
        assert ledger.points(SERVER) == [point(NOW + timedelta(days=1))]
    assert "cannot be read" in caplog.text


def test_how_long_a_file_is_stays_known_when_it_comes_a_step_further(ledger: Ledger) -> None:
    def row(state: State, **values: float) -> Entry:
        return Entry(record_id="r1", effect=Effect.CLAIM, state=state, **values)  # type: ignore[arg-type]

    for one in (row(State.DELIVERED, duration_s=3600.5), row(State.DONE)):
        ledger.write(SERVER, [one])
    (kept,) = ledger.entries(SERVER, Effect.CLAIM)
    assert (kept.state, kept.duration_s) == (State.DONE, 3600.5)
    ledger.write(SERVER, [row(State.DONE, duration_s=60)])
    assert ledger.entries(SERVER, Effect.CLAIM)[0].duration_s == 60


def test_decisions_are_taken_taken_back_and_taken_again(ledger: Ledger) -> None:
    for state, why in ((State.DONE, "jury"), (State.UNDONE, ""), (State.DONE, "Été 😀")):
        ledger.write(SERVER, [Entry(record_id="r1", effect=Effect.GIVE_UP, state=state, location="dpo", detail=why)])
        (kept,) = ledger.entries(SERVER, Effect.GIVE_UP)
        assert (kept.state, kept.detail, kept.location) == (state, why, "dpo")
