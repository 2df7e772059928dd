"""`bbbmig remove-links`: at the end of life, the external recordings that point to the old server go."""

from datetime import UTC, datetime
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

    They are written to a file first: `import-links --restore FILE` creates them again.
    """
    import sys

    from bbbmig.apply.removing import LinkRemoval
    from bbbmig.runs import remove_links
    from bbbmig.runs.run import task
    from bbbmig.transfer.whole_file import ensure_new

    with task(context, "remove-links", shown, "bbb", "pod", dry=dry) as run, run.wiring.ledger.locked("remove-links"):
        links, known = run.wiring.links.all(), remove_links.known(run)
        prefixes = remove_links.prefixes(run, prefix, known, links)
        found = remove_links.found(links, prefixes, known)
        what = f"{len(found)} external recordings whose address begins with {' or '.join(prefixes)}"
        if dry or not found:
            run.words = f"{what}{' would be deleted' if found else '; nothing to do'}"
            return run.exit_code
        file = keep or Path(f"removed-links-{datetime.now(UTC):%Y-%m-%dT%H%M%SZ}.json")
        ensure_new(file, hint="give --keep another name: it may hold what an earlier run deleted")
        if not yes and not sys.stdin.isatty():
            raise typer.BadParameter("nobody can be asked here: give --yes")
        if not (yes or typer.confirm(f"Delete {what} in {run.wiring.pod.url}?", err=True)):
            run.words = f"nothing was deleted of {what}"
            return run.exit_code
        remove_links.write(file, found)
        work = LinkRemoval(server=run.server, links=run.wiring.links, memory=run.wiring.ledger, history=known.history)
        deleted = work.remove(found, why="removed by remove-links")
        run.words = f"{deleted} external recordings deleted; import-links --restore {file} creates them again"
    return run.exit_code
