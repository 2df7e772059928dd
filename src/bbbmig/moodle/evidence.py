"""Who moderated a session: every kind of evidence, best first. Pure: it judges what was read, and reads nothing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from bbbmig.domain.moodle_participants import Rule, Rules, Subject
from bbbmig.domain.owner import Confidence
from bbbmig.moodle.activities import Held
from bbbmig.moodle.grants import Roles, Site
from bbbmig.moodle.records import Activity, Course, Logs

BEFORE_CREATE = timedelta(minutes=10)
"""Moodle writes down that somebody joins before BigBlueButton creates the session; clocks differ a little."""
LONGEST_SESSION = timedelta(hours=24)
"""For recordings without an end."""
OPENED_WITHIN_S = 300

JOINED = ", joined this session"


@dataclass(frozen=True, slots=True)
class Named:
    """Why an activity's rules name somebody; not `near` when only a role above the course does."""

    why: str
    near: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """People by one kind of evidence: their numbers in Moodle, each with the reason."""

    name: str
    people: Mapping[int, str]
    confidence: Confidence


@dataclass(slots=True, kw_only=True)
class Facts:
    """What was read for one batch of recordings."""

    site: Site
    roles: Roles
    inherited_roles: bool
    logs: Logs
    courses: Mapping[int, Course]
    holders: Mapping[tuple[int, int], list[int]] = field(default_factory=dict)
    """By role and context."""
    enrolled: set[tuple[int, int]] = field(default_factory=set)
    """Course and user, of the owners that a rule names."""
    named: Mapping[int, Mapping[int, Named]] = field(default_factory=dict)
    """By activity: whom its rules name."""
    joined: Mapping[str, list[tuple[int, int]]] = field(default_factory=dict)
    """By meetingID: when people whom rules name joined, and who; seconds since 1970."""

    def rules(self, activity: Activity) -> Rules:
        """Give the rules that hold for an activity: its own, or the site's."""
        return self.site.default_rules if activity.rules is None else activity.rules

    def owner(self, activity: int, seed: str = "") -> int | None:
        """Give who added an activity; with a seed, only if it was added with that one."""
        added = self.logs.added.get(activity, ())
        return next((user for user, its_seed in added if not seed or its_seed == seed), None)

    def contexts(self, activity: Activity) -> Iterator[tuple[int, str]]:
        """Give the contexts in which a role counts for an activity, nearest first, and what each is."""
        if activity.context is not None:
            yield activity.context, "activity"
        course = self.courses.get(activity.course)
        if course is not None:
            *above, own = course.contexts
            yield own, "course"
            for context in reversed(above):
                yield context, "site" if context == above[0] else "category"

    def name(self, activity: Activity) -> dict[int, Named]:
        """Say whom an activity's rules make moderators, each with the strongest reason.

        "All" names nobody: whoever joins is not thereby an owner.
        """
        named: dict[int, Named] = {}
        rules = self.rules(activity)
        for rule in rules:
            if rule.subject is Subject.USER and rule.key.isdecimal():
                named.setdefault(int(rule.key), Named("rule: user"))
        owner = self.owner(activity.id)
        if Rule(Subject.OWNER) in rules and owner is not None and (activity.course, owner) in self.enrolled:
            named.setdefault(owner, Named("rule: owner"))
        roles = self.role_numbers(rules)
        for context, kind in self.contexts(activity):
            near = self.inherited_roles or kind in ("activity", "course")
            for name, role in roles:
                for user in self.holders.get((role, context), ()):
                    named.setdefault(user, Named(f"rule: role {name} in {kind}", near))
        return named

    def role_numbers(self, rules: Rules) -> list[tuple[str, int]]:
        """Give the roles that rules name and the site has: short name and number, by name."""
        numbers = {self.roles.number(rule.key) for rule in rules if rule.subject is Subject.ROLE}
        return sorted((self.roles.short_names[number], number) for number in numbers if number is not None)

    def people(self) -> set[int]:
        """Give everybody who may become an owner by these facts."""
        return {
            *(user for named in self.named.values() for user in named),
            *(user for users in self.holders.values() for user in users),
            *(user for added in self.logs.added.values() for user, _ in added),
            *(user for opened in self.logs.opened.values() for _, user in opened),
            *(user for users in self.logs.moderated.values() for user in users),
        }

    def teachers(self, course: int) -> list[int]:
        """Give the editing teachers of a course, if it exists."""
        found = self.courses.get(course)
        if found is None:
            return []
        own = found.contexts[-1]
        return [user for role in sorted(self.roles.editing) for user in self.holders.get((role, own), ())]


def levels(held: Held, facts: Facts) -> Iterator[Level]:
    """Give the evidence on one recording, best first; each kind may name people who cannot be owners."""
    if moderated := facts.logs.moderated.get(held.session.record_id):
        people = dict.fromkeys(moderated, "log: moderated this session")
        yield Level(name="the log", people=people, confidence=Confidence.CERTAIN)
    named = {} if held.activity is None else facts.named[held.activity.id]
    if named:
        present = _present(held, facts)
        people = {user: rule.why + JOINED for user, rule in named.items() if user in present}
        yield Level(name="the rules and the log", people=people, confidence=Confidence.LIKELY)
        people = {user: rule.why for user, rule in named.items() if rule.near}
        confidence = Confidence.DOUBTFUL if held.copy else Confidence.LIKELY
        yield Level(name="the rules", people=people, confidence=confidence)
    for name, people in _guesses(held, facts):
        yield Level(name=name, people=people, confidence=Confidence.DOUBTFUL)


def _present(held: Held, facts: Facts) -> set[int]:
    """Say who joined the session, among those whom rules name."""
    joined = facts.joined.get(held.session.meeting_id)
    begin = held.session.created or held.session.start if joined else None
    if not joined or begin is None:
        return set()
    first = (begin - BEFORE_CREATE).timestamp()
    last = (held.session.end or begin + LONGEST_SESSION).timestamp()
    return {user for time, user in joined if first <= time <= last}


def _guesses(held: Held, facts: Facts) -> Iterator[tuple[str, dict[int, str]]]:
    """Give who may stand for a session whose rules name nobody: its owner, its opener, the course's teachers."""
    original, activity = held.original, held.activity
    owners = [
        None if original is None else facts.owner(original.activity, held.seed),
        None if activity is None else facts.owner(activity.id),
    ]
    for owner in owners:
        if owner is not None:
            yield "the owner", {owner: "owner of the activity"}
    if (opener := _opener(held, facts)) is not None:
        yield "the opener", {opener: "opened this session"}
    if held.taken and not held.known:
        return  # the number belongs to another activity here, so the course's number says nothing either
    courses = [original.course] if original else []
    courses += [activity.course] if activity else []
    for course in dict.fromkeys(courses):
        yield "the course's teachers", dict.fromkeys(facts.teachers(course), "editing teacher of the course")


def _opener(held: Held, facts: Facts) -> int | None:
    """Give who opened the session, by the entry that is nearest to its creation."""
    opened = facts.logs.opened.get(held.session.meeting_id, ())
    begin = held.session.created or held.session.start
    if begin is None or not opened:
        return None
    away, user = min((abs(time - begin.timestamp()), user) for time, user in opened)
    return user if away <= OPENED_WITHIN_S else None


def known_by_log(held: Held, facts: Facts) -> bool:
    """Tell whether the logs prove that the recording is of this Moodle, though its activity is gone."""
    added = held.original is not None and facts.owner(held.original.activity, held.seed) is not None
    opened = held.session.meeting_id in facts.logs.opened
    return (bool(held.seed) and (added or opened)) or held.session.record_id in facts.logs.moderated
