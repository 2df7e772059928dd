"""`bbbmig remove-links`: at the end of life, the external recordings that point to the old server go."""

from pathlib import Path
from typing import Annotated

import typer

from bbbmig.cli import options as o


@o.grouped
def remove_links(
    *,
    context: typer.Context,
    shown: o.Shown,
    dry: o.Dry = False,
    yes: Annotated[
        bool, typer.Option("--yes", help="Delete without asking; needed where nobody can be asked.")
    ] = False,
    even_unsafe: Annotated[
        bool,
        typer.Option(
            "--even-unsafe",
            help="With --yes: also the links whose recordings have no video in Pod, which else are kept.",
        ),
    ] = False,
    prefix: Annotated[
        list[str],
        typer.Option("--prefix", metavar="URL", help="Another address of the old server, such as https://old.univ.fr/"),
    ] = [],  # noqa: B006 - Typer copies it
    keep: Annotated[
        Path | None,
        typer.Option(
            "--keep", metavar="FILE", help="Where to write what is deleted; else removed-links-TIME.json here."
        ),
    ] = None,
) -> int:
    """Delete the external recordings in Pod that point to the old server, to be run when that is switched off.

    They are written to a file first: `import-links --restore FILE` creates them again. Those whose recordings have no
    video in Pod are counted; with --yes they are kept unless --even-unsafe is given.
    """
    from bbbmig.runs.remove_links import NEEDS, RemovalOptions, remove_links
    from bbbmig.runs.run import opened

    options = RemovalOptions(
        prefixes=tuple(prefix),
        keep=keep,
        asked=not yes,
        even_unsafe=even_unsafe,
        confirmed=(lambda _: True) if yes else o.confirmed_by_a_person,
    )
    with opened("remove-links", context.obj, needs=NEEDS, shown=shown.plain(), dry=dry) as run:
        remove_links(run, options)
    return run.exit_code
