"""What was done before, as the ledger remembers it: its rows as values, and what plans ask of them.

The ledger is a memory, not the truth: plans look at Pod and the directories, too.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Self

from bbbmig.domain.person import folded
from bbbmig.domain.plan import Reason

RECORD_ID_LENGTH = 100
"""Longest recordID that can be remembered; BigBlueButton's own have 54 characters."""
TARGET_LENGTH = 160
"""Longest name that an effect may have besides: Pod's user names have at most 150 characters."""


class Effect(StrEnum):
    """Kinds of effects; each command looks up its own."""

    LINK = "link"
    """An external recording in Pod: the target is its owner, the location its number there."""
    CLAIM = "claim"
    """A file in the recorder's directory: no target, the location is its path."""
    PUBLISH = "publish"
    """A video in Pod: the target is its owner, the location its slug; the row without target is of the file itself."""
    ENCODE = "encode"
    """A published video of which Pod was told once more that it is to be encoded: the target is its owner, the location
    its slug."""
    GIVE_UP = "give-up"
    """A decision that a recording is not kept: the location is who decided, the detail is why. No target."""
    SENT = "sent"
    """The words of a published video as bbbmig sent them: the target is one of its owners, further ones included, the
    location their fingerprint (`taken_back.fingerprint`), by which a later change is seen."""
    CAPTIONS = "captions"
    """A published video that got the captions of its recording, or for which there were none: the target is its number,
    the detail are their languages."""
    NOTICE = "notice"
    """The notice in an activity of Moodle: the target is `NAME/ACTIVITY`, there is no recordID, the detail is its exact
    text, the location the number of the course. A target that goes on with a moment keeps what was taken out then."""


class State(StrEnum):
    """How far an effect has come."""

    STARTED = "started"
    DELIVERED = "delivered"
    """The file is whole and under its name, but Pod has not been told."""
    DONE = "done"
    UNDONE = "undone"
    """It was done, and bbbmig has taken it back."""
    FAILED = "failed"
    UNREADABLE = "unreadable"
    """The row cannot be read: somebody has changed it by hand, or the disk has. Never written."""


class LinkKey(NamedTuple):
    """What makes a link one of a kind: recordID, and the owner's user name without regard to capitals."""

    record_id: str
    username: str

    @classmethod
    def of(cls, record_id: str, username: str) -> Self:
        """Return the key of a recording and a user name as it is written."""
        return cls(record_id, folded(username))


def notice_target(moodle: str, activity: int) -> str:
    """Return the target of the notice in an activity of that Moodle: `NAME/31`."""
    return f"{moodle}/{activity}"


def replaced_target(moodle: str, activity: int, when: str, part: int) -> str:
    """Return the target of what was taken out of an activity's text at a moment: `NAME/31/2026-11-27T06:40:00Z/1`."""
    return f"{notice_target(moodle, activity)}/{when}/{part}"


