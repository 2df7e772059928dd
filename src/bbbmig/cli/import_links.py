"""`bbbmig import-links`: an external recording in Pod for each moderator of each recording."""

from pathlib import Path
from typing import Annotated

import typer

from bbbmig.cli import options as o

_FIXTURE = "Write a file for Pod's `manage.py loaddata` instead of creating links."
_RESTORE = "Create the links that `remove-links` deleted and wrote there, all of them and no others."

Fixture = Annotated[Path | None, typer.Option("--fixture", metavar="FILE", help=_FIXTURE)]
Restore = Annotated[Path | None, typer.Option("--restore", metavar="FILE", readable=False, help=_RESTORE)]


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
    create_unknown: o.CreateUnknown = False,
    fixture: Fixture = None,
    restore: Restore = None,
    cache: o.UseCache = False,
) -> int:
    """Put a link to each recording into Pod, under "My external videos" of its moderators.

    What is nobody's for sure goes to the administrator of the settings, until its owners are known. What Pod has
    already is left alone: run it again at any time.
    """
    from bbbmig.runs.import_links import NEEDS, LinkOptions, import_links
    from bbbmig.runs.run import opened

    options = LinkOptions(
        selection=choice.selection,
        owners_from=tuple(moodle),
        owners_file=owners,
        include_unpublished=include_unpublished,
        again=again,
        create_unknown=create_unknown,
        fixture=fixture,
        restore=restore,
        use_cache=cache,
    )
    with opened("import-links", context.obj, needs=NEEDS, shown=shown.plain(), dry=dry) as run:
        import_links(run, options)
    return run.exit_code
