"""One recording to be moved by whichever worker takes it, and how that ended: what crosses between machines.

Nothing of it is a secret or an address: a worker asks the old server itself.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Self

from bbbmig.domain.choices import Via
from bbbmig.domain.outcome import Outcome, Status
from bbbmig.domain.owner import Confidence, Finding, Owner, Ownership
from bbbmig.domain.plan import Action, Kind, Reason
from bbbmig.errors import UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What a worker is told: which command is meant for which recording, whose it is, and what the user asked.

    `run` is the number of the run that sent it. `kind` is what was planned: the worker decides anew. `several`: an
    owner has others of the same title. `ownership` None: nobody was asked.
    """

    run: str
    command: str
    server: str
    record_id: str
    kind: Kind
    ownership: Ownership | None = None
    several: bool = False
    via: Via | None = None
    include_unpublished: bool = False
    retry_failed: bool = False
    again: bool = False

    def as_values(self) -> dict[str, Any]:
        """Return it as JSON knows values."""
        return asdict(self)

    @classmethod
    def of_values(cls, values: Mapping[str, Any]) -> Self:
        """Read what `as_values` has written. Raise UsageError if it is not that."""
        try:
            whose = values["ownership"]
            return cls(**{**values, "kind": Kind(values["kind"]), "ownership": whose and _ownership(whose)})
        except (TypeError, ValueError, KeyError) as error:
            raise UsageError(
                f"a message in the queue cannot be read: {error}",
                hint="was it sent by another version of bbbmig? Give all machines the same one",
            ) from error


def _ownership(values: Mapping[str, Any]) -> Ownership:
    """Read whose a recording is."""
    people = {name: tuple(map(_owner, values[name])) for name in ("owners", "candidates")}
    return Ownership(**{**values, **people, "finding": Finding(values["finding"])})


def _owner(values: Mapping[str, Any]) -> Owner:
    return Owner(**{**values, "confidence": Confidence(values["confidence"])})


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskEnd:
    """How a task ended: an outcome without its recording, and the `worker` that had it.

    `length_s` is how long the recording is in seconds, 0 if nobody knows: what the rate is counted in.
    """

    run: str
    record_id: str
    worker: str
    status: Status
    kind: Kind
    target: str = ""
    reason: Reason | None = None
    why: str = ""
    since: datetime | None = None
    hint: str = ""
    detail: str = ""
    location: str = ""
    size: int | None = None
    length_s: float = 0.0

    @classmethod
    def of(cls, run: str, outcome: Outcome, *, worker: str, length_s: float = 0.0) -> Self:
        """Return how an outcome is told to the run that waits for it."""
        action = outcome.action
        return cls(
            run=run,
            record_id=action.recording.record_id,
            worker=worker,
            status=outcome.status,
            kind=action.kind,
            target=action.target,
            reason=action.reason,
            why=action.detail,
            since=action.since,
            hint=action.hint,
            detail=outcome.detail,
            location=outcome.location,
            size=outcome.size,
            length_s=length_s,
        )

    def outcome(self, planned: Action) -> Outcome:
        """Return the outcome of what was planned; its recording and owners are those of the plan."""
        action = replace(
            planned,
            kind=self.kind,
            target=self.target or planned.target,
            reason=self.reason,
            detail=self.why,
            since=self.since,
            hint=self.hint,
        )
        return Outcome(action=action, status=self.status, detail=self.detail, location=self.location, size=self.size)
