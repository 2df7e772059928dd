"""What a run is going to do, decided before it does anything.

A plan names every recording of the selection, those that are left alone included, each with its reason:
what `--dry` prints is what a real run executes.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from bbbmig.domain.owner import Owner
from bbbmig.domain.recording import Recording


class Kind(StrEnum):
    """What is to be done with one recording (and, for links, one owner)."""

    LINK = "link"
    """Create an external recording in Pod."""
    UNLINK = "unlink"
    """Delete the external recording that the administrator had as long as nobody was known."""
    DOWNLOAD = "download"
    """Fetch a video file and deliver it: into the recorder's directory, or, if it has an owner, as their video."""
    CONVERT = "convert"
    """Make a video file of a presentation, deliver it as above."""
    REGISTER = "register"
    """The file is there already; only Pod has to be told."""
    PUBLISH = "publish"
    """The file was made by an earlier run; only its owner has to get it."""
    SKIP = "skip"
    """Leave it alone, for `Action.reason`."""
    FAIL = "fail"
    """It should be done but cannot be decided now, for `Action.reason`; the run ends with exit code 3."""


class Reason(StrEnum):
    """Why a recording is left alone or fails before anything is tried; the words are stable, for `--json`."""

    ALREADY_DONE = "already done"
    REMOVED_SINCE = "removed in Pod since"
    UNPUBLISHED = "unpublished"
    IGNORED_SERVER = "ignored server"
    UNKNOWN_SERVER = "unknown server"
    NOT_ASKED = "its Moodle was not asked"
    LEFT_OUT = "left out"
    """A person said so in the owners file."""
    NO_OWNER = "no owner known"
    NO_PLAYBACK = "no usable playback"
    FAILED_BEFORE = "failed before"
    NEEDS_CONVERTER = "needs a converter"
    OWNER_SEARCH_FAILED = "owner search failed"
    ADDRESS_TOO_LONG = "address too long for Pod"


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One intended effect.

    `target` is what it makes: the owner's user name for a link, the file's name for a file. A file with an `owner` is
    published: `others` become owners of the same video, or get each a copy of their own, as the settings say.
    `url` is the address that is linked or fetched, as the server gave it (it may hold a token: mask it before showing
    it). `detail` completes `reason` or says what a person should know.
    """

    kind: Kind
    recording: Recording
    target: str = ""
    url: str = ""
    reason: Reason | None = None
    detail: str = ""
    owner: Owner | None = None
    others: tuple[Owner, ...] = ()

    @property
    def effective(self) -> bool:
        """Tell whether it does something."""
        return self.kind not in (Kind.SKIP, Kind.FAIL)


@dataclass(frozen=True, slots=True)
class Plan:
    """All actions of a run, in the order in which they are taken: newest recording first."""

    actions: tuple[Action, ...]

    def __iter__(self) -> Iterator[Action]:
        """Go through the actions."""
        return iter(self.actions)

    def __len__(self) -> int:
        """Count the actions."""
        return len(self.actions)

    @property
    def effective(self) -> tuple[Action, ...]:
        """Give the actions that do something."""
        return tuple(action for action in self.actions if action.effective)

    def counts(self) -> Counter[str]:
        """Count by kind, and skips and failures by reason: {"link": 12, "skip: already done": 3}."""
        return Counter(f"{a.kind}: {a.reason}" if a.reason else str(a.kind) for a in self.actions)
