"""What commands hand over to be shown, besides plans and outcomes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bbbmig.errors import ExitCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What a run is about to work on.

    `server` is the old server's host, `listed` how many recordings it has, `chosen` how many the options let
    through, `lost` how many recordings or parts of the list could not be read. `calls` and `why_parts` tell how the
    list was had ("" if one call was enough), `taken_at` when, aware.
    """

    command: str
    server: str
    listed: int
    chosen: int
    lost: int
    checksum: str
    calls: int
    why_parts: str
    taken_at: datetime
    from_cache: bool
    dry: bool


class Level(StrEnum):
    """How a check came out."""

    OK = "ok"
    NOTE = "note"
    """Works, but somebody should know."""
    WRONG = "wrong"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One line of `bbbmig check`: where, how it came out, what was seen, and what to do about it ("" if nothing).

    `exit_code` is what a command that needs this would end with; DONE unless it is wrong.
    """

    place: str
    level: Level
    what: str
    hint: str = ""
    exit_code: ExitCode = ExitCode.DONE


_WORST_LAST = (ExitCode.DONE, ExitCode.REMOTE_FAILED, ExitCode.REMOTE_REFUSED, ExitCode.CONFIG)


def worst(checks: Iterable[Check]) -> ExitCode:
    """Return the exit code of the worst check: what may mend itself counts least, this machine's settings most."""
    return max((check.exit_code for check in checks), key=_WORST_LAST.index, default=ExitCode.DONE)
