"""From what pydantic says to one line a problem, in a person's words: which key, what is wrong, where it stands."""

from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from bbbmig.errors import ConfigError
from bbbmig.masking import masked
from bbbmig.settings.keys import Catalogue, KeyPath
from bbbmig.settings.sources import Layer, SettingProblem

_LONGEST = 60
_HINT = "`bbbmig print config` prints every key with its explanation, docs/configuration.md has them as a table"
_LACKS = ("missing", "default_factory_not_called")
"""Errors about keys that nobody gave; the second follows from the first."""
_WORDS = {
    "string_type": 'must be a text: write it in quotes, "…"',
    "tuple_type": 'must be a list: ["…", "…"]',
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
    "int_from_float": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "float_parsing": "must be a number",
    "float_type": "must be a number",
}


class Explainer:
    """Knows all keys and layers; the first layer is the strongest."""

    def __init__(self, catalogue: Catalogue, layers: Sequence[Layer]) -> None:
        """Keep them."""
        self.catalogue = catalogue
        self.layers = layers

    def missing(self, error: ValidationError) -> list[KeyPath]:
        """Return the keys that nobody gave."""
        return [_path(one) for one in _details(error) if one["type"] == "missing"]

    def wrong(self, error: ValidationError) -> list[SettingProblem]:
        """Return the values that cannot be right and the keys that do not exist."""
        return [self._problem(one) for one in _details(error) if one["type"] not in _LACKS]

    def _problem(self, detail: ErrorDetails) -> SettingProblem:
        path, value, origin = self._place(_path(detail))
        dotted = ".".join(path)
        if detail["type"] == "extra_forbidden":
            meant = self.catalogue.meant(path)
            return SettingProblem(dotted, f"unknown key; did you mean {meant}?" if meant else "unknown key", origin)
        if self.catalogue.is_section(path):
            if isinstance(value, dict):
                return SettingProblem(dotted, _words(detail), origin)
            return SettingProblem(dotted, f"must be a table: [{dotted}] with keys below it", origin)
        return SettingProblem(dotted, _words(detail) + self._shown(path, value), origin)

    def _place(self, path: KeyPath) -> tuple[KeyPath, Any, str]:
        """Find the value that counted; an item of a list is not a key of its own."""
        while len(path) > 1 and self.catalogue.find(path) is None and self.catalogue.find(path[:-1]) is not None:
            path = path[:-1]
        for layer in self.layers:
            if found := layer.find(path):
                return (path, *found)
        return path, None, "default"

    def _shown(self, path: KeyPath, value: object) -> str:
        """Show a value that is no secret and cannot be one: people swap address and secret."""
        key = self.catalogue.find(path)
        if key is None or key.secret or path[-1] == "url" or not isinstance(value, str | int | float):
            return ""
        text = masked(str(value).lower() if isinstance(value, bool) else repr(value))
        return f", not {text if len(text) <= _LONGEST else text[:_LONGEST] + '…'}"


def _details(error: ValidationError) -> list[ErrorDetails]:
    """Return the single errors, without what was put in: it may be a password."""
    return error.errors(include_input=False, include_url=False)


def _path(detail: ErrorDetails) -> KeyPath:
    return tuple(str(step) for step in detail["loc"] if step != "[key]")


def _words(detail: ErrorDetails) -> str:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "value_error":
        return str(context["error"])
    if kind == "string_pattern_mismatch":
        return f"must match {context['pattern']}"
    if kind in ("literal_error", "enum"):
        return f"must be one of {context['expected']}"
    return _WORDS.get(kind) or detail["msg"].replace("Input should", "must", 1)


def not_valid(problems: Sequence[SettingProblem]) -> ConfigError:
    """Put all problems into one error."""
    head = "1 problem in the settings" if len(problems) == 1 else f"{len(problems)} problems in the settings"
    return ConfigError("\n  ".join([head, *map(str, problems)]), hint=_HINT)


def not_there(lines: Sequence[str], places: Sequence[str]) -> ConfigError:
    """Put all that is missing into one error, with the places looked at."""
    head = "a setting is missing" if len(lines) == 1 else f"{len(lines)} settings are missing"
    return ConfigError("\n  ".join([head, *lines]), hint=f"looked in {'; '.join(places)}; {_HINT}")
