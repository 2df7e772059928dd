"""`bbbmig show`: everything that is known of one recording, or of one person's."""

from pathlib import Path
from typing import Annotated

import typer

from bbbmig.cli import options as o
from bbbmig.domain.choices import Language


@o.grouped
def show(
    *,
    context: typer.Context,
    what: Annotated[
        str,
        typer.Argument(
            metavar="[WHAT]",
            show_default=False,
            help="A recordID, part of a title, a user name, or an address in Pod or on the old server.",
        ),
    ] = "",
    owner: Annotated[
        str, typer.Option("--owner", metavar="NAME", help="All that is this person's, by user name.")
    ] = "",
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="With --owner: write it there as CSV, to be sent.")
    ] = None,
    language: Annotated[Language, typer.Option("--lang", help="With --owner: English or French.")] = Language.EN,
    shown: o.Shown,
    moodle: o.Moodles = [],  # noqa: B006 - Typer copies it
    owners: o.OwnersFile = None,
    cache: o.UseCache = False,
) -> int:
    """Show everything that is known of a recording: the list, its owners and why, Pod, the ledger, files, what to do.

    If several are meant, each gets a line. With --owner, all that is a person's, in words that can be sent to them.
    """
    from bbbmig.runs.run import opened
    from bbbmig.runs.show import NEEDS, ShowOptions, show
    from bbbmig.runs.states import OwnersWanted

    wanted = OwnersWanted(owners_from=tuple(moodle), owners_file=owners)
    options = ShowOptions(what=what, owner=owner, owners=wanted, csv=csv, language=language, use_cache=cache)
    with opened("show", context.obj, needs=NEEDS, shown=shown.plain(), dry=True) as run:
        show(run, options)
    return run.exit_code
