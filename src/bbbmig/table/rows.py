"""From the rows of a site's table to parts in rooms."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time
from typing import Any

from bbbmig.domain.account_names import Account
from bbbmig.domain.meeting_register import OWNER, Part, Room
from bbbmig.domain.owner import Confidence
from bbbmig.errors import ConfigError

KEYS = ("meeting_id", "meeting_sha1", "record_id", "metadata_value")
"""Columns that name the room; one of them must be there."""
PEOPLE = ("username", "email")
MEMBER = "member"
WHY = "in the table"
_TRUE = frozenset({"1", "t", "true", "y", "yes"})
_SHA1 = 40


def need_columns(columns: Collection[str], name: str) -> None:
    """Raise ConfigError when a table lacks what nothing works without."""
    lacking = [" or ".join(choice) for choice in (KEYS, PEOPLE) if not set(choice) & set(columns)]
    if lacking:
        found = ", ".join(filter(None, columns)) or "none"
        raise ConfigError(
            f"{name}: no column {', and no '.join(lacking)} (found: {found})",
            hint="docs/owners.md lists the columns; in SQL: SELECT id AS meeting_id, login AS username …",
        )


def parts_of(rows: Iterable[tuple[str, Mapping[str, Any]]]) -> Iterator[Part]:
    """Yield somebody's part in a room for each row; each comes with the place that messages name.

    Raise ConfigError for a confidence or a date that is none.
    """
    rooms: dict[tuple[str, ...], Room] = {}
    for place, row in rows:
        keys = tuple(_text(row.get(key)) for key in KEYS)
        if not any(keys):
            continue
        if (room := rooms.get(keys)) is None:
            meeting_id, sha1, record_id, value = keys
            room = rooms[keys] = Room(
                id="\0".join(keys),
                meeting_id=meeting_id,
                sha1=sha1.lower()[:_SHA1],
                record_id=record_id,
                metadata_value=value,
                name=_text(row.get("activity")),
                course=_text(row.get("course")),
            )
        why = _text(row.get("why"))
        yield Part(
            room=room,
            account=_account(row),
            part=OWNER if why.lower() == OWNER else MEMBER,
            why=why or WHY,
            confidence=_confidence(row.get("confidence"), place),
            since=_moment(row.get("since"), place, end=False),
            until=_moment(row.get("until"), place, end=True),
        )


def _account(row: Mapping[str, Any]) -> Account | None:
    username, email, name = (_text(row.get(key)) for key in ("username", "email", "name"))
    if not username and not email:
        return None
    first, _, last = name.partition(" ")
    return Account(
        id=f"{username}\0{email}",
        username=username,
        email=email,
        first_name=_text(row.get("first_name")) or (first if last else ""),
        last_name=_text(row.get("last_name")) or last.strip() or first,
        suspended=_text(row.get("suspended")).lower() in _TRUE,
    )


def _confidence(value: object, place: str) -> Confidence:
    word = _text(value).lower()
    try:
        return Confidence(word) if word else Confidence.LIKELY
    except ValueError:
        hint = f"one of {', '.join(Confidence)}"
        raise ConfigError(f"{place}: confidence cannot be {word!r}", hint=hint) from None


def _moment(value: object, place: str, *, end: bool) -> datetime | None:
    """Return a time; a day alone is its beginning, or its end."""
    if isinstance(value, str):
        text = value.strip()
        if not text:
            return None
        try:
            value = date.fromisoformat(text) if len(text) == len("2024-01-31") else datetime.fromisoformat(text)
        except ValueError:
            raise ConfigError(
                f"{place}: {text!r} is not a date", hint="write 2024-01-31, or 2024-01-31 10:00"
            ) from None
    if isinstance(value, datetime):
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    if isinstance(value, date):
        return datetime.combine(value, time.max if end else time.min, UTC)
    return None


def _text(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace").strip()
    return "" if value is None else str(value).strip()
