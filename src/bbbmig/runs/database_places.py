"""Where the databases of the settings are, and the files that stand for one."""

from pathlib import Path
from typing import TYPE_CHECKING

from bbbmig.errors import ConfigError
from bbbmig.settings.database_section import DatabaseSection

if TYPE_CHECKING:
    from bbbmig.database.database_url import DatabaseUrl

_CSV = "csv"


def database_of(section: DatabaseSection, label: str, rights: str) -> "DatabaseUrl":
    """Return the database of a section; `label` and `rights` are those of `DatabaseUrl`."""
    from bbbmig.database.database_url import DatabaseUrl  # and with it SQLAlchemy

    return DatabaseUrl(
        label=label,
        driver=section.driver,
        database=section.database,
        host=section.host,
        port=section.port,
        user=section.user,
        password=section.password.get_secret_value(),
        connect_timeout_s=section.connect_timeout_s,
        answer_timeout_s=section.answer_timeout_s,
        rights=rights,
    )


def database_or_file(section: DatabaseSection, label: str, rights: str) -> "DatabaseUrl | Path":
    """Return the database of a section, or with the driver csv, its file. Raise ConfigError if it names none."""
    if not section.database:
        raise ConfigError(f"{label}: no database", hint="database: its name; for sqlite and csv the path of the file")
    if section.driver == _CSV:
        return Path(section.database).expanduser()
    return database_of(section, label, rights)
