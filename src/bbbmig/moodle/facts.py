"""What was read of a Moodle for one batch of recordings, and what follows from it about single sessions. Pure."""

import bisect
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import NamedTuple

from bbbmig.domain.moodle_participants import Rule, Rules, Subject
from bbbmig.domain.recording import Recording
from bbbmig.moodle.activities import Held
from bbbmig.moodle.grants import Roles, Site
from bbbmig.moodle.records import Activity, Course, Logs, RoleChange

BEFORE_CREATE_S = 600
"""Moodle writes down that somebody joins before BigBlueButton creates the session; clocks differ a little."""
LONGEST_SESSION = timedelta(hours=24)
"""For recordings without an end."""
_FRONT_PAGE_DEPTH = 2
"""The front page is a course directly below the site; everybody counts as enrolled there (`is_enrolled`)."""

AT_THAT_TIME = " at that time"


@dataclass(frozen=True, slots=True)
class Named:
    """Why an activity's rules name somebody; not `near` when only a role above the course does.

    `since`: when they got the role, in seconds since 1970; None for a rule that names them in person, or if unknown.
    """

    why: str
    near: bool = True
    since: int | None = None


Reasons = tuple[Named, ...]
"""All reasons for one person, the strongest first."""


class Strongest(NamedTuple):
    """The first reason for each person whom an activity's rules name, and since when all of these hold."""

    reasons: dict[int, Named]
    since: float


class Span(NamedTuple):
    """When a session began (made by BigBlueButton, or recorded from) and had surely ended; seconds since 1970."""

    begin: float
    end: float


def _span(session: Recording) -> Span | None:
    begin = session.created or session.start
    return None if begin is None else Span(begin.timestamp(), (session.end or begin + LONGEST_SESSION).timestamp())


