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

from bbbmig.domain.history import RECORD_ID_LENGTH, TARGET_LENGTH, Effect, Entry, State
from bbbmig.domain.plan import Reason
from bbbmig.errors import ConfigError, Locked, MachineError, RecordingFailed, RemoteError
from bbbmig.ledger import Ledger

SERVER = "bbb.univ.example"


def text_of(url: sa.URL) -> str:
    return url.render_as_string(hide_password=False)


@pytest.fixture
def url(database_url: sa.URL) -> str:
    return text_of(database_url)


def test_what_is_written_is_read_back_after_closing(url: str) -> None:
    entry = Entry(
        effect=Effect.CLAIM,
        record_id="é" * 30,
        state=State.DELIVERED,
        target="Zoë 🎓",
        location="/data/Réunion 🎓.mp4",
        size=5_000_000_000,
        detail='said "no"',
    )
    with Ledger(url) as ledger:
        ledger.write(SERVER, [entry])
    with Ledger(url) as ledger:
        (found,) = ledger.entries(SERVER, Effect.CLAIM)
    assert found.at is not None
    assert abs(found.at - datetime.now(UTC)) < timedelta(minutes=5)
    assert (found.record_id, found.state, found.target) == (entry.record_id, entry.state, entry.target)
    assert (found.location, found.size, found.detail) == (entry.location, entry.size, entry.detail)


def test_a_later_state_replaces_the_earlier_one(url: str) -> None:
    with Ledger(url) as ledger:
        for state in (State.STARTED, State.DELIVERED, State.DONE):
            ledger.write(SERVER, [Entry(effect=Effect.CLAIM, record_id="a", state=state)])
        assert [entry.state for entry in ledger.entries(SERVER, Effect.CLAIM)] == [State.DONE]


def test_people_whose_names_differ_by_an_accent_or_a_capital_have_rows_of_their_own(url: str) -> None:
    names = ["jean.dupont", "Jean.Dupont", "jéan.dupont"]
    with Ledger(url) as ledger:
        ledger.write(
            SERVER, [Entry(effect=Effect.LINK, record_id="a", target=name, state=State.DONE) for name in names]
        )
        assert sorted(entry.target for entry in ledger.entries(SERVER, Effect.LINK)) == sorted(names)


def test_servers_and_effects_do_not_mix(url: str) -> None:
    with Ledger(url) as ledger:
        ledger.write(SERVER, [Entry(effect=Effect.LINK, record_id="a", state=State.DONE)])
        ledger.write("other.example", [Entry(effect=Effect.LINK, record_id="b", state=State.DONE)])
        ledger.write(SERVER, [Entry(effect=Effect.CLAIM, record_id="c", state=State.DONE)])
        assert [entry.record_id for entry in ledger.entries(SERVER, Effect.LINK)] == ["a"]


def test_a_lot_is_written_whole_or_not_at_all(url: str) -> None:
    lot = [Entry(effect=Effect.LINK, record_id=str(number), state=State.DONE) for number in range(1200)]
    spoilt = Entry(effect=Effect.LINK, record_id="x", state=State.DONE, stand_in=None)  # type: ignore[arg-type] # refused
    lot.append(spoilt)
    with Ledger(url) as ledger:
        with pytest.raises(RemoteError, match="ledger"):
            ledger.write(SERVER, lot)
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
        ledger.write(SERVER, [Entry(effect=Effect.LINK, record_id="a", state=State.DONE)])
    with Ledger(url, read_only=True) as ledger:
        assert len(ledger.entries(SERVER, Effect.LINK)) == 1
        with pytest.raises(AssertionError):
            ledger.write(SERVER, [])


def test_a_ledger_of_an_empty_database_is_empty_to_a_dry_run(url: str) -> None:
    with Ledger(url, read_only=True) as ledger:
        assert ledger.entries(SERVER, Effect.LINK) == []


def test_only_its_user_can_read_the_folder(tmp_path: Path) -> None:
    with Ledger(f"sqlite:///{tmp_path}/new/ledger.sqlite"):
        assert (tmp_path / "new").stat().st_mode & 0o077 == 0


