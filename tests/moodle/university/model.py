"""A made-up university: its people, courses, activities and sessions, and the truth about whose the recordings are.

The truth is told from these objects, before anything is written as rows or JSON; nothing of bbbmig's search is used.
"""

import hashlib
import itertools
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bbbmig.domain.owner import Confidence, Finding, Ownership
from bbbmig.domain.recording import Recording
from tests.moodle.schema import Row

SERVER = "moodle.univ.fr"
IGNORED = "bac-a-sable.univ.fr"
CEILING = 6
"""More moderators than this are nobody's in particular; courses here have more students than that."""

ROLES = {
    "manager": (11, "manager"),
    "coursecreator": (12, "coursecreator"),
    "editingteacher": (13, "editingteacher"),
    "teacher": (14, "teacher"),
    "student": (15, "student"),
    "guest": (16, "guest"),
    "user": (17, "user"),
    "formateur": (29, "editingteacher"),
}
"""Short name: id (never Moodle's usual ones) and archetype."""
EDITING = ("editingteacher", "formateur")


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """How one generation of Moodle keeps its recordings, and how this site is set up."""

    name: str
    has_recordings: bool
    always_group: bool
    default: tuple[str, ...]


THREE = Generation(name="3.x", has_recordings=False, always_group=False, default=("owner",))
FOUR = Generation(name="4.x", has_recordings=True, always_group=True, default=("editingteacher",))
FIVE = Generation(name="5.x", has_recordings=True, always_group=True, default=("owner", "teacher"))
GENERATIONS = (THREE, FOUR, FIVE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How many of everything; sessions are recordings of living, deleted and restored activities together."""

    courses: int = 420
    activities: int = 1300
    teachers: int = 500
    students: int = 1500
    students_per_course: int = 8
    sessions: int = 5100
    joins: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    id: int
    username: str
    first: str
    last: str
    deleted: bool = False
    suspended: bool = False
    admin: bool = False
    remote: bool = False

    @property
    def may_own(self) -> bool:
        return not (self.deleted or self.admin or self.remote or self.username == "guest")


Holders = dict[str, list[Person]]


@dataclass(slots=True, kw_only=True)
class Course:
    id: int
    name: str
    path: tuple[int, ...]
    here: Holders
    above: Sequence[tuple[str, Holders]]
    """Who has which role in the course's categories, and in the whole site."""
    exists: bool = True

    def enrolled(self, person: Person) -> bool:
        return any(person in people for people in self.here.values())


Rule = tuple[str, Person | str | None]
"""("user", a person), ("role", a short name), ("owner", None), ("all", None)."""


@dataclass(slots=True, kw_only=True)
class Activity:
    id: int
    course: Course
    seed: str
    name: str
    text: str | None
    rules: Sequence[Rule]
    creator: Person | None
    here: Holders
    exists: bool = True
    remembered: bool = True
    """Whether its logs are still there."""
    copy: "Activity | None" = None
    """The only restored copy of it that lives."""

    def named(self) -> dict[Person, str]:
        """Whom its rules name, in any context, each with the strongest reason."""
        named: dict[Person, str] = {}
        for kind, whom in sorted(self.rules, key=lambda rule: ("user", "owner", "role", "all").index(rule[0])):
            if isinstance(whom, Person):
                named.setdefault(whom, "rule: user")
            elif kind == "owner" and self.creator and self.remembered and self.course.enrolled(self.creator):
                named.setdefault(self.creator, "rule: owner")
        wanted = sorted(str(whom) for kind, whom in self.rules if kind == "role")
        for place, holders in (("activity", self.here), ("course", self.course.here), *self.course.above):
            for role in wanted:
                for person in holders.get(role, ()):
                    named.setdefault(person, f"rule: role {role} in {place}")
        return named


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What must be found: each owner's user name, why, confidence, and whether suspended."""

    finding: Finding
    owners: frozenset[tuple[str, str, Confidence, bool]] = frozenset()

    @classmethod
    def of(cls, found: Ownership) -> "Truth":
        """Put a result into the same form."""
        owners = frozenset((owner.username, owner.why, owner.confidence, owner.suspended) for owner in found.owners)
        return cls(finding=found.finding, owners=owners)


@dataclass(slots=True, kw_only=True)
class Session:
    activity: Activity
    created: datetime
    end: datetime | None
    joined: Sequence[Person]
    opener: Person
    moderated: Sequence[Person] | None
    meeting_id: str

    @property
    def record_id(self) -> str:
        digest = hashlib.sha1(self.meeting_id.encode()).hexdigest()
        return f"{digest}-{int(self.created.timestamp() * 1000)}"

    def truth(self, *, create_logged: bool) -> Truth:
        """Tell the owners from the best evidence that leaves at least one and not too many people."""
        return next(
            (
                Truth(finding=Finding.FOUND, owners=owners)
                for owners in self._evidence(create_logged=create_logged)
                if 0 < len(owners) <= CEILING
            ),
            Truth(finding=Finding.NOBODY),
        )

    def _evidence(self, *, create_logged: bool) -> Iterator[frozenset[tuple[str, str, Confidence, bool]]]:
        original = self.activity
        copy = None if original.exists else original.copy
        logged = original.remembered
        if self.moderated is not None and logged:
            yield _owners(((p, "log: moderated this session") for p in self.moderated), Confidence.CERTAIN)
        place = original if original.exists else copy
        if place is not None:
            named = place.named()
            if logged:
                here = {p: f"{why}, joined this session" for p, why in named.items() if p in self.joined}
                yield _owners(here.items(), Confidence.LIKELY)
            near = ((p, why) for p, why in named.items() if not why.endswith(("category", "site")))
            yield _owners(near, Confidence.LIKELY if place is original else Confidence.DOUBTFUL)
        for activity in (original, copy):
            if activity and activity.creator and activity.remembered:
                yield _owners([(activity.creator, "owner of the activity")], Confidence.DOUBTFUL)
        if create_logged and logged:
            yield _owners([(self.opener, "opened this session")], Confidence.DOUBTFUL)
        for activity in (original, copy):
            if activity and activity.course.exists:
                teachers = (p for role in EDITING for p in activity.course.here.get(role, ()))
                yield _owners(((p, "editing teacher of the course") for p in teachers), Confidence.DOUBTFUL)


def _owners(
    people: Iterable[tuple[Person, str]], confidence: Confidence
) -> frozenset[tuple[str, str, Confidence, bool]]:
    return frozenset((p.username, why, confidence, p.suspended) for p, why in people if p.may_own)


Form = Callable[["University", Course], tuple[str | None, Sequence[Rule]]]
"""A way to fill an activity's `participants`: the text, and what it means."""


@dataclass(slots=True)
class University:
    """The site while it is being made; `rows` has its tables, `recordings` and `truth` what is asked of bbbmig."""

    generation: Generation
    size: Size
    chance: random.Random
    rows: dict[str, list[Row]] = field(default_factory=dict)
    recordings: list[Recording] = field(default_factory=list)
    truth: dict[str, Truth] = field(default_factory=dict)
    teachers: list[Person] = field(default_factory=list)
    students: list[Person] = field(default_factory=list)
    oddities: list[Person] = field(default_factory=list)
    courses: list[Course] = field(default_factory=list)
    activities: list[Activity] = field(default_factory=list)
    ids: Iterator[int] = field(default_factory=lambda: itertools.count(1000))
    """One counter for all tables, so that no id of one table is taken for another's by luck."""

    def default_setting(self) -> str:
        return ",".join("0" if role == "owner" else str(ROLES[role][0]) for role in self.generation.default)

    def put(self, table: str, *values: object) -> int:
        """Add a row with a new id."""
        number = next(self.ids)
        self.rows[table].append((number, *values))
        return number
