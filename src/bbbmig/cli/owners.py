"""`bbbmig owners`: the recordings about which a person has to decide."""

import typer

from bbbmig.cli import options as o


@o.grouped
def owners(
    *,
    context: typer.Context,
    choice: o.Choice,
    shown: o.Shown,
    moodle: o.Moodles = [],  # noqa: B006 - Typer copies it
    decided: o.OwnersFile = None,
    output: o.Output = o.STDOUT,
    cache: o.UseCache = False,
) -> int:
    """Write a CSV of the recordings whose owner is unknown or doubtful, for people to fill in.

    Give it back with --owners FILE to import-links, claim and publish. With --owners here, what was decided before is
    left out.
    """
    import sys

    from bbbmig.runs.owners_csv import NEEDS, OwnersOptions, owners
    from bbbmig.runs.run import opened

    options = OwnersOptions(
        output=output, selection=choice.selection, moodles=tuple(moodle), decided=decided, use_cache=cache
    )
    stream = sys.stderr if output == o.STDOUT else None
    with opened("owners", context.obj, needs=NEEDS, shown=shown.plain(stream)) as run:
        owners(run, options)
    return run.exit_code
