"""A register of meetings: who owns the room in which a recording was made, when another program keeps a table of it.

Whatever the table is, Greenlight's or one of the site's own, a row says that somebody has a part in a room; the room is
known by the meetingID that BigBlueButton got. `sha1(meetingID)` begins the recordID of every ordinary meeting, so a
recording whose meetingID the server lost finds its room, too.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bbbmig.domain.account_names import Account
from bbbmig.domain.owner import Confidence, Finding, Owner, Ownership
from bbbmig.domain.person import folded
from bbbmig.domain.recording import RECORD_ID, Recording

_SHA1 = 40
CLOCKS_DIFFER = timedelta(minutes=10)
"""How much earlier than its room a session may seem to be, by clocks of two machines."""
OWNER = "owner"
"""The part of which a room has one: who it belongs to. Any other part may be that of several people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A room, by any of the keys that may name it in a recording; `id` tells rooms of one register apart.

    `created` is when it was made, None if unknown. `metadata_value` is what recordings carry in the key that the
    register looks at.
    """

    id: str
    meeting_id: str = ""
    sha1: str = ""
    record_id: str = ""
    metadata_value: str = ""
    friendly_id: str = ""
    name: str = ""
    course: str = ""
    created: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Somebody's part in a room: `account` None is a room of nobody (its owner does not exist any more).

    `why` is the word for people. `since` and `until` bound the sessions for which it holds.
    """

    room: Room
    account: Account | None
    part: str = OWNER
    why: str = ""
    confidence: Confidence = Confidence.LIKELY
    since: datetime | None = None
    until: datetime | None = None

    def holds(self, moment: datetime | None) -> bool:
        """Tell whether it holds for a session of that time; a session of unknown time is in no bounds."""
        if self.since is None and self.until is None:
            return True
        if moment is None:
            return False
        return (self.since is None or self.since <= moment) and (self.until is None or moment <= self.until)


Index = Mapping[str, Sequence[Part]]


