"""`bbbmig import-links`: an external recording in Pod for each moderator of each recording."""

from pathlib import Path
from typing import Annotated

import typer

from bbbmig.cli import options as o


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
    fixture: Annotated[
        Path | None,
        typer.Option(
            "--fixture", metavar="FILE", help="Write a file for Pod's `manage.py loaddata` instead of creating links."
        ),
    ] = None,
    restore: Annotated[
        Path | None,
        typer.Option("--restore", metavar="FILE", help="Create the links that `remove-links` deleted and wrote there."),
    ] = None,
    cache: o.UseCache = False,
) -> int:
    """Put a link to each recording into Pod, under "My external videos" of its moderators.

    Without --moodle and --owners, all links go to the administrator of the settings. What Pod has already is left
    alone: run it again at any time.
    """
    from bbbmig.apply.run import planned
    from bbbmig.cli import linking
    from bbbmig.cli.noticing import notices_with_links
    from bbbmig.cli.task import task
    from bbbmig.cli.whose import ownerships
    from bbbmig.domain.links import plan_links

    with task(context, "import-links", shown, "bbb", "pod", dry=dry) as run, run.wiring.ledger.locked("import-links"):
        extension = linking.extension_of(run, needed=fixture is None)
        links = run.wiring.links.all() if extension else []
        rules = linking.link_rules(
            run,
            links,
            for_file=fixture is not None,
            include_unpublished=include_unpublished,
            again=again or bool(restore),
        )
        if restore is not None:
            plan = linking.restored(restore, rules)
        else:
            listing = run.listing(use_cache=cache)
            chosen = run.choose(listing, choice.selection)
            whose = ownerships(run, chosen, listing.recordings, moodles=moodle, owners_file=owners)
            plan = plan_links(chosen, whose, rules)
        linking.warn_of_crowds(plan.effective, links)
        run.report.expect(plan)
        run.show(planned(plan) if dry else linking.carried_out(run, plan, rules, extension, fixture))
        if fixture is None and restore is None:
            notices_with_links(run, plan, listing.recordings)
    return run.exit_code
