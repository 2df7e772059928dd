"""May the old server be switched off? Decided and counted from the states of all its recordings; no words for people.

Three answers and nothing between: yes; not yet, since recordings would be lost; nobody can say, since Pod (or the old
server's list) could not be asked about some.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bbbmig.domain.progress import Point, ready_on
from bbbmig.domain.recording_state import Amount, Caveat, RecordingState, Safety, Why, amount, by_safety

FIRST = 5
"""So many titles stand below a block."""
_QUIET = timedelta(days=7)
"""A server on which something was recorded within so long is still in use."""


class Verdict(StrEnum):
    """The answer; the words are stable, for `--json`."""

    YES = "yes"
    NOT_YET = "not_yet"
    CANNOT_SAY = "cannot_say"


class Done(StrEnum):
    """How far a line of the checklist is."""

    YES = "done"
    NO = "open"
    ASK = "ask"
    """Nobody but a person can tell."""


class Item(StrEnum):
    """What is to be seen to before a server is switched off; the words are stable, for `--json`."""

    NOTHING_LOST = "nothing_would_be_lost"
    NO_NEW_RECORDINGS = "no_new_recordings"
    NOTHING_UNCLAIMED = "nothing_unclaimed"
    READ_WHOLE = "sample_read_whole"
    BACKUP = "pod_backup_newer_than_last_video"
    REDIRECTS = "redirects"
    ARCHIVE = "archive"
    ANNOUNCED = "announced"
    KEEP = "keep_three_months"


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Recordings of which the same is so: `key` is a Why or a Caveat, `states` are newest first."""

    key: Why | Caveat
    states: Sequence[RecordingState]

    @property
    def amount(self) -> Amount:
        """Count them."""
        return amount(self.states)

    @property
    def by_person(self) -> Counter[str]:
        """Count how many each person has, or would have; several may have the same one."""
        return Counter(name for state in self.states for name in state.owners)

    @property
    def first(self) -> Sequence[RecordingState]:
        """Return those that are named below it."""
        return self.states[:FIRST]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What was given up for one reason: by whom ("" for a file or setting), why, when last (aware)."""

    why: Why
    by: str
    reason: str
    last: datetime | None
    amount: Amount


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """How many videos of a sample were asked of Pod, and how many of them were read whole."""

    asked: int = 0
    whole: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known besides the states: the server's name and the moment (aware), how the list was had, the past.

    `lost` recordings or parts of the list could not be read. `pod_asked` is False if Pod did not answer at all,
    `before` are earlier points, the oldest first.
    """

    server: str
    at: datetime
    list_taken_at: datetime
    from_cache: bool = False
    lost: int = 0
    pod_asked: bool = True
    before: Sequence[Point] = ()
    read: Read = field(default_factory=Read)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerStatus:
    """The answer and everything behind it."""

    facts: Facts
    verdict: Verdict
    states: Sequence[RecordingState]
    classes: Mapping[Safety, Amount]
    obstacles: Sequence[Group]
    to_know: Sequence[Group]
    unclaimed: Sequence[Group]
    given_up: Sequence[Decided]
    points: Sequence[Point]
    ready_on: datetime | None
    checklist: Mapping[Item, Done]

    @property
    def total(self) -> Amount:
        """Count the list."""
        return amount(self.states)

    @property
    def lost(self) -> Amount:
        """Count what would be lost."""
        return amount(state for state in self.states if state.safety.would_be_lost)

    @property
    def unsure(self) -> Amount:
        """Count those about which nobody could say."""
        return amount(state for state in self.states if state.why is Why.CANNOT_SAY)

    @property
    def kept(self) -> Amount:
        """Count what is in Pod."""
        return amount(state for state in self.states if state.safety in (Safety.SAFE, Safety.UNCLAIMED))

    @property
    def vanished_since(self) -> int:
        """Count how many more videos and files are gone from Pod than at the last look."""
        return max(0, self.points[-1].vanished - (self.points[-2].vanished if len(self.points) > 1 else 0))

    @property
    def newest(self) -> datetime | None:
        """Return when the newest recording of the old server began."""
        return max((one.recording.start for one in self.states if one.recording.start), default=None)

    @property
    def last_in_pod(self) -> datetime | None:
        """Return when the last recording came to Pod: a backup of Pod must be newer."""
        return max((one.since for one in self.states if one.safety is Safety.SAFE and one.since), default=None)


