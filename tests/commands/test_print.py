"""`bbbmig print`: what an installed bbbmig carries comes out as the repository has it, over nothing of a site's."""

import sys
import tomllib
from pathlib import Path

import pytest

from bbbmig.runs import shipped
from tests.commands.operator_at_work import Operator
from tests.docs.documents import ROOT


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    return Operator(folder=tmp_path, environment={})


def test_config_is_the_example_that_the_documents_explain(operator: Operator) -> None:
    run = operator.run_bare("print", "config")
    assert (run.code, run.err) == (0, "")
    assert run.out == (ROOT / "config.example.toml").read_text(encoding="utf-8")
    assert "bbb" in tomllib.loads(run.out)


def test_units_run_the_program_that_printed_them(
    operator: Operator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "bbbmig").touch()
    monkeypatch.setattr(sys, "executable", str(tmp_path / "bin" / "python3"))
    run = operator.run_bare("print", "systemd")
    assert run.code == 0
    assert f"ExecStart={tmp_path}/bin/bbbmig --config" in run.out
    assert [line for line in run.out.splitlines() if line.startswith("# -----")] == [
        f"# ----- {path.name}" for path in sorted((ROOT / "sample/systemd").iterdir())
    ]


def test_several_files_go_into_a_folder_and_over_none_of_a_site_s_own(operator: Operator, tmp_path: Path) -> None:
    folder = tmp_path / "grants"
    folder.mkdir()
    mine = folder / "mysql.sql"
    mine.write_text("-- ours")
    refused = operator.run_bare("print", "grants", "--output", str(folder))
    assert refused.code == 4
    assert f"{mine} is there already" in refused.err
    assert [path.name for path in folder.iterdir()] == ["mysql.sql"]
    assert mine.read_text() == "-- ours"
    mine.unlink()
    assert operator.run_bare("print", "grants", "--output", str(folder)).code == 0
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        path.name: path.read_bytes() for path in (ROOT / "docs/grants").iterdir()
    }


@pytest.mark.parametrize("thing", shipped.PLACES)
def test_an_installation_that_lacks_them_says_so(
    operator: Operator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, thing: str
) -> None:
    for place in ("_INSIDE", "_CHECKOUT"):
        monkeypatch.setattr(shipped, place, tmp_path / "nowhere")
    run = operator.run_bare("print", thing)
    assert run.code == 4
    assert "install it again" in run.err


def test_what_is_not_known_is_named_with_what_is(operator: Operator) -> None:
    run = operator.run_bare("print", "caddy")
    assert run.code == 2
    assert "config, grants, systemd, cron, nginx, apache, page" in run.err