@dataclass(slots=True, kw_only=True)
class Facts:
    """What was read for one batch of recordings."""

    site: Site
    roles: Roles
    inherited_roles: bool
    logs: Logs
    courses: Mapping[int, Course]
    holders: Mapping[tuple[int, int], Mapping[int, int | None]] = field(default_factory=dict)
    """By role and context: who has the role, and since when (seconds since 1970, None if unknown)."""
    enrolled: set[tuple[int, int]] = field(default_factory=set)
    """Course and user, of those whom a rule names as owner, or in person in a restored copy."""
    named: Mapping[int, Mapping[int, Reasons]] = field(default_factory=dict)
    """By activity: whom its rules name."""
    joined: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    """By meetingID, in the order of time: when people joined, and who; seconds since 1970.

    Of most sessions only those are read who may be owners."""
    changes: Mapping[tuple[int, int], Mapping[int, list[RoleChange]]] = field(default_factory=dict)
    """By role and context, then by user, in the order of time: what Moodle's own log says of some people."""
    knows_changes: bool = False
    """Whether Moodle's own log says when roles were given and taken away."""
    _spans: dict[str, Span | None] = field(default_factory=dict)
    _role_places: dict[int, tuple[tuple[int, int, Named], ...]] = field(default_factory=dict)
    _strongest: dict[int, Strongest] = field(default_factory=dict)

    def span(self, session: Recording) -> Span | None:
        """Return when a session was held; None if it has no date."""
        if session.record_id not in self._spans:
            self._spans[session.record_id] = _span(session)
        return self._spans[session.record_id]

    def rules(self, activity: Activity) -> Rules:
        """Return the rules that hold for an activity: its own, or the site's."""
        return self.site.default_rules if activity.rules is None else activity.rules

    def owner(self, activity: int, seed: str = "") -> int | None:
        """Return who added an activity; with a seed, only if it was added with that one."""
        added = self.logs.added.get(activity, ())
        return next((user for user, its_seed in added if not seed or its_seed == seed), None)

    def owners(self, held: Held) -> list[int]:
        """Return who added the original activity, then who added the one whose rules count now."""
        original, activity = held.original, held.activity
        found = (
            None if original is None else self.owner(original.activity, held.seed),
            None if activity is None else self.owner(activity.id),
        )
        return list(dict.fromkeys(owner for owner in found if owner is not None))

    def contexts(self, activity: Activity) -> Iterator[tuple[int, str]]:
        """Yield the contexts in which a role counts for an activity, nearest first, and what each is."""
        if activity.context is not None:
            yield activity.context, "activity"
        course = self.courses.get(activity.course)
        if course is not None:
            *above, own = course.contexts
            yield own, "course"
            for context in reversed(above):
                yield context, "site" if context == above[0] else "category"

    def strongest(self, activity: Activity) -> Strongest:
        """Return the first reasons for those whom its rules name, the same for each of its sessions."""
        if activity.id not in self._strongest:
            first = {user: reasons[0] for user, reasons in self.named[activity.id].items()}
            since = max((reason.since for reason in first.values() if reason.since is not None), default=-math.inf)
            self._strongest[activity.id] = Strongest(first, since)
        return self._strongest[activity.id]

    def role_places(self, activity: Activity) -> tuple[tuple[int, int, Named], ...]:
        """Return role, context and the reason that having the one in the other is, nearest context first."""
        if activity.id not in self._role_places:
            self._role_places[activity.id] = tuple(self._places_of_roles(activity))
        return self._role_places[activity.id]

    def _places_of_roles(self, activity: Activity) -> Iterator[tuple[int, int, Named]]:
        roles = self.role_numbers(self.rules(activity))
        for context, kind in self.contexts(activity) if roles else ():
            near = self.inherited_roles or kind in ("activity", "course")
            for name, role in roles:
                yield role, context, Named(f"rule: role {name} in {kind}", near)

    def role_numbers(self, rules: Rules) -> list[tuple[str, int]]:
        """Return the roles that rules name and the site has: short name and number, by name."""
        numbers = {self.roles.number(rule.key) for rule in rules if rule.subject is Subject.ROLE}
        return sorted((self.roles.short_names[number], number) for number in numbers if number is not None)

    def name(self, activity: Activity) -> dict[int, Reasons]:
        """Say whom an activity's rules make moderators, each with all reasons, the strongest first.

        "All" names nobody: whoever joins is not thereby an owner.
        """
        named: dict[int, list[Named]] = {}
        rules = self.rules(activity)
        for rule in rules:
            if rule.subject is Subject.USER and rule.key.isdecimal():
                named.setdefault(int(rule.key), [Named("rule: user")])
        owner = self.owner(activity.id)
        if Rule(Subject.OWNER) in rules and owner is not None and self.is_enrolled(activity.course, owner):
            named.setdefault(owner, []).append(Named("rule: owner"))
        for role, context, reason in self.role_places(activity):
            for user, since in self.holders.get((role, context), {}).items():
                named.setdefault(user, []).append(Named(reason.why, reason.near, since))
        return {user: tuple(reasons) for user, reasons in named.items()}

    def is_enrolled(self, course: int, user: int) -> bool:
        """Tell whether somebody is enrolled in a course, as Moodle counts it: on the front page, everybody is."""
        found = self.courses.get(course)
        front_page = found is not None and len(found.contexts) == _FRONT_PAGE_DEPTH
        return front_page or (course, user) in self.enrolled

    def had_role(self, role: int, context: int, session: Recording) -> Iterator[int]:
        """Yield who had a role in a context during a session, as Moodle's own log shows."""
        span = self.span(session)
        if span is None:
            return
        for user, changes in self.changes.get((role, context), {}).items():
            before = [change for change in changes if change.time <= span.begin]
            had = before[-1].given if before else not changes[0].given  # taken away first: given before the log began
            if had or any(change.given for change in changes if span.begin < change.time <= span.end):
                yield user

    def present(self, session: Recording) -> set[int]:
        """Say who joined a session, among those of whom it was read."""
        joined = self.joined.get(session.meeting_id)
        if not joined or (span := self.span(session)) is None:
            return set()
        first = bisect.bisect_left(joined, (span.begin - BEFORE_CREATE_S, -1))
        last = bisect.bisect_right(joined, (span.end, math.inf))
        return {user for _, user in joined[first:last]}

    def people(self) -> set[int]:
        """Return everybody who may become an owner by these facts."""
        return {
            *(user for named in self.named.values() for user in named),
            *(user for users in self.holders.values() for user in users),
            *(user for added in self.logs.added.values() for user, _ in added),
            *(user for opened in self.logs.opened.values() for _, user in opened),
            *(user for users in self.logs.moderated.values() for user in users),
            *(user for users in self.changes.values() for user in users),
        }

    def teachers(self, course: int, *, then: float | None = None) -> list[int]:
        """Return the editing teachers of a course, if it exists; with `then` not those who became it later."""
        found = self.courses.get(course)
        if found is None:
            return []
        having = (self.holders.get((role, found.contexts[-1]), {}) for role in sorted(self.roles.editing))
        return [user for its in having for user, since in its.items() if not (then and since and since > then)]
