"""Where the ledger is: its address, and for SQLite its file, which only its user may read."""

import os
from pathlib import Path

import sqlalchemy as sa

from bbbmig.errors import ConfigError, MachineError

_EXAMPLE = "for example sqlite:////var/lib/bbbmig/ledger.sqlite"
_ONE_USER = "run bbbmig always as the same user, or give this user the ledger's folder and all files in it (chown -R)"
SPOILT = (
    "look at its disk; restore the file from a backup, or move it away and run again: Pod and the directories are "
    "asked what is there, and nothing is made twice"
)
_DRIVERS = {
    "sqlite": "sqlite",
    "mysql": "mysql+pymysql",
    "mariadb": "mysql+pymysql",
    "postgresql": "postgresql+psycopg",
}


def parsed(url: str) -> sa.URL:
    """Read the URL, with the drivers that bbbmig ships. Raise ConfigError if it is none."""
    try:
        found = sa.make_url(url)
    except (sa.exc.ArgumentError, ValueError):  # a port that is no number; the text may hold the password
        raise ConfigError("ledger.url: not a SQLAlchemy URL", hint=_EXAMPLE) from None
    backend = found.get_backend_name()
    if backend not in _DRIVERS:
        raise ConfigError(f"ledger.url: {backend} is not supported", hint="use sqlite, mysql, mariadb or postgresql")
    return found.set(drivername=_DRIVERS[backend])


def file_of(url: sa.URL) -> Path | None:
    """Return the file of a SQLite ledger. Raise ConfigError when it would live in memory only."""
    if url.get_backend_name() != "sqlite":
        return None
    if not url.database or url.database == ":memory:":
        raise ConfigError("ledger.url: names no file", hint=_EXAMPLE)
    return Path(url.database).expanduser()


def lock_of(file: Path) -> Path:
    """Name the file beside a SQLite ledger that is locked during a run."""
    return file.with_name(file.name + ".lock")


def exists(file: Path) -> bool:
    """Tell whether there is a file. Raise ConfigError if this user may not even look."""
    try:
        return file.exists()
    except OSError as error:
        raise unusable(file, error) from error


def create(file: Path) -> None:
    """Create folder and file if need be: they say who recorded what, so only their user may read them.

    Raise ConfigError if this user cannot, or cannot write what is there.
    """
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not file.exists():
            file.touch(mode=0o600)
    except OSError as error:
        raise unusable(file, error) from error
    if wrong := unwritable(file):
        raise ConfigError(f"ledger: {wrong}", hint=_ONE_USER)


def unwritable(file: Path) -> str:
    """Say which of a SQLite ledger's files keeps this user from writing it, "" if none does."""
    for path in (file, lock_of(file)):
        if path.exists() and not os.access(path, os.R_OK | os.W_OK):
            return f"{path} cannot be written by this user"
    if not os.access(file.parent, os.W_OK | os.X_OK):
        return f"{file.parent} cannot be written by this user"
    return ""


def check_whole(engine: sa.Engine) -> None:
    """Look whether a SQLite file is a whole database: a cut one answers some questions. Raise MachineError if not."""
    with engine.connect() as connection:
        found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
    if found != "ok":
        raise MachineError(f"ledger {engine.url.database} is spoilt: {found}", hint=SPOILT)


def unusable(path: Path, error: OSError) -> ConfigError:
    """Say that this user cannot use a file, and what to do."""
    hint = _ONE_USER if isinstance(error, PermissionError) else "set [ledger] url, or look at the disk"
    return ConfigError(f"ledger: {error.filename or path}: {error.strerror}", hint=hint)
