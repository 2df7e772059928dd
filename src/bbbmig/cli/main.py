"""The program: its commands, and the one boundary where errors become messages and exit codes."""

import gc
import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import NoReturn

from bbbmig import __version__
from bbbmig.errors import ExitCode, Terminated, exit_code_of

_ASKS_FOR_VERSION = (["--version"], ["-V"], ["version"])
_OBJECTS_BEFORE_COLLECTION = 100_000
"""A list is many objects that all stay: looking through them for garbage again and again costs a fifth of the time."""


def main() -> NoReturn:
    """Run the command line in a process of its own, and leave with its exit code."""
    collect_seldom()
    code = run(sys.argv[1:])
    gc.freeze()  # else Python looks through all that is left once more before the process ends
    sys.exit(code)


def collect_seldom() -> None:
    """Make Python look for garbage as seldom as suits a process that holds a whole list."""
    gc.set_threshold(_OBJECTS_BEFORE_COLLECTION, 50, 1000)


def run(arguments: Sequence[str]) -> int:
    """Run a command line and return its exit code."""
    if list(arguments) in _ASKS_FOR_VERSION:  # without loading Typer: scripts ask often
        print(f"bbbmig {__version__}")  # noqa: T201 - this is the answer
        return ExitCode.DONE
    signal.signal(signal.SIGTERM, _terminate)
    try:
        return _dispatch(arguments)
    except BrokenPipeError:
        # Whoever read us has gone (`bbbmig … | head`): nothing more can be said, and Python must not try at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    except (Exception, KeyboardInterrupt, Terminated) as error:  # noqa: BLE001 - the boundary
        from bbbmig.report.complaint import complain

        complain(error)
        return exit_code_of(error)


def _dispatch(arguments: Sequence[str]) -> int:
    """Let Typer call the command; usage errors become exit code 2."""
    import typer
    from typer.main import get_command

    from bbbmig.cli.app import app

    asked = list(arguments) or ["--help"]
    if asked[0] == "help":
        asked = [*asked[1:], "--help"]
    try:
        result = get_command(app).main(args=asked, prog_name="bbbmig", standalone_mode=False)
    except typer.Abort:
        raise KeyboardInterrupt from None
    except SystemExit as left:  # how Typer ends a program that nobody reads any more, with the code of a bug
        if isinstance(left.__context__, BrokenPipeError):
            raise left.__context__ from None
        raise
    except typer.TyperException as error:
        from bbbmig.report.complaint import advise, say

        say(_in_our_words(error.format_message()))
        advise(_usage_hint(asked, error.format_message()))
        return ExitCode.USAGE
    if result == ExitCode.INTERRUPTED:  # how Typer passes on Ctrl-C
        raise KeyboardInterrupt
    return int(result or ExitCode.DONE) if arguments else ExitCode.USAGE


def _usage_hint(arguments: Sequence[str], message: str) -> str:
    """Say what was meant, if that can be told, or where help is to be had."""
    from bbbmig.cli.help_pages import command_names, option_names

    command = next((word for word in arguments if word in command_names()), "")
    unknown = message.removeprefix("No such option: ").split(" ")[0] if message.startswith("No such option") else ""
    if said := _ELSEWHERE.get((command, unknown)):
        return said
    if command and unknown in option_names():
        return f"{unknown} goes before the command: bbbmig {unknown} FILE {command} …"
    if command and unknown in option_names(command):
        return f"{unknown} goes after the command: bbbmig {command} {unknown} …"
    return f"bbbmig {command} --help" if command else "bbbmig --help"


def _in_our_words(message: str) -> str:
    """Take out of a message how Typer checks values."""
    message = message.replace("Value error, ", "").replace("Input should be", "must be")
    return message.replace("must be a valid integer, unable to parse string as an integer", "must be a whole number")


_ELSEWHERE = {
    ("claim", option): "claim asks nobody whose a recording is; publish does"
    for option in ("--moodle", "--owners-from")
}
"""Options that a command does not have, though people look for them there."""


def _terminate(_number: int, _frame: FrameType | None) -> None:
    """Turn SIGTERM into an exception of the main thread; a second one ends at once."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    raise Terminated
