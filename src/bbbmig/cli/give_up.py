"""`bbbmig give-up`: a written decision that recordings are not kept."""

from pathlib import Path
from typing import Annotated

import typer

from bbbmig.cli import options as o


@o.grouped
def give_up(
    *,
    context: typer.Context,
    record_ids: Annotated[
        list[str] | None, typer.Argument(metavar="RECORDID", show_default=False, help="Which recordings.")
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option(
            "--from",
            metavar="FILE",
            readable=False,
            help="A file of recordIDs, one a line; a CSV of `bbbmig status --lists`, for example.",
        ),
    ] = None,
    why: Annotated[
        str, typer.Option("--why", metavar="TEXT", help="Why; it is shown wherever they are left out.")
    ] = "",
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who decided; otherwise the user at work.")] = "",
    undo: Annotated[bool, typer.Option("--undo", help="Take the decision back.")] = False,
    shown: o.Shown,
    dry: o.Dry = False,
    cache: o.UseCache = False,
) -> int:
    """Write down that recordings are not kept: who decided, when and why.

    From then on, import-links, claim, publish and owners leave them out, and status counts them as given up. Nothing is
    deleted anywhere: what Pod has stays there, and --undo takes the decision back.
    """
    from bbbmig.runs.give_up import NEEDS, GiveUpOptions, give_up
    from bbbmig.runs.run import opened

    options = GiveUpOptions(record_ids=tuple(record_ids or ()), file=file, why=why, by=by, undo=undo, use_cache=cache)
    with opened("give-up", context.obj, needs=NEEDS, shown=shown.plain(), dry=dry) as run:
        give_up(run, options)
    return run.exit_code
