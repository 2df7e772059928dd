"""`bbbmig import-links`: an external recording in Pod for each moderator of each recording."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bbbmig.cli import options as o

if TYPE_CHECKING:
    from bbbmig.cli.task import Task
    from bbbmig.domain.fixture import FixtureLink
    from bbbmig.domain.links import Key, LinkRules
    from bbbmig.domain.outcome import Outcome
    from bbbmig.domain.plan import Action, Plan
    from bbbmig.ledger import State
    from bbbmig.pod.links import ExtensionVersion, PodLink

MANY = 500
"""So many external recordings of one person are slow to look at: Pod shows all on one page (10,000: 7 s, 26 MB)."""


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
    from bbbmig.cli.task import task
    from bbbmig.cli.whose import ownerships
    from bbbmig.domain.links import plan_links

    with task(context, "import-links", shown, "bbb", "pod", dry=dry) as run, run.wiring.ledger.locked("import-links"):
        extension = _extension(run, needed=fixture is None)
        links = run.wiring.links.all() if extension else []
        rules = _rules(
            run,
            links,
            for_file=fixture is not None,
            include_unpublished=include_unpublished,
            again=again or bool(restore),
        )
        if restore is not None:
            plan = _restored(restore, rules)
        else:
            listing = run.listing(use_cache=cache)
            chosen = run.choose(listing, choice.selection)
            whose = ownerships(run, chosen, listing.recordings, moodles=moodle, owners_file=owners)
            plan = plan_links(chosen, whose, rules)
        _warn_of_crowds(plan.effective, links)
        run.show(planned(plan) if dry else _carried_out(run, plan, rules, extension, fixture))
    return run.exit_code


def _extension(run: "Task", *, needed: bool) -> "ExtensionVersion | None":
    """Look for our file in Pod. Raise RemoteRefused if it is needed and not there."""
    from bbbmig.errors import RemoteRefused

    extension = run.wiring.links.version()
    if extension is None and needed:
        raise RemoteRefused(
            f"{run.wiring.pod.url} has no /rest/external_recordings/",
            hint="install the file that `bbbmig pod-extension` prints; it says how\n"
            "if no file may be put on that server: import-links --fixture FILE",
        )
    return extension


def _noted(run: "Task", state: "State") -> Mapping["Key", str]:
    """Give the links that the ledger knows in that state, and since when."""
    from bbbmig.ledger import Effect

    return {
        (entry.record_id, entry.target.casefold()): f"{entry.at:%Y-%m-%d}"
        for entry in run.wiring.ledger.entries(run.server, Effect.LINK)
        if entry.state is state
    }


def _rules(
    run: "Task",
    links: Sequence["PodLink"],
    *,
    for_file: bool,
    include_unpublished: bool,
    again: bool,
) -> "LinkRules":
    """Put together what decides."""
    from bbbmig.domain.links import LinkRules
    from bbbmig.domain.playback_url import record_id_in
    from bbbmig.ledger import State

    return LinkRules(
        administrator=run.settings.pod.administrator,
        address=run.wiring.address,
        linked={(record_id_in(link.source_url), link.owner_username.casefold()) for link in links},
        remembered=_noted(run, State.DONE),
        exported=_noted(run, State.DELIVERED) if for_file else {},
        ignored_servers=run.settings.bbb.ignored_servers,
        include_unpublished=include_unpublished,
        again=again,
    )


def _restored(file: Path, rules: "LinkRules") -> "Plan":
    """Plan to create the links of a file, each for its owner."""
    from dataclasses import replace

    from bbbmig.domain.fixture import as_recording, from_json
    from bbbmig.domain.links import plan_links
    from bbbmig.domain.owner import Confidence, Finding, Owner, Ownership
    from bbbmig.domain.plan import Plan
    from bbbmig.errors import ConfigError

    try:
        links = from_json(file.read_text(encoding="utf-8"), name=str(file))
    except (OSError, UnicodeError) as error:
        raise ConfigError(f"cannot read {file}: {error}", hint="`remove-links` says which file it wrote") from error
    rules = replace(rules, address=lambda url, _: url)
    actions: list[Action] = []
    for link in links:
        recording = as_recording(link)
        owner = Owner(username=link.owner, why=f"owner before, in {file.name}", confidence=Confidence.CERTAIN)
        whose = Ownership(record_id=recording.record_id, finding=Finding.FOUND, owners=(owner,), source=str(file))
        actions += plan_links([recording], {recording.record_id: whose}, rules)
    return Plan(tuple(actions))


def _warn_of_crowds(actions: Collection["Action"], links: Sequence["PodLink"]) -> None:
    """Say who would have more external recordings than Pod shows well."""
    from bbbmig.cli.task import log

    crowds = Counter(action.target for action in actions)
    crowds.update(link.owner_username for link in links if link.owner_username in crowds)
    for name, count in crowds.most_common():
        if count > MANY:
            log.warning(
                "%s will have %d external recordings, and Pod shows them all on one slow page; `bbbmig owners` helps "
                "to find whose they are",
                name,
                count,
            )


def _carried_out(
    run: "Task",
    plan: "Plan",
    rules: "LinkRules",
    extension: "ExtensionVersion | None",
    fixture: Path | None,
) -> Iterator["Outcome"]:
    """Create the links, or write them to a file."""
    from bbbmig.apply.fixture import FixtureExport
    from bbbmig.apply.links import LOT, LinkImport, found_in_pod
    from bbbmig.ledger import Effect

    wiring = run.wiring
    wiring.users.find({action.target for action in plan.effective})  # in as few requests as that takes
    if fixture is not None:

        def save(links: Sequence["FixtureLink"]) -> None:
            from bbbmig.domain.fixture import to_json
            from bbbmig.report.files import opened

            with opened(fixture) as stream:
                stream.writelines(to_json(links))

        export = FixtureExport(
            server=run.server,
            site=run.settings.pod.site,
            file=str(fixture.absolute()),
            save=save,
            memory=wiring.ledger,
            user_of=wiring.user_of,
        )
        return export.carry_out(plan)
    wiring.ledger.write(run.server, Effect.LINK, found_in_pod(plan, rules.remembered))
    lot = min(LOT, extension.bulk_max) if extension else LOT
    work = LinkImport(server=run.server, links=wiring.links, memory=wiring.ledger, user_of=wiring.user_of, lot=lot)
    return work.carry_out(plan)
