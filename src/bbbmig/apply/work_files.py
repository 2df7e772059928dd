"""Whole files that wait in the work directory until Pod has them."""

from collections.abc import Collection, Iterable
from pathlib import Path

from bbbmig.domain.file_names import short_id, short_id_in


def whole_files(directory: Path) -> list[str]:
    """Name the whole files that wait in the work directory to be published; conversions bear other names."""
    if not directory.is_dir():
        return []
    names = (path.name for path in directory.iterdir() if path.is_file())
    return sorted(name for name in names if not name.startswith(".") and short_id_in(name))


def remove_files(directory: Path, record_ids: Iterable[str]) -> None:
    """Remove the whole files of these recordings, which Pod has."""
    done: Collection[str] = {short_id(record_id) for record_id in record_ids}
    for name in whole_files(directory):
        if short_id_in(name) in done:
            (directory / name).unlink(missing_ok=True)
