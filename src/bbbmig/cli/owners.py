"""`bbbmig owners`: the recordings about which a person has to decide."""

from typing import Annotated

import typer

from bbbmig.cli import options as o
from bbbmig.domain.choices import Language


@o.grouped
def owners(
    *,
    context: typer.Context,
    choice: o.Choice,
    shown: o.Shown,
    moodle: o.Moodles = [],  # noqa: B006 - Typer copies it
    decided: o.OwnersFile = None,
    output: o.Output = o.STDOUT,
    language: Annotated[
        Language | None, typer.Option("--lang", help="Header and reasons in English or French; en if the file is new.")
    ] = None,
    bom: Annotated[bool, typer.Option("--bom", help="Begin with a byte order mark, for Excel.")] = False,
    cache: o.UseCache = False,
) -> int:
    """Write a CSV of the recordings whose owner is unknown or doubtful, for people to fill in.

    With --output, a file that is there already keeps every line, and new recordings are added below: run it again at
    any time. Give it back with --owners FILE to import-links, claim and publish. With --owners here, what was decided
    there is left out.
    """
    import sys

    from bbbmig.runs.owners_csv import NEEDS, OwnersOptions, owners
    from bbbmig.runs.run import opened

    options = OwnersOptions(
        output=output,
        selection=choice.selection,
        owners_from=tuple(moodle),
        decided=decided,
        language=language,
        bom=bom,
        use_cache=cache,
    )
    stream = sys.stderr if output == o.STDOUT else None
    with opened("owners", context.obj, needs=NEEDS, shown=shown.plain(stream)) as run:
        owners(run, options)
    return run.exit_code
