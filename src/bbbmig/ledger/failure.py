"""The errors of the ledger's database: which a person must mend, and which go away by themselves."""

import contextlib
from collections.abc import Iterator

import sqlalchemy as sa

from bbbmig.database.driver_errors import Trouble, diagnosed, is_sqlite
from bbbmig.errors import BbbmigError, ConfigError, MachineError, NoSpace, RemoteError
from bbbmig.ledger.location import SPOILT

_RIGHTS = "is [ledger] url right, and may this account create tables there?"
_FILE = "is [ledger] url right, and may this user write the file and its folder?"
_ONCE = "then run again: what was done is not done twice"
_LATER = f"is the ledger's database up? {_ONCE.capitalize()}"


@contextlib.contextmanager
def errors_translated(ledger: object) -> Iterator[None]:
    """Turn the drivers' errors into those of bbbmig: without statements, values or the password."""
    try:
        yield
    except sa.exc.DBAPIError as error:
        found = diagnosed(error)
        text = f"ledger {ledger}: {' '.join(str(error.orig).split())}"
        if found.trouble is not Trouble.REFUSED:
            raise RemoteError(text, hint=_LATER) from error
        if not is_sqlite(error):
            raise ConfigError(text, hint=_RIGHTS) from error
        raise _of_file(text, found.code) from error


def _of_file(text: str, code: str) -> BbbmigError:
    """Return the error for what SQLite says of its file."""
    if code == "SQLITE_FULL":
        return NoSpace(text, hint=f"free some space on the ledger's disk; {_ONCE}")
    if code.startswith("SQLITE_IOERR"):
        return MachineError(text, hint=f"look at the ledger's disk; {_ONCE}")
    if code in ("SQLITE_CORRUPT", "SQLITE_NOTADB"):
        return MachineError(text, hint=SPOILT)
    return ConfigError(text, hint=_FILE)
