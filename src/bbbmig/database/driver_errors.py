"""The errors of three kinds of database, told apart in this one place and put in words for a person.

Numbers: MariaDB, "Error codes" (clients' own are 2000 and above); PostgreSQL, appendix A, "Error codes" (SQLSTATE, or
its class of two signs); SQLite, "Result codes".
"""

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa

from bbbmig.database.database_url import DatabaseUrl
from bbbmig.errors import RemoteError, RemoteRefused


class CannotConnect(RemoteError):
    """No connection could be made."""


class ConnectionLost(RemoteError):
    """The server went away or closed the connection: a new one may work."""


class Trouble(StrEnum):
    """Kinds of errors, by what may help."""

    REFUSED = "refused"
    """Stays until a person does something: rights, names, passwords, files."""
    UNREACHED = "unreached"
    """No connection now."""
    LOST = "lost"
    """The connection broke: a new one may work."""
    PASSING = "passing"
    """Anything else: trying again may help."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """One error. `words` say what it means ("" if nothing is known), `code` how the database calls it.

    `text` is the server's own, in its language. It names accounts, tables and columns; only of errors that are not
    PASSING is it sure that it holds no value.
    """

    trouble: Trouble
    words: str = ""
    text: str = ""
    code: str = ""


_REACH = "are host and port right, the server up, and the firewall open from this machine?"
_AGAIN = "run again; if it stays, ask whoever runs the database"

_LOGIN = "user name or password wrong, or not from this machine"
_MYSQL_REFUSED = {
    1044: "the account has no right to this database",
    1045: _LOGIN,
    1049: "no such database",
    1052: "a column of that name is in several tables",
    1054: "a column is missing",
    1060: "two columns have one name",
    1064: "the statement cannot be read",
    1130: _LOGIN,
    1142: "the account may not read a table",
    1143: "the account may not read a column",
    1146: "a table is missing (is the prefix right?)",
    1305: "a function is missing",
    1227: "the account lacks a right",
    1290: "the server does not write now",
    1698: _LOGIN,
    1792: "the session is read-only",
}
_MYSQL_UNREACHED = frozenset({1040, 1129, 1203, 2002, 2003, 2005})
_MYSQL_LOST = frozenset({0, 1053, 1927, 2006, 2013, 2014, 2055})

_POSTGRESQL_REFUSED = {
    "25006": "the session is read-only",
    "28": _LOGIN,
    "3D": "no such database",
    "3F": "no such schema",
    "42": "the statement cannot be run",
    "42501": "the account may not read a table or a column",
    "42703": "a column is missing",
    "42P01": "a table is missing (are prefix and schema right?)",
}
_POSTGRESQL_LOST = frozenset({"08", "57P01", "57P02", "57P03", "57P05"})
_POSTGRESQL_SAYS_NO = re.compile(r"pg_hba\.conf|does not exist|no password supplied|authentication failed")
_POSTGRESQL_SAYS_LATER = re.compile(r"too many|connection slots|starting up|shutting down|recovery")

_SQLITE_PASSING = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_PROTOCOL", "SQLITE_INTERRUPT", "SQLITE_CONSTRAINT")
"""A file that cannot be read or written, or is not a database, stays as it is."""


def diagnosed(error: sa.exc.DBAPIError) -> Diagnosis:
    """Tell what kind of error a driver raised; the drivers' exceptions differ enough to know whose it is."""
    if hasattr(error.orig, "sqlite_errorname"):
        return _sqlite(error)
    arguments = error.orig.args if error.orig is not None else ()
    if hasattr(error.orig, "sqlstate") and not (arguments and isinstance(arguments[0], int)):  # PyMySQL has both
        return _postgresql(error)
    return _mysql(error)


def is_sqlite(error: sa.exc.DBAPIError) -> bool:
    """Tell whether an error comes from a file of this machine."""
    return hasattr(error.orig, "sqlite_errorname")


