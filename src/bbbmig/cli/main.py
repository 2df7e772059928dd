"""The program: its commands, and the one boundary where errors become messages and exit codes."""

import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import NoReturn

from bbbmig import __version__
from bbbmig.errors import ExitCode, Terminated, exit_code_of


def main() -> NoReturn:
    """Run the command line and leave with its exit code."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run a command line and give its exit code."""
    if list(arguments) == ["--version"]:  # without loading Typer: scripts ask often
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

        say(error.format_message())
        advise(_usage_hint(asked, error.format_message()))
        return ExitCode.USAGE
    if result == ExitCode.INTERRUPTED:  # how Typer passes on Ctrl-C
        raise KeyboardInterrupt
    return int(result or ExitCode.DONE) if arguments else ExitCode.USAGE


def _usage_hint(arguments: Sequence[str], message: str) -> str:
    """Say where help is to be had."""
    if "--config" in message:
        return "--config FILE goes before the command: bbbmig --config FILE COMMAND …"
    from bbbmig.cli.app import app

    commands = {command.name for command in app.registered_commands}
    command = next((f"{word} " for word in arguments if word in commands), "")
    return f"bbbmig {command}--help"


def _terminate(_number: int, _frame: FrameType | None) -> None:
    """Turn SIGTERM into an exception of the main thread; a second one ends at once."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    raise Terminated
