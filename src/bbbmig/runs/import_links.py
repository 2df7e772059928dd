"""`import-links`: an external recording in Pod for each moderator of each recording."""

import logging
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Self

from bbbmig.apply.executor import planned
from bbbmig.apply.fixture import FixtureExport
from bbbmig.apply.links import LOT, LinkImport, found_in_pod, made_by_us, standing_in
from bbbmig.apply.removing import LinkRemoval, key_of
from bbbmig.domain.django_fixture import FixtureLink, from_json, to_json
from bbbmig.domain.history import Effect, History, LinkKey
from bbbmig.domain.link_plan import LinkRules, plan_links
from bbbmig.domain.outcome import Outcome, Status
from bbbmig.domain.plan import Action, Kind, Plan, Reason
from bbbmig.domain.restore_plan import plan_restore
from bbbmig.domain.selection import EVERYTHING, Selection
from bbbmig.domain.target import Link
from bbbmig.errors import ConfigError, RemoteError, RemoteRefused, UsageError
from bbbmig.pod.limits import POD
from bbbmig.pod.links import ExtensionVersion
from bbbmig.runs import delivered
from bbbmig.runs.moodle_notice import notices_with_links
from bbbmig.runs.owners import OwnerSearch
from bbbmig.runs.pod_people import need_administrator, user_of, with_new_accounts
from bbbmig.runs.run import Run, closing
from bbbmig.transfer.whole_file import ensure_new, ensure_writable, opened

log = logging.getLogger(__name__)

NEEDS = ("bbb", "pod")
MANY = 500
"""So many external recordings of one person are slow to look at: Pod shows all on one page (10,000: 7 s, 26 MB)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkOptions:
    """What the user asks of `import-links`; `owners_from` are names of owner sources, "all", "none".

    `fixture` is a file to write for Pod's `manage.py loaddata` instead of creating links; `restore` one that
    `remove-links` wrote, which alone says which links, and whose.
    """

    selection: Selection = EVERYTHING
    owners_from: tuple[str, ...] = ()
    owners_file: Path | None = None
    include_unpublished: bool = False
    again: bool = False
    create_unknown: bool = False
    fixture: Path | None = None
    restore: Path | None = None
    use_cache: bool = False

    def __post_init__(self) -> None:
        """Raise UsageError for what `restore` would ignore."""
        if self.restore is None:
            return
        chosen = self.selection
        given = {
            "--range": chosen.range != EVERYTHING.range,
            "--since": chosen.since,
            "--until": chosen.until,
            "--meeting": chosen.meeting,
            "--moodle": self.owners_from,
            "--owners": self.owners_file,
            "--fixture": self.fixture,
            "--include-unpublished": self.include_unpublished,
            "--cache": self.use_cache,
        }
        if names := [name for name, value in given.items() if value]:
            raise UsageError(
                f"--restore creates all links of its file: leave {', '.join(names)} away",
                hint="bbbmig import-links --help",
            )


def import_links(run: Run, options: LinkOptions) -> None:
    """Create the links of each chosen recording, or those of a file; in a dry run, only show the plan.

    Raise Locked, ConfigError, RemoteError or RemoteRefused for what ends a run; links that fail are counted.
    """
    if options.fixture is not None:
        ensure_writable(options.fixture)
    going_back = None if options.restore is None else read_links(options.restore)
    owners = OwnerSearch(run.adapters, sources=options.owners_from, owners_file=options.owners_file)
    run.adapters.pod.wait_for_restarts(run.settings.pod.patience_s)
    with run.adapters.ledger.locked("import-links"):
        work = LinkWork.prepared(run, options.fixture)
        again = options.again or going_back is not None
        rules = work.rules(include_unpublished=options.include_unpublished, again=again)
        if going_back is not None:
            work.carry_out(plan_restore(going_back, rules, file=str(options.restore)), rules)
            return
        need_administrator(run, staff_for="external recordings")
        if not options.create_unknown and run.settings.pod.create_users:
            owners.need_known_names(run.adapters.users)
        listing = run.listing(use_cache=options.use_cache)
        chosen = run.choose(listing, options.selection)
        whose = owners.find(chosen, listing.recordings)
        rules = replace(rules, excluded=run.exclusion.of(chosen, whose))
        plan = with_new_accounts(run.adapters, plan_links(chosen, whose, rules))
        if options.fixture is None:
            delivered.say_which_links_are_lost(run, plan, rules.history)
        there = work.carry_out(plan, rules)
        if options.fixture is None:
            notices_with_links(run, [one for one in listing.recordings if one.record_id in there])


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkWork:
    """What `import-links` works with: Pod's links, what is remembered of them, and the file to write, if it is one."""

    run: Run
    fixture: Path | None
    extension: ExtensionVersion | None
    links: Sequence[Link]
    history: History
    made: Mapping[LinkKey, Link]

    @classmethod
    def prepared(cls, run: Run, fixture: Path | None) -> Self:
        """Look at Pod and into the ledger. Raise RemoteRefused if our file is needed in Pod and not there."""
        extension = run.adapters.links.version()
        if extension is None and fixture is None:
            raise RemoteRefused(f"{run.adapters.pod.url} has no /rest/external_recordings/", hint=_not_there(run))
        links = run.adapters.links.all() if extension else []
        history = run.adapters.ledger.history(run.server, Effect.LINK, Effect.GIVE_UP)
        made = made_by_us(links, history) if fixture is None else {}
        return cls(run=run, fixture=fixture, extension=extension, links=links, history=history, made=made)

    def rules(self, *, include_unpublished: bool, again: bool) -> LinkRules:
        """Put together what decides."""
        run = self.run
        given: defaultdict[str, list[str]] = defaultdict(list)
        for key, link in self.made.items():
            given[key.record_id].append(link.owner_username)
        stand_ins = standing_in(self.made, self.history)
        return LinkRules(
            administrator=run.settings.pod.administrator,
            limits=POD,
            address=self._presentation,
            located=self._located,
            linked=set(map(key_of, self.links)),
            history=self.history,
            to_fixture=self.fixture is not None,
            stand_ins={record_id: link.owner_username for record_id, link in stand_ins.items()},
            given=given,
            ignored_servers=run.settings.bbb.ignored_servers,
            include_unpublished=include_unpublished,
            again=again,
        )

    def _presentation(self, url: str, record_id: str) -> str:
        """Return the address of a presentation; who decides it is known once there is a list."""
        return self.run.adapters.addresses.presentation(url, record_id)

    def _located(self, url: str, record_id: str) -> str:
        """Return the address of another playback."""
        return self.run.adapters.addresses.located(url, record_id)

    def carry_out(self, plan: Plan, rules: LinkRules) -> set[str]:
        """Create the links, or write them to a file, or only say so; return the recordIDs that owners have links to."""
        run = self.run
        warn_of_crowds(plan.effective, self.links)
        if self.fixture is not None and plan.effective:
            ensure_new(self.fixture, hint="load it into Pod and remove it, or give this one another name")
        run.report.expect(plan)
        there: set[str] = set()
        run.show(_noting(planned(plan) if run.dry else self._outcomes(plan, rules), there))
        return there

    def _outcomes(self, plan: Plan, rules: LinkRules) -> Iterator[Outcome]:
        """Do what the plan says."""
        run, adapters = self.run, self.run.adapters
        adapters.users.find({action.target for action in plan.effective})  # in as few requests as that takes
        if self.fixture is not None:
            return self._export(self.fixture).carry_out(plan)
        adapters.ledger.write(run.server, found_in_pod(plan, rules.history))
        work = LinkImport(
            server=run.server,
            links=adapters.links,
            memory=adapters.ledger,
            user_of=partial(user_of, adapters),
            limits=POD,
            lot=min(LOT, self.extension.bulk_max) if self.extension else LOT,
            removal=LinkRemoval(server=run.server, links=adapters.links, memory=adapters.ledger, history=self.history),
            made=self.made,
        )
        return work.carry_out(plan)

    def _export(self, file: Path) -> FixtureExport:
        """Put together what writes a file."""

        def save(links: Sequence[FixtureLink]) -> None:
            with opened(file) as stream:
                stream.writelines(to_json(links))

        return FixtureExport(
            server=self.run.server,
            site=self.run.settings.pod.site,
            file=str(file.absolute()),
            limits=POD,
            save=save,
            memory=self.run.adapters.ledger,
            user_of=partial(user_of, self.run.adapters),
        )