def _mysql(error: sa.exc.DBAPIError) -> Diagnosis:
    """Tell by the server's error number, or the client's."""
    arguments = error.orig.args if error.orig is not None else ()
    number = arguments[0] if arguments and isinstance(arguments[0], int) else None
    text = " ".join(str(arguments[1] if len(arguments) > 1 else error.orig).split())
    if number in _MYSQL_REFUSED:
        trouble = Trouble.REFUSED
    elif number in _MYSQL_UNREACHED or (number in _MYSQL_LOST and error.statement is None):
        trouble = Trouble.UNREACHED
    else:
        trouble = Trouble.LOST if number in _MYSQL_LOST else Trouble.PASSING
    words = _MYSQL_REFUSED.get(number, "") if number is not None else ""
    return Diagnosis(trouble=trouble, words=words, text=text, code=f"error {-1 if number is None else number}")


def _postgresql(error: sa.exc.DBAPIError) -> Diagnosis:
    """Tell by the SQLSTATE. Failed connections have none: libpq gives only the server's text, in its language."""
    state = getattr(error.orig, "sqlstate", None)
    if state is None:
        return _postgresql_without_state(error)
    text = " ".join(str(getattr(getattr(error.orig, "diag", None), "message_primary", None) or "").split())
    words = _POSTGRESQL_REFUSED.get(state) or _POSTGRESQL_REFUSED.get(state[:2]) or ""
    lost = {state, state[:2]} & _POSTGRESQL_LOST
    trouble = Trouble.REFUSED if words else Trouble.LOST if lost else Trouble.PASSING
    return Diagnosis(trouble=trouble, words=words, text=text, code=f"SQLSTATE {state}")


def _postgresql_without_state(error: sa.exc.DBAPIError) -> Diagnosis:
    if error.statement is not None:
        return Diagnosis(trouble=Trouble.LOST)
    text = " ".join(str(error.orig).split()).removeprefix("connection failed: ")
    used_password = bool(getattr(getattr(error.orig, "pgconn", None), "used_password", False))
    says_no = (used_password and "FATAL" in text) or _POSTGRESQL_SAYS_NO.search(text)
    if says_no and not _POSTGRESQL_SAYS_LATER.search(text):  # the server answered, and said no
        return Diagnosis(trouble=Trouble.REFUSED, words="the server refused the connection", text=text)
    return Diagnosis(trouble=Trouble.UNREACHED, text=text)


def _sqlite(error: sa.exc.DBAPIError) -> Diagnosis:
    name = str(getattr(error.orig, "sqlite_errorname", ""))
    trouble = Trouble.PASSING if name.startswith(_SQLITE_PASSING) else Trouble.REFUSED
    return Diagnosis(trouble=trouble, text=" ".join(str(error.orig).split()), code=name)


@contextlib.contextmanager
def in_words(where: DatabaseUrl) -> Iterator[None]:
    """Turn the drivers' exceptions into CannotConnect, ConnectionLost, RemoteError or RemoteRefused.

    No message holds a bound value or a password.
    """
    try:
        yield
    except sa.exc.DBAPIError as error:
        found = diagnosed(error)
        code = f" ({found.code})" if found.code else ""
        match found.trouble:
            case Trouble.REFUSED:
                said = ": ".join(filter(None, (where.label, found.words, found.text)))
                raise RemoteRefused(f"{said}{code}", hint=where.rights) from error
            case Trouble.UNREACHED:
                said = f"{where.label}: cannot connect to {where.where}: {found.text}"
                raise CannotConnect(said, hint=_REACH) from error
            case Trouble.LOST:
                raise ConnectionLost(f"{where.label}: the connection broke{code}", hint=_AGAIN) from error
            case Trouble.PASSING if is_sqlite(error):
                said = f"{where.label}: {where.where} is busy{code}"
                raise RemoteError(said, hint=_AGAIN) from error
            case Trouble.PASSING:
                raise RemoteError(f"{where.label}: the server answered with {found.code}", hint=_AGAIN) from error
