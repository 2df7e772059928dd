"""Databases of others: sessions that the server itself keeps from writing, and the drivers' errors in words."""

from bbbmig.database.database_url import DatabaseUrl
from bbbmig.database.driver_errors import CannotConnect, ConnectionLost, in_words
from bbbmig.database.read_only import ReadOnlyConnection

__all__ = ["CannotConnect", "ConnectionLost", "DatabaseUrl", "ReadOnlyConnection", "in_words"]
