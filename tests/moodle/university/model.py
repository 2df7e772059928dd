"""A made-up university: its people, courses, activities and sessions, and the truth about whose the recordings are.

The truth is told from these objects, before anything is written as rows or JSON; nothing of bbbmig's search is used.
"""

import hashlib
import itertools
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

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
    logs_roles: bool = False
    """Whether Moodle's own log may be read."""


THREE = Generation(name="3.x", has_recordings=False, always_group=False, default=("owner",))
FOUR = Generation(name="4.x", has_recordings=True, always_group=True, default=("editingteacher",), logs_roles=True)
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
    before: Holders = field(default_factory=dict)
    """Who had which role, instead of those of now, until the course `changed` hands."""
    changed: datetime | None = None

    def enrolled(self, person: Person) -> bool:
        return any(person in people for people in self.here.values())

    def held_at(self, when: datetime) -> Holders:
        """Who had which role at a moment."""
        return {**self.here, **self.before} if self.changed and when < self.changed else self.here


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

    named_first: Sequence[Rule] | None = None
    """Its rules until the course changed hands, if they were others."""

    def named(self, at: datetime | None = None) -> dict[Person, str]:
        """Whom its rules name, in any context, each with the strongest reason; now, or at a moment."""
        named: dict[Person, str] = {}
        roles = self.course.here if at is None else self.course.held_at(at)
        rules = self.rules
        if at is not None and self.named_first is not None and self.course.changed and at < self.course.changed:
            rules = self.named_first
        for kind, whom in sorted(rules, key=lambda rule: ("user", "owner", "role", "all").index(rule[0])):
            if isinstance(whom, Person):
                named.setdefault(whom, "rule: user")
            elif kind == "owner" and self.creator and (self.remembered or at is not None):
                enrolled = any(self.creator in people for people in roles.values())
                named |= {self.creator: "rule: owner"} if enrolled and self.creator not in named else {}
        wanted = sorted(str(whom) for kind, whom in rules if kind == "role")
        for place, holders in (("activity", self.here), ("course", roles), *self.course.above):
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

    @property
    def over(self) -> datetime:
        return self.end or self.created + timedelta(hours=24)

    def moderators(self) -> set[Person]:
        """Whom Moodle made moderators then, whoever is named now."""
        everybody = ("all", None) in self.activity.rules
        return {*self.activity.named(self.created), *(self.joined if everybody else ()), *(self.moderated or ())}

    def truth(self, generation: Generation) -> Truth:
        """Tell the owners from the best evidence that leaves at least one and not too many people."""
        return next(
            (
                Truth(finding=Finding.FOUND, owners=owners)
                for owners in self._evidence(generation)
                if 0 < len(owners) <= CEILING
            ),
            Truth(finding=Finding.NOBODY),
        )

    def _evidence(self, generation: Generation) -> Iterator[frozenset[tuple[str, str, Confidence, bool]]]:
        original = self.activity
        copy = None if original.exists else original.copy
        logged = original.remembered
        present = set(self.joined) if logged else set()
        adders = [one.creator for one in (original, copy) if one and one.creator and one.remembered]
        if self.moderated is not None and logged:
            yield _owners(((p, "log: moderated this session") for p in self.moderated), Confidence.CERTAIN)
        place = original if original.exists else copy
        valid, late = ({}, {}) if place is None else self._valid_and_late(place, present, generation)
        came = {p: f"{why}, joined this session" for p, why in valid.items() if p in present}
        yield _owners(came.items(), Confidence.LIKELY)
        if place is not None and ("all", None) in place.rules:
            people = {
                p: "rule: all, editing teacher of the course, joined this session"
                for role in EDITING
                for p in place.course.here.get(role, ())
                if p in present and not self._given_later(place, role)
            } | {p: "rule: all, added the activity, joined this session" for p in adders if p in present}
            yield _owners(people.items(), Confidence.LIKELY)
        if there := [p for p in adders if p in present][:1]:
            rules = [] if place is None else place.rules
            as_teacher = any(("role", role) in rules for role in EDITING) and not generation.logs_roles
            sure = ("owner", None) in rules or as_teacher
            why = "added the activity, joined this session"
            yield _owners([(there[0], why)], Confidence.LIKELY if sure else Confidence.DOUBTFUL)
        if place is copy and original.creator and logged:
            yield _owners([(original.creator, "owner of the activity")], Confidence.DOUBTFUL)
        near = ((p, why) for p, why in valid.items() if " in category" not in why and " in site" not in why)
        sure = place is original and not present
        yield _owners(near, Confidence.LIKELY if sure else Confidence.DOUBTFUL)
        again = {p: f"{why}, given later" for p, why in late.items()}
        yield _owners(
            ((p, f"{why}, joined this session") for p, why in again.items() if p in present), Confidence.DOUBTFUL
        )
        yield _owners(again.items(), Confidence.DOUBTFUL)
        for adder in adders:
            yield _owners([(adder, "owner of the activity")], Confidence.DOUBTFUL)
        if not generation.has_recordings and logged:
            yield _owners([(self.opener, "opened this session")], Confidence.DOUBTFUL)
        for activity in (original, copy):
            if activity and activity.course.exists:
                teachers = (p for role in EDITING for p in activity.course.here.get(role, ()))
                yield _owners(((p, "editing teacher of the course") for p in teachers), Confidence.DOUBTFUL)

    def _given_later(self, place: Activity, role: str) -> bool:
        course = place.course
        return role in course.before and course.changed is not None and self.over < course.changed

    def _valid_and_late(
        self, place: Activity, present: set[Person], generation: Generation
    ) -> tuple[dict[Person, str], dict[Person, str]]:
        """Whom the rules of now name who had that then, and who got it later."""
        named = place.named()
        course = place.course
        late = {
            p: why
            for p, why in named.items()
            if why.endswith(" in course") and self._given_later(place, why.split()[2])
        }
        for person in late.copy():  # the same person by another rule, or by a role above
            elsewhere = Activity(
                **{
                    **{name: getattr(place, name) for name in place.__slots__},
                    "course": Course(
                        id=course.id,
                        name="",
                        path=(),
                        here={role: its for role, its in course.here.items() if role not in course.before},
                        above=course.above,
                    ),
                }
            )
            if person in (others := elsewhere.named()):
                named[person] = others[person]
                del late[person]
        valid = {p: why for p, why in named.items() if p not in late}
        if place is not self.activity:  # numbers of another site, unless they belong to the course or came
            valid = {
                p: why for p, why in valid.items() if why != "rule: user" or p in present or place.course.enrolled(p)
            }
        if generation.logs_roles and not present & valid.keys():
            then = {
                role: its for role, its in course.before.items() if course.changed and self.created < course.changed
            }
            for role in sorted(then):
                for p in then[role]:
                    if ("role", role) in place.rules and (p in present or p in late):
                        valid.setdefault(p, f"rule: role {role} in course at that time")
                        late.pop(p, None)
        return valid, late


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
    moderators: dict[str, frozenset[str]] = field(default_factory=dict)
    """By recordID: the user names of those whom Moodle made moderators then."""
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
