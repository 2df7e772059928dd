"""Who moderated a session: every kind of evidence, best first. Pure: it judges what was read, and reads nothing.

What the rules say now is what holds now. It is believed of a session in the past as long as nothing speaks against it:
that people joined and none of those whom the rules name was among them, or that a role was given afterwards.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from bbbmig.domain.moodle_participants import Rule, Subject
from bbbmig.domain.owner import Confidence
from bbbmig.moodle.activities import Held
from bbbmig.moodle.facts import AT_THAT_TIME, Facts, Named, Reasons

OPENED_WITHIN_S = 300

JOINED = ", joined this session"
LATER = ", given later"
ADDED = "added the activity"


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """People by one kind of evidence: their numbers in Moodle, each with the reason."""

    name: str
    people: Mapping[int, str]
    confidence: Confidence


@dataclass(slots=True, kw_only=True)
class Judged:
    """Whom the rules name, seen from one session.

    `valid` had then what makes them moderators, as far as is known; `late` got their role after the session; `present`
    are those who joined, of those of whom it was read.
    """

    valid: dict[int, Named] = field(default_factory=dict)
    late: dict[int, Named] = field(default_factory=dict)
    present: set[int] = field(default_factory=set)


def judged(held: Held, facts: Facts) -> Judged:
    """See whom an activity's rules name from the session."""
    found = Judged(present=facts.present(held.session))
    if held.activity is None:
        return found
    span = facts.span(held.session)
    end = math.inf if span is None else span.end
    strongest = facts.strongest(held.activity)
    if end >= strongest.since and not held.copy:  # nearly always: all whom the rules name had their roles then
        found.valid = strongest.reasons
    else:
        _judge_each(found, held, facts, end)
    if facts.changes and not found.present & found.valid.keys():  # else it was not asked who else had the role then
        asked = found.present | found.late.keys()
        found.valid = dict(found.valid)
        for role, context, reason in facts.role_places(held.activity):
            for user in asked.intersection(facts.had_role(role, context, held.session)):
                found.valid.setdefault(user, Named(reason.why + AT_THAT_TIME, reason.near))
                found.late.pop(user, None)
    return found


def _judge_each(found: Judged, held: Held, facts: Facts, end: float) -> None:
    """Tell of everybody whom the rules name whether that held before the session ended."""
    if held.activity is None:
        return
    for user, reasons in facts.named[held.activity.id].items():
        counting = _counting(user, reasons, held, facts, found.present) if held.copy else reasons
        for reason in counting:
            if reason.since is None or reason.since <= end:
                found.valid[user] = reason
                break
        else:
            if counting:
                found.late[user] = counting[0]


def _counting(user: int, reasons: Reasons, held: Held, facts: Facts, present: set[int]) -> Reasons:
    """Leave out that a restored copy's rule names a number: Moodle restores the numbers of another site as they are.

    It counts for people of the copy's course, and for those who were in the session.
    """
    if held.activity is None or user in present or facts.is_enrolled(held.activity.course, user):
        return reasons
    return tuple(reason for reason in reasons if reason.why != "rule: user")


def levels(held: Held, facts: Facts, known: Judged | None = None) -> Iterator[Level]:
    """Yield the evidence on one recording, best first; each kind may name people who cannot be owners.

    `known` is what `judged` said of it, if it has been asked since the last facts came in.
    """
    if moderated := facts.logs.moderated.get(held.session.record_id):
        people = dict.fromkeys(moderated, "log: moderated this session")
        yield Level(name="the log", people=people, confidence=Confidence.CERTAIN)
    known = known or judged(held, facts)
    yield from _by_presence(held, facts, known)
    yield from _by_rules(held, facts, known)
    for name, people in _guesses(held, facts):
        yield Level(name=name, people=people, confidence=Confidence.DOUBTFUL)


