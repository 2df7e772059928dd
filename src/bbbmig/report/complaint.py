"""Why a run ended and what to do about it, on stderr: said once, by the first who can say it."""

import sys
import traceback

from bbbmig.domain.plain_text import shown
from bbbmig.errors import BbbmigError, Terminated
from bbbmig.masking import masked

_SAID = "_bbbmig_said"


def complain(error: BaseException) -> None:
    """Say why a run ended and what to do; nothing if this error was said before.

    Whatever nobody raised on purpose is a bug, and shown with its traceback, without secrets.
    """
    if _SAID in error.__dict__:
        return
    error.__dict__[_SAID] = True
    match error:
        case BbbmigError():
            say(error.message)
            advise(error.hint)
        case KeyboardInterrupt():
            say("interrupted; run the same command again to go on")
        case Terminated():
            say("ended by SIGTERM; run the same command again to go on")
        case _:
            say("this is a bug in bbbmig; please report what follows (secrets in addresses are masked)")
            sys.stderr.write(shown(masked("".join(traceback.format_exception(error)))))


def say(text: str) -> None:
    """Print a line under the program's name."""
    print(f"bbbmig: {shown(text)}", file=sys.stderr)  # noqa: T201 - messages are no results


def advise(hint: str) -> None:
    """Print what to do, under what happened; nothing if nobody knows."""
    for line in hint.splitlines():
        print(f"  → {shown(line)}", file=sys.stderr)  # noqa: T201
