"""The house of docs/architecture.md holds: pure domain, rooms that one can read, tests that any machine passes."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "bbbmig"
MODULES = sorted(SOURCE.rglob("*.py"))
TESTS = sorted(Path(__file__).parent.rglob("*.py"))
LONGEST_MODULE = 300
LONGEST_FUNCTION = 50
NARROWEST_BOUND_S = 5
LONGEST_COMMAND = 60
ONE_FILE_BY_DESIGN = {SOURCE / "pod" / "extension" / "bbbmig_urls.py"}
"""What a Pod gets must be one file, so that installing it is copying it."""


def imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


@pytest.mark.parametrize("module", sorted((SOURCE / "domain").glob("*.py")), ids=lambda path: path.stem)
def test_the_domain_imports_the_standard_library_and_itself_alone(module: Path) -> None:
    for name in imports(ast.parse(module.read_text(encoding="utf-8"))):
        own = name.startswith(("bbbmig.domain", "bbbmig.errors"))
        assert own or name.partition(".")[0] in sys.stdlib_module_names, name


def test_modules_and_functions_are_short_enough_to_be_read() -> None:
    too_long = []
    for module in MODULES:
        text = module.read_text(encoding="utf-8")
        if len(text.splitlines()) > LONGEST_MODULE and module not in ONE_FILE_BY_DESIGN:
            too_long.append(module.name)
        too_long += [
            f"{module.name}: {node.name}"
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION
        ]
    assert too_long == []


def test_every_room_has_its_line_and_stands_in_the_documentation() -> None:
    rooms = {path.stem for path in SOURCE.iterdir() if (path / "__init__.py").is_file() or path.suffix == ".py"}
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    (layers,) = (contract["layers"] for contract in contracts if contract["type"] == "layers")
    lines = [room.removeprefix("bbbmig.") for layer in layers for room in layer.split(" | ")]
    assert sorted(lines) == sorted(rooms - {"__init__"})
    house = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    told = set(re.findall(r"^\| \[`(\w+)(?:/|\.py)`\]", house, re.MULTILINE))
    assert told == rooms - {"__init__", "__main__"}


def test_a_file_of_a_command_only_parses_calls_and_gives_the_exit_code() -> None:
    commands = [
        path for path in (SOURCE / "cli").glob("*.py") if f"{path.stem}(run" in path.read_text(encoding="utf-8")
    ]
    assert len(commands) > 5
    lengths = {path.name: len(path.read_text(encoding="utf-8").splitlines()) for path in commands}
    assert {name: length for name, length in lengths.items() if length > LONGEST_COMMAND} == {}


def test_only_programs_change_their_process() -> None:
    effect = re.compile(
        r"\b(?:gc\.(?:set_threshold|freeze|disable)|os\.(?:umask|chdir)|locale\.setlocale|sys\.setrecursionlimit)\("
    )
    programs = ("cli/main.py",)
    found = [path for path in MODULES if effect.search(path.read_text(encoding="utf-8"))]
    assert [path.relative_to(SOURCE).as_posix() for path in found] == list(programs)


def test_nothing_can_delete_or_unpublish_on_the_old_server() -> None:
    forbidden = ("deleteRecordings", "publishRecordings", "updateRecordings")
    for module in MODULES:
        calls = [
            node.value
            for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in forbidden
        ]
        assert calls == [], module


def test_no_test_fails_because_the_machine_is_busy() -> None:
    bound = re.compile(r"(?:monotonic|perf_counter)\(\) - \w+ <=? ([0-9.]+)")
    bounds = [(module.name, found) for module in TESTS for found in bound.findall(module.read_text(encoding="utf-8"))]
    assert [(name, found) for name, found in bounds if float(found) < NARROWEST_BOUND_S] == []


def test_no_test_is_skipped_for_want_of_a_program() -> None:
    skipping = re.compile(r"pytest\.(?:skip\(|importorskip|mark\.skip)")
    may = "BBBMIG_TEST_PUBLISHED"  # recordings too large for the repository
    texts = {module.name: module.read_text(encoding="utf-8") for module in TESTS}
    assert [name for name, text in texts.items() if skipping.search(text) and may not in text] == []
