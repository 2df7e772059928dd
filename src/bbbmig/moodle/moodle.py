"""The moderators of a batch of recordings in one Moodle: read what is needed, judge, name the people."""

import logging
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from bbbmig.database.read_only import ReadOnlyConnection
from bbbmig.domain.moodle_participants import Rule, Subject
from bbbmig.domain.owner import Finding, Owner, Ownership
from bbbmig.domain.recording import Recording
from bbbmig.errors import BbbmigError
from bbbmig.moodle.activities import Held, find_places
from bbbmig.moodle.config import MoodleSource
from bbbmig.moodle.evidence import Judged, Level, judged, known_by_log, levels
from bbbmig.moodle.facts import Facts
from bbbmig.moodle.grants import read_layout, read_roles, read_site
from bbbmig.moodle.person_to_owner import Naming
from bbbmig.moodle.queries import MoodleReader
from bbbmig.moodle.records import Activity, Course, Person
from bbbmig.moodle.tables import MoodleTables

log = logging.getLogger(__name__)


class Moodle:
    """One Moodle, opened: its layout, settings and roles are known."""

    def __init__(self, source: MoodleSource, reader: MoodleReader) -> None:
        """Keep what reads it."""
        self.source = source
        self._reader = reader
        self._naming = Naming(reader.site, self.source.names)

    def answers(self, batch: Sequence[Recording], parents: Mapping[str, Recording]) -> list[Ownership]:
        """Answer for each recording, in the same order, with a number of statements that does not depend on it.

        `parents` are recordings by recordID, for breakout rooms. Raise RemoteError (ConnectionLost when the
        connection broke) or RemoteRefused: then nothing is known of any of them.
        """
        held = find_places(self._reader, batch, parents)
        facts = self._facts(held)
        settled = self._settled(held, facts)
        people = self._reader.people(facts.people())
        return [self._answer(one, facts, people, settled.get(one.recording.record_id)) for one in held]

    def places(self, batch: Sequence[Recording], parents: Mapping[str, Recording]) -> list[Held]:
        """Say where each recording was held, in the same order; `parents` and the errors are those of `answers`."""
        return find_places(self._reader, batch, parents)

    def activity_names(self, numbers: Iterable[int]) -> list[tuple[int, str]]:
        """Return the names of activities that exist, with their numbers."""
        return [(number, activity.name) for number, activity in self._reader.activities(numbers).items()]

    def usernames(self) -> list[str]:
        """Return the names that all people of the site have in Pod; some 40,000 take a second."""
        named = (self.source.names.name(**fields) for fields in self._reader.account_names())
        return [name for name in named if name is not None]

    def close(self) -> None:
        """Close the connection; the next question opens a new one."""
        self._reader.connection.close()

    def _facts(self, held: Sequence[Held]) -> Facts:
        """Read all that the judging of a batch needs, but for the people themselves."""
        places = {place for one in held for place in one.places}
        activities = {one.activity.id: one.activity for one in held if one.activity is not None}
        facts = Facts(
            site=self._reader.site,
            roles=self._reader.roles,
            inherited_roles=self.source.inherited_roles,
            logs=self._reader.logs(places),
            courses=self._reader.courses({place.course for place in places}),
            knows_changes=self._reader.knows_role_changes,
        )
        copies = {one.activity.id: one.activity for one in held if one.activity is not None and one.copy}
        pairs = {*_owners_by_rule(activities.values(), facts), *_users_by_rule(copies.values(), facts)}
        facts.enrolled = self._reader.enrolled(pairs)
        facts.holders = self._reader.holders(_wanted_roles(activities.values(), facts))
        facts.named = {number: facts.name(activity) for number, activity in activities.items()}
        facts.joined = self._reader.joins(places, _candidates(activities.values(), facts))
        return facts

    def _settled(self, held: Sequence[Held], facts: Facts) -> dict[str, Judged]:
        """Judge each session, by recordID; where that is not clear, read who joined at all, and their roles then."""
        known = {one.recording.record_id: judged(one, facts) for one in held}
        unsettled = [one for one in held if _is_unsettled(one, known[one.recording.record_id], facts)]
        if unsettled:
            facts.joined |= self._reader.joins({place for one in unsettled for place in one.places})
        wanted: set[tuple[int, int]] = set()
        users: set[int] = set()
        for one in unsettled if facts.knows_changes else ():
            if one.activity is not None and (places := facts.role_places(one.activity)):
                wanted |= {(role, context) for role, context, _ in places}
                users |= facts.present(one.session) | known[one.recording.record_id].late.keys()
        facts.changes = self._reader.role_changes(wanted, users)
        return known | {one.recording.record_id: judged(one, facts) for one in unsettled}

    def _answer(self, held: Held, facts: Facts, people: Mapping[int, Person], known: Judged | None) -> Ownership:
        owners, notes = self._owners(levels(held, facts, known), people)
        notes = [held.note, *notes] if held.note else notes
        return Ownership(
            record_id=held.recording.record_id,
            finding=Finding.FOUND if owners else Finding.NOBODY,
            owners=owners,
            detail="; ".join([_where(held), *notes]),
            source=self.source.label if owners else "",
            course=_course(held, facts.courses),
            activity="" if held.activity is None else held.activity.name,
            proven=held.known or known_by_log(held, facts),
        )

    def _owners(self, evidence: Iterable[Level], people: Mapping[int, Person]) -> tuple[tuple[Owner, ...], list[str]]:
        """Take the best evidence that leaves at least one person and not too many; note what was passed over."""
        notes: list[str] = []
        left_out: set[str] = set()
        for level in evidence:
            owners: dict[str, Owner] = {}
            for number, why in level.people.items():
                found = self._naming.owner(number, people.get(number), why, level.confidence)
                if isinstance(found, Owner):
                    owners.setdefault(found.username, found)
                else:
                    left_out.add(found)
            if len(owners) > self.source.most_moderators:
                notes.append(f"{level.name}: {len(owners)} people, more than {self.source.most_moderators}")
            elif owners:
                return tuple(owners[name] for name in sorted(owners)), [*notes, *_left_out(left_out)]
        return (), [*notes, *_left_out(left_out)]


