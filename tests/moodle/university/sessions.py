"""Sessions, their recordings and what Moodle keeps of them; and recordings that come from elsewhere."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bbbmig.domain.owner import Finding
from bbbmig.domain.recording import Origin, Recording
from tests.moodle.university.activities import write_log
from tests.moodle.university.model import CEILING, IGNORED, SERVER, Activity, Person, Session, Truth, University

_LONG_AGO = datetime(2019, 1, 1, tzinfo=UTC)


def hold_sessions(there: University) -> None:
    """Hold the sessions, each activity's far enough apart, and write what Moodle keeps of them."""
    each = there.size.sessions / len(there.activities)
    for activity in there.activities:
        chance = there.chance
        count = int(each * 2 * chance.random() + 0.5) or 1
        days = chance.sample(range(0, 900, 3), count)
        for day in days:
            _session(there, activity, datetime(2021, 9, 1, 8, tzinfo=UTC) + timedelta(days=day))


def _session(there: University, activity: Activity, morning: datetime) -> None:
    chance, course = there.chance, activity.course
    created = morning + timedelta(seconds=chance.randrange(30_000), milliseconds=chance.randrange(1000))
    end = created + timedelta(minutes=chance.randrange(20, 200)) if chance.random() < 0.95 else None
    named = list(activity.named(created))
    around = [person for people in course.held_at(created).values() for person in people] + named
    joined = list(dict.fromkeys(chance.choices(around, k=there.size.joins) if around else []))
    if named and len(named) <= CEILING and chance.random() < 0.7:
        joined = list(dict.fromkeys([chance.choice(named), *joined]))[: there.size.joins]
    if chance.random() < 0.1 and activity.named_first is None:  # rules that changed leave no trace but who joined
        joined = []
    moderated = None
    if chance.random() < 0.2:
        also = chance.choices(there.oddities, k=chance.choice((0, 0, 1, 2)))
        moderated = list(dict.fromkeys([*joined[: chance.choice((1, 1, 2))], *also]))
    if chance.random() < 0.01:
        moderated = chance.sample(there.students, CEILING + 2)
    group = chance.choice((0, 0, 0, 41))
    bracket = f"[{group}]" if there.generation.always_group or group else ""
    session = Session(
        activity=activity,
        created=created,
        end=end,
        joined=joined,
        opener=chance.choice(joined or there.teachers),
        moderated=moderated,
        meeting_id=f"{activity.seed}-{course.id}-{activity.id}{bracket}",
    )
    _write_session(there, session, group)
    origin = Origin(
        name="Moodle", server_name=chance.choice((SERVER, SERVER, SERVER, SERVER.upper())), context=course.name
    )
    recording = Recording(
        record_id=session.record_id, meeting_id=session.meeting_id, start=created, end=end, origin=origin
    )
    there.recordings.append(recording)
    there.truth[recording.record_id] = session.truth(there.generation)
    there.moderators[recording.record_id] = frozenset(person.username for person in session.moderators())
    if there.generation.has_recordings and chance.random() < 0.03:
        _breakout(there, session, recording, group)


def _write_session(there: University, session: Session, group: int) -> None:
    chance, activity = there.chance, session.activity
    moment = session.created.timestamp()
    length = (session.end or session.created + timedelta(hours=2)).timestamp() - moment
    for person in session.joined:
        joined = moment + chance.uniform(-500, length - 5)
        write_log(there, activity, person, joined, "Join", session.meeting_id, {"origin": 0})
        if chance.random() < 0.3:
            write_log(there, activity, person, joined + 86_400 * 1.2, "Join", session.meeting_id, {"origin": 0})
            write_log(there, activity, person, joined + 90_000, "Played", session.meeting_id, None)
    if not there.generation.has_recordings:
        write_log(there, activity, session.opener, moment - 3, "Create", session.meeting_id, {"record": True})
        write_log(
            there,
            activity,
            chance.choice(there.teachers),
            moment + 86_400,
            "Create",
            session.meeting_id,
            {"record": False},
        )
    for person in session.moderated or ():
        _summary(there, session, person, moderator=True)
    for person in chance.choices(there.students, k=2) if session.moderated is not None else ():
        _summary(there, session, person, moderator=False)
    if there.generation.has_recordings and chance.random() < 0.8:
        _row(there, activity, session.record_id, group, imported=0)
        if chance.random() < 0.12:
            other = chance.choice([a for a in chance.choices(there.activities, k=9) if a is not activity])
            _row(there, other, session.record_id, 0, imported=1)
    if there.generation.has_recordings and activity.copy is not None and chance.random() < 0.5:
        _row(there, activity.copy, session.record_id, group, imported=0)


