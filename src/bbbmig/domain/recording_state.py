"""What has become of a recording: exactly one state for each of the list, and what it means for switching off.

A state is one `Why`; its table says whether the recording is safe, who must act, and by what.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from bbbmig.domain.owner import Ownership
from bbbmig.domain.recording import Recording
from bbbmig.domain.recording_length import hours, length_s


class Safety(StrEnum):
    """The six classes of the recordings of a list; each recording is in one. The words are stable, for `--json`."""

    SAFE = "safe_with_owner"
    UNCLAIMED = "safe_unclaimed"
    GIVEN_UP = "given_up"
    LINK_ONLY = "link_only"
    FAILED = "failed"
    NOT_STARTED = "not_started_or_unknown"

    @property
    def would_be_lost(self) -> bool:
        """Tell whether it would go with the old server, although nobody decided so."""
        return self not in (Safety.SAFE, Safety.UNCLAIMED, Safety.GIVEN_UP)


class Actor(StrEnum):
    """Who must act next; the words are stable, for `--json`."""

    NOBODY = "nobody"
    NEXT_RUN = "next_run"
    """The next run of a command does it by itself."""
    OPERATOR = "operator"
    """Whoever runs bbbmig and the servers."""
    OWNER = "owner"
    """The teacher whose it is."""
    DECISION = "decision"
    """Somebody who may say what is to become of it."""


class Why(StrEnum):
    """What was found of a recording; where several things were, the first here decides. The words are stable."""

    PLAYS = "plays"
    """Pod has the video, encoded and as long as the recording, in the dashboard of its owner."""
    CLAIMED = "claimed"
    """Somebody has claimed the file, and that video plays."""
    GIVEN_ON = "given on"
    """The video is there and plays, and is somebody else's by now."""
    WAITS = "waits to be claimed"
    """The file lies whole in the recorder's directory, and Pod offers it."""
    WITH_ADMINISTRATOR = "with the administrator"
    """Pod has the video, and the administrator stands in for an owner."""
    DECIDED = "given up"
    LEFT_OUT = "left out"
    """The owners file says that nobody is to get it."""
    IGNORED_SERVER = "ignored server"
    """The settings say that recordings of its origin server are not moved."""
    CANNOT_SAY = "Pod could not say whether it has it"
    BEING_ENCODED = "being encoded by Pod"
    NOT_TOLD = "Pod does not know its file"
    TOO_SHORT = "too short in Pod"
    BROKEN = "broken in Pod"
    """It was read whole, and is not a whole video."""
    NEVER_ENCODED = "never encoded by Pod"
    FILE_NOT_WHOLE = "file not whole"
    """What lies in the recorder's directory is not as long as what was put there."""
    VANISHED = "removed in Pod since"
    CLAIM_VANISHED = "claimed, and removed since"
    UNREADABLE = "its row in the ledger cannot be read"
    ID_TOO_LONG = "recordID too long for the ledger"
    FAILED_BEFORE = "failed before"
    """It failed so often that it waits for a person."""
    FAILED = "failed"
    """It failed, and the next run tries it again."""
    LINK = "link only"
    """Pod has an address on the old server, and nothing of its own."""
    UNPUBLISHED = "unpublished"
    NO_PLAYBACK = "no usable playback"
    NEEDS_CONVERTER = "needs a converter"
    UNKNOWN_SERVER = "unknown server"
    OWNER_SEARCH_FAILED = "owner search failed"
    EXCLUDED = "excluded by the settings"
    """It is not for everybody, and no owner of it is known."""
    BEGUN = "begun"
    """A run was stopped in the middle of it."""
    NOT_BEGUN = "not begun"

    @property
    def safety(self) -> Safety:
        """Return the class of a recording of which this is so."""
        return _MEANINGS[self].safety

    @property
    def actor(self) -> Actor:
        """Return who must act next."""
        return _MEANINGS[self].actor

    @property
    def command(self) -> str:
        """Return what is typed for it, without the program's name; "" if nothing is."""
        return _MEANINGS[self].command


class _Meaning(NamedTuple):
    safety: Safety
    actor: Actor
    command: str = ""


