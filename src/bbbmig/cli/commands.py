"""Commands that let no option take another one for its value."""

import functools
from collections.abc import Callable
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

_STDOUT = "-"
_SAID = {"N": "a number", "PIXELS": "a number"}


class Command(TyperCommand):
    """A command whose options take no value that begins with "-", other than "-" itself."""

    def make_parser(self, ctx: typer.Context) -> Any:  # type: ignore[override]  # noqa: ANN401 - private to Typer
        """Return Typer's parser, with a look at every value before it is taken."""
        return _wary(super().make_parser(ctx))


class Group(TyperGroup):
    """The same for the options before the command."""

    def make_parser(self, ctx: typer.Context) -> Any:  # type: ignore[override]  # noqa: ANN401
        """Return Typer's parser, with a look at every value before it is taken."""
        return _wary(super().make_parser(ctx))

    def format_commands(self, ctx: typer.Context, formatter: Any) -> None:  # type: ignore[override]  # noqa: ANN401, ARG002
        """List the commands by the phase of a move in which they are needed, in the order of the table in `app`."""
        phases: dict[str, list[tuple[str, str]]] = {}
        for name, command in self.commands.items():
            phase = str(getattr(command, "rich_help_panel", ""))
            phases.setdefault(phase, []).append((name, command.get_short_help_str(limit=200)))
        width = max(len(name) for name in self.commands)
        for phase, rows in phases.items():
            with formatter.section(phase):
                formatter.write_dl([(name.ljust(width), words) for name, words in rows])


def _wary(parser: Any) -> Any:  # noqa: ANN401 - as above
    """Let every option that takes a value refuse one that looks like an option.

    The parser would take the next word whatever it is: `--keep --dry` would not be a dry run.
    """
    for option in {*parser._long_opt.values(), *parser._short_opt.values()}:  # noqa: SLF001 - there is no other way in
        if option.takes_value:
            option.process = functools.partial(_take, option.process, option.obj)
    return parser


def _take(process: Callable[[Any, Any], None], option: Any, value: Any, state: Any) -> None:  # noqa: ANN401
    """Take a value, or raise a usage error."""
    if isinstance(value, str) and value.startswith("-") and value != _STDOUT:
        name = max(option.opts, key=len)
        raise typer.BadParameter(f"{name} needs {_kind(option.metavar or '')}; {value!r} looks like an option")
    process(value, state)


def _kind(metavar: str) -> str:
    """Say what an option takes: "a FILE", "a value such as 6h"."""
    if metavar in _SAID:
        return _SAID[metavar]
    if metavar.isalpha() and metavar.isupper():
        return f"{'an' if metavar[0] in 'AEIO' else 'a'} {metavar}"
    return f"a value such as {metavar}" if metavar else "a value"
