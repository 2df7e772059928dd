"""Where a table of the site is, and how recordings name its rows: plain values, checked."""

import re
from dataclasses import dataclass
from pathlib import Path

from bbbmig.database.database_url import DatabaseUrl
from bbbmig.domain.database_names import TABLE_PREFIX
from bbbmig.errors import ConfigError
from bbbmig.table.presets import PRESETS, Preset

RIGHTS = "is the query right, and may this account read its tables? docs/owners.md has statements that grant"
"""The hint with every refusal of its database."""
_STRINGS = re.compile(
    r"'(?:''|\\.|[^'\\])*'|\"(?:\"\"|[^\"])*\"|`[^`]*`|\$(\w*)\$.*?\$\1\$|--[^\n]*|/\*.*?\*/", re.DOTALL
)
"""What may hold a semicolon that ends nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSource:
    """One table. Raise ConfigError when a value cannot be right.

    `where` is its database or a file; None: recordings say themselves who it was. `metadata` is a key of recordings, or
    "meetingID"; what the first group of `pattern` finds in it names the row, or without a table each person, as `value`
    says: by "email" or "username". `query` is one SELECT, else that
    of the preset, with `prefix` before its tables.
    """

    name: str
    where: DatabaseUrl | Path | None
    query: str = ""
    preset: str = ""
    prefix: str | None = None
    origin_servers: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    metadata: str = ""
    pattern: str = ""
    value: str = "email"

    def __post_init__(self) -> None:
        """Refuse what cannot work, all that a look at the values can tell."""
        if self.preset and self.preset not in PRESETS:
            self._wrong(f"preset cannot be {self.preset!r}", f"one of {', '.join(PRESETS)}; or write a query")
        if self.prefix is not None and re.fullmatch(TABLE_PREFIX, self.prefix) is None:
            self._wrong(f"prefix cannot be {self.prefix!r}", "small letters, digits and _")
        if self.where is None and not self.metadata:
            self._wrong("no metadata", 'metadata = "dc-creator": the key of recordings that names people')
        if isinstance(self.where, DatabaseUrl) and not (self.query or self.preset):
            self._wrong(
                "no query, and no preset", f"query: one SELECT (docs/owners.md), or preset: {', '.join(PRESETS)}"
            )
        if self.query and not is_one_select(self.query):
            self._wrong("query is not one SELECT", "write one statement, beginning with SELECT or WITH")
        try:
            re.compile(self.pattern)
        except re.error as error:
            self._wrong(f"pattern {self.pattern!r} is not a regular expression ({error})", "see docs/owners.md")

    @property
    def label(self) -> str:
        """Return what messages and `Ownership.source` call it: "table pilos"."""
        return f"table {self.name}"

    @property
    def known(self) -> Preset | None:
        """Return the preset, None without one."""
        return PRESETS.get(self.preset)

    @property
    def statement(self) -> str:
        """Return the SELECT."""
        if self.query or self.known is None:
            return self.query
        return self.known.query.replace("{prefix}", self.known.prefix if self.prefix is None else self.prefix)

    @property
    def answers_for(self) -> tuple[str, ...]:
        """Return the programs (`bbb-origin`) whose recordings are its own."""
        return self.origins or (self.known.origins if self.known else ())

    @property
    def key(self) -> tuple[str, str]:
        """Return the key of recordings that names rows, and the pattern for its value; "" if there is none."""
        if self.metadata or self.known is None:
            return self.metadata, self.pattern
        return self.known.metadata, self.known.pattern

    def _wrong(self, what: str, hint: str) -> None:
        raise ConfigError(f"{self.label}: {what}", hint=hint)


def is_one_select(statement: str) -> bool:
    """Tell whether a text is one statement that reads: no semicolon but at its end, outside of texts and comments."""
    bare = _STRINGS.sub(" ", statement).strip().rstrip("; \n\t")
    return ";" not in bare and re.match(r"\(*\s*(SELECT|WITH)\b", bare, re.IGNORECASE) is not None
