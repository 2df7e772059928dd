"""The places from which settings come, each read into a layer that knows for every value where it stood."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from bbbmig.errors import ConfigError
from bbbmig.settings.keys import PREFIX, Catalogue, KeyPath, environment_name

SECRETS_VARIABLE = "CREDENTIALS_DIRECTORY"
"""Where systemd puts what `LoadCredential=` names."""

FILE_VARIABLE = "BBBMIG_CONFIG"
NOT_KEYS = (FILE_VARIABLE,)
"""Variables that mean something else: the configuration file."""

TESTS_PREFIX = "BBBMIG_TEST_"


@dataclass(frozen=True, slots=True)
class SettingProblem:
    """One thing that is wrong: the dotted key, what is wrong with it, where it stands."""

    key: str
    text: str
    origin: str

    def __str__(self) -> str:
        """Write it in a line."""
        return f"{self.key}: {self.text} ({self.origin})"


class Layer(PydanticBaseSettingsSource):
    """Values of one place, nested like the TOML file; `origins` maps paths, or beginnings of them, to words."""

    def __init__(self, values: dict[str, Any], origins: Mapping[KeyPath, str]) -> None:
        """Keep them."""
        super().__init__(BaseSettings)
        self.values = values
        self.origins = origins

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:  # noqa: ARG002 - pydantic's
        """Return one section as it is."""
        return self.values.get(field_name), field_name, False

    def __call__(self) -> dict[str, Any]:
        """Return all values."""
        return self.values

    def find(self, path: KeyPath) -> tuple[Any, str] | None:
        """Return the value at a path and where it stood; None if this layer has none."""
        value: Any = self.values
        for step in path:
            if not isinstance(value, dict) or step not in value:
                return None
            value = value[step]
        lengths = range(len(path), -1, -1)
        origin = next((self.origins[path[:length]] for length in lengths if path[:length] in self.origins), "")
        return value, origin

    def leaves(self) -> Iterator[tuple[KeyPath, Any]]:
        """Yield every value that is no table."""
        yield from _leaves(self.values, ())


def _leaves(values: Mapping[str, Any], above: KeyPath) -> Iterator[tuple[KeyPath, Any]]:
    for name, value in values.items():
        if isinstance(value, dict):
            yield from _leaves(value, (*above, name))
        else:
            yield (*above, name), value


def _layer(found: Iterable[tuple[KeyPath, object, str]]) -> Layer:
    """Nest values that were found one by one."""
    values: dict[str, Any] = {}
    origins: dict[KeyPath, str] = {}
    for path, value, origin in sorted(found, key=lambda one: one[0]):
        table = values
        for step in path[:-1]:
            table = table.setdefault(step, {})
        table[path[-1]] = value
        origins[path] = origin
    return Layer(values, origins)


def from_overrides(overrides: Mapping[str, object]) -> Layer:
    """Take dotted keys of the program that starts a run; None stands for one that was not given."""
    given = (
        (tuple(key.split(".")), value, "given by the program") for key, value in overrides.items() if value is not None
    )
    return _layer(given)


def from_environment(environ: Mapping[str, str], catalogue: Catalogue, problems: list[SettingProblem]) -> Layer:
    """Take `BBBMIG_POD__TOKEN` and its like; a name that is no key is a problem."""
    found: list[tuple[KeyPath, object, str]] = []
    for name, value in environ.items():
        if not name.startswith(PREFIX) or name in NOT_KEYS or name.startswith(TESTS_PREFIX):
            continue
        path = tuple(name.removeprefix(PREFIX).lower().split("__"))
        origin = f"environment {name}"
        if catalogue.find(path) is not None:
            found.append((path, value, origin))
        else:
            key = catalogue.meant(path)
            problems.append(
                SettingProblem(name, _unknown("variable", environment_name(key) if key else ""), "environment")
            )
    return _layer(found)


def from_secrets(environ: Mapping[str, str], catalogue: Catalogue, problems: list[SettingProblem]) -> Layer:
    """Take the files of `$CREDENTIALS_DIRECTORY` that are called like keys: `pod.token`.

    Other files there are not ours, unless they look as if they were meant to be.
    """
    place = environ.get(SECRETS_VARIABLE, "")
    found: list[tuple[KeyPath, object, str]] = []
    try:
        files = sorted(one for one in Path(place).iterdir() if one.is_file()) if place else []
    except OSError as error:
        problems.append(SettingProblem(f"${SECRETS_VARIABLE}", f"cannot be read: {error.strerror}", place))
        files = []
    for file in files:
        path = tuple(file.name.split("."))
        if catalogue.find(path) is None:
            plain = file.name.removeprefix(PREFIX).lower().replace("__", ".")
            if file.name.startswith(PREFIX) or catalogue.is_section((plain.split(".")[0],)):
                known = catalogue.find(tuple(plain.split("."))) is not None
                meant = plain if known else catalogue.meant(tuple(plain.split(".")))
                problems.append(SettingProblem(file.name, _unknown("key", meant), f"secrets file {file}"))
            continue
        try:
            found.append((path, file.read_text(encoding="utf-8").rstrip("\r\n"), f"secrets file {file}"))
        except OSError as error:
            problems.append(SettingProblem(file.name, f"cannot be read: {error.strerror}", f"secrets file {file}"))
        except UnicodeDecodeError:
            problems.append(SettingProblem(file.name, "is not a text in UTF-8", f"secrets file {file}"))
    return _layer(found)


def from_toml(file: Path, data: bytes) -> Layer:
    """Read a configuration file. Raise ConfigError with line and column when it is not TOML."""
    try:
        values = tomllib.loads(data.decode("utf-8-sig"))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(
            f"{file} is not TOML: {error}",
            hint="texts need quotes; see https://toml.io; `bbbmig print config` prints an example",
        ) from None
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{file} is not a text in UTF-8 (at line {line})", hint="save it as UTF-8") from None
    return Layer(values, {(): str(file)})


def from_defaults(values: dict[str, Any]) -> Layer:
    """Take defaults that depend on the machine."""
    return Layer(values, {(): "default"})


def _unknown(what: str, meant: str) -> str:
    return f"unknown {what}; did you mean {meant}?" if meant else f"unknown {what}"
