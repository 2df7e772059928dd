"""`bbbmig init`: ask for what the settings need, try each answer, write the file."""

import getpass
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from bbbmig.domain.choices import Language


class _AtTerminal:
    """Somebody who types; what is hidden is read without echo."""

    def ask(self, question: str, *, usual: str = "", hidden: bool = False) -> str:
        """Ask; Enter alone takes the usual answer."""
        if hidden:
            kept = " [Enter: ••••]" if usual else ""
            return getpass.getpass(f"{question}{kept}: ").strip() or usual
        return input(f"{question}{f' [{usual}]' if usual else ''}: ").strip() or usual

    def say(self, text: str) -> None:
        """Print it at once."""
        print(text, flush=True)  # noqa: T201 - a conversation


def init(
    *,
    context: typer.Context,
    language: Annotated[Language, typer.Option("--lang", help="English or French.")] = Language.EN,
) -> int:
    """Ask for the old server, Pod and a source of owners, try each answer at once, and write the settings.

    At most ten questions. What the file has already is not asked again, and never changed; run it again to go on. The
    file is that of --config, else the one that is there, else /etc/bbbmig/config.toml for root and
    ~/.config/bbbmig/config.toml for others. Secrets are not shown; the file is readable for its owner and group only.
    """
    from bbbmig.errors import ExitCode, UsageError
    from bbbmig.runs.init import init
    from bbbmig.settings.paths import SYSTEM_FILE, search_path

    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        hint = "bbbmig print config > config.toml, and fill it in"
        raise UsageError("init asks questions and needs a terminal", hint=hint)
    there = [path for path in search_path(os.environ) if path.exists()]
    new = SYSTEM_FILE if os.geteuid() == 0 else search_path(os.environ)[1]
    file: Path = context.obj or Path(os.environ.get("BBBMIG_CONFIG", "") or (there[0] if there else new))
    init(file.absolute(), _AtTerminal(), language)
    return ExitCode.DONE
