"""What is told of a run to those who do not look at it: that it began, how it ended, and what came out of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bbbmig.errors import ExitCode

MOST_TROUBLES = 20
"""So many recordings are named; the others are counted."""


class Event(StrEnum):
    """What there is to tell."""

    START = "start"
    SUCCESS = "success"
    FAILURE = "failure"
    """It ended with another exit code than 0: somebody should look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunNews:
    """News of one run.

    `server` is the old server, `host` this machine. `counts` are recordings by status ("done", "failed"…), `states`
    those of `status`, by class: how many and how many hours. `words` is the last line of the run; `troubles` say first
    what ended it, then have a line for each recording that failed or waits for a person, MOST_TROUBLES at most.
    """

    event: Event
    command: str
    server: str
    host: str
    began: datetime
    seconds: float = 0.0
    exit_code: ExitCode = ExitCode.DONE
    counts: Mapping[str, int] = field(default_factory=dict)
    states: Mapping[str, tuple[int, float]] = field(default_factory=dict)
    words: str = ""
    troubles: tuple[str, ...] = ()
