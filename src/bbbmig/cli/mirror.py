"""`bbbmig mirror`: a copy of everything that the old server publishes."""

from typing import Annotated

import typer

from bbbmig.cli import options as o


@o.grouped
def mirror(
    *,
    context: typer.Context,
    choice: o.Choice,
    limits: o.Limits,
    shown: o.Shown,
    dry: o.Dry = False,
    verify: Annotated[bool, typer.Option("--verify", help="Copy nothing, ask nobody: prove what is there.")] = False,
    adopt: Annotated[bool, typer.Option("--adopt", help="Take over, and prove, what rsync has brought.")] = False,
    every_file: Annotated[
        bool,
        typer.Option("--every-file", help="Ask about every file again, also of what is whole: before the server goes."),
    ] = False,
    player: Annotated[
        str,
        typer.Option(
            "--player",
            metavar="DIR|server",
            help="Put a build of bbb-playback into the mirror, or the one of the old server, and then copy.",
        ),
    ] = "",
    include_unpublished: o.Unpublished = False,
) -> int:
    """Copy everything that the old server publishes into the directory of [mirror], and prove that nothing is missing.

    A run can be stopped at any moment: the next one goes on, and asks only for what may have changed. What is whole
    there is taken from there by every other command, so that the old server may be switched off before all is
    converted.
    """
    import sys

    from bbbmig.runs.mirror import NEEDS, MirrorOptions, mirror
    from bbbmig.runs.run import opened

    # threads that each wait for a few kilobytes: with the usual 5 ms they wait for one another (benchmarks/mirror.py)
    sys.setswitchinterval(0.0005)
    options = MirrorOptions(
        selection=choice.selection,
        verify=verify,
        adopt=adopt,
        every_file=every_file,
        player=player,
        include_unpublished=include_unpublished,
    )
    with opened("mirror", context.obj, needs=NEEDS, shown=shown.plain(), limits=limits.plain(), dry=dry) as run:
        mirror(run, options)
    return run.exit_code
