"""The settings file as a text: answers written into it, everything else, comments included, left as it is."""

import copy
import re
import tomllib
from pathlib import Path
from typing import Any

from bbbmig.errors import ConfigError

_HEADER = re.compile(r"^\s*#?\s*\[\s*(?P<name>[A-Za-z0-9_.]+)\s*\]\s*(?:#.*)?$")


class ConfigText:
    """A settings file being written. Raise ConfigError for a text that is not TOML."""

    def __init__(self, text: str, *, name: str = "the settings") -> None:
        """Take a text; `name` is how messages call it."""
        self._name = name
        self._lines = text.splitlines()
        try:
            self.values: dict[str, Any] = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            hint = "mend that line, then run bbbmig init again"
            raise ConfigError(f"{name} is not TOML: {error}", hint=hint) from error

    @classmethod
    def of_example(cls, example: str) -> "ConfigText":
        """Begin with the example settings, of which nothing counts yet: every line is a comment."""
        lines = (line if not line.strip() or line.startswith("#") else f"#{line}" for line in example.splitlines())
        return cls("\n".join(lines) + "\n")

    def get(self, section: str, key: str) -> Any:  # noqa: ANN401 - whatever stands there
        """Return what a key has, None if it is not there."""
        found: Any = self.values
        for step in (*section.split("."), key):
            found = found.get(step) if isinstance(found, dict) else None
        return found

    def set(self, section: str, key: str, value: str | int) -> None:
        """Write a key that is not there yet: over its commented line, else below the head of its section.

        Raise ConfigError, with the text as it was, where the file is written in a way that this does not understand.
        """
        if self.get(section, key) is not None:
            raise AssertionError(f"{section}.{key} has an answer")
        before, lines = copy.deepcopy(self.values), list(self._lines)
        self._write(section, key, f"{key} = {_written(value)}")
        _put(before, section, key, value)
        try:
            self.values = tomllib.loads(self.text)
        except tomllib.TOMLDecodeError:
            self.values = {}
        if self.values != before:
            self._lines, self.values = lines, tomllib.loads("\n".join(lines))
            raise ConfigError(
                f"{key} cannot be written into [{section}] of {self._name}: it is not written as in the example",
                hint=f"give [{section}] a head and lines of its own there, or add {key} by hand; then run it again",
            )

    def _write(self, section: str, key: str, line: str) -> None:
        """Put a line where its key belongs."""
        first, last = self._section(section)
        commented = re.compile(rf"^#\s*{re.escape(key)}\s*=")
        place = next((at for at in range(first, last) if commented.match(self._lines[at])), None)
        if place is None:
            self._lines.insert(first, line)
            return
        _, _, remark = self._lines[place].partition("  #")
        self._lines[place] = f"{line}  #{remark}" if remark else line

    @property
    def text(self) -> str:
        """Return the whole text."""
        return "\n".join(self._lines) + "\n"

    def _section(self, name: str) -> tuple[int, int]:
        """Return where the lines of a section begin and end; its head becomes a real one, or is added at the end."""
        heads = [(at, found["name"]) for at, line in enumerate(self._lines) if (found := _HEADER.match(line))]
        mine = next((at for at, found in sorted(heads, key=self._is_comment) if found == name), None)
        if mine is None:
            self._lines += ["", f"[{name}]"]
            return len(self._lines), len(self._lines)
        self._lines[mine] = self._lines[mine].lstrip("# ")
        return mine + 1, next((at for at, _ in heads if at > mine), len(self._lines))

    def _is_comment(self, head: tuple[int, str]) -> bool:
        """Tell whether a head is a comment: a real one comes first."""
        return self._lines[head[0]].lstrip().startswith("#")


def _put(values: dict[str, Any], section: str, key: str, value: str | int) -> None:
    """Put a value where a file would have it."""
    for step in section.split("."):
        values = values.setdefault(step, {})
    values[key] = value


def _written(value: str | int) -> str:
    """Write a value as TOML: a basic string with its escapes, or a number."""
    if isinstance(value, int):
        return str(value)
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(letter if letter.isprintable() else f"\\u{ord(letter):04x}" for letter in escaped) + '"'


def read_config(file: Path, example: str) -> ConfigText:
    """Read a settings file, or begin a new one. Raise ConfigError if it cannot be read or is not TOML."""
    try:
        return ConfigText(file.read_text(encoding="utf-8"), name=str(file))
    except FileNotFoundError:
        return ConfigText.of_example(example)
    except (OSError, UnicodeDecodeError) as error:
        said = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ConfigError(f"{file} cannot be read: {said}", hint="bbbmig --config FILE init names another") from error
