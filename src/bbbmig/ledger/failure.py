"""The errors of three kinds of database in words: which a person must mend, and which go away by themselves."""

import contextlib
import re
from collections.abc import Iterator

import sqlalchemy as sa

from bbbmig.errors import BbbmigError, ConfigError, MachineError, NoSpace, RemoteError
from bbbmig.ledger.location import SPOILT

_RIGHTS = "is [ledger] url right, and may this account create tables there?"
_FILE = "is [ledger] url right, and may this user write the file and its folder?"
_LATER = "is the ledger's database up? Then run again: what was done is not done twice"

_SQLITE_PASSING = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_PROTOCOL", "SQLITE_INTERRUPT", "SQLITE_CONSTRAINT")
"""What running again may mend; a file that cannot be read or written, or is no ledger, stays as it is."""
_MYSQL_LASTING = frozenset({1044, 1045, 1049, 1054, 1130, 1142, 1143, 1146, 1227, 1290, 1698, 1792})
"""Rights, account, database, table, column, a server that does not write (MariaDB, "Error codes")."""
_POSTGRESQL_LASTING = ("25006", "28", "3D", "3F", "42501", "42703", "42P01")
"""The same by SQLSTATE or its class (PostgreSQL, appendix A)."""
_REFUSED = re.compile(r"pg_hba\.conf|does not exist|no password supplied|authentication failed")
_BUSY = re.compile(r"too many|connection slots|starting up|shutting down|recovery")


@contextlib.contextmanager
def in_words(ledger: object) -> Iterator[None]:
    """Turn the drivers' errors into those of bbbmig: without statements, values or the password."""
    try:
        yield
    except sa.exc.DBAPIError as error:
        text = f"ledger {ledger}: {' '.join(str(error.orig).split())}"
        if _is_file(error) and _lasts(error):
            raise _of_file(text, str(error.orig.sqlite_errorname)) from error  # type: ignore[union-attr] # just seen
        if _lasts(error):
            raise ConfigError(text, hint=_RIGHTS) from error
        raise RemoteError(text, hint=_LATER) from error


def _of_file(text: str, name: str) -> BbbmigError:
    """Return the error for what SQLite says of its file."""
    if name == "SQLITE_FULL":
        return NoSpace(
            text, hint="free some space on the ledger's disk, then run again: what was done is not done twice"
        )
    if name.startswith("SQLITE_IOERR"):
        return MachineError(text, hint="look at the ledger's disk, then run again: what was done is not done twice")
    if name in ("SQLITE_CORRUPT", "SQLITE_NOTADB"):
        return MachineError(text, hint=SPOILT)
    return ConfigError(text, hint=_FILE)


def _is_file(error: sa.exc.DBAPIError) -> bool:
    """Tell whether it comes from SQLite."""
    return hasattr(error.orig, "sqlite_errorname")


def _lasts(error: sa.exc.DBAPIError) -> bool:
    """Tell whether it stays until a person does something."""
    if _is_file(error):
        return not str(error.orig.sqlite_errorname).startswith(_SQLITE_PASSING)  # type: ignore[union-attr] # just seen
    number = error.orig.args[0] if error.orig is not None and error.orig.args else None
    return number in _MYSQL_LASTING if isinstance(number, int) else _lasts_in_postgresql(error)


def _lasts_in_postgresql(error: sa.exc.DBAPIError) -> bool:
    """Tell by the SQLSTATE. Failed connections have none: libpq gives only the server's text, in its language."""
    state = getattr(error.orig, "sqlstate", None)
    if state:
        return str(state).startswith(_POSTGRESQL_LASTING)
    text = str(error.orig)
    after_password = "FATAL" in text and bool(getattr(getattr(error.orig, "pgconn", None), "used_password", False))
    return (after_password or bool(_REFUSED.search(text))) and not _BUSY.search(text)
