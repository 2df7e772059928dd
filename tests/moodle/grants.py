"""Makes the accounts of `docs/grants/`: the very files, with the placeholders replaced as their heads say."""

import contextlib
import re
import secrets
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from tests.databases import Server
from tests.moodle.schema import Database

GRANTS = Path(__file__).parents[2] / "docs" / "grants"


@contextlib.contextmanager
def account(
    server: Server, database: Database, *, notice: bool = False, without: Collection[str] = ()
) -> Iterator[Mapping[str, str]]:
    """Make the account of a file, leaving out the statements about tables `without`; give its name and password."""
    name = f"bbbmig_{secrets.token_hex(4)}"
    password = secrets.token_urlsafe(12)
    mysql = database.url.get_backend_name() == "mysql"
    text = (GRANTS / f"{'mysql' if mysql else 'postgresql'}{'-notice' if notice else ''}.sql").read_text()
    for old, new in (
        (r"bbbmig_(ro|notice)", name),
        (r"\bHOST\b", "127.0.0.1"),
        (r"\bPASSWORD'", f"{password}'"),
        (r"\bmdl_", database.prefix),
        (r"\bmoodle\b", str(database.url.database)),
        (r"\bpublic\b", database.schema or "public"),
    ):
        text = re.sub(old, new, text)
    statements = [part.strip() for part in re.sub(r"^--.*$", "", text, flags=re.MULTILINE).split(";")]
    absent = [f"{database.prefix}{table} " for table in without]
    wanted = [one for one in statements if one and not any(table in one for table in absent)]
    server.run(*wanted, database=database.url.database)
    try:
        yield {"user": name, "password": password}
    finally:
        if mysql:
            server.run(f"DROP USER '{name}'@'127.0.0.1'")
        else:
            server.run(f"DROP OWNED BY {name}", f"DROP ROLE {name}", database=database.url.database)
