"""Where a Greenlight's database or its export is: plain values, checked."""

import re
from dataclasses import dataclass, field

from bbbmig.database.database_url import DatabaseUrl
from bbbmig.domain.database_names import DRIVERS, IDENTIFIER
from bbbmig.errors import ConfigError

CSV = "csv"
ORIGINS = ("greenlight",)
"""What `bbb-origin` says: `Greenlight` in version 2, `greenlight` in 3."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GreenlightSource:
    """One Greenlight. Raise ConfigError when a value cannot be right.

    `database` is a path for SQLite and for `csv`, an export with the columns of docs/owners.md. `schema` is
    PostgreSQL's ("" for the account's own). `providers` are the tenants, or ways to sign in, whose rooms count: all if
    none is named.
    """

    name: str
    driver: str
    database: str
    host: str = "localhost"
    port: int | None = None
    user: str = ""
    password: str = field(default="", repr=False)
    connect_timeout_s: float = 10.0
    answer_timeout_s: float = 120.0
    schema: str = ""
    origin_servers: tuple[str, ...] = ()
    providers: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse values that would end in a statement or a connection that cannot work."""
        if self.driver not in (*DRIVERS, CSV):
            hint = f"driver: one of {', '.join((*DRIVERS, CSV))}"
            raise ConfigError(f"{self.label}: driver cannot be {self.driver!r}", hint=hint)
        if self.schema and re.fullmatch(IDENTIFIER, self.schema) is None:
            raise ConfigError(f"{self.label}: schema cannot be {self.schema!r}", hint="the name of one in the database")

    @property
    def label(self) -> str:
        """Return what messages and `Ownership.source` call it: "greenlight default"."""
        return f"greenlight {self.name}"

    @property
    def url(self) -> DatabaseUrl:
        """Return where its database is. Raise ConfigError for an export, which is none."""
        return DatabaseUrl(
            label=self.label,
            driver=self.driver,
            database=self.database,
            host=self.host,
            port=self.port,
            user=self.user,
            password=self.password,
            connect_timeout_s=self.connect_timeout_s,
            answer_timeout_s=self.answer_timeout_s,
            rights="docs/owners.md has the statements that grant what bbbmig reads of Greenlight",
        )

    def counts(self, provider: str) -> bool:
        """Tell whether rooms of people of that provider count."""
        return not self.providers or provider.casefold() in {one.casefold() for one in self.providers}
