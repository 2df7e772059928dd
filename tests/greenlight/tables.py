"""The tables of Greenlight 2 and 3 that matter here, with columns to keep away from, on three kinds of database.

Written from `db/schema.rb` of bigbluebutton/greenlight (2.14.10 and 3.8.2), not from bbbmig's own statements.
"""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

Row = tuple[object, ...]
ROWS_PER_INSERT = 2000

_UUID = {"postgresql": "uuid", "mysql": "char(36)", "sqlite": "varchar"}
_TIME = {"postgresql": "timestamp(6)", "mysql": "datetime(6)", "sqlite": "datetime(6)"}
_TEXT = {"postgresql": "varchar", "mysql": "varchar(255)", "sqlite": "varchar"}

V2 = """
CREATE TABLE users (id bigint PRIMARY KEY, room_id integer, provider TEXT_, uid TEXT_, name TEXT_, username TEXT_,
    email TEXT_, social_uid TEXT_, image TEXT_, password_digest TEXT_, accepted_terms boolean DEFAULT false,
    created_at TIME_ NOT NULL, deleted boolean NOT NULL DEFAULT false, role_id bigint, reset_digest TEXT_);
CREATE TABLE rooms (id bigint PRIMARY KEY, user_id integer, name TEXT_, uid TEXT_, bbb_id TEXT_,
    created_at TIME_ NOT NULL, deleted boolean NOT NULL DEFAULT false, moderator_pw TEXT_, attendee_pw TEXT_);
CREATE INDEX index_rooms_on_bbb_id ON rooms (bbb_id);
CREATE TABLE shared_accesses (id bigint PRIMARY KEY, room_id integer, user_id integer, created_at TIME_ NOT NULL)
"""
V3 = """
CREATE TABLE users (id UUID_ PRIMARY KEY, name TEXT_ NOT NULL, email TEXT_ NOT NULL, external_id TEXT_,
    provider TEXT_ NOT NULL, password_digest TEXT_, session_token TEXT_, status integer DEFAULT 0, role_id UUID_,
    created_at TIME_ NOT NULL, UNIQUE (email, provider));
CREATE TABLE rooms (id UUID_ PRIMARY KEY, user_id UUID_, name TEXT_ NOT NULL, friendly_id TEXT_ NOT NULL UNIQUE,
    meeting_id TEXT_ NOT NULL UNIQUE, created_at TIME_ NOT NULL, online boolean DEFAULT false);
CREATE TABLE shared_accesses (id UUID_ PRIMARY KEY, user_id UUID_ NOT NULL, room_id UUID_ NOT NULL,
    created_at TIME_ NOT NULL, UNIQUE (user_id, room_id));
CREATE TABLE recordings (id UUID_ PRIMARY KEY, room_id UUID_, name TEXT_ NOT NULL, record_id TEXT_ NOT NULL,
    visibility TEXT_ NOT NULL, created_at TIME_ NOT NULL);
CREATE TABLE tenants (id UUID_ PRIMARY KEY, name TEXT_ NOT NULL, client_secret TEXT_ NOT NULL)
"""
WRITTEN: Mapping[int, Mapping[str, tuple[str, ...]]] = {
    2: {
        "users": ("id", "provider", "uid", "name", "username", "email", "social_uid", "created_at", "deleted"),
        "rooms": ("id", "user_id", "name", "uid", "bbb_id", "created_at", "deleted"),
        "shared_accesses": ("id", "room_id", "user_id", "created_at"),
    },
    3: {
        "users": ("id", "name", "email", "external_id", "provider", "status", "created_at"),
        "rooms": ("id", "user_id", "name", "friendly_id", "meeting_id", "created_at"),
        "shared_accesses": ("id", "user_id", "room_id", "created_at"),
        "recordings": ("id", "room_id", "name", "record_id", "visibility", "created_at"),
    },
}


def fill(url: sa.URL, version: int, rows: Mapping[str, Sequence[Row]]) -> None:
    """Create the tables of a version and write these rows."""
    kind = url.get_backend_name()
    ddl = V2 if version == 2 else V3
    for word, types in (("UUID_", _UUID), ("TIME_", _TIME), ("TEXT_", _TEXT)):
        ddl = ddl.replace(word, types[kind])
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        for statement in ddl.split(";"):
            connection.exec_driver_sql(statement)
        for table, columns in WRITTEN[version].items():
            insert = sa.table(table, *map(sa.column, columns)).insert()
            its = rows.get(table, ())
            for start in range(0, len(its), ROWS_PER_INSERT):
                part = [dict(zip(columns, row, strict=True)) for row in its[start : start + ROWS_PER_INSERT]]
                connection.execute(insert, part)
