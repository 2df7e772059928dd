"""What came out of a plan's actions, and which exit code that makes."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from bbbmig.domain.plan import Action
from bbbmig.errors import ExitCode


class Status(StrEnum):
    """How one action ended."""

    DONE = "done"
    PLANNED = "planned"
    """Dry run: it would have been done."""
    SKIPPED = "skipped"
    FAILED = "failed"
    POSTPONED = "postponed"
    """Not begun, because the run had reached a limit that the user set: the next run takes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One action and how it ended.

    `detail` says what happened ("2.1 MB in 3 s", an error and its hint). `location` is where the result lies: a path
    as Pod sees it, or Pod's number or slug; `size` is in bytes.
    """

    action: Action
    status: Status
    detail: str = ""
    location: str = ""
    size: int | None = None

    @property
    def waits_for_a_person(self) -> bool:
        """Tell whether it is left alone until somebody has looked."""
        return self.action.reason is not None and self.action.reason.waits_for_a_person


def with_notes(how: str, notes: Iterable[str]) -> str:
    """Say how something was done, and what a person should know of it, each once."""
    return "; ".join((how, *dict.fromkeys(notes)))


@dataclass(slots=True)
class Tally:
    """Counts outcomes as they come, and skips by their reason."""

    by_status: Counter[Status] = field(default_factory=Counter)
    by_reason: Counter[str] = field(default_factory=Counter)
    waiting: int = 0
    """How many are left alone until a person has looked."""

    def add(self, outcome: Outcome) -> None:
        """Count one more."""
        self.by_status[outcome.status] += 1
        self.waiting += outcome.waits_for_a_person
        if outcome.action.reason is not None:
            self.by_reason[outcome.action.reason] += 1

    @property
    def total(self) -> int:
        """Count of all outcomes."""
        return self.by_status.total()

    @property
    def exit_code(self) -> ExitCode:
        """Return 3 as soon as one failed or waits for a person, else 0."""
        return ExitCode.PARTIAL if self.by_status[Status.FAILED] or self.waiting else ExitCode.DONE
