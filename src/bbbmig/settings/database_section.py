"""What every section about somebody's database has: where it is, and with which account it is read."""

from typing import Any

from pydantic import Field, SecretStr, field_validator

from bbbmig.settings.field_types import Seconds, Section, Text

_OLD_WORDS = {"mariadb": "mysql", "postgres": "postgresql", "pgsql": "postgresql", "sqlite3": "sqlite"}
"""Words of other tools for the kinds of databases."""


class DatabaseSection(Section):
    """A database, or where the section knows that driver, a file that stands for one."""

    driver: str
    database: str
    host: Text = Field(default="localhost", description="The database server")
    port: int | None = Field(
        default=None, ge=1, le=65535, description="Its port", json_schema_extra={"default": "that of the driver"}
    )
    user: str = Field(default="", description="Account that may read (docs/owners.md)")
    password: SecretStr = Field(default=SecretStr(""), description="Its password")
    connect_timeout_s: Seconds = Field(default=10.0, description="Longest wait for a connection")
    answer_timeout_s: Seconds = Field(default=120.0, description="Longest wait for one answer")

    @field_validator("driver", mode="before")
    @classmethod
    def _old_word(cls, value: Any) -> Any:  # noqa: ANN401 - whatever stands in the file
        """Understand the words of other tools."""
        return _OLD_WORDS.get(value, value) if isinstance(value, str) else value
