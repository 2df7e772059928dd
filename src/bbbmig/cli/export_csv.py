"""`bbbmig export-csv`: the list of recordings, one row each."""

from pathlib import Path
from typing import Annotated

import typer

from bbbmig.cli import options as o


@o.grouped
def export_csv(
    *,
    context: typer.Context,
    out: Annotated[Path, typer.Argument(metavar="OUT.csv", show_default=False, help="The file to write; - is stdout.")],
    choice: o.Choice,
    shown: o.Shown,
    moodle: o.Moodles = [],  # noqa: B006 - Typer copies it
    owners_file: o.OwnersFile = None,
    bom: Annotated[bool, typer.Option("--bom", help="Begin with a byte order mark, for Excel.")] = False,
    dry: o.Dry = False,
    cache: o.UseCache = False,
) -> int:
    """Write the list of recordings as CSV: first the old script's columns, then bbbmig's own (docs/scripting.md).

    Where owner sources or an owners file are configured, columns say whose each recording is and why. With --json the
    list is printed as JSON lines, too; only so if OUT.csv is -.
    """
    import sys

    from bbbmig.runs.export_csv import NEEDS, ExportOptions, export_csv
    from bbbmig.runs.run import opened

    to_stdout = out == o.STDOUT
    options = ExportOptions(
        out=out,
        selection=choice.selection,
        owners_from=tuple(moodle),
        owners_file=owners_file,
        bom=bom,
        rows=not (shown.json and to_stdout),
        use_cache=cache,
    )
    # stdout holds the list and nothing else
    stream = sys.stderr if to_stdout and not shown.json else sys.stdout
    with opened("export-csv", context.obj, needs=NEEDS, shown=shown.plain(stream), dry=dry) as run:
        export_csv(run, options)
    return run.exit_code
