"""A ledger that belongs to somebody else is a matter for a person: said so, whichever of its files it is."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bbbmig.domain.history import Effect, Entry, State
from bbbmig.ledger import Ledger

AS_NOBODY = """
import os, sys
from bbbmig.errors import BbbmigError
from bbbmig.domain.history import Effect, Entry, State
from bbbmig.ledger import Ledger

def work(url, read_only):
    with Ledger(url, read_only=read_only) as ledger, ledger.locked("cron"):
        ledger.entries("s", Effect.LINK)
        if not read_only:
            ledger.write("s", [Entry(effect=Effect.LINK, record_id="b", state=State.DONE)])
        return ledger.unwritable()

work(sys.argv[1] + ".warm", False)  # all that is imported late
if os.geteuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
try:
    print("fine", work(sys.argv[1], sys.argv[2] == "dry"))
except BbbmigError as error:
    print(type(error).__name__, error.message, "|", error.hint)
"""
"""root may do everything: it becomes nobody. Whoever else runs the tests is kept out by the files' rights."""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that everybody may enter: pytest's own are for one user."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


def said(folder: Path, how: str = "run") -> str:
    command = [sys.executable, "-c", AS_NOBODY, f"sqlite:///{folder}/ledger.sqlite", how]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.strip()


def made_by_hand(folder: Path, *, ledger: int, lock: int) -> None:
    """Let the one who owns it run once, then set the rights of its files."""
    with Ledger(f"sqlite:///{folder}/ledger.sqlite") as one, one.locked("by hand"):
        one.write("s", [Entry(effect=Effect.LINK, record_id="a", state=State.DONE)])
    (folder / "ledger.sqlite").chmod(ledger)
    (folder / "ledger.sqlite.lock").chmod(lock)


@pytest.mark.parametrize(
    ("ledger", "lock", "named"),
    [(0o666, 0o400, "ledger.sqlite.lock"), (0o444, 0o666, "ledger.sqlite "), (0o000, 0o666, "ledger.sqlite ")],
    ids=["lock", "read-only", "unreadable"],
)
def test_a_run_says_which_file_is_somebody_elses(folder: Path, ledger: int, lock: int, named: str) -> None:
    made_by_hand(folder, ledger=ledger, lock=lock)
    text = said(folder)
    assert text.startswith("ConfigError ")
    assert named in text
    assert "as the same user" in text


def test_a_folder_that_may_not_be_entered_is_said(folder: Path) -> None:
    made_by_hand(folder, ledger=0o600, lock=0o600)
    inner = folder / "inner"
    inner.mkdir()
    inner.chmod(0o000 if os.geteuid() else 0o700)
    for how in ("run", "dry"):
        command = [sys.executable, "-c", AS_NOBODY.replace('sys.argv[1] + ".warm"', '"sqlite:////" + sys.argv[3]')]
        command += [f"sqlite:///{inner}/ledger.sqlite", how, f"{folder}/warm.sqlite"]
        ended = subprocess.run(command, capture_output=True, text=True, check=False)
        assert ended.stdout.startswith("ConfigError "), ended.stderr
    inner.chmod(0o700)


def test_a_dry_run_reads_what_it_may_and_says_what_it_may_not(folder: Path) -> None:
    made_by_hand(folder, ledger=0o444, lock=0o400)
    assert "cannot be written" in said(folder, "dry")
    (folder / "ledger.sqlite").chmod(0o000)
    assert said(folder, "dry").startswith("ConfigError ")
