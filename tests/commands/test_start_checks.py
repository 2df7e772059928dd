"""Mistakes that can be seen at once are said before the old server is asked anything, however slow it may be."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from bbbmig.errors import ExitCode
from tests.commands.operator_at_work import Operator

COMMANDS = ("export-csv", "import-links", "claim", "publish", "owners")
WITH_MOODLE = ("export-csv", "import-links", "publish", "owners")


def command_line(name: str, folder: Path) -> list[str]:
    return [name, str(folder / "out.csv")] if name == "export-csv" else [name]


@pytest.fixture
def refused(operator: Operator) -> Callable[..., None]:
    """Runs a command that must end with 4 for that reason, without a word to the server; a dry run, too."""

    def run(*arguments: str, reason: str, dry: bool = True) -> None:
        for more in [[], ["--dry"]] if dry else [[]]:
            ended = operator.run(*arguments, *more)
            assert ended.code == ExitCode.CONFIG, ended.err
            assert reason in ended.err
        assert operator.bbb is not None
        assert operator.bbb.requests == []

    return run


@pytest.mark.parametrize("name", WITH_MOODLE)
def test_a_moodle_that_the_settings_do_not_have(name: str, operator: Operator, refused: Callable[..., None]) -> None:
    line = command_line(name, operator.folder)
    refused(*line, "--moodle", "prod", reason="moodle.prod: no such section", dry=name != "owners")


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("where", ["option", "settings"])
def test_an_owners_file_that_is_not_there(
    name: str, where: str, operator: Operator, refused: Callable[..., None]
) -> None:
    file = operator.folder / "nosuch.csv"
    if where == "settings":
        operator.set(owners__file=file)
    option = ["--owners", str(file)] if where == "option" else []
    refused(*command_line(name, operator.folder), *option, reason=f"cannot read {file}", dry=name != "owners")


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"teacher;record_id\nprof1;x\n", "no single column `owners`"),
        (b"owners;record_id\n- prof1;x\n", "line 2"),
        (b"PK\x03\x04workbook", "is a workbook"),
        (b"", "it is empty"),
    ],
    ids=["header", "line", "workbook", "empty"],
)
def test_an_owners_file_that_is_wrong(
    name: str, content: bytes, reason: str, operator: Operator, refused: Callable[..., None]
) -> None:
    file = operator.folder / "owners.csv"
    file.write_bytes(content)
    refused(*command_line(name, operator.folder), "--owners", str(file), reason=reason, dry=name != "owners")


@pytest.mark.parametrize("place", ["nosuch/x.csv", "bbbmig.toml/x.csv", "."])
def test_a_file_that_cannot_be_written(place: str, operator: Operator, refused: Callable[..., None]) -> None:
    path = str(operator.folder / place)
    refused("export-csv", path, reason=f"cannot write {path}")


@pytest.mark.parametrize("place", ["nosuch/x", "bbbmig.toml/x", "."])
@pytest.mark.parametrize("line", ["owners --output", "import-links --fixture", "remove-links --keep"])
def test_another_file_that_cannot_be_written(
    line: str, place: str, operator: Operator, refused: Callable[..., None]
) -> None:
    path = str(Path(operator.folder / place))
    refused(*line.split(), path, reason=f"cannot write {path}", dry=not line.startswith("owners"))


@pytest.mark.parametrize(
    ("content", "reason"),
    [(None, "cannot read"), (b"[{", "is not JSON"), (b"{}", "is not a list"), (b"\xff\xfe", "is not a text in UTF-8")],
    ids=["missing", "cut", "other", "binary"],
)
def test_links_to_restore_that_are_not_there(
    content: bytes | None, reason: str, operator: Operator, refused: Callable[..., None]
) -> None:
    file = operator.folder / "removed.json"
    if content is not None:
        file.write_bytes(content)
    refused("import-links", "--restore", str(file), reason=reason)


@pytest.mark.parametrize("line", ["claim", "publish --via recorder"])
def test_a_recorder_directory_that_is_not_there(line: str, operator: Operator, refused: Callable[..., None]) -> None:
    operator.set(recorder__directory=operator.folder / "nosuch")
    refused(*line.split(), reason="recorder.directory: cannot read")


@pytest.mark.parametrize("line", ["claim", "publish --via recorder"])
@pytest.mark.parametrize("key", ["owner", "group"])
def test_files_for_somebody_whom_this_machine_does_not_have(
    line: str, key: str, operator: Operator, refused: Callable[..., None]
) -> None:
    operator.set(**{f"recorder__{key}": "nosuchbody"})
    refused(*line.split(), reason="nosuchbody on this machine")


def test_a_work_folder_that_cannot_be_made(operator: Operator, refused: Callable[..., None]) -> None:
    operator.set(converter__directory=operator.config / "work")
    refused("publish", reason="converter.directory", dry=False)


@pytest.mark.parametrize("line", ["moodle-notice add", "moodle-notice remove"])
def test_a_notice_for_a_moodle_that_is_not_there(line: str, refused: Callable[..., None]) -> None:
    refused(*line.split(), "--moodle", "prod", reason="moodle.prod")


@pytest.mark.parametrize("line", ["claim", "publish --via recorder"])
def test_a_recorder_that_pod_does_not_have_is_said_before_the_list_is_fetched(line: str, operator: Operator) -> None:
    operator.set(recorder__id=77)
    ended = operator.run(*line.split())
    assert ended.code == ExitCode.REMOTE_REFUSED
    assert "Pod has no recorder 77" in ended.err
    assert "set recorder.id to one of: 1 (" in ended.err
    assert operator.bbb is not None
    assert operator.bbb.requests == []


def test_a_type_that_pod_does_not_have_and_an_administrator_whom_it_does_not_know(operator: Operator) -> None:
    operator.set(publish__type=77, publish__unknown_owner="administrator")
    assert "publish.type: Pod has no type 77" in operator.run("publish").err
    operator.set(publish__type=None, pod__administrator="nosuchbody")
    for line in ("publish", "import-links"):
        ended = operator.run(line)
        assert ended.code == ExitCode.CONFIG
        assert "pod.administrator: Pod has no user nosuchbody" in ended.err
    assert operator.bbb is not None
    assert operator.bbb.requests == []


def test_the_reason_comes_before_the_last_line(operator: Operator) -> None:
    done = operator.process("claim", "--owners", "/nosuch/owners.csv", stderr=subprocess.STDOUT)
    lines = done.out.splitlines()
    assert lines[0].startswith("bbbmig: cannot read /nosuch/owners.csv")
    assert lines[-1].startswith("claim: 0 done, 0 failed; exit code 4")


def test_a_log_that_nobody_asked_for_stops_nothing(operator: Operator) -> None:
    operator.set(log__file=None)
    for asked, code in ((None, 0), ("auto", 0), ("/dev/null/bbbmig.log", 4)):
        operator.set(log__file=asked)
        ended = operator.process("export-csv", "-", "--moodle", "none", env={"XDG_STATE_HOME": "/dev/null/none"})
        assert (ended.code, bool(ended.out)) == (code, not code), ended.err
        assert ("no log is kept" in ended.err) is not bool(code)


@pytest.mark.parametrize("host", ["127.0.0.1:35475", "[::1]:8443", "bbb.univ.example:8080"])
def test_an_address_of_no_presentation_is_quoted_with_its_port(operator: Operator, host: str) -> None:
    ended = operator.run_bare("render", f"http://{host}/xx", str(operator.folder / "out.mp4"))
    assert ended.code == ExitCode.CONFIG
    assert f"http://{host}/xx is no address of a presentation" in ended.err