VANISHED = frozenset({Why.VANISHED, Why.CLAIM_VANISHED})


def point_of(states: Iterable[RecordingState], at: datetime) -> Point:
    """Return what the ledger remembers of a look at all recordings."""
    states = list(states)
    return Point(
        at=at,
        classes=by_safety(states),
        vanished=sum(state.why in VANISHED for state in states),
        unsure=sum(state.why is Why.CANNOT_SAY for state in states),
    )


def status_of(states: Sequence[RecordingState], facts: Facts) -> ServerStatus:
    """Return whether the old server may be switched off, and why; `states` are newest first."""
    point = point_of(states, facts.at)
    points = [*facts.before, point]
    answer = verdict(states, facts)
    lost = [state for state in states if state.safety.would_be_lost]
    safe = [state for state in states if state.safety in (Safety.SAFE, Safety.UNCLAIMED)]
    return ServerStatus(
        facts=facts,
        verdict=answer,
        states=states,
        classes=point.classes,
        obstacles=_largest_first(_grouped(lost)),
        to_know=_by_caveat(safe),
        unclaimed=_grouped(state for state in safe if state.safety is Safety.UNCLAIMED),
        given_up=_decided(states),
        points=points,
        ready_on=ready_on(points) if answer is Verdict.NOT_YET else None,
        checklist=_checklist(states, facts, answer),
    )


def verdict(states: Iterable[RecordingState], facts: Facts) -> Verdict:
    """Answer: yes only if the whole list is known, Pod was asked about all of it, and nothing would be lost.

    Of a server that lists nothing at all, nobody can say.
    """
    states = list(states)
    unsure = any(state.why is Why.CANNOT_SAY for state in states)
    if unsure or facts.lost or not facts.pod_asked or not states:
        return Verdict.CANNOT_SAY
    return Verdict.NOT_YET if any(state.safety.would_be_lost for state in states) else Verdict.YES


def _grouped(states: Iterable[RecordingState]) -> list[Group]:
    """Put together those of which the same is so, in the order of `Why`."""
    groups: defaultdict[Why, list[RecordingState]] = defaultdict(list)
    for state in states:
        groups[state.why].append(state)
    return [Group(key=why, states=groups[why]) for why in Why if why in groups]


def _largest_first(groups: Iterable[Group]) -> list[Group]:
    """Put what Pod could not say first, then the most hours."""
    return sorted(groups, key=lambda group: (group.key is not Why.CANNOT_SAY, -group.amount.hours, -len(group.states)))


def _by_caveat(states: Iterable[RecordingState]) -> list[Group]:
    groups: dict[Caveat, list[RecordingState]] = {caveat: [] for caveat in Caveat}
    for state in states:
        for caveat in state.caveats:
            groups[caveat].append(state)
    return [Group(key=caveat, states=its) for caveat, its in groups.items() if its]


def _decided(states: Iterable[RecordingState]) -> list[Decided]:
    """Put together what was decided by the same person for the same reason, the most hours first."""
    groups: defaultdict[tuple[Why, str, str], list[RecordingState]] = defaultdict(list)
    for state in states:
        if state.safety is Safety.GIVEN_UP:
            groups[state.why, state.by, state.detail].append(state)
    found = [
        Decided(
            why=why,
            by=by,
            reason=reason,
            last=max((state.since for state in its if state.since), default=None),
            amount=amount(its),
        )
        for (why, by, reason), its in groups.items()
    ]
    return sorted(found, key=lambda one: -one.amount.hours)


def _checklist(states: Sequence[RecordingState], facts: Facts, answer: Verdict) -> dict[Item, Done]:
    newest = max((one.recording.start for one in states if one.recording.start), default=None)
    unclaimed = any(state.safety is Safety.UNCLAIMED for state in states)
    read = facts.read
    known = {
        Item.NOTHING_LOST: answer is Verdict.YES,
        Item.NO_NEW_RECORDINGS: newest is None or newest < facts.at - _QUIET,
        Item.NOTHING_UNCLAIMED: not unclaimed,
        Item.READ_WHOLE: read.asked > 0 and read.whole == read.asked,
    }
    return {item: Done.ASK if item not in known else Done.YES if known[item] else Done.NO for item in Item}
