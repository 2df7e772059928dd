"""Carry out a plan of links for a Pod that takes no file of ours: users by REST, links into a fixture."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from bbbmig.apply.executor import failed, without_effect
from bbbmig.apply.ports import Memory, UserOf
from bbbmig.domain.django_fixture import FixtureLink
from bbbmig.domain.file_names import title_in
from bbbmig.domain.history import Effect, Entry, State
from bbbmig.domain.outcome import Outcome, Status
from bbbmig.domain.plan import Action
from bbbmig.domain.target import TargetLimits
from bbbmig.errors import RecordingFailed


@dataclass(frozen=True, slots=True, kw_only=True)
class FixtureExport:
    """Writes links to a file. `save` makes it appear whole; `file` is its name for the ledger and for people."""

    server: str
    site: str
    file: str
    limits: TargetLimits
    save: Callable[[Sequence[FixtureLink]], None]
    memory: Memory
    user_of: UserOf

    def carry_out(self, actions: Iterable[Action]) -> Iterator[Outcome]:
        """Yield an outcome for each action; the ledger says "delivered", since only loaddata makes the links.

        Without a link to write, no file is written.
        """
        outcomes: list[Outcome] = []
        links: list[FixtureLink] = []
        written: list[Action] = []
        for action in actions:
            outcome = without_effect(action)
            if outcome is None:
                try:
                    links.append(self._link(action))
                    written.append(action)
                    outcome = Outcome(action=action, status=Status.DONE, location=self.file)
                except RecordingFailed as error:
                    outcome = failed(action, error)
            outcomes.append(outcome)
        if links:
            self.save(links)
        entries = [
            Entry(
                record_id=a.recording.record_id,
                effect=Effect.LINK,
                target=a.target,
                state=State.DELIVERED,
                location=self.file,
                again=True,  # a link that was there and is gone is to come back by this file
            )
            for a in written
        ]
        self.memory.write(self.server, entries)
        yield from outcomes

    def _link(self, action: Action) -> FixtureLink:
        """Say what Pod is to load; its owner exists there from now on, for loaddata keeps nothing otherwise."""
        if action.owner is None:
            raise AssertionError(action)
        return FixtureLink(
            name=title_in(self.limits, action.recording),
            source_url=action.url,
            owner=self.user_of(action.owner).username,
            type=action.link_type,
            start_at=action.recording.start,
            site=self.site,
        )