_MEANINGS: Mapping[Why, _Meaning] = {
    Why.PLAYS: _Meaning(Safety.SAFE, Actor.NOBODY),
    Why.CLAIMED: _Meaning(Safety.SAFE, Actor.NOBODY),
    Why.GIVEN_ON: _Meaning(Safety.SAFE, Actor.NOBODY),
    Why.WAITS: _Meaning(Safety.UNCLAIMED, Actor.OWNER),
    Why.WITH_ADMINISTRATOR: _Meaning(Safety.UNCLAIMED, Actor.DECISION, "owners"),
    Why.DECIDED: _Meaning(Safety.GIVEN_UP, Actor.NOBODY),
    Why.LEFT_OUT: _Meaning(Safety.GIVEN_UP, Actor.NOBODY),
    Why.IGNORED_SERVER: _Meaning(Safety.GIVEN_UP, Actor.NOBODY),
    Why.LINK: _Meaning(Safety.LINK_ONLY, Actor.NEXT_RUN, "publish"),
    Why.FAILED_BEFORE: _Meaning(Safety.FAILED, Actor.OPERATOR, "publish --retry-failed"),
    Why.FAILED: _Meaning(Safety.FAILED, Actor.NEXT_RUN, "publish"),
    Why.TOO_SHORT: _Meaning(Safety.FAILED, Actor.OPERATOR, "show"),
    Why.BROKEN: _Meaning(Safety.FAILED, Actor.OPERATOR, "show"),
    Why.NEVER_ENCODED: _Meaning(Safety.FAILED, Actor.OPERATOR, "publish"),
    Why.VANISHED: _Meaning(Safety.FAILED, Actor.OPERATOR, "publish --again"),
    Why.CLAIM_VANISHED: _Meaning(Safety.FAILED, Actor.DECISION, "give-up"),
    Why.FILE_NOT_WHOLE: _Meaning(Safety.FAILED, Actor.OPERATOR, "claim --again"),
    Why.UNREADABLE: _Meaning(Safety.FAILED, Actor.OPERATOR, "show"),
    Why.ID_TOO_LONG: _Meaning(Safety.FAILED, Actor.OPERATOR, "render"),
    Why.BEING_ENCODED: _Meaning(Safety.NOT_STARTED, Actor.NEXT_RUN),
    Why.NOT_TOLD: _Meaning(Safety.NOT_STARTED, Actor.OPERATOR, "claim --again"),
    Why.BEGUN: _Meaning(Safety.NOT_STARTED, Actor.NEXT_RUN, "publish"),
    Why.NOT_BEGUN: _Meaning(Safety.NOT_STARTED, Actor.NEXT_RUN, "publish"),
    Why.UNPUBLISHED: _Meaning(Safety.NOT_STARTED, Actor.DECISION, "publish --include-unpublished"),
    Why.NEEDS_CONVERTER: _Meaning(Safety.NOT_STARTED, Actor.OPERATOR, "check"),
    Why.UNKNOWN_SERVER: _Meaning(Safety.NOT_STARTED, Actor.OPERATOR, "owners"),
    Why.OWNER_SEARCH_FAILED: _Meaning(Safety.NOT_STARTED, Actor.NEXT_RUN, "publish"),
    Why.EXCLUDED: _Meaning(Safety.NOT_STARTED, Actor.DECISION, "owners"),
    Why.NO_PLAYBACK: _Meaning(Safety.NOT_STARTED, Actor.DECISION, "give-up"),
    Why.CANNOT_SAY: _Meaning(Safety.NOT_STARTED, Actor.NEXT_RUN, "status"),
}


class Caveat(StrEnum):
    """What is to be known of recordings that are safe; the words are stable, for `--json`."""

    DRAFT = "draft"
    """Students see nothing of it."""
    DOUBTFUL_OWNER = "doubtful owner"
    NEVER_SIGNED_IN = "never signed in"
    """Its owner's account in Pod was never used: perhaps it is the wrong user name."""
    NOT_ALL_SHOWN = "not all shown"
    """The converter named what the video lacks."""
    LENGTH_UNKNOWN = "length unknown"
    """Neither the list nor the ledger says how long it should be, so that was not compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingState:
    """What has become of one recording.

    `owners` are user names in Pod: who has it, else whose it is. `place` is where it lies: a video's name in addresses,
    a file's name, a link's address. `detail` completes `why`: the last error, what a person wrote. `by` is who decided
    to give it up, `since` (aware) when what is told was done. `ownership` is None if nobody was asked.
    """

    recording: Recording
    why: Why
    owners: tuple[str, ...] = ()
    place: str = ""
    detail: str = ""
    by: str = ""
    since: datetime | None = None
    caveats: tuple[Caveat, ...] = ()
    ownership: Ownership | None = None

    @property
    def safety(self) -> Safety:
        """Return its class."""
        return self.why.safety

    @property
    def length_s(self) -> float | None:
        """Return how long it is in seconds, as far as the list tells; None if it does not."""
        return length_s(self.recording)


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """So many recordings, and their hours; of `unknown` of them nobody knows how long they are."""

    count: int = 0
    hours: float = 0.0
    unknown: int = 0


def amount(states: Iterable[RecordingState]) -> Amount:
    """Count recordings and their hours."""
    lengths = [state.length_s for state in states]
    return Amount(count=len(lengths), hours=hours(lengths), unknown=lengths.count(None))


def by_safety(states: Iterable[RecordingState]) -> dict[Safety, Amount]:
    """Count each class, in their order; the sum is the list."""
    classes: dict[Safety, list[RecordingState]] = {safety: [] for safety in Safety}
    for state in states:
        classes[state.safety].append(state)
    return {safety: amount(its) for safety, its in classes.items()}


def best(found: Iterable[RecordingState]) -> RecordingState:
    """Return the best of what was found of one recording: it decides. Raise ValueError if nothing was."""
    return min(found, key=lambda state: _PLACE[state.why])


_PLACE = {why: place for place, why in enumerate(Why)}