def test_only_its_user_can_read_the_file_in_a_folder_of_others(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    with Ledger(f"sqlite:///{tmp_path}/ledger.sqlite") as ledger, ledger.locked("claim"):
        ledger.write(SERVER, [Entry(effect=Effect.LINK, record_id="a", state=State.DONE)])
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


def change(ledger: Ledger, statement: str) -> None:
    """Do to the ledger what somebody might by hand."""
    engine = sa.create_engine(ledger.url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.execute(sa.text(statement))


@pytest.mark.parametrize("column", ["state", "at"])
def test_a_spoilt_row_is_said_by_name_and_hinders_no_other(
    url: str, column: str, caplog: pytest.LogCaptureFixture
) -> None:
    with Ledger(url) as ledger:
        ledger.write(SERVER, [Entry(effect=Effect.CLAIM, record_id=one, state=State.DONE) for one in "ab"])
        change(ledger, f"UPDATE bbbmig_effects SET {column} = 'spoilt' WHERE record_id = 'a'")
        history = ledger.history(SERVER, Effect.CLAIM)
    assert [(one.levelname, "row of a" in one.message) for one in caplog.records] == [("WARNING", True)]
    assert history.done(Effect.CLAIM, "b") is not None
    assert history.obstacle("b") == (None, "")
    if column == "at":  # all else is known
        assert history.done(Effect.CLAIM, "a") is not None
    else:
        reason, detail = history.obstacle("a")
        assert reason is Reason.LEDGER_UNREADABLE
        assert "'spoilt'" in detail


@pytest.mark.parametrize("read_only", [False, True])
def test_a_ledger_of_a_newer_bbbmig_is_refused(url: str, read_only: bool) -> None:  # noqa: FBT001 - a parameter of tests
    with Ledger(url) as ledger:
        change(ledger, "UPDATE bbbmig_ledger SET value = '99' WHERE name = 'schema'")
    with pytest.raises(ConfigError, match=r"newer bbbmig.*'99'.* knows [0-9]") as caught:
        Ledger(url, read_only=read_only)
    assert "install" in caught.value.hint


def test_what_is_done_stays_done_and_failures_are_counted_by_the_database(url: str) -> None:
    def write(state: State, *, again: bool = False) -> Entry:
        with Ledger(url) as one:  # each a run of its own, which knows nothing of the others
            one.write(SERVER, [Entry(effect=Effect.CLAIM, record_id="a", state=state, detail=state, again=again)])
            return one.entries(SERVER, Effect.CLAIM)[0]

    assert write(State.STARTED).attempts == 0
    assert [write(State.FAILED).attempts for _ in range(2)] == [1, 2]
    assert write(State.STARTED).attempts == 2
    assert (write(State.DONE).state, write(State.DELIVERED).state, write(State.STARTED).state) == (State.DONE,) * 3
    late = write(State.FAILED)  # a run that lost its lock
    assert (late.state, late.detail, late.attempts) == (State.DONE, State.DONE, 2)
    once_more = write(State.STARTED, again=True)
    assert (once_more.state, once_more.attempts) == (State.STARTED, 0)
    assert (write(State.FAILED).attempts, write(State.DONE).state) == (1, State.DONE)
    assert (write(State.UNDONE).state, write(State.DONE).state) == (State.UNDONE, State.DONE)


def test_failures_of_two_at_a_time_are_both_counted(url: str) -> None:
    failed = Entry(effect=Effect.PUBLISH, record_id="a", state=State.FAILED)
    with Ledger(url) as one, Ledger(url) as other:
        for ledger in (one, other, one, other):
            ledger.write(SERVER, [failed])
        assert one.history(SERVER, Effect.PUBLISH).attempts(Effect.PUBLISH, "a") == 4


@pytest.mark.parametrize(
    ("record_id", "target"), [("x" * (RECORD_ID_LENGTH + 1), ""), ("b", "é" * (TARGET_LENGTH + 1))]
)
def test_what_no_row_can_hold_is_refused_by_name_and_the_others_are_kept(url: str, record_id: str, target: str) -> None:
    names = [("a", "x"), (record_id, target), ("x" * RECORD_ID_LENGTH, "é" * TARGET_LENGTH)]
    lot = [Entry(effect=Effect.LINK, record_id=one, target=who, state=State.DONE) for one, who in names]
    with Ledger(url) as ledger:
        with pytest.raises(RecordingFailed, match=record_id):
            ledger.write(SERVER, lot)
        assert {len(one.record_id) for one in ledger.entries(SERVER, Effect.LINK)} == {1, RECORD_ID_LENGTH}


def test_texts_that_a_database_does_not_take_hinder_nothing(url: str) -> None:
    path = "/data/" + "é" * 1000 + "/name.mp4"
    entry = Entry(
        effect=Effect.CLAIM, record_id="a", state=State.FAILED, location=path, detail="a\0b\udce9" + "x" * 100_000
    )
    with Ledger(url) as ledger:
        ledger.write(SERVER, [entry])
        (found,) = ledger.entries(SERVER, Effect.CLAIM)
    assert found.detail.startswith("ab?xx")
    assert found.location.endswith("é/name.mp4")


def test_a_name_of_a_server_that_is_too_long_is_said(url: str) -> None:
    with Ledger(url) as ledger, pytest.raises(ConfigError, match="names of servers of 160 characters"):
        ledger.write("x" * 161, [])


def test_a_cut_file_is_said(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/ledger.sqlite"
    with Ledger(url) as ledger:
        lot = [Entry(effect=Effect.LINK, record_id=str(number), state=State.DONE) for number in range(100)]
        ledger.write(SERVER, lot)
    os.truncate(tmp_path / "ledger.sqlite", (tmp_path / "ledger.sqlite").stat().st_size - 4096)
    with pytest.raises(MachineError) as caught:
        Ledger(url)
    assert "restore the file from a backup" in caught.value.hint


def test_a_full_disk_is_said_as_such(tmp_path: Path) -> None:
    program = (
        "import resource, signal, sys\n"
        "from bbbmig.domain.history import Effect, Entry, State\n"
        "from bbbmig.errors import MachineError\n"
        "from bbbmig.ledger import Ledger\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "with Ledger(sys.argv[1]) as ledger:\n"
        "    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))\n"
        "    lot = [Entry(effect=Effect.LINK, record_id=str(n), state=State.DONE) for n in range(1000)]\n"
        "    try:\n"
        "        ledger.write('s', lot)\n"
        "    except MachineError as error:\n"
        "        print(error.hint)\n"
    )
    url = f"sqlite:///{tmp_path}/ledger.sqlite"
    ended = subprocess.run([sys.executable, "-c", program, url], capture_output=True, text=True, check=False)
    assert "disk" in ended.stdout, ended.stderr


def test_a_file_that_is_no_ledger_is_said(tmp_path: Path) -> None:
    (tmp_path / "ledger.sqlite").write_text("something else entirely, and long enough to be looked at")
    with pytest.raises(MachineError, match="not a database"):
        Ledger(f"sqlite:///{tmp_path}/ledger.sqlite")


def test_threads_may_write_side_by_side(url: str) -> None:
    program = (
        "import sys, threading\n"
        "from bbbmig.domain.history import Effect, Entry, State\n"
        "from bbbmig.ledger import Ledger\n"
        "ledger = Ledger(sys.argv[1])\n"
        "def work(n):\n"
        "    for i in range(20):\n"
        "        ledger.write('s', [Entry(effect=Effect.CLAIM, record_id=f'{n}-{i}', state=State.DONE)])\n"
        "threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]\n"
        "[t.start() for t in threads]; [t.join() for t in threads]\n"
        "print(len(ledger.entries('s', Effect.CLAIM)))\n"
    )
    ended = subprocess.run([sys.executable, "-c", program, url], capture_output=True, text=True, check=False)
    assert (ended.stdout.strip(), ended.stderr) == ("80", "")
