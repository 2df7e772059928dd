"""Habits of the database below Pod that a client notices: SQLite here, but it can behave like MariaDB."""

import unicodedata

from django.db import DataError

PATH_MAX = 200
"""Characters of a file's path in the recorder's tables, which SQLite does not enforce."""


class Habits:
    """Which database to behave like; changed by `control.py` only."""

    mariadb = False


def fold(text: str) -> str:
    """Return what utf8mb4_unicode_ci compares: no case, no accents, no blanks at the end."""
    letters = unicodedata.normalize("NFKD", text.rstrip())
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).casefold()


def check_path(path: str) -> None:
    """Raise DataError where MariaDB would, for a path too long for its column."""
    if Habits.mariadb and len(path) > PATH_MAX:
        raise DataError(1406, "Data too long for column 'file' at row 1")
