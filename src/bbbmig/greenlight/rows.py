"""From rows of Greenlight, out of its database or an export, to parts in rooms."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from bbbmig.domain.account_names import Account
from bbbmig.domain.meeting_register import OWNER, Part, Room
from bbbmig.errors import ConfigError
from bbbmig.greenlight.config import GreenlightSource

WHY_OWNER = "owner of the room"
WHY_SHARED = "room shared with them"
_NAMES_OF_PEOPLE = ("email", "external_id", "social_uid", "username")
_BANNED = frozenset({"2", "banned"})
_TRUE = frozenset({"1", "t", "true", "y", "yes"})


def need_columns(columns: Collection[str], name: str) -> None:
    """Raise ConfigError when an export lacks what nothing works without."""
    if "meeting_id" not in columns and "bbb_id" in columns:
        return
    lacking = [] if "meeting_id" in columns else ["meeting_id"]
    if not set(columns) & set(_NAMES_OF_PEOPLE):
        lacking.append(f"one of {', '.join(_NAMES_OF_PEOPLE)}")
    if lacking:
        raise ConfigError(
            f"{name}: no column {' and no '.join(lacking)} (found: {', '.join(filter(None, columns))})",
            hint="docs/owners.md has the line that exports a Greenlight; the first line must name the columns",
        )


def parts_of(rows: Iterable[Mapping[str, Any]], source: GreenlightSource) -> Iterator[Part]:
    """Yield somebody's part in a room for each row; rows of other providers are left out."""
    rooms: dict[object, Room] = {}
    people: dict[object, Account] = {}
    counted: dict[str, bool] = {}
    for row in rows:
        account = account_of(row, people)
        if account is not None:
            if account.provider not in counted:
                counted[account.provider] = source.counts(account.provider)
            if not counted[account.provider]:
                continue
        shared = _text(row.get("why")).lower().startswith("shared")
        room = _room(row, rooms)
        if room is None or (shared and account is None):
            continue
        yield Part(
            room=room,
            account=account,
            part="shared" if shared else OWNER,
            why=WHY_SHARED if shared else WHY_OWNER,
        )


def _room(row: Mapping[str, Any], known: dict[object, Room]) -> Room | None:
    """Return the room of a row, the same object for the same room; None if it has no meetingID."""
    raw = row.get("room_id")
    if raw and raw in known:
        return known[raw]
    meeting_id = _text(row.get("meeting_id") or row.get("bbb_id"))
    friendly_id = _text(row.get("friendly_id"))
    number = _text(raw) or friendly_id or meeting_id
    if not meeting_id:
        return None
    if number not in known:
        known[number] = Room(
            id=number,
            meeting_id=meeting_id,
            friendly_id=friendly_id,
            name=_text(row.get("room")),
            created=moment(row.get("room_created")),
        )
    if raw:
        known[raw] = known[number]
    return known[number]


def account_of(row: Mapping[str, Any], known: dict[object, Account]) -> Account | None:
    """Return the person of a row, the same object for the same person; None if the row has none.

    A room that was deleted with its owner marks the owner suspended.
    """
    raw = (row.get("person"), row.get("deleted"), row.get("room_deleted"), row.get("status"))
    if raw[0] and raw in known:
        return known[raw]
    suspended = any(_true(row.get(key)) for key in ("deleted", "room_deleted"))
    suspended = suspended or _text(row.get("status")).lower() in _BANNED
    fields = (
        _text(row.get("username")),
        _text(row.get("external_id") or row.get("social_uid")),
        _text(row.get("email")),
        _text(row.get("name")),
        _text(row.get("provider")),
    )
    number = _text(row.get("person"))
    if not number and not any(fields[:4]):
        return None
    key = (number or fields, suspended)
    if (account := known.get(key)) is None:
        username, external_id, email, name, provider = fields
        first, _, last = name.partition(" ")
        account = known[key] = Account(
            id=number or "\0".join(fields),
            username=username,
            external_id=external_id,
            email=email,
            first_name=first if last else "",
            last_name=last.strip() if last else first,
            provider=provider,
            suspended=suspended,
        )
    if raw[0]:
        known[raw] = account
    return account


def moment(value: object) -> datetime | None:
    """Return a time of Rails, which writes them in UTC; None for nothing, and for what is no time."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip().removesuffix(" UTC"))
        except ValueError:
            return None
    if not isinstance(value, datetime):
        return None
    return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


def _text(value: object) -> str:
    return "" if value is None else value.strip() if isinstance(value, str) else str(value)


def _true(value: object) -> bool:
    return bool(value) and (value is True or _text(value).lower() in _TRUE)
