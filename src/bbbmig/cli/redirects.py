"""`bbbmig redirects`: every old playback address to its video in Pod."""

from typing import Annotated

import typer

from bbbmig.cli import options as o


@o.grouped
def redirects(
    *,
    context: typer.Context,
    form: Annotated[
        str, typer.Argument(metavar="nginx|apache|csv", show_default=False, help="For which web server; csv: a table.")
    ],
    choice: o.Choice,
    shown: o.Shown,
    host: Annotated[
        str,
        typer.Option(
            "--host", metavar="NAME", help="Where the mirror is played, if not by the server that reads this."
        ),
    ] = "",
    drafts: Annotated[
        bool, typer.Option("--drafts", help="Lead to drafts, too, which only their owners may see.")
    ] = False,
    output: o.Output = o.STDOUT,
    dry: o.Dry = False,
    cache: o.UseCache = False,
) -> int:
    """Write where old playback addresses lead now: to the recording's video in Pod, if it is published there.

    All forms that BigBlueButton and Scalelite ever gave out are known, those with tokens included. The rest leads to
    the mirror, or, without one, to the page that `bbbmig print page` prints. Run it again as more is published.
    """
    import sys

    from bbbmig.runs.redirects import NEEDS, RedirectOptions, write_redirects
    from bbbmig.runs.run import opened

    options = RedirectOptions(
        form=form, out=output, host=host, drafts=drafts, selection=choice.selection, use_cache=cache
    )
    stream = sys.stderr if output == o.STDOUT else sys.stdout
    with opened("redirects", context.obj, needs=NEEDS, shown=shown.plain(stream), dry=dry) as run:
        write_redirects(run, options)
    return run.exit_code
