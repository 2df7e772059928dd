"""The errors of three kinds of database in words, all in this one place; none holds a bound value or a password."""

import contextlib
from collections.abc import Iterator

import sqlalchemy as sa

from bbbmig.errors import BbbmigError, RemoteError, RemoteRefused
from bbbmig.moodle.config import MoodleSource


class CannotConnect(RemoteError):
    """No connection could be made."""


class ConnectionLost(RemoteError):
    """The server went away or closed the connection: a new one may work."""


_RIGHTS = "docs/moodle.md has the statements that grant what bbbmig needs"
_REACH = "are host and port right, the server up, and the firewall open from this machine?"
_AGAIN = "run again; if it stays, ask whoever runs the database"

_MYSQL_REFUSED = {
    1044: "the account has no right to this database",
    1045: "user name or password wrong, or not from this machine",
    1049: "no such database",
    1054: "a column is missing",
    1142: "the account may not read a table",
    1143: "the account may not read a column",
    1146: "a table is missing (is the prefix right?)",
    1290: "the server does not write now",
    1698: "user name or password wrong, or not from this machine",
    1792: "the session is read-only",
}
"""Errors that trying again does not help; the server's text names accounts, tables and columns, never a value."""
_MYSQL_UNREACHED = frozenset({1040, 1129, 1130, 1203, 2002, 2003, 2005})
_MYSQL_LOST = frozenset({0, 1053, 1927, 2006, 2013, 2014, 2055})

_POSTGRESQL_REFUSED = {
    "25006": "the session is read-only",
    "28": "user name or password wrong, or not from this machine",
    "3D": "no such database",
    "3F": "no such schema",
    "42501": "the account may not read a table or a column",
    "42703": "a column is missing",
    "42P01": "a table is missing (are prefix and schema right?)",
}
"""By SQLSTATE or its class (PostgreSQL, appendix A, "Error codes")."""
_POSTGRESQL_LOST = frozenset({"08", "57P01", "57P02", "57P03", "57P05"})

_SQLITE_BUSY = frozenset({"SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_IOERR"})


@contextlib.contextmanager
def in_words(source: MoodleSource) -> Iterator[None]:
    """Turn the drivers' exceptions into CannotConnect, ConnectionLost, RemoteError or RemoteRefused."""
    try:
        yield
    except sa.exc.DBAPIError as error:
        translate = {"mysql": _mysql, "postgresql": _postgresql, "sqlite": _sqlite}[source.driver]
        raise translate(f"moodle {source.name}", source, error) from error


def _mysql(who: str, source: MoodleSource, error: sa.exc.DBAPIError) -> BbbmigError:
    """Tell by the server's error number, or the client's (2000 and above)."""
    arguments = error.orig.args if error.orig is not None else ()
    number = arguments[0] if arguments and isinstance(arguments[0], int) else -1
    text = str(arguments[1]) if len(arguments) > 1 else ""
    if number in _MYSQL_REFUSED:
        return RemoteRefused(f"{who}: {_MYSQL_REFUSED[number]}: {text} (error {number})", hint=_RIGHTS)
    if number in _MYSQL_UNREACHED or (number in _MYSQL_LOST and error.statement is None):
        return CannotConnect(f"{who}: cannot connect to {_address(source)}: {text}", hint=_REACH)
    if number in _MYSQL_LOST:
        return ConnectionLost(f"{who}: the connection broke (error {number})", hint=_AGAIN)
    return RemoteError(f"{who}: the server answered with error {number}", hint=_AGAIN)


def _postgresql(who: str, source: MoodleSource, error: sa.exc.DBAPIError) -> BbbmigError:
    """Tell by the SQLSTATE. Failed connections have none: libpq gives only the server's text, in its language."""
    state = getattr(error.orig, "sqlstate", None)
    if state is None:
        return _postgresql_without_state(who, source, error)
    if words := _POSTGRESQL_REFUSED.get(state) or _POSTGRESQL_REFUSED.get(state[:2]):
        text = getattr(getattr(error.orig, "diag", None), "message_primary", None) or ""
        return RemoteRefused(f"{who}: {words}: {text} (SQLSTATE {state})", hint=_RIGHTS)
    if state in _POSTGRESQL_LOST or state[:2] in _POSTGRESQL_LOST:
        return ConnectionLost(f"{who}: the connection broke (SQLSTATE {state})", hint=_AGAIN)
    return RemoteError(f"{who}: the server answered with SQLSTATE {state}", hint=_AGAIN)


def _postgresql_without_state(who: str, source: MoodleSource, error: sa.exc.DBAPIError) -> BbbmigError:
    if error.statement is not None:
        return ConnectionLost(f"{who}: the connection broke", hint=_AGAIN)
    text = " ".join(str(error.orig).split()).removeprefix("connection failed: ")
    used_password = bool(getattr(getattr(error.orig, "pgconn", None), "used_password", False))
    if "pg_hba.conf" in text or (used_password and "FATAL" in text):  # the server answered, and said no
        return RemoteRefused(f"{who}: the server refused the connection: {text}", hint=_RIGHTS)
    return CannotConnect(f"{who}: cannot connect to {_address(source)}: {text}", hint=_REACH)


def _sqlite(who: str, source: MoodleSource, error: sa.exc.DBAPIError) -> BbbmigError:
    name = str(getattr(error.orig, "sqlite_errorname", ""))
    if any(name.startswith(busy) for busy in _SQLITE_BUSY):
        return RemoteError(f"{who}: {source.database} is busy or cannot be read ({name})", hint=_AGAIN)
    return RemoteRefused(f"{who}: {error.orig} ({source.database})", hint="is it a Moodle's database?")


def _address(source: MoodleSource) -> str:
    return source.host if source.port is None else f"{source.host}:{source.port}"
