"""Carry out a plan of links: lots of external recordings to Pod, each lot into the ledger as soon as Pod has it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from bbbmig.apply.ports import LinkMaker, Memory, UserOf
from bbbmig.apply.run import failed, without_effect
from bbbmig.domain.links import link_type
from bbbmig.domain.naming import link_title
from bbbmig.domain.outcome import Outcome, Status
from bbbmig.domain.owner import Owner
from bbbmig.domain.plan import Action, Kind
from bbbmig.errors import RecordingFailed
from bbbmig.ledger import Effect, Entry, State
from bbbmig.pod.links import Created, NewLink

LOT = 500
"""Links in one request: what `kill -9` can make Pod know and the ledger not, until the next run looks."""


@dataclass(slots=True, kw_only=True)
class LinkImport:
    """Creates links. `server` is the old server's name in the ledger; `lot` is at most what Pod takes at once."""

    server: str
    links: LinkMaker
    memory: Memory
    user_of: UserOf
    lot: int = LOT
    _refused: dict[str, RecordingFailed] = field(default_factory=dict)

    def carry_out(self, actions: Iterable[Action]) -> Iterator[Outcome]:
        """Give an outcome for each action, in their order. Raise RemoteError or RemoteRefused when Pod fails."""
        for lot in _lots(actions, self.lot):
            yield from self._lot(lot)

    def _lot(self, actions: Sequence[Action]) -> Iterator[Outcome]:
        """Create the links of a lot in one request."""
        ready: list[tuple[Action, NewLink]] = []
        outcomes: dict[int, Outcome] = {}
        for action in actions:
            try:
                outcome = without_effect(action)
                if outcome is None:
                    ready.append((action, self._new(action)))
                else:
                    outcomes[id(action)] = outcome
            except RecordingFailed as error:
                outcomes[id(action)] = failed(action, error)
        if ready:
            results = self.links.create([link for _, link in ready])
            pairs = [(action, result) for (action, _), result in zip(ready, results, strict=True)]
            self.memory.write(self.server, Effect.LINK, [_entry(action, result) for action, result in pairs])
            outcomes |= {id(action): _outcome(action, result) for action, result in pairs}
        yield from (outcomes[id(action)] for action in actions)

    def _new(self, action: Action) -> NewLink:
        """Say what Pod is to create. Raise RecordingFailed if its owner cannot be had."""
        if action.owner is None:
            raise AssertionError(action)
        return NewLink(
            name=link_title(action.recording),
            source_url=action.url,
            owner_id=self._owner_id(action.owner),
            type=link_type(action.recording),
            start_at=action.recording.start,
            record_id=action.recording.record_id,
        )

    def _owner_id(self, owner: Owner) -> int:
        """Give a person's number; a refusal counts for all their links."""
        key = owner.username.casefold()
        if key in self._refused:
            raise self._refused[key]
        try:
            return self.user_of(owner).id
        except RecordingFailed as error:
            self._refused[key] = error
            raise


def found_in_pod(actions: Iterable[Action], remembered: Iterable[tuple[str, str]]) -> list[Entry]:
    """Give ledger rows for the links that Pod has and the ledger does not: made elsewhere, or just before a kill -9."""
    known = set(remembered)
    return [
        Entry(record_id=a.recording.record_id, state=State.DONE, target=a.target, detail="found in Pod")
        for a in actions
        if a.kind is Kind.SKIP and a.target and a.url and (a.recording.record_id, a.target.casefold()) not in known
    ]


def _lots(actions: Iterable[Action], size: int) -> Iterator[list[Action]]:
    """Cut after so many links; what does nothing goes along in its place."""
    lot: list[Action] = []
    links = 0
    for action in actions:
        lot.append(action)
        links += action.effective
        if links == size:
            yield lot
            lot, links = [], 0
    if lot:
        yield lot


def _entry(action: Action, result: Created) -> Entry:
    """Remember what came out of one link."""
    return Entry(
        record_id=action.recording.record_id,
        target=action.target,
        state=State.FAILED if result.error else State.DONE,
        place="" if result.id is None else str(result.id),
        detail=result.error,
    )


def _outcome(action: Action, result: Created) -> Outcome:
    """Say what came out of one link."""
    if result.error:
        return Outcome(action=action, status=Status.FAILED, detail=f"Pod: {result.error}")
    found = "" if result.created else "Pod had it already"
    return Outcome(action=action, status=Status.DONE, detail=found, place=str(result.id))
