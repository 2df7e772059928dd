"""Locks that a database server holds for a connection, by name: how to take one, to look at it, and to free it.

Sources: MariaDB, "GET_LOCK" (names are of the whole server, and have at most 64 characters); PostgreSQL, "Advisory
Lock Functions" (64-bit numbers, of one database) and "pg_locks" (where they are seen in two halves).
"""

import hashlib
from dataclasses import dataclass

import sqlalchemy as sa

LOCK_NAME = "bbbmig"
VANISHED_S = 180
"""A machine that is silent for so long has vanished: the server frees its lock."""
_NAME_LENGTH = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedLock:
    """Statements that answer with one true or false value, over the connection that is to have the lock.

    `longest_silence_s`: the server ends a connection that says nothing for so long.
    """

    take: sa.Executable
    is_mine: sa.Executable
    free: sa.Executable
    longest_silence_s: float


def named_lock(connection: sa.Connection) -> NamedLock:
    """Return the lock of the ledger in this connection's database (and schema, in PostgreSQL).

    The connection is told to end soon when this machine vanishes, so that the lock does not outlive it for hours.
    """
    if connection.dialect.name == "mysql":
        return _in_mysql(connection)
    return _in_postgresql(connection)


def _in_mysql(connection: sa.Connection) -> NamedLock:
    """Name it after the database: the server may hold several ledgers."""
    name = f"{LOCK_NAME} {connection.scalar(sa.select(sa.func.database()))}"
    if len(name) > _NAME_LENGTH:
        name = f"{LOCK_NAME} {hashlib.sha256(name.encode()).hexdigest()[:40]}"
    silence_s = float(connection.scalar(sa.text("SELECT @@session.wait_timeout")) or VANISHED_S)
    if silence_s > VANISHED_S:
        connection.execute(sa.text(f"SET SESSION wait_timeout = {VANISHED_S}"))
    return NamedLock(
        take=sa.select(sa.func.get_lock(name, 0)),
        is_mine=sa.select(sa.func.is_used_lock(name) == sa.func.connection_id()),
        free=sa.select(sa.func.release_lock(name)),
        longest_silence_s=min(silence_s, VANISHED_S),
    )


def _in_postgresql(connection: sa.Connection) -> NamedLock:
    """Return it a number made of the schema: a database may hold several ledgers."""
    schema = connection.scalar(sa.select(sa.func.current_schema()))
    digest = hashlib.sha256(f"{LOCK_NAME} {schema}".encode()).digest()
    key = int.from_bytes(digest[:8], "big", signed=True)
    for setting, value in (("idle", VANISHED_S // 2), ("interval", VANISHED_S // 8), ("count", 4)):
        connection.execute(sa.text(f"SET tcp_keepalives_{setting} = {value}"))
    is_mine = sa.text(
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1 AND granted"
        " AND pid = pg_backend_pid() AND CAST(classid AS bigint) = :high AND CAST(objid AS bigint) = :low"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    # Since PostgreSQL 14; in milliseconds, 0: never.
    silence = connection.scalar(sa.text("SELECT setting FROM pg_settings WHERE name = 'idle_session_timeout'"))
    return NamedLock(
        take=sa.select(sa.func.pg_try_advisory_lock(key)),
        is_mine=is_mine.bindparams(high=key >> 32 & 0xFFFFFFFF, low=key & 0xFFFFFFFF),
        free=sa.select(sa.func.pg_advisory_unlock(key)),
        longest_silence_s=float(silence or 0) / 1000 or VANISHED_S,
    )
