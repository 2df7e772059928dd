"""The SELECTs for Greenlight 2 and 3, made of the columns that an account sees.

Version 3 has `rooms.meeting_id` and `users.external_id`, version 2 `rooms.bbb_id`, `users.social_uid` and
`users.username`; the result has the same columns for both (docs/owners.md), those that a version lacks are left out.
Version 2 has no foreign keys, marks rooms and people `deleted` since 2.4 and shares rooms since 2.5. Tried on the
schemas of both (bigbluebutton/greenlight: db/schema.rb).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from bbbmig.errors import RemoteRefused

TABLES = ("rooms", "users", "shared_accesses", "recordings")
Seen = Mapping[str, frozenset[str]]
AnySelect = sa.Select[*tuple[Any, ...]]

_ROOM = {
    "meeting_id": ("meeting_id", "bbb_id"),
    "room_id": ("id",),
    "room": ("name",),
    "friendly_id": ("friendly_id", "uid"),
    "room_created": ("created_at",),
    "room_deleted": ("deleted",),
}
_PERSON = {
    "person": ("id",),
    "name": ("name",),
    "email": ("email",),
    "username": ("username",),
    "external_id": ("external_id", "social_uid"),
    "provider": ("provider",),
    "status": ("status",),
    "deleted": ("deleted",),
}
"""Columns of the result, and which of the table's each may be, the newest version's first."""
_NEEDED = {"rooms": (("id",), ("user_id",), _ROOM["meeting_id"]), "users": (("id",), ("email",))}


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What the account sees of a Greenlight; `version` is 2 or 3."""

    version: int
    shares: bool
    cache: bool
    missing: tuple[str, ...]
    """Columns that are not there or not granted, and without which it works."""


def layout_of(seen: Seen, *, label: str, account: str) -> Layout:
    """Tell which version it is, and what can be read. Raise RemoteRefused naming all without which nothing works."""
    lacking = []
    for table, needed in _NEEDED.items():
        there = seen.get(table, frozenset())
        columns = [" or ".join(names) for names in needed if not there & set(names)]
        if columns:
            lacking.append(f"{table} ({', '.join(columns)})")
    if lacking:
        raise RemoteRefused(
            f"{label}: not there, or not granted to {account or 'this account'}: {'; '.join(lacking)}",
            hint="is it the database of a Greenlight 2 or 3 (1 has no rooms), and the right schema? docs/owners.md has "
            "the statements that grant what bbbmig reads",
        )
    version = 3 if "meeting_id" in seen["rooms"] else 2
    shares = {"room_id", "user_id"} <= seen.get("shared_accesses", frozenset())
    missing = [
        f"{table}.{' or '.join(names)}"
        for table, columns in (("rooms", _ROOM), ("users", _PERSON))
        for key, names in columns.items()
        if not seen[table] & set(names)
        and not (version == 3 and key in ("room_deleted", "username", "deleted"))  # noqa: PLR2004
        and not (version == 2 and key == "status")  # noqa: PLR2004
    ]
    cache = version == 3 and {"record_id", "room_id"} <= seen.get("recordings", frozenset())  # noqa: PLR2004
    if not shares:
        missing.append("shared_accesses")
    return Layout(version=version, shares=shares, cache=cache, missing=tuple(missing))


def everything(seen: Seen, layout: Layout, schema: str) -> tuple[sa.Select[Any], ...]:
    """Select every room with its owner, who may not exist any more; then with everybody it is shared with."""
    rooms, users = _table("rooms", seen, schema), _table("users", seen, schema)
    room, person = _columns(rooms, seen["rooms"], _ROOM), _columns(users, seen["users"], _PERSON)
    owned = sa.select(*room, sa.literal_column("'owner'").label("why"), *person).select_from(
        rooms.outerjoin(users, users.c.id == rooms.c.user_id)
    )
    if not layout.shares:
        return (owned,)
    shares = _table("shared_accesses", seen, schema)
    joined = shares.join(rooms, rooms.c.id == shares.c.room_id).join(users, users.c.id == shares.c.user_id)
    shared = sa.select(*room, sa.literal_column("'shared'").label("why"), *person).select_from(joined)
    return owned, shared


def cached_recordings(seen: Seen, schema: str) -> sa.Select[Any]:
    """Select what version 3 remembers of recordings: it is refilled from BigBlueButton, and may be empty or old."""
    rooms, cache = _table("rooms", seen, schema), _table("recordings", seen, schema)
    return sa.select(cache.c.record_id, rooms.c.meeting_id).select_from(
        cache.join(rooms, rooms.c.id == cache.c.room_id)
    )


def people(seen: Seen, schema: str) -> tuple[sa.Select[Any], ...]:
    """Select everybody."""
    users = _table("users", seen, schema)
    return (sa.select(*_columns(users, seen["users"], _PERSON)),)


def _table(name: str, seen: Seen, schema: str) -> sa.TableClause:
    return sa.table(name, *(sa.column(one) for one in sorted(seen[name])), schema=schema or None)


def _columns(table: sa.TableClause, seen: frozenset[str], wanted: Mapping[str, tuple[str, ...]]) -> list[sa.Label[Any]]:
    found = []
    for label, names in wanted.items():
        column = next((name for name in names if name in seen), None)
        if column is not None:
            found.append(table.c[column].label(label))
    return found
