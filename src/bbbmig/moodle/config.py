"""Where a Moodle's database is, and how its people are to be judged: plain values, checked."""

import re
from dataclasses import dataclass, field

from bbbmig.database.database_url import DatabaseUrl
from bbbmig.domain.database_names import IDENTIFIER, QUALIFIED, TABLE_PREFIX
from bbbmig.domain.username_rule import UserNames
from bbbmig.errors import ConfigError

DEFAULT_SECTION = "default"
"""The section for recordings that do not say which server they come from."""

RIGHTS = "docs/moodle.md has the statements that grant what bbbmig needs"
"""The hint with every refusal of its database."""
_PREFIX = re.compile(TABLE_PREFIX)
_IDENTIFIER = re.compile(IDENTIFIER)
_QUALIFIED = re.compile(QUALIFIED)


@dataclass(frozen=True, slots=True, kw_only=True)
class MoodleSource:
    """One Moodle. Raise ConfigError when a value cannot be right.

    `schema` is PostgreSQL's ("" for the account's own, usually "public").
    `prefix` is Moodle's `$CFG->prefix`. `origin_servers` are the host names of the Moodle's address, as recordings
    carry them in `bbb-origin-server-name`. `config_view` is the view that shows the few site settings needed (see
    docs/moodle.md), `DATABASE.VIEW` (PostgreSQL: `SCHEMA.VIEW`) if it is not where Moodle's tables are.
    `default_moderators` is the site's `participant_moderator_default`, for sites that set it in `config.php` or grant
    no view: role ids or short names with commas between, "0" for the owner; None: ask the database. No recording gets
    more than `most_moderators` owners: beyond that a rule means "everybody". With `inherited_roles`, roles in the
    categories and the whole site count for people who were not seen in the session, too; a rule for managers then
    gives thousands of recordings to a few.
    """

    name: str
    database: DatabaseUrl
    prefix: str = "mdl_"
    schema: str = ""
    config_view: str = "bbbmig_config"
    origin_servers: tuple[str, ...] = ()
    default_moderators: str | None = None
    names: UserNames = field(default_factory=UserNames)
    most_moderators: int = 20
    inherited_roles: bool = False

    def __post_init__(self) -> None:
        """Refuse values that would end in a statement or a connection that cannot work."""
        if _PREFIX.fullmatch(self.prefix) is None:
            raise self._wrong("prefix", self.prefix, "Moodle's $CFG->prefix: small letters, digits and _")
        if self.schema and _IDENTIFIER.fullmatch(self.schema) is None:
            raise self._wrong("schema", self.schema, "the name of one in the database")
        if self.config_view and _QUALIFIED.fullmatch(self.config_view) is None:
            raise self._wrong("config_view", self.config_view, "VIEW, or DATABASE.VIEW (PostgreSQL: SCHEMA.VIEW)")
        if self.database.driver == "sqlite" and "." in self.config_view:
            raise self._wrong(
                "config_view", self.config_view, "a file of SQLite is one database: write the view's name"
            )
        if self.most_moderators < 1:
            raise self._wrong("most_moderators", str(self.most_moderators), "1 or more")

    @property
    def label(self) -> str:
        """Return what messages and `Ownership.source` call it: "moodle default"."""
        return f"moodle {self.name}"

    def _wrong(self, key: str, value: str, hint: str) -> ConfigError:
        return ConfigError(f"moodle {self.name}: {key} cannot be {value!r}", hint=hint)
