"""`bbbmig status`: whether the old server may be switched off."""

from pathlib import Path
from typing import Annotated

import typer

from bbbmig.cli import options as o
from bbbmig.domain.choices import Language


@o.grouped
def status(
    *,
    context: typer.Context,
    shown: o.Shown,
    moodle: o.Moodles = [],  # noqa: B006 - Typer copies it
    owners: o.OwnersFile = None,
    read: Annotated[
        int,
        typer.Option(
            "--read", min=0, metavar="N", show_default=False, help="Read so many videos whole, chosen at random."
        ),
    ] = 0,
    lists: Annotated[
        Path | None, typer.Option("--lists", metavar="DIR", help="Write the lists behind every number there, as CSV.")
    ] = None,
    page: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write it as a page: one file that prints on A4.")
    ] = None,
    language: Annotated[Language, typer.Option("--lang", help="English or French.")] = Language.EN,
    dry: o.Dry = False,
    cache: o.UseCache = False,
) -> int:
    """Say whether the old server may be switched off, and if not, what stands in the way.

    Pod is asked for every video and file, whatever the ledger says. The answer is yes (exit code 0), not yet (3), or
    nobody can say, since Pod could not be asked (5). Nothing is changed; the ledger remembers what was found, for the
    curve. With --dry it does not.
    """
    from bbbmig.runs.run import opened
    from bbbmig.runs.states import OwnersWanted
    from bbbmig.runs.status import NEEDS, StatusOptions, status

    wanted = OwnersWanted(owners_from=tuple(moodle), owners_file=owners)
    options = StatusOptions(owners=wanted, read=read, lists=lists, page=page, language=language, use_cache=cache)
    with opened("status", context.obj, needs=NEEDS, shown=shown.plain(), dry=dry) as run:
        status(run, options)
    return run.exit_code
