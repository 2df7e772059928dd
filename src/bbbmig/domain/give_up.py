"""Decisions that recordings are not kept: rows of the ledger with who, when and why; nothing is deleted anywhere."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bbbmig.domain.history import Effect, Entry, History, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A person's decision that a recording is given up; `at` (aware) is when."""

    record_id: str
    by: str
    why: str
    at: datetime | None


def decision(history: History, record_id: str) -> Decision | None:
    """Return the decision that gives a recording up, None if there is none or it was taken back."""
    row = history.done(Effect.GIVE_UP, record_id)
    return None if row is None else Decision(record_id=record_id, by=row.location, why=row.detail, at=row.at)


def given_up(record_ids: Iterable[str], *, by: str, why: str) -> list[Entry]:
    """Return the rows that give recordings up."""
    return [
        Entry(record_id=one, effect=Effect.GIVE_UP, state=State.DONE, location=by, detail=why) for one in record_ids
    ]


def taken_back(record_ids: Iterable[str], *, by: str, why: str) -> list[Entry]:
    """Return the rows that take such decisions back."""
    return [
        Entry(record_id=one, effect=Effect.GIVE_UP, state=State.UNDONE, location=by, detail=why) for one in record_ids
    ]
