"""The table of all keys for docs/configuration.md, made by cog so that documents and models cannot disagree."""

from collections.abc import Iterator
from itertools import groupby
from typing import Literal, get_args, get_origin

from pydantic import SecretStr

from bbbmig.settings.keys import OLD_NAMES, Key, environment_name
from bbbmig.settings.sections import CATALOGUE


def table() -> str:
    """Return every section with its keys in Markdown."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    for section, keys in groupby(CATALOGUE.keys.values(), key=lambda key: key.path[:-1]):
        yield f"### `[{'.'.join(section)}]`\n"
        yield "| key | meaning | default | environment variable |"
        yield "|---|---|---|---|"
        for key in keys:
            meaning = f"{key.field.description}{_choices(key)}".replace("|", "\\|")
            name = f"`{key.path[-1]}`"
            yield f"| {name} | {meaning} | {default_of(key)} | `{environment_name(key.dotted)}` |"
        yield ""


def old_names() -> str:
    """Return the names in the old script, and what replaced each, in Markdown."""
    rows = (f"| `{old}` | `{new}` | `{environment_name(new)}` |" for old, new in OLD_NAMES.items())
    return "\n".join(["| before | key | environment variable |", "|---|---|---|", *rows])


def _choices(key: Key) -> str:
    """List the values that a key can have, if they are few and fixed."""
    choices = get_args(key.field.annotation) if get_origin(key.field.annotation) is Literal else ()
    return f". One of {', '.join(f'`{as_toml(one)}`' for one in choices)}" if choices else ""


def default_of(key: Key) -> str:
    """Return the default of a key in Markdown, "**required**" if there is none."""
    if key.default_in_words:
        return key.default_in_words
    if key.required:
        return "**required**"
    return f"`{as_toml(key.field.get_default(call_default_factory=False))}`"


def as_toml(value: object) -> str:
    """Write a default as it would stand in the file."""
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return f"[{', '.join(map(as_toml, value))}]"
    if isinstance(value, float):
        return f"{value:g}"
    return f'"{value}"' if isinstance(value, str) else str(value)
