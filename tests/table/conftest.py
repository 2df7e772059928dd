"""Fixtures for everything about other programs' tables of rooms."""

from tests.databases import database_url, mysql_server, postgresql_server
from tests.moodle.conftest import statements

__all__ = ["database_url", "mysql_server", "postgresql_server", "statements"]
