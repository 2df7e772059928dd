"""Carry out a plan of links: lots of external recordings to Pod, each lot into the ledger as soon as Pod has it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bbbmig.apply.executor import failed, without_effect
from bbbmig.apply.ports import LinkMaker, Memory, UserOf
from bbbmig.apply.removing import LinkRemoval, key_of
from bbbmig.domain.file_names import title_in
from bbbmig.domain.history import RECORD_ID_LENGTH, Effect, Entry, History, LinkKey, State
from bbbmig.domain.outcome import Outcome, Status
from bbbmig.domain.owner import Owner
from bbbmig.domain.person import folded
from bbbmig.domain.plan import Action, Kind
from bbbmig.domain.target import Link, LinkRequest, LinkResult, TargetLimits
from bbbmig.errors import RecordingFailed

LOT = 500
"""Links in one request: what `kill -9` can make Pod know and the ledger not, until the next run looks."""


@dataclass(slots=True, kw_only=True)
class LinkImport:
    """Creates links. `server` is the old server's name in the ledger; `lot` is at most what Pod takes at once.

    `removal` deletes those of `made`, the links that bbbmig itself made, that the plan says: those that stood in for
    owners, once these have got theirs, and those of people who are not named any more.
    """

    server: str
    links: LinkMaker
    memory: Memory
    user_of: UserOf
    removal: LinkRemoval
    limits: TargetLimits
    lot: int = LOT
    made: Mapping[LinkKey, Link] = field(default_factory=dict)
    _failed: set[str] = field(default_factory=set)
    _refused: dict[str, tuple[str, str]] = field(default_factory=dict)

    def carry_out(self, actions: Iterable[Action]) -> Iterator[Outcome]:
        """Yield an outcome for each action, in their order. Raise RemoteError or RemoteRefused when Pod fails."""
        for lot in _lots(actions, self.lot):
            yield from self._lot(lot)

    def _lot(self, actions: Sequence[Action]) -> Iterator[Outcome]:
        """Create the links of a lot in one request."""
        ready: list[tuple[Action, LinkRequest]] = []
        outcomes: dict[int, Outcome] = {}
        for action in actions:
            try:
                outcome = without_effect(action)
                if outcome is not None:
                    outcomes[id(action)] = outcome
                elif action.kind is Kind.LINK:
                    ready.append((action, self._new(action)))
            except RecordingFailed as error:
                outcomes[id(action)] = failed(action, error)
        if ready:
            self.memory.check_lock()
            results = self.links.create([link for _, link in ready])
            pairs = [(action, result) for (action, _), result in zip(ready, results, strict=True)]
            self.memory.write(self.server, [_entry(*pair) for pair in pairs if _is_rememberable(pair[0])])
            outcomes |= {id(action): _outcome(action, result) for action, result in pairs}
        self._failed |= {o.action.recording.record_id for o in outcomes.values() if o.status is Status.FAILED}
        outcomes |= self._unlinked([action for action in actions if action.kind is Kind.UNLINK])
        yield from (outcomes[id(action)] for action in actions)

    def _unlinked(self, actions: Sequence[Action]) -> dict[int, Outcome]:
        """Delete links whose recording's owners have all got theirs now; these come before it in the plan."""
        outcomes: dict[int, Outcome] = {}
        gone: dict[str, list[Link]] = {}
        for action in actions:
            if action.recording.record_id in self._failed:
                kept = "kept, since not all of its owners have got theirs"
                outcomes[id(action)] = Outcome(action=action, status=Status.POSTPONED, detail=kept)
            else:
                link = self.made[LinkKey.of(action.recording.record_id, action.target)]
                why = f"taken back from somebody {action.detail}" if action.detail else "deleted when its owners got it"
                gone.setdefault(why, []).append(link)
                outcomes[id(action)] = Outcome(action=action, status=Status.DONE, location=str(link.id))
        for why, links in gone.items():
            self.removal.remove(links, why=why)
        return outcomes

    def _new(self, action: Action) -> LinkRequest:
        """Say what Pod is to create. Raise RecordingFailed if its owner cannot be had."""
        if action.owner is None:
            raise AssertionError(action)
        return LinkRequest(
            name=title_in(self.limits, action.recording),
            source_url=action.url,
            owner_id=self._owner_id(action.owner),
            type=action.link_type,
            start_at=action.recording.start,
            record_id=action.recording.record_id,
        )

    def _owner_id(self, owner: Owner) -> int:
        """Return a person's number; a refusal counts for all their links."""
        key = folded(owner.username)
        if key in self._refused:
            message, hint = self._refused[key]
            raise RecordingFailed(message, hint=hint)  # a new one: the same one's traceback would grow each time
        try:
            return self.user_of(owner).id
        except RecordingFailed as error:
            self._refused[key] = error.message, error.hint
            raise


def found_in_pod(actions: Iterable[Action], history: History) -> list[Entry]:
    """Return rows for the links that Pod has and the ledger does not: made elsewhere, or just before a kill -9."""
    return [
        Entry(
            record_id=a.recording.record_id,
            effect=Effect.LINK,
            state=State.DONE,
            target=a.target,
            detail="found in Pod",
        )
        for a in actions
        if a.kind is Kind.SKIP and a.target and a.url
        if history.done(Effect.LINK, a.recording.record_id, a.target) is None
    ]


def made_by_us(links: Iterable[Link], history: History) -> dict[LinkKey, Link]:
    """Find the links in Pod that bbbmig itself made."""
    ours = {e.location: e.key for e in history.of(Effect.LINK) if e.state is State.DONE and e.location}
    found = ((link, ours.get(str(link.id))) for link in links)
    return {key: link for link, key in found if key is not None and key == key_of(link)}


def standing_in(made: Mapping[LinkKey, Link], history: History) -> dict[str, Link]:
    """Find among the links that bbbmig made those that stand in with the administrator; by recordID."""
    rows = ((key, history.done(Effect.LINK, *key)) for key in made)
    return {key.record_id: made[key] for key, entry in rows if entry is not None and entry.stand_in}


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


def _is_rememberable(action: Action) -> bool:
    """Tell whether the ledger can hold it: a restored link may have an address without recordID in place of one."""
    return len(action.recording.record_id) <= RECORD_ID_LENGTH


def _entry(action: Action, result: LinkResult) -> Entry:
    """Remember what came out of one link."""
    return Entry(
        record_id=action.recording.record_id,
        effect=Effect.LINK,
        target=action.target,
        state=State.FAILED if result.error else State.DONE,
        location="" if result.id is None else str(result.id),
        detail=result.error,
        stand_in=result.created and action.owner is not None and action.owner.stand_in,
    )


def _outcome(action: Action, result: LinkResult) -> Outcome:
    """Say what came out of one link."""
    if result.error:
        return Outcome(action=action, status=Status.FAILED, detail=f"Pod: {result.error}")
    found = "" if result.created else "Pod had it already"
    return Outcome(action=action, status=Status.DONE, detail=found, location=str(result.id))