def _not_there(run: Run) -> str:
    """Say what to do where our file does not answer: first of all, whether that is a Pod."""
    install = (
        "install the file that `bbbmig pod-extension` prints; it says how\n"
        "if no file may be put on that server: import-links --fixture FILE"
    )
    try:
        run.adapters.pod.version()
    except (RemoteError, RemoteRefused):
        return f"is [pod] url the address of a Pod? What answers there does not say so; if it is one:\n{install}"
    return install


def read_links(file: Path) -> list[FixtureLink]:
    """Read the links that `remove-links` wrote. Raise ConfigError if the file cannot be read, or holds others."""
    try:
        return from_json(file.read_text(encoding="utf-8"), name=str(file))
    except OSError as error:
        raise ConfigError(f"cannot read {file}: {error.strerror}", hint=_WRITTEN) from error
    except UnicodeError as error:
        raise ConfigError(f"{file} is not a text in UTF-8", hint=_WRITTEN) from error


_WRITTEN = "`remove-links` says which file it wrote"


def warn_of_crowds(actions: Collection[Action], links: Sequence[Link]) -> None:
    """Say who would have more external recordings than Pod shows well."""
    crowds = Counter(action.target for action in actions if action.kind is Kind.LINK)
    crowds.update(link.owner_username for link in links if link.owner_username in crowds)
    crowds.subtract(action.target for action in actions if action.kind is Kind.UNLINK and action.target in crowds)
    for name, count in crowds.most_common():
        if count > MANY:
            log.warning(
                "%s will have %d external recordings, and Pod shows them all on one slow page; `bbbmig owners` helps "
                "to find whose they are",
                name,
                count,
            )


def _noting(outcomes: Iterator[Outcome], there: set[str]) -> Iterator[Outcome]:
    """Pass outcomes on, and note the recordings that a person has a link to, or would have, as their owner."""
    with closing(outcomes):
        for outcome in outcomes:
            action = outcome.action
            linked = action.kind is Kind.LINK and outcome.status in (Status.DONE, Status.PLANNED)
            if action.owner and not action.owner.stand_in and (linked or action.reason is Reason.ALREADY_DONE):
                there.add(action.recording.record_id)
            yield outcome
