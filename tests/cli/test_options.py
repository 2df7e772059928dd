"""No option takes another one for its value: every option of every command."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from typer.main import get_command

from bbbmig.cli.app import app
from bbbmig.cli.main import run


def options() -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield every option that takes a value, with the words before it on the command line."""
    program: Any = get_command(app)
    for before, command in (((), program), *(((name,), one) for name, one in program.commands.items())):
        for parameter in command.params:
            if parameter.param_type_name == "option" and not parameter.is_flag and not parameter.count:
                yield before, parameter


CASES = [
    pytest.param(before, name, id=" ".join((*before, name))) for before, option in options() for name in option.opts
]


def test_every_kind_of_option_is_among_them() -> None:
    names = {case.values[1] for case in CASES}
    assert {"--config", "-c", "--keep", "--moodle", "--fixture", "--owners", "--output", "-o", "--range"} <= names
    assert {"--jobs", "-j", "--via", "--prefix", "--height", "--folder"} <= names
    assert len(CASES) > 60


@pytest.mark.parametrize(("before", "name"), CASES)
def test_a_value_that_begins_with_a_dash_is_a_usage_error(
    before: tuple[str, ...], name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    attached = f"{name}=--dry" if name.startswith("--") else f"{name}--dry"
    for form in ([name, "--dry"], [attached], [name, "-n", name, "x"], [name, "x", name, "--"]):
        assert run([*before, *form] if before else [*form, "claim"]) == 2, form
        said = capsys.readouterr().err
        assert re.search("needs an? .*; '(--dry|-n|--)' looks like an option", said), form


def test_a_single_dash_is_a_value(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["pod-extension", "--output", "-"]) == 0
    assert "urlpatterns" in capsys.readouterr().out


def test_the_message_names_the_option_and_what_it_takes(capsys: pytest.CaptureFixture[str]) -> None:
    for line, said in (
        (["remove-links", "--yes", "--keep", "--dry"], "--keep needs a FILE; '--dry' looks like an option"),
        (["claim", "-j", "--dry"], "--jobs needs a number; '--dry' looks like an option"),
        (["claim", "--max-duration", "-q"], "--max-duration needs a value such as 6h; '-q' looks like an option"),
        (["claim", "--meeting", "-q"], "--meeting needs an ID; '-q' looks like an option"),
    ):
        assert run(line) == 2
        assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        (["claim", "--moodle", "all"], "claim asks nobody whose a recording is; publish does"),
        (["claim", "--config", "x"], "--config goes before the command: bbbmig --config FILE claim"),
        (["-v", "claim"], "-v goes after the command: bbbmig claim -v"),
        (["--dry", "publish"], "--dry goes after the command: bbbmig publish --dry"),
        (["claim", "--nosuch"], "bbbmig claim --help"),
        (["claim", "--since", "2024-02-01", "--until", "2024-01-01"], "exchange the two dates"),
    ],
)
def test_a_hint_says_what_was_meant(line: list[str], hint: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(line) == 2
    assert hint in capsys.readouterr().err


@pytest.mark.parametrize("line", [["-V"], ["--version"], ["version"]])
def test_ways_to_ask_for_the_version(line: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(line) == 0
    assert capsys.readouterr().out.startswith("bbbmig 0.")


@pytest.mark.parametrize("line", [["-h"], ["--help"], ["help"]])
def test_ways_to_ask_for_help(line: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(line) == 0
    assert "export-csv" in capsys.readouterr().out


@pytest.mark.parametrize("line", [["claim", "-h"], ["help", "claim"]])
def test_ways_to_ask_for_help_with_a_command(line: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(line) == 0
    assert "Usage: bbbmig claim" in capsys.readouterr().out


def test_a_file_of_settings_that_is_a_folder_is_no_matter_of_the_command_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["--config", "/", "check"]) == 4
    assert "cannot be read" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (["claim", "--jobs", "0"], "must be greater than or equal to 1"),
        (["claim", "--jobs", "x"], "must be a whole number"),
        (["render", "x", "y.mp4", "--height", "99999"], "must be less than or equal to 2160"),
        (["moodle-notice", "ad"], "'ad' is not one of 'add', 'remove'"),
        (["publish", "--via", "ftp"], "'ftp' is not one of 'upload', 'recorder'"),
    ],
)
def test_values_are_refused_in_our_own_words(line: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(line) == 2
    message = capsys.readouterr().err
    assert said in message
    assert not re.search("(?i)value error|input should|unable to parse", message)
