"""Where a database is, and how SQLAlchemy and its drivers are told: plain values, nothing is connected."""

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bbbmig.domain.database_names import DRIVERS
from bbbmig.errors import ConfigError


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseUrl:
    """One database. Raise ConfigError for a driver that bbbmig does not know.

    `label` is what messages call it: "moodle default". `database` is a path for SQLite. `rights` is the hint that goes
    with every refusal: where to find the statements that grant what bbbmig reads.
    """

    label: str
    driver: str
    database: str
    host: str = "localhost"
    port: int | None = None
    user: str = ""
    password: str = field(default="", repr=False)
    connect_timeout_s: float = 10.0
    answer_timeout_s: float = 120.0
    rights: str = "are user, password and database right, and may this account read what bbbmig reads?"

    def __post_init__(self) -> None:
        """Refuse a driver that is not one of DRIVERS."""
        if self.driver not in DRIVERS:
            raise ConfigError(
                f"{self.label}: driver cannot be {self.driver!r}", hint=f"driver: one of {', '.join(DRIVERS)}"
            )

    @property
    def where(self) -> str:
        """Return the server as a person would write it: "db.univ.fr:3307"; the file for SQLite."""
        if self.driver == "sqlite":
            return self.database
        return self.host if self.port is None else f"{self.host}:{self.port}"

    @property
    def answer_timeout_ms(self) -> int:
        """Return the time that an answer may take, in whole milliseconds."""
        return math.ceil(self.answer_timeout_s * 1000)

    def for_sqlalchemy(self, *, mode: str = "ro") -> sa.URL:
        """Write the address for SQLAlchemy; `mode` is that of SQLite's files.

        Raise ConfigError when the file of SQLite is not there.
        """
        if self.driver == "sqlite":
            path = Path(self.database)
            if not path.is_file():
                raise ConfigError(f"{self.label}: there is no file {path}", hint="database: the path of a file")
            query = {"mode": mode, "uri": "true"}
            return sa.URL.create("sqlite+pysqlite", database=path.resolve().as_uri(), query=query)
        return sa.URL.create(
            {"mysql": "mysql+pymysql", "postgresql": "postgresql+psycopg"}[self.driver],
            username=self.user or None,
            password=self.password or None,
            host=self.host,
            port=self.port,
            database=self.database,
        )

    def connect_arguments(self) -> dict[str, Any]:
        """Return what the drivers want to know beside the address: time limits and the charset."""
        wait = math.ceil(self.connect_timeout_s)
        if self.driver == "mysql":  # with any other charset, emoji are read as "?"
            return {"charset": "utf8mb4", "connect_timeout": wait, "read_timeout": math.ceil(self.answer_timeout_s)}
        if self.driver == "postgresql":
            return {
                "connect_timeout": max(2, wait),  # libpq takes no less
                "application_name": "bbbmig",
                "tcp_user_timeout": self.answer_timeout_ms,
                "prepare_threshold": None,  # prepared statements do not survive behind PgBouncer
            }
        return {"timeout": wait}
