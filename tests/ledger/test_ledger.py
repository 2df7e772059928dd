"""The ledger remembers, on SQLite, MariaDB and PostgreSQL alike, and one run at a time writes it."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
import traceback
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bbbmig.errors import ConfigError, Locked, RemoteError
from bbbmig.ledger import Effect, Entry, Ledger, State

SERVER = "bbb.univ.example"


def text_of(url: sa.URL) -> str:
    return url.render_as_string(hide_password=False)


@pytest.fixture
def url(database_url: sa.URL) -> str:
    return text_of(database_url)


def test_what_is_written_is_read_back_after_closing(url: str) -> None:
    entry = Entry(
        record_id="é" * 30,
        state=State.DELIVERED,
        target="Zoë 🎓",
        place="/data/Réunion 🎓.mp4",
        size=5_000_000_000,
        detail='said "no"',
        attempts=2,
    )
    with Ledger(url) as ledger:
        ledger.write(SERVER, Effect.CLAIM, [entry])
    with Ledger(url) as ledger:
        (found,) = ledger.entries(SERVER, Effect.CLAIM)
    assert found.at is not None
    assert abs(found.at - datetime.now(UTC)) < timedelta(minutes=5)
    assert (found.record_id, found.state, found.target) == (entry.record_id, entry.state, entry.target)
    assert (found.place, found.size, found.detail, found.attempts) == (
        entry.place,
        entry.size,
        entry.detail,
        entry.attempts,
    )


def test_a_later_state_replaces_the_earlier_one(url: str) -> None:
    with Ledger(url) as ledger:
        for state in (State.STARTED, State.DELIVERED, State.DONE):
            ledger.write(SERVER, Effect.CLAIM, [Entry(record_id="a", state=state)])
        assert [entry.state for entry in ledger.entries(SERVER, Effect.CLAIM)] == [State.DONE]


def test_people_whose_names_differ_by_an_accent_or_a_capital_have_rows_of_their_own(url: str) -> None:
    names = ["jean.dupont", "Jean.Dupont", "jéan.dupont"]
    with Ledger(url) as ledger:
        ledger.write(SERVER, Effect.LINK, [Entry(record_id="a", target=name, state=State.DONE) for name in names])
        assert sorted(entry.target for entry in ledger.entries(SERVER, Effect.LINK)) == sorted(names)


def test_servers_and_effects_do_not_mix(url: str) -> None:
    with Ledger(url) as ledger:
        ledger.write(SERVER, Effect.LINK, [Entry(record_id="a", state=State.DONE)])
        ledger.write("other.example", Effect.LINK, [Entry(record_id="b", state=State.DONE)])
        ledger.write(SERVER, Effect.CLAIM, [Entry(record_id="c", state=State.DONE)])
        assert [entry.record_id for entry in ledger.entries(SERVER, Effect.LINK)] == ["a"]


def test_a_lot_is_written_whole_or_not_at_all(url: str) -> None:
    lot = [Entry(record_id=str(number), state=State.DONE) for number in range(1200)]
    lot.append(Entry(record_id="x", state=State.DONE, detail=None))  # type: ignore[arg-type] # refused by the database
    with Ledger(url) as ledger:
        with pytest.raises(RemoteError, match="ledger"):
            ledger.write(SERVER, Effect.LINK, lot)
        assert ledger.entries(SERVER, Effect.LINK) == []


def test_one_run_at_a_time(url: str) -> None:
    with (
        Ledger(url) as one,
        Ledger(url) as other,
        one.locked("import-links"),
        pytest.raises(Locked, match="in use"),
        other.locked("claim"),
    ):
        pytest.fail("both hold the lock")
    with Ledger(url) as other, other.locked("claim"):
        pass  # free again


def hold(url: str, ready: "multiprocessing.synchronize.Event") -> None:
    with Ledger(url) as ledger, ledger.locked("the one that is killed"):
        ready.set()
        time.sleep(60)


def test_a_killed_run_frees_the_lock(url: str) -> None:
    context = multiprocessing.get_context("spawn")
    ready = context.Event()
    process = context.Process(target=hold, args=(url, ready))
    process.start()
    assert ready.wait(30)
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    with Ledger(url) as ledger:
        for _ in range(100):  # a database server notices a moment later that its client is gone
            try:
                with ledger.locked("next"):
                    return
            except Locked:
                time.sleep(0.1)
    pytest.fail("the lock outlived its run")


def test_who_holds_the_lock_is_said(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/ledger.sqlite"
    with (
        Ledger(url) as one,
        Ledger(url) as other,
        one.locked("import-links"),
        pytest.raises(Locked, match=rf"import-links \(process {os.getpid()}\)"),
        other.locked("claim"),
    ):
        pytest.fail("both hold the lock")


def test_a_dry_run_creates_nothing(tmp_path: Path) -> None:
    with Ledger(f"sqlite:///{tmp_path}/folder/ledger.sqlite", read_only=True) as ledger, ledger.locked("dry"):
        assert ledger.entries(SERVER, Effect.LINK) == []
    assert list(tmp_path.iterdir()) == []


def test_a_dry_run_reads_what_is_there_and_cannot_write(url: str) -> None:
    with Ledger(url) as ledger:
        ledger.write(SERVER, Effect.LINK, [Entry(record_id="a", state=State.DONE)])
    with Ledger(url, read_only=True) as ledger:
        assert len(ledger.entries(SERVER, Effect.LINK)) == 1
        with pytest.raises(AssertionError):
            ledger.write(SERVER, Effect.LINK, [])


def test_a_ledger_of_an_empty_database_is_empty_to_a_dry_run(url: str) -> None:
    with Ledger(url, read_only=True) as ledger:
        assert ledger.entries(SERVER, Effect.LINK) == []


def test_only_its_user_can_read_the_folder(tmp_path: Path) -> None:
    with Ledger(f"sqlite:///{tmp_path}/new/ledger.sqlite"):
        assert (tmp_path / "new").stat().st_mode & 0o077 == 0


def test_only_its_user_can_read_the_file_in_a_folder_of_others(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    with Ledger(f"sqlite:///{tmp_path}/ledger.sqlite") as ledger, ledger.locked("claim"):
        ledger.write(SERVER, Effect.LINK, [Entry(record_id="a", state=State.DONE)])
        assert {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {
            "ledger.sqlite": 0o600,
            "ledger.sqlite.lock": 0o600,
        }


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("sqlite://", "names no file"),
        ("not an address", "not a SQLAlchemy URL"),
        ("oracle://host/db", "not supported"),
        ("sqlite:////proc/nowhere/ledger.sqlite", "/proc/nowhere"),
        ("mysql://bbbmig:very-secret@host:port/db", "not a SQLAlchemy URL"),
    ],
)
def test_a_wrong_address_is_said(url: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said) as caught:
        Ledger(url)
    assert "very-secret" not in "".join(traceback.format_exception(caught.value))


def test_a_database_that_is_not_there_is_said_without_its_password() -> None:
    with pytest.raises(RemoteError) as caught:
        Ledger("mysql://bbbmig:very-secret@127.0.0.1:9/ledger")
    assert "127.0.0.1" in caught.value.message
    assert "very-secret" not in f"{caught.value.message} {caught.value.hint}"


@pytest.mark.parametrize("changed", [{"password": "very-wrong"}, {"database": "no_such_database"}, {"username": "no"}])
def test_a_server_that_refuses_is_a_matter_for_a_person(database_url: sa.URL, changed: dict[str, str]) -> None:
    if database_url.get_backend_name() == "sqlite":
        return
    with pytest.raises(ConfigError) as caught:
        Ledger(text_of(database_url.set(**changed)))  # type: ignore[arg-type] # names of parts
    assert "very-wrong" not in f"{caught.value.message} {caught.value.hint}"


def test_a_row_of_a_later_version_is_said(url: str) -> None:
    with Ledger(url) as ledger:
        ledger.write(SERVER, Effect.LINK, [Entry(record_id="a", state=State.DONE)])
        engine = sa.create_engine(ledger.url, poolclass=sa.NullPool)
        with engine.begin() as connection:
            connection.execute(sa.text("UPDATE bbbmig_effects SET state = 'polished', version = '9.1'"))
        with pytest.raises(ConfigError, match=r"newer bbbmig \(9\.1\).*polished"):
            ledger.entries(SERVER, Effect.LINK)


def test_a_file_that_is_no_ledger_is_said(tmp_path: Path) -> None:
    (tmp_path / "ledger.sqlite").write_text("something else entirely, and long enough to be looked at")
    with pytest.raises(ConfigError, match="not a database"):
        Ledger(f"sqlite:///{tmp_path}/ledger.sqlite")


def test_threads_may_write_side_by_side(url: str) -> None:
    program = (
        "import sys, threading\n"
        "from bbbmig.ledger import Effect, Entry, Ledger, State\n"
        "ledger = Ledger(sys.argv[1])\n"
        "def work(n):\n"
        "    for i in range(20):\n"
        "        ledger.write('s', Effect.CLAIM, [Entry(record_id=f'{n}-{i}', state=State.DONE)])\n"
        "threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]\n"
        "[t.start() for t in threads]; [t.join() for t in threads]\n"
        "print(len(ledger.entries('s', Effect.CLAIM)))\n"
    )
    ended = subprocess.run([sys.executable, "-c", program, url], capture_output=True, text=True, check=False)
    assert (ended.stdout.strip(), ended.stderr) == ("80", "")
