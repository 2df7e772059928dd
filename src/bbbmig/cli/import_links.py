"""`bbbmig import-links`: an external recording in Pod for each moderator of each recording."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import typer

from bbbmig.cli import options as o

if TYPE_CHECKING:
    from bbbmig.cli.task import Task
    from bbbmig.domain.links import Key, LinkRules
    from bbbmig.pod.links import ExtensionVersion


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
    cache: o.UseCache = False,
) -> int:
    """Put a link to each recording into Pod, under "My external videos" of its moderators.

    Without --moodle, all links go to the administrator of the settings. What Pod has already is left alone: run it
    again at any time.
    """
    from bbbmig.apply.links import LOT, LinkImport, found_in_pod
    from bbbmig.apply.run import planned
    from bbbmig.cli.task import task
    from bbbmig.cli.whose import ownerships
    from bbbmig.domain.links import plan_links
    from bbbmig.ledger import Effect

    with task(context, "import-links", shown, "bbb", "pod", dry=dry) as run, run.wiring.ledger.locked("import-links"):
        listing = run.listing(use_cache=cache)
        extension = _extension(run)
        chosen = run.choose(listing, choice.selection)
        whose = ownerships(run, chosen, listing.recordings, moodles=moodle, owners_file=owners)
        remembered = _remembered(run)
        rules = _rules(run, remembered, include_unpublished=include_unpublished, again=again)
        plan = plan_links(chosen, whose, rules)
        if dry:
            run.show(planned(plan))
        else:
            run.wiring.ledger.write(run.server, Effect.LINK, found_in_pod(plan, remembered))
            work = LinkImport(
                server=run.server,
                links=run.wiring.links,
                memory=run.wiring.ledger,
                owner_id=run.wiring.owner_id,
                lot=min(LOT, extension.bulk_max),
            )
            run.show(work.carry_out(plan))
    return run.exit_code


def _extension(run: "Task") -> "ExtensionVersion":
    """Make sure that Pod can take links. Raise RemoteRefused if the file for it is not there."""
    from bbbmig.errors import RemoteRefused

    extension = run.wiring.links.version()
    if extension is None:
        raise RemoteRefused(
            f"{run.wiring.pod.url} has no /rest/external_recordings/",
            hint="install the file that `bbbmig pod-extension` prints; it says how",
        )
    return extension


def _remembered(run: "Task") -> Mapping["Key", str]:
    """Give the links that the ledger says were created, and when."""
    from bbbmig.ledger import Effect, State

    return {
        (entry.record_id, entry.target.casefold()): f"{entry.at:%Y-%m-%d}"
        for entry in run.wiring.ledger.entries(run.server, Effect.LINK)
        if entry.state is State.DONE
    }


def _rules(run: "Task", remembered: Mapping["Key", str], *, include_unpublished: bool, again: bool) -> "LinkRules":
    """Put together what decides; Pod is asked for what it has now."""
    from bbbmig.domain.links import LinkRules
    from bbbmig.domain.playback_url import record_id_in

    return LinkRules(
        administrator=run.settings.pod.administrator,
        address=run.wiring.address,
        linked={(record_id_in(link.source_url), link.owner_username.casefold()) for link in run.wiring.links.all()},
        remembered=remembered,
        ignored_servers=run.settings.bbb.ignored_servers,
        include_unpublished=include_unpublished,
        again=again,
    )
