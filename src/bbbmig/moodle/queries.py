"""The reading of a Moodle in batches: one statement for many recordings, activities or people, plain values out.

Every list goes into plain `IN (…)`, at most 1000 values each. Texts are compared again in Python: MySQL's usual
collation takes "noël" for "NOEL ". JSON is parsed in Python as well, since much of it is broken.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from bbbmig.database.number_list import is_among
from bbbmig.database.read_only import AnyRow, AnySelect, ReadOnlyConnection, parts
from bbbmig.domain.moodle_participants import parse_participants
from bbbmig.moodle.grants import Layout, Roles, Site
from bbbmig.moodle.records import Activity, Course, Logs, Person, Place, RoleChange
from bbbmig.moodle.tables import MoodleTables

COURSE_LEVEL = 50
MODULE_LEVEL = 70
"""Levels of contexts (`lib/classes/context_helper.php`); 10 is the whole site, 40 a category."""

_GIVEN, _TAKEN = r"\core\event\role_assigned", r"\core\event\role_unassigned"

_TEXTS: sa.BindParameter[Any] = sa.bindparam("texts", expanding=True)


_LATER_SEED = 40
"""Digits of a seed since version 2.2 of the plug-in (sha1); version 1 made 32 (md5)."""


class MoodleReader:
    """Everything that is asked of one Moodle."""

    def __init__(
        self, connection: ReadOnlyConnection, tables: MoodleTables, layout: Layout, site: Site, roles: Roles
    ) -> None:
        """Keep what was learnt of this Moodle when it was opened."""
        self.connection = connection
        self.tables = tables
        self.layout = layout
        self.site = site
        self.roles = roles
        self._people: dict[int, Person | None] = {}

    def rows(self, record_ids: Iterable[str]) -> dict[str, list[Place]]:
        """Find where recordings belong by Moodle's own table of them, by recordID, oldest row first.

        Imported copies are left out: they stand in activities whose people never held the session. `status` and
        `headless` say nothing reliable (docs/facts/moodle.md#recordings-of-an-activity), so they are not read.
        """
        if not self.layout.has("bigbluebuttonbn_recordings"):
            return {}
        r = self.tables["bigbluebuttonbn_recordings"]
        statement = (
            sa.select(r.c.recordingid, r.c.courseid, r.c.bigbluebuttonbnid)
            .where(r.c.recordingid.in_(_TEXTS), r.c.imported == 0)
            .order_by(r.c.id)
        )
        found: dict[str, list[Place]] = defaultdict(list)
        for record_id, course, activity in self.connection.read_in(statement, "texts", record_ids):
            found[record_id].append(Place(course, activity))
        return found

    def activities(self, ids: Iterable[int]) -> dict[int, Activity]:
        """Read activities and their contexts; those that do not exist are left out."""
        b, cm, x = self.tables["bigbluebuttonbn"], self.tables["course_modules"], self.tables["context"]
        statement = (
            sa.select(b.c.id, b.c.course, b.c.name, b.c.meetingid, b.c.participants, x.c.id)
            .outerjoin_from(b, cm, sa.and_(cm.c.instance == b.c.id, cm.c.module == self._module))
            .outerjoin(x, sa.and_(x.c.contextlevel == MODULE_LEVEL, x.c.instanceid == cm.c.id))
            .where(is_among(b.c.id, "ids"))
        )
        return {
            number: Activity(
                id=number,
                course=course,
                name=name,
                seed=seed,
                rules=parse_participants(participants, escaped=len(seed) < _LATER_SEED),
                context=context,
            )
            for number, course, name, seed, participants, context in self.connection.read_in(statement, "ids", ids)
        }

    @cached_property
    def _module(self) -> int:
        """The number of the plug-in among the site's modules; 0, which none has, if it is not installed."""
        m = self.tables["modules"]
        rows = self.connection.read(sa.select(m.c.id).where(m.c.name == "bigbluebuttonbn"))
        return int(rows[0].id) if rows else 0

    @cached_property
    def places_by_seed(self) -> dict[str, list[Place]]:
        """Find activities by their seed: read once, for the column has no index."""
        b = self.tables["bigbluebuttonbn"]
        found: dict[str, list[Place]] = defaultdict(list)
        for seed, course, activity in self.connection.read(sa.select(b.c.meetingid, b.c.course, b.c.id)):
            found[seed].append(Place(course, activity))
        return found

    def courses(self, ids: Iterable[int]) -> dict[int, Course]:
        """Read courses and their contexts; those that do not exist are left out."""
        c, x = self.tables["course"], self.tables["context"]
        statement = (
            sa.select(c.c.id, c.c.fullname, x.c.id, x.c.path)
            .join_from(c, x, sa.and_(x.c.contextlevel == COURSE_LEVEL, x.c.instanceid == c.c.id))
            .where(is_among(c.c.id, "ids"))
        )
        return {
            number: Course(id=number, name=name, contexts=_contexts(path, context))
            for number, name, context, path in self.connection.read_in(statement, "ids", ids)
        }

    def holders(self, wanted: Iterable[tuple[int, int]]) -> dict[tuple[int, int], dict[int, int | None]]:
        """Read who has a role in a context, by these pairs: role and context; and since when, None if unknown.

        Pair by pair, not all roles in all contexts: a rule for students in one course must not bring in the
        students of every course.
        """
        ra = self.tables["role_assignments"]
        dated = self.layout.has_column("role_assignments", "timemodified")
        since: sa.ColumnElement[Any] = ra.c.timemodified if dated else sa.literal(0)
        found: dict[tuple[int, int], dict[int, int | None]] = defaultdict(dict)
        for part in parts(wanted):
            contexts: dict[int, list[int]] = defaultdict(list)
            for role, context in part:
                contexts[role].append(context)
            any_pair = sa.or_(
                *(
                    sa.and_(ra.c.roleid == role, is_among(ra.c.contextid, f"in_{role}", its))
                    for role, its in contexts.items()
                )
            )
            for role, context, user, time in self.connection.read(
                sa.select(ra.c.roleid, ra.c.contextid, ra.c.userid, since).where(any_pair)
            ):
                before = found[role, context].get(user, time)  # the same role twice, by hand and by enrolment
                found[role, context][user] = min(before, time) if before and time else None
        return found

    def role_changes(
        self, wanted: Iterable[tuple[int, int]], users: Iterable[int]
    ) -> dict[tuple[int, int], dict[int, list[RoleChange]]]:
        """Read when these people were given roles in contexts, and lost them: by role and context, then by user.

        Moodle's own log is its largest table. It has an index on `relateduserid`, and few entries of one person are
        about roles; so people come first, in small lists.
        """
        log = self.tables["logstore_standard_log"]
        pairs = set(wanted)
        found: dict[tuple[int, int], dict[int, list[RoleChange]]] = defaultdict(lambda: defaultdict(list))
        if not pairs or not self.knows_role_changes:
            return found
        statement = (
            sa.select(log.c.objectid, log.c.contextid, log.c.relateduserid, log.c.timecreated, log.c.eventname)
            .where(is_among(log.c.relateduserid, "users"), log.c.eventname.in_((_GIVEN, _TAKEN)))
            .order_by(log.c.timecreated, log.c.id)
        )
        for role, context, user, time, event in self.connection.read_in(statement, "users", users):
            if (role, context) in pairs:
                found[role, context][user].append(RoleChange(time, event == _GIVEN))
        return found

    @property
    def knows_role_changes(self) -> bool:
        """Tell whether Moodle's own log may be read."""
        return self.layout.has("logstore_standard_log")

    def logs(self, places: Iterable[Place]) -> Logs:
        """Read who added the activities of these places, and who opened and moderated their sessions."""
        found = Logs(added=defaultdict(list), opened=defaultdict(list), moderated=defaultdict(list))
        log = self._log
        told = log.c.log.in_(("Add", "Create", "Summary"))  # in the index, so the rows of all who joined are not read
        wanted = sa.and_(told, sa.or_(log.c.log != "Summary", log.c.meta.like('%"moderator":true%')))
        columns = (log.c.bigbluebuttonbnid, log.c.userid, log.c.timecreated, log.c.meetingid, log.c.log, log.c.meta)
        statement = sa.select(*columns).where(wanted).order_by(log.c.id)
        for activity, user, time, meeting_id, event, meta in self._logged(statement, places):
            if event == "Add":
                found.added[activity].append((user, meeting_id))
            elif event == "Create" and _parsed(meta).get("record"):
                found.opened[meeting_id].append((time, user))
            elif event == "Summary" and (record_id := _moderated(_parsed(meta))):
                found.moderated[record_id].append(user)
        return found

    def joins(self, places: Iterable[Place], users: Iterable[int] | None = None) -> dict[str, list[tuple[int, int]]]:
        """Read when these people, or all, joined sessions of these places: time and user, sorted, by meetingID."""
        log = self._log
        # unsorted, which takes a server a third less
        statement = sa.select(log.c.timecreated, log.c.userid, log.c.meetingid).where(log.c.log == "Join")
        found: dict[str, list[tuple[int, int]]] = defaultdict(list)
        places = list(places)
        of_these = statement.where(is_among(log.c.userid + 0, "users"))
        rows: Iterable[AnyRow] = (
            self._logged(statement, places)
            if users is None
            else (row for some in parts(users) for row in self._logged(of_these, places, users=some))
        )
        for time, user, meeting_id in rows:
            found[meeting_id].append((time, user))
        for entries in found.values():
            entries.sort()
        return found

    @property
    def _log(self) -> sa.Table:
        return self.tables["bigbluebuttonbn_logs"]

    def _logged(self, statement: AnySelect, places: Iterable[Place], **values: object) -> list[AnyRow]:
        """Read those rows of the logs that are of these places.

        The index is (courseid, bigbluebuttonbnid, userid, log). `+ 0` keeps optimisers from multiplying the
        lists: MySQL gives up all indexes when the product of the lists is large (`range_optimizer_max_mem_size`).
        """
        if not self.layout.has("bigbluebuttonbn_logs"):
            return []
        log = self._log
        of_these = sa.and_(is_among(log.c.courseid, "courses"), is_among(log.c.bigbluebuttonbnid + 0, "ids"))
        statement = statement.where(of_these, log.c.userid.is_not(None))
        rows: list[AnyRow] = []
        for part in parts(places):
            lists = {"courses": sorted({p.course for p in part}), "ids": sorted({p.activity for p in part})}
            rows += self.connection.read(statement, **lists, **values)
        return rows

    def enrolled(self, pairs: Collection[tuple[int, int]]) -> set[tuple[int, int]]:
        """Tell which of these (course, user) are enrolled, in whatever way; nobody if that may not be read."""
        if not pairs or not self.layout.has("enrol", "user_enrolments"):
            return set()
        method, enrolment = self.tables["enrol"], self.tables["user_enrolments"]
        statement = (
            sa.select(method.c.courseid, enrolment.c.userid)
            .join_from(enrolment, method, method.c.id == enrolment.c.enrolid)
            .where(is_among(enrolment.c.userid, "users"), is_among(method.c.courseid, "courses"))
        )
        found: set[tuple[int, int]] = set()
        for some in parts(pairs):
            lists = {"courses": sorted({course for course, _ in some}), "users": sorted({user for _, user in some})}
            found.update((course, user) for course, user in self.connection.read(statement, **lists))
        return found & set(pairs)

    def people(self, ids: Iterable[int]) -> dict[int, Person]:
        """Read people, each once in a run; the deleted ones are left out."""
        wanted = set(ids)
        u = self.tables["user"]
        statement = sa.select(
            *(u.c.id, u.c.username, u.c.idnumber, u.c.firstname, u.c.lastname, u.c.email),
            *(u.c.mnethostid, u.c.suspended, u.c.confirmed, u.c.auth),
        ).where(is_among(u.c.id, "ids"), u.c.deleted == 0)
        new = wanted - self._people.keys()
        read = {
            row.id: Person(
                id=row.id,
                username=row.username,
                idnumber=row.idnumber,
                first_name=row.firstname,
                last_name=row.lastname,
                email=row.email,
                host=row.mnethostid,
                barred=bool(row.suspended) or not row.confirmed or row.auth == "nologin",
            )
            for row in self.connection.read_in(statement, "ids", new)
        }
        self._people.update((number, read.get(number)) for number in new)  # only when all of it was read
        return {number: person for number in wanted if (person := self._people[number]) is not None}

    def account_names(self) -> Iterator[dict[str, str]]:
        """Yield the fields of which names in Pod are made, of everybody who is not deleted."""
        u = self.tables["user"]
        statement = sa.select(u.c.username, u.c.idnumber, u.c.email).where(u.c.deleted == 0)
        for username, idnumber, email in self.connection.read(statement):
            yield {"username": username, "idnumber": idnumber, "email": email}


def _contexts(path: str | None, context: int) -> tuple[int, ...]:
    """Read a context's path, "/1/4/57": the context and all above it. It may be missing in a damaged Moodle."""
    return tuple(int(part) for part in path.split("/") if part) if path else (context,)


def _parsed(meta: str | None) -> dict[str, Any]:
    try:
        value = json.loads(meta or "")
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _moderated(meta: dict[str, Any]) -> str | None:
    """Return the recordID of a `Summary` whose person was a moderator."""
    data, record_id = meta.get("data"), meta.get("recordid")
    moderator = isinstance(data, dict) and data.get("moderator") is True
    return record_id if moderator and isinstance(record_id, str) else None