@dataclass(slots=True, kw_only=True)
class MeetingRegister:
    """All parts of all rooms, found by what recordings carry; `metadata_of` reads the key that it looks at."""

    metadata_of: Callable[[Recording], str] = field(default=lambda _: "")
    _by_meeting: dict[str, list[Part]] = field(default_factory=lambda: defaultdict(list))
    _by_sha1: dict[str, list[Part]] = field(default_factory=dict)
    _by_record: dict[str, list[Part]] = field(default_factory=lambda: defaultdict(list))
    _by_metadata: dict[str, list[Part]] = field(default_factory=lambda: defaultdict(list))
    _by_friendly: dict[str, list[Part]] = field(default_factory=lambda: defaultdict(list))
    _cache: Mapping[str, Sequence[str]] = field(default_factory=dict)
    rooms: int = 0
    parts: int = 0

    def add(self, parts: Iterable[Part]) -> None:
        """Take rows, one for each person and room; rows of one room may be anywhere."""
        rooms: set[str] = set()
        for one in parts:
            room = one.room
            self.parts += 1
            rooms.add(room.id)
            if room.meeting_id:
                self._by_meeting[room.meeting_id].append(one)
            if room.sha1:
                self._by_sha1.setdefault(room.sha1, []).append(one)
            if room.record_id:
                self._by_record[room.record_id].append(one)
            if room.metadata_value:
                self._by_metadata[room.metadata_value].append(one)
            if room.friendly_id:
                self._by_friendly[room.friendly_id].append(one)
        for meeting_id, its in self._by_meeting.items():
            self._by_sha1.setdefault(sha1_of(meeting_id), its)
        self.rooms += len(rooms)

    def add_cache(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Take what a client remembers of recordings, recordID and meetingID of the room: it may be old."""
        cache: dict[str, list[str]] = defaultdict(list)
        for record_id, meeting_id in pairs:
            if meeting_id not in cache[record_id]:
                cache[record_id].append(meeting_id)
        self._cache = cache

    def knows(self, recording: Recording) -> bool:
        """Tell whether meetingID, recordID or metadata name one of its rooms for sure."""
        return bool(self._sure(recording))

    def of(self, recording: Recording) -> tuple[Sequence[Part], bool]:
        """Return the parts in the room of a recording, and whether what named the room is more than a guess.

        A breakout room is looked for as the session that it was part of.
        """
        if parts := self._sure(recording):
            return parts, True
        if not recording.meeting_id and RECORD_ID.fullmatch(recording.record_id) is None:
            meetings = self._cache.get(recording.record_id, ())
            if parts := [part for meeting in meetings for part in self._by_meeting.get(meeting, ())]:
                return parts, len(meetings) == 1
        friendly_id = recording.origin.context_id
        return self._by_friendly.get(friendly_id, ()) if friendly_id else (), False

    def may_be_cached(self, recording: Recording) -> bool:
        """Tell whether only a client's memory can help: its recordID is not made of the meetingID, which is lost."""
        lost = not recording.meeting_id and RECORD_ID.fullmatch(recording.record_id) is None
        return lost and not self.knows(recording)

    def _sure(self, recording: Recording) -> Sequence[Part]:
        record_id = recording.breakout_parent or recording.record_id
        meeting_id = "" if recording.breakout_parent else recording.meeting_id.strip()
        for index, key in (
            (self._by_record, record_id),
            (self._by_meeting, meeting_id),
            (self._by_sha1, record_id[:_SHA1].lower() if record_id[_SHA1 : _SHA1 + 1] == "-" else ""),
            (self._by_metadata, self.metadata_of(recording)),
        ):
            if key and key in index:
                return index[key]
        return ()


def sha1_of(meeting_id: str) -> str:
    """Return what begins the recordIDs of a meeting."""
    return hashlib.sha1(meeting_id.encode(), usedforsecurity=False).hexdigest()


def judged(
    recording: Recording, parts: Sequence[Part], name_of: Callable[[Account], str], *, source: str, sure: bool = True
) -> Ownership:
    """Return whose a recording is when these people have a part in its room.

    The owner comes first, then the others. Rooms with one meetingID and several owners (Greenlight 2 made such) leave
    it open whose it is: all of them are doubtful. Rooms made after the session are left out, if others remain. `sure`
    False: the room itself is a guess.
    """
    begun = recording.start or recording.created
    there = [one for one in _early_enough(parts, begun) if one.holds(begun)]
    owners = [one for one in there if one.part == OWNER]
    rooms = {one.room.id for one in there}
    best: dict[str, tuple[Part, str]] = {}
    present: dict[str, set[str]] = defaultdict(set)
    owning: set[str] = set()
    nameless: list[str] = []
    for one in (*owners, *(one for one in there if one.part != OWNER)):
        name = "" if one.account is None else name_of(one.account)
        if one.account is not None and not name:
            nameless.append(one.account.said)
        if one.part == OWNER:
            owning.add(folded(name) or ("" if one.account is None else f"\0{one.account.id}"))
        if name:
            present[folded(name)].add(one.room.id)
            if _is_better(one, best.get(folded(name))):
                best[folded(name)] = (one, name)
    several = len(owning) > 1
    found = tuple(
        _owner(one, name, doubtful=several or not sure or (one.part != OWNER and present[key] != rooms))
        for key, (one, name) in best.items()
    )
    why_not = _details(there, owners, nameless, several=several, sure=sure)
    names = list(dict.fromkeys(one.room.name for one in there if one.room.name))
    return Ownership(
        record_id=recording.record_id,
        finding=Finding.FOUND if found else Finding.NOBODY,
        owners=found,
        detail="; ".join(why_not) if several or not found or not sure else "",
        source=source if found else "",
        course=recording.origin.context or next((one.room.course for one in there if one.room.course), ""),
        activity=names[0] if len(names) == 1 else "",
        proven=sure,
    )


def is_timeless(parts: Sequence[Part]) -> bool:
    """Tell whether what is said of one session in a room is said of all: nothing depends on when it was."""
    one_room = len({one.room.id for one in parts}) == 1
    return one_room and all(one.since is None and one.until is None for one in parts) and not parts[0].room.course


def _details(
    there: Sequence[Part], owners: Sequence[Part], nameless: Sequence[str], *, several: bool, sure: bool
) -> list[str]:
    """Say for a person what keeps a recording from having one sure owner."""
    details = []
    if several:
        details.append(f"{len({one.room.id for one in owners})} rooms with this meetingID, of different owners")
    if not sure:
        details.append("the room is a guess: no meetingID proves it")
    if nameless:
        details.append(f"no user name in Pod for {', '.join(dict.fromkeys(nameless))}")
    if any(one.account is None for one in owners):
        details.append("the room's owner does not exist any more")
    if not there:
        details.append("the room was nobody's at that time")
    return details


def _early_enough(parts: Sequence[Part], begun: datetime | None) -> Sequence[Part]:
    """Leave out rooms made after the session, where several share its meetingID and one is old enough."""
    if begun is None or len({one.room.id for one in parts}) < 2:  # noqa: PLR2004 - one room needs no choice
        return parts
    before = [one for one in parts if one.room.created is None or one.room.created <= begun + CLOCKS_DIFFER]
    return before or parts


def _is_better(one: Part, known: tuple[Part, str] | None) -> bool:
    """Tell whether a part says more of somebody than the one that is known: they may have two accounts there.

    Of two that say the same, always the same one is taken, in whatever order a database gives them.
    """
    if known is None:
        return True
    mine, other = one.confidence, known[0].confidence
    if mine is not other:
        return mine.reaches(other)
    if one.part != known[0].part or one.account is None or known[0].account is None:
        return False
    return _order(one.account) < _order(known[0].account)


def _order(account: Account) -> tuple[bool, int, str]:
    """Return what puts accounts of one person in order: those that they still use, the older number, small letters."""
    return account.suspended, int(account.id) if account.id.isdecimal() else 0, account.id.swapcase()


def _owner(one: Part, name: str, *, doubtful: bool) -> Owner:
    account = one.account
    if account is None:
        raise AssertionError(one)
    return Owner(
        username=name,
        first_name=account.first_name,
        last_name=account.last_name,
        email=account.email,
        suspended=account.suspended,
        why=one.why,
        confidence=Confidence.DOUBTFUL if doubtful else one.confidence,
    )
