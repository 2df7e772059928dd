"""The three databases for the ledger."""

from tests.databases import database_url, mysql_server, postgresql_server

__all__ = ["database_url", "mysql_server", "postgresql_server"]
