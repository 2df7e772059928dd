"""`bbbmig export-csv`: the list of recordings, one row each."""

import itertools
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

    With --moodle or --owners, three columns say whose each recording is and why. With --json the list is printed as
    JSON lines, too; only so if OUT.csv is -.
    """
    import sys

    from bbbmig.domain.owner import Finding
    from bbbmig.report import recordings_csv
    from bbbmig.runs.owners import ownerships
    from bbbmig.runs.run import task

    to_stdout = out == o.STDOUT
    stream = (
        sys.stderr if to_stdout and not shown.json else sys.stdout
    )  # so that stdout holds the list and nothing else
    with task(context, "export-csv", shown, "bbb", dry=dry, stream=stream) as run:
        listing = run.listing(use_cache=cache)
        chosen = run.choose(listing, choice.selection)
        owners = None
        if moodle or owners_file or run.settings.owners.file:
            owners = ownerships(
                run, chosen, listing.recordings, moodles=moodle, owners_file=owners_file, pod_meetings=False
            )
            failed = sum(ownership.finding is Finding.FAILED for ownership in owners.values())
            run.complete = run.complete and not failed
        if shown.json:
            for recording in chosen:
                run.report.recording(recording, (owners or {}).get(recording.record_id))
        if dry:
            run.words = f"{len(chosen)} rows would be written to {out}"
        elif not (shown.json and to_stdout):
            table = [recordings_csv.header(owners=owners is not None)]
            recordings_csv.write(out, itertools.chain(table, recordings_csv.rows(chosen, owners)), bom=bom)
            run.words = f"{len(chosen)} rows in {'stdout' if to_stdout else out}"
    return run.exit_code
