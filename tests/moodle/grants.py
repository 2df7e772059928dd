"""Makes the accounts of `docs/grants/`: the very files, with the placeholders replaced as their heads say."""

import contextlib
import re
import secrets
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from tests.databases import Server
from tests.moodle.schema import Database

GRANTS = Path(__file__).parents[2] / "docs" / "grants"


def filled_in(text: str, **values: str) -> str:
    """Replace the placeholders as plain search-and-replace does."""
    for name, value in values.items():
        text = text.replace(f"@{name}@", value)
    return text


def statements(text: str) -> list[str]:
    """Cut a file into its statements."""
    parts = re.sub(r"^--.*$", "", text, flags=re.MULTILINE).split(";")
    return [part.strip() for part in parts if part.strip()]


@contextlib.contextmanager
def account(
    server: Server, database: Database, *, notice: bool = False, without: Collection[str] = ()
) -> Iterator[Mapping[str, str]]:
    """Make the account of a file, leaving out the statements about tables `without`, and drop it as its end file does.

    Give what the settings say of it: its name and password, and of the reading one the view.
    """
    mark = secrets.token_hex(4)
    mysql = database.url.get_backend_name() == "mysql"
    driver, own = "mysql" if mysql else "postgresql", "notice" if notice else "ro"
    user, password, view = f"bbbmig_{mark}", secrets.token_urlsafe(12), f"bbbmig_view_{mark}"

    def wanted(name: str) -> list[str]:
        text = (GRANTS / name).read_text().replace("bbbmig_view", view).replace(f"bbbmig_{own}", user)
        filled = filled_in(
            text,
            MOODLE_DATABASE=str(database.url.database),
            SCHEMA=database.schema or "public",
            PREFIX=database.prefix,
            HOST="127.0.0.1",
            PASSWORD=password,
        )
        return [one for one in statements(filled) if "bbbmig_ro" not in one and "bbbmig_notice" not in one]

    absent = [f"{database.prefix}{table} " for table in without]
    granted = wanted(f"{driver}{'-notice' if notice else ''}.sql")
    server.run(*(one for one in granted if not any(table in one for table in absent)), database=database.url.database)
    try:
        yield {"user": user, "password": password} | ({} if notice else {"config_view": f"{view}.bbbmig_config"})
    finally:
        server.run(*wanted(f"{driver}-end.sql"), database=database.url.database)
