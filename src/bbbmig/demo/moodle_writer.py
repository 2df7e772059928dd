"""Writes the rows of a sample Moodle, and keeps whose each recording then is."""

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count, cycle

from bbbmig.domain.moodle_meeting_id import MoodleMeetingId
from bbbmig.domain.recording import Recording

_TEACHERS = (
    ("zlefevre", "Zoé", "Lefèvre"),
    ("fdarcy", "François", "d'Arcy"),
    ("emuller", "Élodie", "Müller"),
    ("jnsoeur", "Jean-Noël", "Sœur"),
    ("abenali", "Anaïs", "Ben Ali"),
    ("cgoncalves", "Chloé", "Gonçalves"),
    ("mhaas", "Maëlle", "Haas"),
    ("olecoq", "Océane", "Le Coq"),
)
SUSPENDED = ("rparti", "Raphaël", "Parti")
DELETED = ("etaitla@univ.example.1600000000", "Hélène", "Disparue")
_SETTINGS = {
    "bigbluebuttonbn_participant_moderator_default": "0",
    "siteguest": "1",
    "siteadmins": "2",
    "mnet_localhost_id": "1",
    "release": "4.1.9 (Build: 20240212)",
}
_MODULE = 23
EDITING_TEACHER = 3
_SITE, _COURSE_LEVEL, _MODULE_LEVEL = 1, 50, 70


@dataclass(frozen=True, slots=True)
class Class:
    """A virtual class: where it is in Moodle, and its sessions."""

    meeting: MoodleMeetingId
    sessions: Sequence[Recording]


@dataclass(slots=True)
class Writer:
    """Writes rows, and keeps whose each recording then is."""

    connection: sqlite3.Connection
    rooms: Mapping[str, Sequence[Recording]]
    owners: dict[str, tuple[str, ...]] = field(default_factory=dict)
    of_teachers: dict[str, int] = field(default_factory=dict)
    """By recordID: the context of the course whose teachers it is left to."""
    course_teachers: dict[int, list[str]] = field(default_factory=dict)
    people: dict[str, int] = field(default_factory=dict)
    teachers: Iterator[str] = field(default_factory=lambda: cycle(username for username, *_ in _TEACHERS))
    contexts: Iterator[int] = field(default_factory=lambda: count(100))

    def put(self, table: str, **values: object) -> int:
        """Insert a row; return its id."""
        columns, marks = ", ".join(values), ", ".join("?" * len(values))
        statement = f"INSERT INTO mdl_{table} ({columns}) VALUES ({marks})"  # noqa: S608 - names of our own
        return int(self.connection.execute(statement, tuple(values.values())).lastrowid or 0)

    def site(self) -> None:
        """Write settings, roles and people."""
        for name, value in _SETTINGS.items():
            self.put("config", name=name, value=value)
        self.put("role", id=EDITING_TEACHER, shortname="editingteacher", archetype="editingteacher")
        self.put("role", id=5, shortname="student", archetype="student")
        self.put("modules", id=_MODULE, name="bigbluebuttonbn")
        self.put("context", id=_SITE, contextlevel=10, instanceid=0, path=f"/{_SITE}")
        everybody = (("guest", "Invité", "Invité"), ("admin", "Admin", "Moodle"), *_TEACHERS, SUSPENDED, DELETED)
        for number, (username, first, last) in enumerate(everybody, 1):
            self.people[username] = self.put(
                "user",
                id=number,
                username=username,
                firstname=first,
                lastname=last,
                email=f"{username}@univ.example",
                suspended=int(username == SUSPENDED[0]),
                deleted=int(username == DELETED[0]),
            )

    def course(self, one: Class) -> int:
        """Write the course of a class; return its context."""
        context = next(self.contexts)
        origin = one.sessions[0].origin
        self.put(
            "course",
            id=one.meeting.course,
            fullname=origin.context or f"Cours {one.meeting.course}",
            shortname=origin.context_label or f"C{one.meeting.course}",
        )
        path = f"/{_SITE}/{context}"
        self.put("context", id=context, contextlevel=_COURSE_LEVEL, instanceid=one.meeting.course, path=path)
        return context

    def activity(self, one: Class, course_context: int, participants: str) -> None:
        """Write the activity of a class, and Moodle's rows of its recordings."""
        meeting, context = one.meeting, next(self.contexts)
        self.put(
            "bigbluebuttonbn",
            id=meeting.activity,
            course=meeting.course,
            name=one.sessions[0].meeting_name or f"Cours en ligne {meeting.activity}",
            meetingid=meeting.seed,
            participants=participants,
        )
        module = self.put("course_modules", course=meeting.course, module=_MODULE, instance=meeting.activity)
        path = f"/{_SITE}/{course_context}/{context}"
        self.put("context", id=context, contextlevel=_MODULE_LEVEL, instanceid=module, path=path)
        for session in one.sessions:
            for recording in (session, *self.rooms.get(session.record_id, ())):
                self.put(
                    "bigbluebuttonbn_recordings",
                    courseid=meeting.course,
                    bigbluebuttonbnid=meeting.activity,
                    groupid=meeting.group,
                    recordingid=recording.record_id,
                )

    def teacher(self, course_context: int) -> str:
        """Make the next person an editing teacher of a course."""
        username = next(self.teachers)
        values = {"roleid": EDITING_TEACHER, "contextid": course_context, "userid": self.people[username]}
        self.put("role_assignments", **values)
        self.course_teachers.setdefault(course_context, []).append(username)
        return username

    def log(self, one: Class, session: Recording, username: str, event: str, meta: object) -> None:
        """Write that a person did something in a session."""
        begin = session.created or session.start
        self.put(
            "bigbluebuttonbn_logs",
            courseid=one.meeting.course,
            bigbluebuttonbnid=one.meeting.activity,
            userid=self.people[username],
            timecreated=0 if begin is None else int(begin.timestamp()) + 60,
            meetingid=one.meeting.seed if event == "Add" else session.meeting_id,
            log=event,
            meta=json.dumps(meta, separators=(",", ":")),
        )

    def owned(self, session: Recording, *usernames: str) -> None:
        """Keep whose a session is, its breakout rooms included."""
        for recording in (session, *self.rooms.get(session.record_id, ())):
            self.owners[recording.record_id] = tuple(sorted(usernames))

    def left_to_teachers(self, session: Recording, course_context: int) -> None:
        """Keep that a session is left to whoever teaches the course when all is written."""
        for recording in (session, *self.rooms.get(session.record_id, ())):
            self.of_teachers[recording.record_id] = course_context

    def candidates(self) -> dict[str, tuple[str, ...]]:
        """Return by recordID who teaches the courses of recordings of which no more is known: guesses."""
        teachers = {key: tuple(sorted(set(names))) for key, names in self.course_teachers.items()}
        return {key: teachers.get(context, ()) for key, context in self.of_teachers.items()}
