"""Where a Greenlight's database or its export is: plain values, checked."""

import re
from dataclasses import dataclass
from pathlib import Path

from bbbmig.database.database_url import DatabaseUrl
from bbbmig.domain.database_names import IDENTIFIER
from bbbmig.errors import ConfigError

ORIGINS = ("greenlight",)
"""What `bbb-origin` says: `Greenlight` in version 2, `greenlight` in 3."""
RIGHTS = "docs/owners.md has the statements that grant what bbbmig reads of Greenlight"
"""The hint with every refusal of its database."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GreenlightSource:
    """One Greenlight. Raise ConfigError when a value cannot be right.

    `where` is its database, or the file of an export with the columns of docs/owners.md. `schema` is PostgreSQL's
    ("" for the account's own). `providers` are the tenants, or ways to sign in, whose rooms count: all if
    none is named.
    """

    name: str
    where: DatabaseUrl | Path
    schema: str = ""
    origin_servers: tuple[str, ...] = ()
    providers: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse values that would end in a statement or a connection that cannot work."""
        if self.schema and re.fullmatch(IDENTIFIER, self.schema) is None:
            raise ConfigError(f"{self.label}: schema cannot be {self.schema!r}", hint="the name of one in the database")

    @property
    def label(self) -> str:
        """Return what messages and `Ownership.source` call it: "greenlight default"."""
        return f"greenlight {self.name}"

    def counts(self, provider: str) -> bool:
        """Tell whether rooms of people of that provider count."""
        return not self.providers or provider.casefold() in {one.casefold() for one in self.providers}
