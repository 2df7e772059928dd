"""What is read of a Moodle, as plain values."""

from dataclasses import dataclass
from typing import NamedTuple

from bbbmig.domain.moodle_participants import Rules


class Place(NamedTuple):
    """Where a session was held, in Moodle's numbers; the activity and the course may be gone."""

    course: int
    activity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """A row of `bigbluebuttonbn`; `rules` is None where the site's default applies.

    `context` is None when Moodle lost its course module: then only roles in the course count.
    """

    id: int
    course: int
    name: str
    seed: str
    rules: Rules | None
    context: int | None


class ActivityRef(NamedTuple):
    """An activity of one of the Moodles, for what is done to activities: the section's name, numbers, its name."""

    moodle: str
    activity: int
    course: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """A course that exists, and its contexts: itself and all above it, the whole site first."""

    id: int
    name: str
    contexts: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A row of `user` that is not deleted."""

    id: int
    username: str
    idnumber: str
    first_name: str
    last_name: str
    email: str
    host: int
    barred: bool
    """Suspended, or cannot log in for another reason."""


class RoleChange(NamedTuple):
    """An entry of Moodle's own log: when somebody was given a role, or had it taken away; seconds since 1970."""

    time: int
    given: bool


@dataclass(slots=True, kw_only=True)
class Logs:
    """What Moodle wrote down about sessions; times in seconds since 1970."""

    added: dict[int, list[tuple[int, str]]]
    """By activity: who added it, and its seed."""
    opened: dict[str, list[tuple[int, int]]]
    """By meetingID: when somebody opened a session that records, and who (Moodle 2 and 3)."""
    moderated: dict[str, list[int]]
    """By recordID: who moderated, as BigBlueButton told Moodle."""
