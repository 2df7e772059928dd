"""Greenlight's database, version 2 or 3, or an export of it: who owns which room, and with whom it is shared."""

from bbbmig.greenlight.config import GreenlightSource
from bbbmig.greenlight.reader import CsvReader, DatabaseReader, GreenlightState, reader_of

__all__ = ["CsvReader", "DatabaseReader", "GreenlightSource", "GreenlightState", "reader_of"]