def _by_presence(held: Held, facts: Facts, known: Judged) -> Iterator[Level]:
    """Yield who joined the session and, by whatever tells it, moderated."""
    present = known.present
    if not present:
        return
    people = {user: reason.why + JOINED for user, reason in known.valid.items() if user in present}
    yield Level(name="the rules and the log", people=people, confidence=Confidence.LIKELY)
    owners = [owner for owner in facts.owners(held) if owner in present]
    rules = () if held.activity is None else facts.rules(held.activity)
    if held.activity is not None and Rule(Subject.ALL) in rules:  # all who joined moderated: it is the teachers' own
        span = facts.span(held.session)
        then = None if span is None else span.end
        teachers = [user for user in facts.teachers(held.activity.course, then=then) if user in present]
        people = dict.fromkeys(teachers, f"rule: all, editing teacher of the course{JOINED}")
        people |= dict.fromkeys(owners, f"rule: all, {ADDED}{JOINED}")
        yield Level(name="everybody by rule, and the log", people=people, confidence=Confidence.LIKELY)
    if owners:
        people = {owners[0]: ADDED + JOINED}
        confidence = Confidence.LIKELY if _adding_made_moderator(held, facts) else Confidence.DOUBTFUL
        yield Level(name="the owner and the log", people=people, confidence=confidence)


def _adding_made_moderator(held: Held, facts: Facts) -> bool:
    """Tell whether whoever added the activity was its moderator then: by the rule for owners, or as editing teacher.

    Where Moodle's log has it, it says who had the role, and has been asked already.
    """
    if held.activity is None:
        return False
    rules = facts.rules(held.activity)
    as_teacher = any(role in facts.roles.editing for _, role in facts.role_numbers(rules))
    return Rule(Subject.OWNER) in rules or (as_teacher and not facts.knows_changes)


def _by_rules(held: Held, facts: Facts, known: Judged) -> Iterator[Level]:
    """Yield whom the rules name, whether or not they were there."""
    if held.copy and held.original is not None:  # the original's own log knows more than what the copy has become
        owner = facts.owner(held.original.activity, held.seed)
        people = {} if owner is None else {owner: "owner of the activity"}
        yield Level(name="the original's owner", people=people, confidence=Confidence.DOUBTFUL)
    people = {user: reason.why for user, reason in known.valid.items() if reason.near}
    sure = not held.copy and not known.present
    confidence = Confidence.LIKELY if sure else Confidence.DOUBTFUL
    yield Level(name="the rules", people=people, confidence=confidence)
    late = {user: reason.why + LATER for user, reason in known.late.items() if reason.near}
    came = {user: why + JOINED for user, why in late.items() if user in known.present}
    yield Level(name="roles given later, and the log", people=came, confidence=Confidence.DOUBTFUL)
    yield Level(name="roles given later", people=late, confidence=Confidence.DOUBTFUL)


def _guesses(held: Held, facts: Facts) -> Iterator[tuple[str, dict[int, str]]]:
    """Yield who may stand for a session whose rules name nobody: its owner, its opener, the course's teachers."""
    for owner in facts.owners(held):
        yield "the owner", {owner: "owner of the activity"}
    if (opener := _opener(held, facts)) is not None:
        yield "the opener", {opener: "opened this session"}
    if held.taken and not held.known:
        return  # the number belongs to another activity here, so the course's number says nothing either
    original, activity = held.original, held.activity
    courses = [original.course] if original else []
    courses += [activity.course] if activity else []
    for course in dict.fromkeys(courses):
        yield "the course's teachers", dict.fromkeys(facts.teachers(course), "editing teacher of the course")


def _opener(held: Held, facts: Facts) -> int | None:
    """Return who opened the session, by the entry that is nearest to its creation."""
    opened = facts.logs.opened.get(held.session.meeting_id, ())
    span = facts.span(held.session)
    if span is None or not opened:
        return None
    away, user = min((abs(time - span.begin), user) for time, user in opened)
    return user if away <= OPENED_WITHIN_S else None


def known_by_log(held: Held, facts: Facts) -> bool:
    """Tell whether the logs prove that the recording is of this Moodle, though its activity is gone."""
    added = held.original is not None and facts.owner(held.original.activity, held.seed) is not None
    opened = held.session.meeting_id in facts.logs.opened
    return (bool(held.seed) and (added or opened)) or held.session.record_id in facts.logs.moderated
