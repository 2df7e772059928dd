"""Fixtures for everything about Moodle's database."""

import functools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.databases import database_url, mysql_server, postgresql_server
from tests.moodle.university.build import build
from tests.moodle.university.model import Generation, University

__all__ = ["database_url", "mysql_server", "postgresql_server"]


@pytest.fixture(scope="session")
def university() -> Callable[[Generation], University]:
    """Return the university of a generation of Moodle, made once."""
    return functools.cache(build)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> sa.URL:
    """Return a SQLite file that is not there yet."""
    return sa.URL.create("sqlite", database=str(tmp_path / "moodle.sqlite"))


@pytest.fixture
def statements() -> Iterator[list[str]]:
    """Collect every statement that any engine sends."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    yield sent
    sa.event.remove(sa.Engine, "before_cursor_execute", note)
