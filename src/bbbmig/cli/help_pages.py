"""What the documents take from the command line; cog puts it there (`make docs`), so that they cannot disagree."""

from collections.abc import Iterator
from functools import cache
from typing import Any, cast

import typer
from typer.main import get_command

from bbbmig.cli.app import app
from bbbmig.errors import ExitCode

_WIDTH = 88


def command_names() -> list[str]:
    """Return the commands in their order; those of a group with its name before: `moodle-notice add`."""
    return [name for name in _contexts() if name]


def option_names(command: str = "") -> set[str]:
    """Return the options of a command, short forms included; those before the command if none is named."""
    context = _contexts()[command]
    return {
        name
        for parameter in context.command.get_params(context)
        for name in (*parameter.opts, *parameter.secondary_opts)
        if name[0] == "-"
    }


def commands() -> str:
    """Return the table of commands, one line each, in Markdown."""
    rows = [f"| `{name}` | {_contexts()[name].command.get_short_help_str(200)} |" for name in command_names()]
    return "\n".join(["| command | what it does |", "|---|---|", *rows])


def helps() -> str:
    """Return the `--help` of the program and of every command, each under its heading, in Markdown."""
    parts = []
    for name, context in _contexts().items():
        line = f"bbbmig {name}".rstrip()
        parts.append(f"### `{line}`\n\n```text\n$ {line} --help\n{_help(context)}\n```\n")
    return "\n".join(parts)


def exit_codes() -> str:
    """Return the table of exit codes in Markdown."""
    rows = [f"| {int(code)} | {code.meaning} |" for code in ExitCode]
    return "\n".join(["| code | meaning |", "|---|---|", *rows])


def _help(context: typer.Context) -> str:
    """Return the text of `--help` without spaces at the ends of lines."""
    return "\n".join(line.rstrip() for line in context.get_help().strip().splitlines())


@cache
def _contexts() -> dict[str, typer.Context]:
    """Return the context of every command by its name, that of the program under ""."""
    return {" ".join(path): context for path, context in _walk()}


def _walk() -> Iterator[tuple[tuple[str, ...], typer.Context]]:
    """Go through the program, its commands and those of groups, at a width that no terminal changes."""
    width: Any = {"terminal_width": _WIDTH, "max_content_width": _WIDTH}
    program = get_command(app).make_context("bbbmig", [], resilient_parsing=True, **width)
    waiting: list[tuple[tuple[str, ...], typer.Context]] = [((), cast("typer.Context", program))]
    while waiting:
        path, context = waiting.pop(0)
        yield path, context
        children = getattr(context.command, "commands", {})
        waiting[:0] = [
            ((*path, name), child.make_context(name, [], parent=context, resilient_parsing=True))
            for name, child in children.items()
        ]
