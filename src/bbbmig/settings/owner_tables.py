"""The sections about other programs that know whose recordings are: each Greenlight, each table of the site."""

import json
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from bbbmig.domain.account_names import AccountField
from bbbmig.domain.database_names import IDENTIFIER
from bbbmig.domain.username_rule import Case
from bbbmig.settings.database_section import DatabaseSection
from bbbmig.settings.field_types import Hosts, Pattern, Section, Text, Words


class NameRuleSection(Section):
    """One of `rules`."""

    field: AccountField
    pattern: Pattern = ""
    case: Case = Case.KEEP


def _rules(value: object) -> object:
    """Read JSON: environment variables hold nothing else."""
    if isinstance(value, str):
        try:
            return tuple(json.loads(value))
        except (ValueError, TypeError):
            raise ValueError('must be a list of rules, such as [{field = "email"}]') from None
    return value


class AccountNamesSection(Section):
    """`[greenlight.NAME.names]`, `[table.NAME.names]`: from people of another program to user names in Pod."""

    rules: Annotated[tuple[NameRuleSection, ...], BeforeValidator(_rules)] = Field(
        default=(),
        description="Rules in order, the first that makes a name decides: `{field, pattern, case}` with `field` "
        "`username`, `external_id` or `email` and the rest as in `[moodle.NAME.names]`",
        json_schema_extra={"default": "`username`, then `external_id`; of Greenlight what looks like a login"},
    )
    by_email: bool = Field(
        default=True, description="Where no rule makes a name: the one user of Pod who has that e-mail address"
    )


class GreenlightSection(DatabaseSection):
    """`[greenlight.NAME]`: one Greenlight's database, version 2 or 3, or an export of it."""

    driver: Literal["postgresql", "mysql", "sqlite", "csv"] = Field(
        description="Kind of database; `mysql` for MariaDB, too; `csv` for an export (docs/owners.md)"
    )
    database: Text = Field(description="Name of the database; for `sqlite` and `csv` the path of the file")
    schema_: Annotated[str, Field(pattern=f"^({IDENTIFIER})?$")] = Field(
        default="", alias="schema", description="PostgreSQL: the schema of its tables, if not `public`"
    )
    origin_servers: Hosts = Field(
        default=(), description="Host names of this Greenlight, as recordings carry them in `bbb-origin-server-name`"
    )
    providers: Words = Field(
        default=(),
        description="Tenants, or ways to sign in (`users.provider`), whose rooms count: one database may serve several",
        json_schema_extra={"default": "all"},
    )
    names: AccountNamesSection = AccountNamesSection()


class TableSection(DatabaseSection):
    """`[table.NAME]`: a table of the site that says who is behind a meeting."""

    driver: Literal["postgresql", "mysql", "sqlite", "csv", "metadata"] = Field(
        description="Kind of database; `csv` for a file; `metadata` where recordings say it themselves (docs/owners.md)"
    )
    database: str = Field(default="", description="Name of the database; for `sqlite` and `csv` the path of the file")
    query: str = Field(default="", description="One SELECT with the columns of docs/owners.md; else that of `preset`")
    preset: Literal["", "pilos", "nextcloud", "studip", "b3desk", "wordpress"] = Field(
        default="", description="A client whose tables bbbmig knows"
    )
    prefix: str | None = Field(
        default=None,
        description="What the tables of the preset begin with",
        json_schema_extra={"default": "that of the preset"},
    )
    origin_servers: Hosts = Field(
        default=(), description="Host names of this program, as recordings carry them in `bbb-origin-server-name`"
    )
    origins: Words = Field(
        default=(),
        description="What `bbb-origin` begins with in recordings of this program",
        json_schema_extra={"default": "that of the preset"},
    )
    metadata: str = Field(
        default="",
        description="Key of recordings (or `meetingID`) whose value is looked up in the column `metadata_value`; "
        "with driver `metadata`, it names the people",
    )
    pattern: Pattern = Field(
        default="", description="Regular expression looked for in that value; its first group counts. Empty: all of it"
    )
    value: Literal["email", "username"] = Field(
        default="email", description="With driver `metadata`: what stands in that value"
    )
    names: AccountNamesSection = AccountNamesSection()
