"""The secret, the token, checksums and passwords appear nowhere: not on the screen, not in the log, not on the disk."""

import os
import re
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from bbbmig.demo.bbb_playback import Media
from bbbmig.demo.pod_server import SamplePod
from tests.bbb_server import ServeBbb
from tests.commands.conftest import MakeOperator
from tests.commands.operator_at_work import Ended, Operator

COMMANDS = (
    ("check",),
    ("export-csv", "out.csv"),
    ("export-csv", "-"),
    ("import-links",),
    ("claim", "--range", "1:4"),
    ("import-links", "--dry"),
)
TOKEN_IN_URL = re.compile(r"token=(?!\*\*\*)[^&\s\"'<>)]")
CHECKSUM = re.compile(r"checksum=(?!\*\*\*)[0-9a-f]")


@pytest.fixture
def protected(
    operator_of: MakeOperator,
    serve_bbb: ServeBbb,
    sample_pod: SamplePod,
    bbb_media: Media,
    monkeypatch: pytest.MonkeyPatch,
) -> Operator:
    """An operator of a Scalelite with protected recordings, whose addresses are keys."""
    operator = operator_of(bbb=serve_bbb(flavour="scalelite-protected", media=bbb_media), pod=sample_pod)
    monkeypatch.chdir(operator.folder)
    return operator


def everything_said(operator: Operator, *runs: Ended) -> str:
    """Join what was said and written: stdout, stderr, log, cache, ledger, CSV, whatever lies in the folder."""
    texts = [run.out + run.err for run in runs]
    written = [path for path in operator.folder.rglob("*") if path.is_file() and path != operator.config]
    texts += [path.read_bytes().decode("utf-8", "replace") for path in written]
    texts += [path.name for path in operator.recorder.iterdir()]
    return "\n".join(texts)


@pytest.mark.parametrize("shown", [("-vv",), ("--json",), ("-q",)], ids=" ".join)
def test_keys_are_nowhere(protected: Operator, shown: tuple[str, ...]) -> None:
    runs = [protected.run(*command, *shown) for command in COMMANDS]
    assert all(run.code == 0 for run in runs)
    said = everything_said(protected, *runs)
    assert protected.bbb is not None
    assert protected.pod is not None
    for key in (protected.bbb.secret, *protected.pod.tokens.values()):
        assert key not in said
    assert TOKEN_IN_URL.search(said) is None
    assert CHECKSUM.search(said) is None
    tokens = {r.parameters["token"] for r in protected.bbb.requests if "token" in r.parameters}
    assert shown == ("-q",) or tokens
    assert not any(token in said for token in tokens)


@pytest.mark.parametrize(
    "changed",
    [
        {"bbb__secret": "geheim-bbb"},
        {"pod__token": "geheimpod"},
        {"bbb__url": "http://user:geheim@127.0.0.1:9/"},
        {"ledger__url": "mysql://user:geheim@127.0.0.1:9/ledger"},
        {"ledger__url": "postgresql://user:geheim@127.0.0.1:9/ledger"},
        {"pod__tokn": "geheim"},
        {"moodle__default__driver": "mysql", "moodle__default__password": "geheim", "moodle__default__database": "m"},
    ],
    ids=["secret", "token", "address", "mysql", "postgresql", "misspelt", "moodle"],
)
def test_keys_are_not_in_complaints_either(operator: Operator, changed: dict[str, object]) -> None:
    operator.set(**changed)
    runs = [operator.run(*arguments) for arguments in (("check", "-vv"), ("import-links", "--moodle", "all", "-vv"))]
    assert any(run.code for run in runs)
    said = everything_said(operator, *runs)
    assert "geheim" not in said
    assert all("Traceback" not in run.err for run in runs)


def test_what_is_kept_is_for_its_user_only(protected: Operator) -> None:
    for command in COMMANDS:
        protected.run(*command)
    for path in (protected.ledger.parent, *protected.cache.iterdir(), protected.log):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_the_ledger_holds_no_address(protected: Operator) -> None:
    protected.run("import-links")
    protected.run("claim", "--range", "1:4")
    with closing(sqlite3.connect(protected.ledger)) as ledger:
        rows = ledger.execute("SELECT * FROM bbbmig_effects").fetchall()
    assert rows
    assert not any("http" in str(cell) for row in rows for cell in row)


def test_nothing_is_left_in_the_folder_for_temporary_files(protected: Operator) -> None:
    for command in COMMANDS:
        protected.run(*command)
    assert list(Path(os.environ["TMPDIR"]).iterdir()) == []