def noticed_activity(target: str, moodle: str) -> int | None:
    """Return the number of the activity if a notice's target is of that Moodle, else None."""
    name, _, number = target.rpartition("/")
    return int(number) if name == moodle and number.isdecimal() else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One row of the ledger: one effect on one recording.

    `location` is a path or a number or name of Pod's, `size` in bytes. `duration_s` is how long the file was that was
    delivered, None if that was not looked at. `stand_in`: a link or video that the administrator has as long as nobody
    is known. `detail` is for people and never compared; of a file that is done, it says what that lacks. The ledger
    sets `attempts` (how often it failed) and `at` (aware: when it was last written) itself. `again`, which is not kept:
    it is done once more on purpose, so that what was done is no obstacle, and failures of before do not count.
    """

    record_id: str
    effect: Effect
    state: State
    target: str = ""
    location: str = ""
    size: int | None = None
    duration_s: float | None = None
    detail: str = ""
    stand_in: bool = False
    attempts: int = 0
    at: datetime | None = None
    again: bool = False

    @property
    def key(self) -> LinkKey:
        """Return recordID and target, in the form in which links are compared."""
        return LinkKey.of(self.record_id, self.target)


class History:
    """All that is remembered of one old server's recordings, or of some kinds of effects on them."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        """Sort those rows, in any order."""
        self._whole: dict[tuple[Effect, str], Entry] = {}
        self._people: dict[Effect, dict[LinkKey, Entry]] = {effect: {} for effect in Effect}
        self._owners: defaultdict[tuple[Effect, str], list[Entry]] = defaultdict(list)
        self._unreadable: dict[str, Entry] = {}
        for entry in entries:
            self._add(entry)

    def _add(self, entry: Entry) -> None:
        """Sort one row in."""
        if entry.state is State.UNREADABLE:
            self._unreadable[entry.record_id] = entry
        elif entry.target:
            before = self._people[entry.effect].get(entry.key)
            if before is None or _moment(before) <= _moment(entry):
                self._people[entry.effect][entry.key] = entry
            self._owners[entry.effect, entry.record_id].append(entry)
        else:
            self._whole[entry.effect, entry.record_id] = entry

    def entry(self, effect: Effect, record_id: str, username: str = "") -> Entry | None:
        """Return the row of a recording and, for links and videos, of one person; None if there is none."""
        if username:
            return self._people[effect].get(LinkKey.of(record_id, username))
        return self._whole.get((effect, record_id))

    def done(self, effect: Effect, record_id: str, username: str = "") -> Entry | None:
        """Return the row if it says that it was done."""
        entry = self.entry(effect, record_id, username)
        return entry if entry is not None and entry.state is State.DONE else None

    def attempts(self, effect: Effect, record_id: str) -> int:
        """Count how often in a row it failed, 0 if it did not fail the last time."""
        entry = self.entry(effect, record_id)
        return entry.attempts if entry is not None and entry.state is State.FAILED else 0

    def owners(self, effect: Effect, record_id: str) -> Mapping[str, Entry]:
        """Return the rows of all who have got it, by their user names as `folded` writes them."""
        rows = self._owners.get((effect, record_id), ())
        return {folded(entry.target): entry for entry in rows if entry.state is State.DONE}

    def last(self, effect: Effect, record_id: str) -> Entry | None:
        """Return the row of whoever was the last to get it, None if nobody has."""
        return max(self.owners(effect, record_id).values(), key=_moment, default=None)

    def published(self) -> set[str]:
        """Return the recordIDs of which somebody has got a video."""
        return {entry.record_id for entry in self._people[Effect.PUBLISH].values() if entry.state is State.DONE}

    def of(self, effect: Effect) -> Iterator[Entry]:
        """Go through the rows of one kind of effect that can be read."""
        yield from (entry for (kind, _), entry in self._whole.items() if kind is effect)
        yield from self._people[effect].values()

    def rows(self, record_id: str) -> frozenset[Entry]:
        """Return all rows of one recording."""
        whole = [self._whole.get((effect, record_id)) for effect in Effect]
        people = [self._owners.get((effect, record_id), ()) for effect in Effect]
        one_row = [*whole, self._unreadable.get(record_id)]
        return frozenset([entry for entry in one_row if entry is not None]).union(*people)

    def obstacle(self, record_id: str) -> tuple[Reason | None, str]:
        """Say why nothing may be done with a recording because of what is, or can be, remembered of it."""
        if len(record_id) > RECORD_ID_LENGTH:
            return Reason.ID_TOO_LONG, f"{len(record_id)} characters, the ledger takes {RECORD_ID_LENGTH}"
        entry = self._unreadable.get(record_id)
        return (None, "") if entry is None else (Reason.LEDGER_UNREADABLE, f"{entry.effect}: {entry.detail}")


def _moment(entry: Entry) -> float:
    """Return when a row was written, in seconds; 0 if that cannot be read."""
    return entry.at.timestamp() if entry.at else 0.0


NOTHING = History()
"""A history of nothing."""
