"""A sample Moodle in an SQLite file: the activities of given recordings, with teachers and every way to name them.

Whose each recording then is, is told too, for tests and for those who look at the demo.
"""

import contextlib
import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

from bbbmig.demo.moodle_tables import TABLES
from bbbmig.demo.moodle_writer import DELETED, EDITING_TEACHER, SUSPENDED, Class, Writer
from bbbmig.domain.moodle_meeting_id import MoodleMeetingId
from bbbmig.domain.recording import Recording


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleMoodle:
    """A sample Moodle: its file, its host name, and by recordID the user names of owners, and of doubtful ones."""

    path: Path
    server: str
    owners: Mapping[str, tuple[str, ...]]
    candidates: Mapping[str, tuple[str, ...]]


def create_sample_moodle(path: Path, recordings: Sequence[Recording], *, server: str = "") -> SampleMoodle:
    """Write a new SQLite file with the activities of those recordings that come from `server`.

    "": the server that most recordings of Moodle's form come from. Each activity names its people in another way,
    by turns: a role, persons, everybody, a deleted activity, the site's default, a log, somebody who is gone.
    """
    server = server or _usual_server(recordings)
    ours = [one for one in recordings if one.origin.server_name == server]
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript(TABLES)
        writer = Writer(connection, rooms=_rooms(ours))
        writer.site()
        courses: dict[int, int] = {}
        for shape, one in zip(cycle(_SHAPES), _classes(ours), strict=False):
            context = courses.get(one.meeting.course)
            if context is None:
                context = courses[one.meeting.course] = writer.course(one)
            shape(writer, one, context)
    return SampleMoodle(path=path, server=server, owners=writer.owners, candidates=writer.candidates())


def _usual_server(recordings: Sequence[Recording]) -> str:
    servers = (one.origin.server_name for one in recordings if MoodleMeetingId.parse(one.meeting_id))
    ((server, _),) = Counter(servers).most_common(1) or [("", 0)]
    return server


def _classes(recordings: Sequence[Recording]) -> Iterator[Class]:
    """Gather sessions by activity, in the order of courses; groups of one activity are one class."""
    found: dict[tuple[int, int], tuple[MoodleMeetingId, list[Recording]]] = {}
    for recording in recordings:
        meeting = MoodleMeetingId.parse(recording.meeting_id)
        if meeting is not None and not recording.breakout_parent:
            found.setdefault((meeting.course, meeting.activity), (meeting, []))[1].append(recording)
    for _, (meeting, sessions) in sorted(found.items()):
        yield Class(meeting, sessions)


def _rooms(recordings: Sequence[Recording]) -> Mapping[str, Sequence[Recording]]:
    """Gather breakout rooms by the recordID of their session."""
    rooms: dict[str, list[Recording]] = {}
    for recording in recordings:
        if recording.breakout_parent:
            rooms.setdefault(recording.breakout_parent, []).append(recording)
    return rooms


def _participants(*rules: tuple[str, object]) -> str:
    """Write rules for moderators after the usual one for viewers, as Moodle's form does."""
    every = [("all", "all", "viewer"), *((kind, key, "moderator") for kind, key in rules)]
    return json.dumps([{"selectiontype": kind, "selectionid": key, "role": role} for kind, key, role in every])


def _team(writer: Writer, one: Class, context: int) -> None:
    """Two teachers by their role: the first always comes, the second every other time."""
    writer.activity(one, context, _participants(("role", str(EDITING_TEACHER))))
    first, second = writer.teacher(context), writer.teacher(context)
    for number, session in enumerate(one.sessions):
        there = (first, second) if number % 2 else (first,)
        for username in there:
            writer.log(one, session, username, "Join", {"origin": 0})
        writer.owned(session, *there)


def _persons(writer: Writer, one: Class, context: int) -> None:
    """Three persons by name, one of them suspended since."""
    usernames = (next(writer.teachers), next(writer.teachers), SUSPENDED[0])
    writer.activity(one, context, _participants(*(("user", str(writer.people[name])) for name in usernames)))
    for session in one.sessions:
        writer.owned(session, *usernames)


def _everybody(writer: Writer, one: Class, context: int) -> None:
    """Whoever joins is moderator: it belongs to who made the activity and came."""
    writer.activity(one, context, _participants(("all", "all")))
    owner = next(writer.teachers)
    writer.log(one, one.sessions[0], owner, "Add", None)
    for session in one.sessions:
        writer.log(one, session, owner, "Join", {"origin": 0})
        writer.owned(session, owner)


def _deleted(writer: Writer, one: Class, context: int) -> None:
    """Leave the activity out, as if deleted: the course's teachers remain."""
    writer.teacher(context)
    for session in one.sessions:
        writer.left_to_teachers(session, context)


def _default(writer: Writer, one: Class, context: int) -> None:
    """No rules: the site's default, which is the owner."""
    writer.activity(one, context, "")
    owner = writer.teacher(context)
    method = writer.put("enrol", courseid=one.meeting.course)
    writer.put("user_enrolments", enrolid=method, userid=writer.people[owner])
    writer.log(one, one.sessions[0], owner, "Add", None)
    for session in one.sessions:
        writer.owned(session, owner)


def _logged(writer: Writer, one: Class, context: int) -> None:
    """BigBlueButton told Moodle who moderated."""
    writer.activity(one, context, _participants(("role", str(EDITING_TEACHER))))
    writer.teacher(context)
    for session in one.sessions:
        username = next(writer.teachers)
        meta = {"recordid": session.record_id, "data": {"ext_user_id": str(writer.people[username]), "moderator": True}}
        writer.log(one, session, username, "Summary", meta)
        writer.owned(session, username)


def _gone(writer: Writer, one: Class, context: int) -> None:
    """Name only somebody who was deleted: it is the course's teachers', if there are any."""
    writer.activity(one, context, _participants(("user", str(writer.people[DELETED[0]]))))
    for session in one.sessions:
        writer.left_to_teachers(session, context)


_SHAPES: Sequence[Callable[[Writer, Class, int], None]] = (
    _team,
    _persons,
    _everybody,
    _deleted,
    _default,
    _logged,
    _gone,
)
