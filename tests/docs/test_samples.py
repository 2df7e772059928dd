"""The samples for cron and systemd can be used as they are, but for what a site has to fill in."""

import re
import subprocess
from pathlib import Path

import pytest

from bbbmig.cli.help_pages import command_names, option_names
from bbbmig.errors import ExitCode
from bbbmig.settings.sections import CATALOGUE
from tests.docs.documents import ROOT, SAMPLES, parsed

UNITS = [path for path in SAMPLES if path.parent.name == "systemd"]
SERVICES = [path for path in UNITS if path.suffix == ".service"]
CRON = ROOT / "sample/cron/bbbmig"


def calls(path: Path) -> list[str]:
    """Return what follows `bbbmig` in the lines that are run."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line and line[0] not in "#["]
    found = [re.search(r"\bbbbmig (?=--config|[a-z]+(?:-[a-z]+)* --)(.*)$", line) for line in lines]
    return [match[1] for match in found if match]


@pytest.mark.parametrize("path", [CRON, *SERVICES], ids=lambda path: path.name)
def test_they_run_commands_that_exist_with_options_that_exist(path: Path) -> None:
    lines = [parsed(call) for call in calls(path)]

    assert lines
    assert all(line.command in command_names() for line in lines)
    assert all(set(line.options) <= option_names(line.command) for line in lines)


def test_the_lines_of_cron_have_times_and_a_user() -> None:
    lines = [line for line in CRON.read_text(encoding="utf-8").splitlines() if re.match(r"[0-9*]", line)]

    assert len(lines) == 2
    assert all(re.match(r"(?:[0-9,*/-]+ +){5}bbbmig +\S", line) for line in lines)
    assert "%" not in "".join(lines)  # cron makes line ends of them


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)
def test_credentials_are_named_like_keys_that_are_secret(path: Path) -> None:
    named = re.findall(r"^#?LoadCredential=([^:]+):.*/([^/\n]+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    keys = {".".join(key.path).replace("NAME", "default") for key in CATALOGUE.keys.values() if key.secret}

    assert named
    assert all(name == file and name in keys for name, file in named)


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)
def test_success_for_systemd_is_what_needs_no_person(path: Path) -> None:
    listed = re.search(r"^SuccessExitStatus=(.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)

    assert listed is not None
    assert {int(code) for code in listed[1].split()} == {ExitCode.LOCKED, ExitCode.TERMINATED}


def test_systemd_takes_the_units(tmp_path: Path) -> None:
    for path in UNITS:
        unit = path.read_text(encoding="utf-8").replace("/opt/bbbmig/bin/bbbmig", "/bin/true")
        (tmp_path / path.name).write_text(unit, encoding="utf-8")
    files = [str(tmp_path / path.name) for path in UNITS]
    command = ["systemd-analyze", "verify", "--man=no", *files]  # pages of the manual are no part of a small machine
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")
