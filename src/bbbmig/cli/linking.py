"""How `import-links` goes to work: what decides, what a file brings back, what is created or written."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from bbbmig.apply.fixture import FixtureExport
from bbbmig.apply.links import LOT, LinkImport, found_in_pod
from bbbmig.cli.task import Task, log
from bbbmig.domain.fixture import FixtureLink, as_recording, from_json, to_json
from bbbmig.domain.links import Key, LinkRules, plan_links
from bbbmig.domain.outcome import Outcome
from bbbmig.domain.owner import Confidence, Finding, Owner, Ownership
from bbbmig.domain.plan import Action, Plan
from bbbmig.domain.playback_url import record_id_in
from bbbmig.errors import ConfigError, RemoteRefused
from bbbmig.ledger import Effect, State
from bbbmig.pod.links import ExtensionVersion, PodLink
from bbbmig.report.files import opened

MANY = 500
"""So many external recordings of one person are slow to look at: Pod shows all on one page (10,000: 7 s, 26 MB)."""


def extension_of(run: Task, *, needed: bool) -> ExtensionVersion | None:
    """Look for our file in Pod. Raise RemoteRefused if it is needed and not there."""
    extension = run.wiring.links.version()
    if extension is None and needed:
        raise RemoteRefused(
            f"{run.wiring.pod.url} has no /rest/external_recordings/",
            hint="install the file that `bbbmig pod-extension` prints; it says how\n"
            "if no file may be put on that server: import-links --fixture FILE",
        )
    return extension


def _noted(run: Task, state: State) -> Mapping[Key, str]:
    """Give the links that the ledger knows in that state, and since when; of those undone why, too."""
    return {
        (
            entry.record_id,
            entry.target.casefold(),
        ): f"{entry.detail if state is State.UNDONE else ''} {entry.at:%Y-%m-%d}".strip()
        for entry in run.wiring.ledger.entries(run.server, Effect.LINK)
        if entry.state is state
    }


def link_rules(
    run: Task, links: Sequence[PodLink], *, for_file: bool, include_unpublished: bool, again: bool
) -> LinkRules:
    """Put together what decides."""
    return LinkRules(
        administrator=run.settings.pod.administrator,
        address=run.wiring.address,
        linked={(record_id_in(link.source_url), link.owner_username.casefold()) for link in links},
        remembered=_noted(run, State.DONE),
        undone=_noted(run, State.UNDONE),
        exported=_noted(run, State.DELIVERED) if for_file else {},
        ignored_servers=run.settings.bbb.ignored_servers,
        include_unpublished=include_unpublished,
        again=again,
    )


def restored(file: Path, rules: LinkRules) -> Plan:
    """Plan to create the links of a file, each for its owner."""
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


def warn_of_crowds(actions: Collection[Action], links: Sequence[PodLink]) -> None:
    """Say who would have more external recordings than Pod shows well."""
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


def carried_out(
    run: Task,
    plan: Plan,
    rules: LinkRules,
    extension: ExtensionVersion | None,
    fixture: Path | None,
) -> Iterator[Outcome]:
    """Create the links, or write them to a file."""
    wiring = run.wiring
    wiring.users.find({action.target for action in plan.effective})  # in as few requests as that takes
    if fixture is not None:

        def save(links: Sequence[FixtureLink]) -> None:
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
