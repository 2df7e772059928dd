"""What a run is going to do, decided before it does anything.

A plan names every recording of the selection, those that are left alone included, each with its reason:
what `--dry` prints is what a real run executes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
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
    ENCODE = "encode"
    """Pod has the video and never encoded it: have it begin once more."""
    GIVE = "give"
    """Pod has the video, a draft, for people whom the owners file names no more: give it to those whom it names."""
    MIRROR = "mirror"
    """Copy what the old server publishes of it into the mirror, or what has changed there."""
    VERIFY = "verify"
    """Prove that its copy in the mirror is whole."""
    SKIP = "skip"
    """Leave it alone, for `Action.reason`."""
    FAIL = "fail"
    """It should be done but cannot be decided now, for `Action.reason`; the run ends with exit code 3."""


class Reason(StrEnum):
    """Why a recording is left alone or fails before anything is tried; the words are stable, for `--json`."""

    ALREADY_DONE = "already done"
    REMOVED_SINCE = "removed in Pod since"
    BEING_ENCODED = "being encoded by Pod"
    NEVER_ENCODED = "never encoded by Pod"
    POD_CANNOT_SAY = "Pod could not say whether it has it"
    UNPUBLISHED = "unpublished"
    IGNORED_SERVER = "ignored server"
    UNKNOWN_SERVER = "unknown server"
    NOT_ASKED = "its Moodle was not asked"
    LEFT_OUT = "left out"
    """A person said so in the owners file."""
    GIVEN_UP = "given up"
    """A person decided with `give-up` that it is not kept: `Action.detail` is who, `since` when, `hint` why."""
    EXCLUDED = "excluded by the settings"
    """`[choose] exclude` matches its title or course, and no owner of it is known."""
    OWNER_KNOWN = "owner known"
    """Only what is nobody's was asked for."""
    NO_OWNER = "no owner known"
    NO_PLAYBACK = "no usable playback"
    FAILED_BEFORE = "failed before"
    NEEDS_CONVERTER = "needs a converter"
    OWNER_SEARCH_FAILED = "owner search failed"
    ADDRESS_TOO_LONG = "address too long for Pod"
    ID_TOO_LONG = "recordID too long for the ledger"
    LEDGER_UNREADABLE = "its row in the ledger cannot be read"
    NOT_A_FILE = "what bears its name is not a file"
    NO_FOLDER_NAME = "its recordID cannot be the name of a folder"
    NOT_MIRRORED = "not in the mirror"

    @property
    def fails(self) -> bool:
        """Tell whether it keeps from being done what should be: the run ends with exit code 3."""
        return self in _FAILING

    @property
    def waits_for_a_person(self) -> bool:
        """Tell whether no later run does it by itself, although it is to be done."""
        return self in _WAITING


_WAITING = frozenset({Reason.FAILED_BEFORE, Reason.NEVER_ENCODED})
_FAILING = frozenset(
    {
        Reason.OWNER_SEARCH_FAILED,
        Reason.ADDRESS_TOO_LONG,
        Reason.ID_TOO_LONG,
        Reason.LEDGER_UNREADABLE,
        Reason.NOT_A_FILE,
        Reason.POD_CANNOT_SAY,
        Reason.NO_FOLDER_NAME,
        Reason.NOT_MIRRORED,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One intended effect.

    `target` is what it makes: the owner's user name for a link, the file's name for a file. A file with an `owner` is
    published: `others` become owners of the same video, or get each a copy of their own, as the settings say.
    `url` is the address that is linked or fetched, as the server gave it (it may hold a token: mask it before showing
    it), `link_type` the target's word for what a link leads to. `detail` completes `reason` or says what a person
    should know, `since` (aware) is when that was, `hint` what may be done about it.
    """

    kind: Kind
    recording: Recording
    target: str = ""
    url: str = ""
    link_type: str = ""
    reason: Reason | None = None
    detail: str = ""
    since: datetime | None = None
    hint: str = ""
    owner: Owner | None = None
    others: tuple[Owner, ...] = ()

    @property
    def effective(self) -> bool:
        """Tell whether it does something."""
        return self.kind not in (Kind.SKIP, Kind.FAIL)


def left_alone(
    recording: Recording, reason: Reason, detail: str = "", *, since: datetime | None = None, hint: str = ""
) -> Action:
    """Return the action that does nothing, and says why."""
    kind = Kind.FAIL if reason.fails else Kind.SKIP
    return Action(kind=kind, recording=recording, reason=reason, detail=detail, since=since, hint=hint)


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
        """Return the actions that do something."""
        return tuple(action for action in self.actions if action.effective)