def _summary(there: University, session: Session, person: Person, *, moderator: bool) -> None:
    attendee = {"ext_user_id": str(person.id), "name": person.first, "moderator": moderator, "duration": 812}
    meta = {"recordid": session.record_id, "data": attendee}
    when = session.created.timestamp() + 20_000
    write_log(there, session.activity, person, when, "Summary", session.meeting_id, meta)


def _row(there: University, activity: Activity, record_id: str, group: int, *, imported: int) -> None:
    """Write a row of the recordings table: any status, and a `headless` that cannot be trusted."""
    headless = 0 if activity.exists else there.chance.choice((0, 1))
    status = there.chance.choice((0, 1, 2, 2, 2, 3, 3, 4))
    there.put(
        "bigbluebuttonbn_recordings", activity.course.id, activity.id, group, record_id, headless, imported, status
    )


def _breakout(there: University, session: Session, parent: Recording, group: int) -> None:
    """Add a breakout room: a meetingID of its own, the parent's people."""
    record_id = f"{there.chance.randbytes(20).hex()}-{int(session.created.timestamp() * 1000) + 600_000}"
    if there.chance.random() < 0.7:
        _row(there, session.activity, record_id, group, imported=0)
    there.recordings.append(
        Recording(
            record_id=record_id,
            meeting_id=record_id[::-1],
            start=session.created + timedelta(minutes=10),
            origin=parent.origin,
            breakout_parent=parent.record_id,
        )
    )
    there.truth[record_id] = there.truth[parent.record_id]
    there.moderators[record_id] = there.moderators[parent.record_id]


def add_foreigners(there: University) -> None:
    """Add recordings that are not of this Moodle, or whose Moodle has to be proved by the seed."""
    chance = there.chance
    living = [activity for activity in there.activities if activity.exists]

    def add(meeting_id: str, server: str, truth: Truth) -> str:
        record_id = f"{chance.randbytes(20).hex()}-{int(_LONG_AGO.timestamp() * 1000) + chance.randrange(1000)}"
        there.recordings.append(
            Recording(record_id=record_id, meeting_id=meeting_id, origin=Origin(server_name=server))
        )
        there.truth[record_id] = truth
        return record_id

    for number in range(40):
        elsewhere = f"{chance.randbytes(20).hex()}-{number + 2}-{number + 5}[0]"
        taken = f"{chance.randbytes(20).hex()}-{chance.choice(living).course.id}-{chance.choice(living).id}[0]"
        add(elsewhere, "moodle.ailleurs.fr", Truth(finding=Finding.UNKNOWN_SERVER))
        add("abc-def-ghi", "greenlight.univ.fr", Truth(finding=Finding.UNKNOWN_SERVER))
        add(elsewhere, IGNORED, Truth(finding=Finding.IGNORED_SERVER))
        add(elsewhere, "", Truth(finding=Finding.NOBODY))
        add(f"{number:04}-réunion-de-pod", "", Truth(finding=Finding.NOBODY))
        add(taken, SERVER, Truth(finding=Finding.NOBODY))
        add("no-meeting-id-of-moodle", SERVER, Truth(finding=Finding.NOBODY))
        activity = chance.choice([one for one in living if one.named_first is None])
        ours = Session(
            activity=activity,
            created=_LONG_AGO,
            end=None,
            joined=(),
            opener=there.teachers[0],
            moderated=None,
            meeting_id=f"{activity.seed}-{activity.course.id}-{activity.id}",
        )
        record_id = add(ours.meeting_id, "", ours.truth(replace(there.generation, has_recordings=True)))
        there.moderators[record_id] = frozenset(person.username for person in ours.moderators())
