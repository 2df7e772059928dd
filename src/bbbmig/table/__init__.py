"""A table of the site that says who is behind a meeting, from one SELECT, an export, or recordings' own metadata."""

from bbbmig.table.config import TableSource
from bbbmig.table.presets import PRESETS, Preset
from bbbmig.table.reader import MetadataReader, SqlReader, TableCsvReader, reader_of

__all__ = ["PRESETS", "MetadataReader", "Preset", "SqlReader", "TableCsvReader", "TableSource", "reader_of"]
