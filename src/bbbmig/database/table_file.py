"""Files that stand for a database: an export, or a table that somebody keeps by hand."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from bbbmig.domain.csv_table import Cells, read_table
from bbbmig.errors import ConfigError


def read_table_file(file: Path, label: str, *, hint: str) -> tuple[Sequence[str], Iterator[tuple[int, Cells]]]:
    """Read a file as `domain.csv_table.read_table`, with its errors; `label` says whose it is, for messages.

    Raise ConfigError with `hint` for a file that cannot be read.
    """
    try:
        data = file.read_bytes()
    except OSError as error:
        raise ConfigError(f"{label}: cannot read {file}: {error.strerror}", hint=hint) from error
    return read_table(data, f"{label}: {file}")
