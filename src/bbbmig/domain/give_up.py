"""Decisions that recordings are not kept: rows of the ledger with who, when and why; nothing is deleted anywhere."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bbbmig.domain.history import Effect, Entry, History, State
from bbbmig.domain.plan import Action, Reason, left_alone
from bbbmig.domain.recording import Recording


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


def all_given_up(history: History) -> set[str]:
    """Return the recordIDs of all recordings that are given up."""
    return {row.record_id for row in history.of(Effect.GIVE_UP) if row.state is State.DONE}


def as_given_up(recording: Recording, history: History) -> Action | None:
    """Return what says that a recording is left alone since a person gave it up; None if nobody has."""
    said = decision(history, recording.record_id)
    return None if said is None else left_alone(recording, Reason.GIVEN_UP, said.by, since=said.at, hint=said.why)


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
