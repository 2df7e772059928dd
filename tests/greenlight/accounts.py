"""Sections of the settings that read a filled Greenlight, with the accounts that the files of docs/grants make."""

import contextlib
import secrets
from collections.abc import Collection, Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from bbbmig.greenlight import GreenlightSource
from bbbmig.greenlight.config import RIGHTS
from tests.databases import Server, of_the_database, read_by
from tests.greenlight.site import SERVER
from tests.moodle.grants import GRANTS as OF_MOODLE
from tests.moodle.grants import filled_in, statements

GRANTS = OF_MOODLE.parent / "owner-grants"


def source_of(url: sa.URL, **changes: Any) -> GreenlightSource:  # noqa: ANN401 - any field of it
    """Make the source that reads a database, as its administrator unless `changes` names an account."""
    values: dict[str, Any] = {
        "name": "default",
        "where": read_by(url, "greenlight default", rights=RIGHTS, **of_the_database(changes)),
        "origin_servers": (SERVER,),
    }
    return GreenlightSource(**values | changes)


@contextlib.contextmanager
def granted(server: Server, url: sa.URL, name: str, *, without: Collection[str] = ()) -> Iterator[Any]:
    """Make the account of a file, leaving out statements with words of `without`, and drop it as its end file does.

    `name` is that of the file without the kind of database: "greenlight-3".

    Yield what the settings say of it.
    """
    kind = "mysql" if url.get_backend_name() == "mysql" else "postgresql"
    user, password = f"bbbmig_{secrets.token_hex(4)}", secrets.token_urlsafe(12)
    place = name.partition("-")[0]
    own = f"bbbmig_{place}"

    def wanted(file: str) -> list[str]:
        text = (GRANTS / file).read_text().replace(own, user)
        database = str(url.database)
        filled = filled_in(
            text,
            **{f"{place.upper()}_DATABASE": database, "SCHEMA": "public", "HOST": "127.0.0.1", "PASSWORD": password},
        )
        assert "@" not in filled.replace("'@'127.0.0.1'", "")
        return [one for one in statements(filled) if not any(word in one for word in without)]

    server.run(*wanted(f"{name}-{kind}.sql"), database=url.database)
    try:
        yield {"user": user, "password": password}
    finally:
        server.run(*wanted(f"{place}-end-{kind}.sql"), database=url.database)


@contextlib.contextmanager
def least_privileged(
    request: pytest.FixtureRequest,
    url: sa.URL,
    version: int,
    **changes: Any,  # noqa: ANN401 - any field of the source
) -> Iterator[GreenlightSource]:
    """Yield the section that reads with the account of docs/grants; SQLite has no accounts."""
    if url.get_backend_name() == "sqlite":
        yield source_of(url, **changes)
        return
    server: Server = request.getfixturevalue(f"{url.get_backend_name()}_server")
    with granted(server, url, f"greenlight-{version}") as account:
        yield source_of(url, **account | changes)
