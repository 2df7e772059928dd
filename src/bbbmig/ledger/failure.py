"""The errors of the ledger's database: which a person must mend, and which go away by themselves."""

import contextlib
from collections.abc import Iterator

import sqlalchemy as sa

from bbbmig.database.driver_errors import Trouble, diagnosed, is_sqlite
from bbbmig.errors import ConfigError, RemoteError

_RIGHTS = "is [ledger] url right, and may this account create tables there?"
_FILE = "is [ledger] url right, and may this user write the file and its folder?"
_LATER = "is the ledger's database up? Then run again: what was done is not done twice"


@contextlib.contextmanager
def in_words(ledger: object) -> Iterator[None]:
    """Turn the drivers' errors into ConfigError or RemoteError, without statements or the password."""
    try:
        yield
    except sa.exc.DBAPIError as error:
        found = diagnosed(error)
        text = f"ledger {ledger}: {' '.join(str(error.orig).split())}"
        if found.trouble is Trouble.REFUSED:
            raise ConfigError(text, hint=_FILE if is_sqlite(error) else _RIGHTS) from error
        raise RemoteError(text, hint=_LATER) from error
