"""Whose recording it is: the people found, why, and how sure that is."""

from dataclasses import dataclass
from enum import StrEnum

from bbbmig.domain.person import Person


class Confidence(StrEnum):
    """How far an owner may be trusted without a person's look."""

    CERTAIN = "certain"
    """A person said so (owners file), or a log shows that they moderated this very session."""
    LIKELY = "likely"
    """The activity's rules name them as moderators."""
    DOUBTFUL = "doubtful"
    """Only a guess: the course's teachers, whoever created the activity."""

    def reaches(self, least: "Confidence") -> bool:
        """Tell whether this is at least as sure as `least`."""
        order = (Confidence.CERTAIN, Confidence.LIKELY, Confidence.DOUBTFUL)
        return order.index(self) <= order.index(least)


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner(Person):
    """A person to whom a recording belongs; `username` is the one that Pod knows (or will know).

    A `stand_in` is the administrator, who takes what is nobody's as long as it is nobody's. `new_account`: Pod has none
    of theirs, so one will be created.
    """

    suspended: bool = False
    why: str = ""
    confidence: Confidence = Confidence.LIKELY
    stand_in: bool = False
    new_account: bool = False


class Finding(StrEnum):
    """How the search for the owners of one recording ended; the words are stable, for `--json`."""

    FOUND = "found"
    NOBODY = "nobody"
    """Searched, and there is nobody: the administrator may take it."""
    DOUBTFUL = "doubtful"
    """Searched, and nobody is sure enough to be given it: as if there were nobody, but a person may choose."""
    IGNORED_SERVER = "ignored_server"
    """Its origin server is in `ignored_servers`: not searched, on purpose."""
    UNKNOWN_SERVER = "unknown_server"
    """Its origin server is in no section of the settings: a gap, for a person to close."""
    NOT_SEARCHED = "not_searched"
    """No source of owners was asked for."""
    LEFT_OUT = "left_out"
    """A person said in the owners file that nobody is to get it, the administrator neither."""
    FAILED = "failed"
    """The source failed in mid-run: nobody is to be given this recording in this run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ownership:
    """The result for one recording. `detail` says in words what `finding` cannot: which server or activity.

    `source` names where the owners come from: "owners file", "pod", "moodle NAME", "" if nobody.
    `course` and `activity` are for people who have to decide ("" if unknown). `candidates` may be the owners, and are
    not sure enough to be given the recording.
    `proven`: the source shows that the recording is its own; if not, it counts only where no other source may have it.
    """

    record_id: str
    finding: Finding
    owners: tuple[Owner, ...] = ()
    detail: str = ""
    source: str = ""
    course: str = ""
    activity: str = ""
    candidates: tuple[Owner, ...] = ()
    proven: bool = True
