"""`bbbmig import-links`: an external recording in Pod for each moderator of each recording."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from bbbmig.cli import options as o

Fixture = Annotated[
    Path | None,
    typer.Option(
        "--fixture", metavar="FILE", help="Write a file for Pod's `manage.py loaddata` instead of creating links."
    ),
]
Restore = Annotated[
    Path | None,
    typer.Option(
        "--restore",
        metavar="FILE",
        help="Create the links that `remove-links` deleted and wrote there, all of them and no others.",
    ),
]


@o.grouped
def import_links(
    *,
    context: typer.Context,
    choice: o.Choice,
    shown: o.Shown,
    dry: o.Dry = False,
    moodle: o.Moodles = [],  # noqa: B006 - Typer copies it
    owners: o.OwnersFile = None,
    include_unpublished: o.Unpublished = False,
    again: o.Again = False,
    fixture: Fixture = None,
    restore: Restore = None,
    cache: o.UseCache = False,
) -> int:
    """Put a link to each recording into Pod, under "My external videos" of its moderators.

    Without --moodle and --owners, all links go to the administrator of the settings. What Pod has already is left
    alone: run it again at any time.
    """
    from bbbmig.domain.link_plan import plan_links
    from bbbmig.runs import import_links
    from bbbmig.runs.moodle_notice import notices_with_links
    from bbbmig.runs.owners import need_administrator, ownerships
    from bbbmig.runs.run import task

    if restore is not None:
        _refuse_beside_restore(choice, moodle, owners, fixture, include_unpublished=include_unpublished, cache=cache)
    with task(context, "import-links", shown, "bbb", "pod", dry=dry) as run, run.wiring.ledger.locked("import-links"):
        work = import_links.LinkWork.prepared(run, fixture)
        rules = work.rules(include_unpublished=include_unpublished, again=again or restore is not None)
        if restore is not None:
            work.carry_out(import_links.restored(restore, rules), rules)
            return run.exit_code
        need_administrator(run, staff_for="external recordings")
        listing = run.listing(use_cache=cache)
        chosen = run.choose(listing, choice.selection)
        whose = ownerships(run, chosen, listing.recordings, moodles=moodle, owners_file=owners)
        there = work.carry_out(plan_links(chosen, whose, rules), rules)
        if fixture is None:
            notices_with_links(run, [one for one in listing.recordings if one.record_id in there])
    return run.exit_code


def _refuse_beside_restore(
    choice: o.Choice,
    moodle: Sequence[str],
    owners: Path | None,
    fixture: Path | None,
    *,
    include_unpublished: bool,
    cache: bool,
) -> None:
    """Raise typer.BadParameter for options that --restore would ignore: the file alone says which links, and whose."""
    given = {
        "--range": choice.range != o.EVERYTHING,
        "--since": choice.since,
        "--until": choice.until,
        "--meeting": choice.meeting,
        "--moodle": moodle,
        "--owners": owners,
        "--fixture": fixture,
        "--include-unpublished": include_unpublished,
        "--cache": cache,
    }
    if names := [name for name, value in given.items() if value]:
        raise typer.BadParameter(f"--restore creates all links of its file: leave {', '.join(names)} away")
