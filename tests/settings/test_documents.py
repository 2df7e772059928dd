"""The example and the documents say what the models say."""

import dataclasses
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from bbbmig.database.database_url import DatabaseUrl
from bbbmig.domain.username_rule import UserNames
from bbbmig.greenlight import GreenlightSource
from bbbmig.moodle import MoodleSource
from bbbmig.settings import load
from bbbmig.settings.key_table import as_toml, old_names
from bbbmig.settings.keys import NAMED, OLD_NAMES, Key, KeyPath
from bbbmig.settings.sections import CATALOGUE
from bbbmig.table import TableSource

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "config.example.toml"


def uncommented() -> str:
    """Return the example with the defaults, `#key = value`, in force; prose has a space after its sign."""
    return re.sub(r"(?m)^#(?=\w)", "", EXAMPLE.read_text(encoding="utf-8"))


def leaves(values: dict[str, Any], above: KeyPath = ()) -> dict[KeyPath, Any]:
    found: dict[KeyPath, Any] = {}
    for name, value in values.items():
        found |= leaves(value, (*above, name)) if isinstance(value, dict) else {(*above, name): value}
    return found


def general(path: KeyPath) -> KeyPath:
    return tuple("NAME" if step == "default" and path[0] in NAMED else step for step in path)


def test_the_example_has_every_key_and_no_other() -> None:
    keys = [general(path) for path in leaves(tomllib.loads(uncommented()))]

    assert sorted(keys) == sorted(CATALOGUE.keys)


def test_the_example_is_valid_as_it_is_and_with_all_its_lines(tmp_path: Path) -> None:
    path = tmp_path / "all.toml"
    path.touch(mode=0o600)
    path.write_text(uncommented(), encoding="utf-8")
    for file in (EXAMPLE, path):
        load(file, environ={"HOME": "/"}).need("bbb", "pod", "recorder", "moodle")


def test_what_the_example_leaves_out_by_default_is_the_default() -> None:
    given = leaves(tomllib.loads(EXAMPLE.read_text(encoding="utf-8")))
    shown = {general(path): value for path, value in leaves(tomllib.loads(uncommented())).items() if path not in given}
    comparable = {path: value for path, value in shown.items() if not CATALOGUE.keys[path].default_in_words}

    expected = {path: as_toml(CATALOGUE.keys[path].field.get_default()) for path in comparable}
    assert {path: as_toml(tuple(v) if isinstance(v, list) else v) for path, v in comparable.items()} == expected
    assert len(expected) > 40


def test_what_a_section_must_have_stands_in_the_example_without_sign() -> None:
    given = {general(path) for path in leaves(tomllib.loads(EXAMPLE.read_text(encoding="utf-8")))}

    assert {key.path for key in CATALOGUE.keys.values() if key.required} <= given


@pytest.mark.parametrize("key", CATALOGUE.keys.values(), ids=lambda key: key.dotted)
def test_every_key_is_explained(key: Key) -> None:
    assert len(key.field.description or "") > 7


def test_the_table_of_keys_is_in_step() -> None:
    command = [sys.executable, "-m", "cogapp", "--check", "docs/configuration.md"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, f"run `cog -r docs/configuration.md`: {done.stdout}{done.stderr}"


def test_every_old_name_is_in_its_table() -> None:
    table = old_names()

    assert all(f"| `{old}` | `{new}` |" in table for old, new in OLD_NAMES.items())


def test_all_that_is_asked_of_a_moodle_can_be_set() -> None:
    section = {key.path[2] for key in CATALOGUE.keys.values() if key.path[0] == "moodle"}
    names = {key.path[3] for key in CATALOGUE.keys.values() if key.path[0] == "moodle" and key.path[2:3] == ("names",)}

    assert _names(MoodleSource, "database") == section - {"notice"}
    assert {one.name for one in dataclasses.fields(UserNames)} == names


def test_all_that_is_asked_of_a_greenlight_can_be_set() -> None:
    section = {key.path[2] for key in CATALOGUE.keys.values() if key.path[0] == "greenlight"}

    assert _names(GreenlightSource, "where") == section - {"names"}


def test_all_that_is_asked_of_a_table_can_be_set() -> None:
    section = {key.path[2] for key in CATALOGUE.keys.values() if key.path[0] == "table"}

    assert _names(TableSource, "where") == section - {"names"}


def _names(source: type[MoodleSource | GreenlightSource | TableSource], place: str) -> set[str]:
    """Name what can be said of a source, and in `place`, of its database; who calls it what is not a setting."""
    names = {one.name for kind in (source, DatabaseUrl) for one in dataclasses.fields(kind)}
    return names - {"name", "label", "rights", place} | {"database"}


def test_reading_settings_does_not_load_what_commands_may_not_need() -> None:
    code = (
        "import sys, bbbmig.settings, bbbmig.log;"
        "print([name for name in ('httpx', 'sqlalchemy', 'rich', 'typer', 'lxml') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