def open_moodle(source: MoodleSource) -> Moodle:
    """Connect to a Moodle and learn what may be read.

    Raise ConfigError, RemoteError or RemoteRefused when this Moodle cannot be used at all.
    """
    connection = ReadOnlyConnection(source.database)
    try:
        tables = MoodleTables(source)
        layout = read_layout(connection, source)
        layout.require(source)
        site, roles = read_site(connection, source, tables, layout), read_roles(connection, tables)
    except BbbmigError:
        connection.close()
        raise
    for missing in layout.missing:
        log.info("moodle %s: %s: %s", source.name, missing.table, missing.lost)
    return Moodle(source, MoodleReader(connection, tables, layout, site, roles))


def _owners_by_rule(activities: Iterable[Activity], facts: Facts) -> Iterator[tuple[int, int]]:
    """Yield course and owner of the activities whose rules name their owner."""
    for activity in activities:
        owner = facts.owner(activity.id)
        if owner is not None and Rule(Subject.OWNER) in facts.rules(activity):
            yield activity.course, owner


def _users_by_rule(activities: Iterable[Activity], facts: Facts) -> Iterator[tuple[int, int]]:
    """Yield course and user of the rules that name somebody in person."""
    for activity in activities:
        for rule in facts.rules(activity):
            if rule.subject is Subject.USER and rule.key.isdecimal():
                yield activity.course, int(rule.key)


def _candidates(activities: Iterable[Activity], facts: Facts) -> set[int]:
    """Return those whose having joined would tell whose a session was."""
    found = {user for named in facts.named.values() for user in named}
    found |= {user for added in facts.logs.added.values() for user, _ in added}
    for activity in activities:
        if Rule(Subject.ALL) in facts.rules(activity):
            found.update(facts.teachers(activity.course))
    return found


def _is_unsettled(held: Held, known: Judged, facts: Facts) -> bool:
    """Tell whether none of those whom rules name is known to have joined: then it matters who did."""
    if held.activity is None or not known.present.isdisjoint(known.valid):
        return False
    if facts.knows_changes and facts.role_places(held.activity):
        return True
    return bool(known.valid or known.late) and not known.present


def _wanted_roles(activities: Iterable[Activity], facts: Facts) -> Iterator[tuple[int, int]]:
    """Yield the roles and contexts to look up: where rules name a role, and the teachers of every course."""
    for course in facts.courses.values():
        yield from ((role, course.contexts[-1]) for role in facts.roles.editing)
    for activity in activities:
        yield from ((role, context) for role, context, _ in facts.role_places(activity))


def _left_out(kinds: Collection[str]) -> list[str]:
    return [f"left out: {', '.join(sorted(kinds))}"] if kinds else []


def _where(held: Held) -> str:
    """Say in words which activity it was."""
    if held.activity is not None:
        copy = " (a restored copy)" if held.copy else ""
        return f"activity {held.activity.id} of course {held.activity.course}{copy}"
    if held.original is None:
        return "no activity: Moodle has no row of it, and its meetingID is not of Moodle's form"
    place = f"activity {held.original.activity} of course {held.original.course}"
    if held.taken:
        return f"{place} has another seed: the meeting was another one's"
    return f"{place} is no more"


def _course(held: Held, courses: Mapping[int, Course]) -> str:
    numbers = [held.activity.course] if held.activity else []
    numbers += [held.original.course] if held.original else []
    names: Iterator[str] = (courses[number].name for number in numbers if number in courses)
    return next(names, held.recording.origin.context)
