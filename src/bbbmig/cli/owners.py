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

    from bbbmig.domain import owners_file
    from bbbmig.runs.owners import ownerships
    from bbbmig.runs.run import task
    from bbbmig.transfer.whole_file import opened

    with task(context, "owners", shown, "bbb", stream=sys.stderr if output == o.STDOUT else None) as run:
        listing = run.listing(use_cache=cache)
        chosen = run.choose(listing, choice.selection)
        whose = ownerships(
            run,
            chosen,
            listing.recordings,
            moodles=moodle,
            owners_file=decided,
            pod_meetings=run.settings.has("pod"),
        )
        rows = list(owners_file.rows(chosen, whose))
        with opened(output) as stream:
            stream.writelines(owners_file.lines(rows))
        where = "on stdout" if output == o.STDOUT else f"in {output}"
        run.words = f"{len(rows)} of {len(chosen)} recordings need a person's decision: {where}"
    return run.exit_code
