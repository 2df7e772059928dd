"""Where each recording was held: which activity of Moodle, whether that is sure, and whether it still exists."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bbbmig.domain.moodle_meeting_id import MoodleMeetingId
from bbbmig.domain.recording import Recording
from bbbmig.moodle.queries import MoodleReader
from bbbmig.moodle.records import Activity, Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One recording and where it was held.

    `session` is the recording itself, or for a breakout room its parent as far as known: who moderated there,
    moderated here. `original` is the place as Moodle numbered it then. `activity` is the one whose rules count now:
    the original, or with `copy` a restored one; None when neither exists. `known` says that this Moodle
    has it or had it; `taken`, that another activity has its number here.
    """

    recording: Recording
    session: Recording
    original: Place | None = None
    seed: str = ""
    activity: Activity | None = None
    copy: bool = False
    known: bool = False
    taken: bool = False
    note: str = ""

    @property
    def places(self) -> tuple[Place, ...]:
        """Return every place whose logs may tell of the session."""
        living = () if self.activity is None else (Place(self.activity.course, self.activity.id),)
        original = () if self.original is None else (self.original,)
        return tuple(dict.fromkeys((*original, *living)))


def find_places(reader: MoodleReader, recordings: Sequence[Recording], parents: Mapping[str, Recording]) -> list[Held]:
    """Find where recordings were held: by Moodle's table of them, by the meetingID, by the seed of a restored copy."""
    sessions = [_session(recording, parents) for recording in recordings]
    meetings = [MoodleMeetingId.parse(session.meeting_id) for session in sessions]
    numbers: set[int] = set()
    for known in filter(None, meetings):
        numbers.add(known.activity)
        numbers.update(place.activity for place in reader.places_by_seed.get(known.seed, ()))
    activities = reader.activities(numbers)
    asked: set[str] = set()
    for recording, session, meeting in zip(recordings, sessions, meetings, strict=True):
        if meeting is None or not _is_same(activities.get(meeting.activity), meeting):
            asked |= {recording.record_id, session.record_id}
    rows = reader.rows(asked)
    activities |= reader.activities({place.activity for places in rows.values() for place in places} - numbers)
    held = []
    for recording, session, meeting in zip(recordings, sessions, meetings, strict=True):
        own = rows.get(recording.record_id) or rows.get(session.record_id) or []
        if meeting is None:
            held.append(_by_rows(recording, session, own, activities))
        else:
            copies = reader.places_by_seed.get(meeting.seed, [])
            held.append(_by_meeting(recording, session, meeting, own, copies, activities))
    return held


def _is_same(here: Activity | None, meeting: MoodleMeetingId) -> bool:
    """Tell whether an activity with the number of a meeting is certainly the meeting's own: no row need be read."""
    return here is not None and here.seed == meeting.seed and here.course == meeting.course


def _session(recording: Recording, parents: Mapping[str, Recording]) -> Recording:
    """Return the recording of the session itself: a breakout room's parent, or a stand-in with its recordID."""
    if not recording.breakout_parent:
        return recording
    return parents.get(recording.breakout_parent) or Recording(record_id=recording.breakout_parent)


def _by_rows(
    recording: Recording, session: Recording, rows: Sequence[Place], activities: Mapping[int, Activity]
) -> Held:
    """Settle a recording whose meetingID tells nothing."""
    living = [activities[place.activity] for place in rows if place.activity in activities]
    return Held(
        recording=recording,
        session=session,
        original=rows[0] if rows else None,
        activity=living[0] if living else None,
        known=bool(rows),
    )


def _by_meeting(
    recording: Recording,
    session: Recording,
    meeting: MoodleMeetingId,
    rows: Sequence[Place],
    copies: Sequence[Place],
    activities: Mapping[int, Activity],
) -> Held:
    """Settle a recording whose meetingID names an activity, if that still exists; else look for a restored copy.

    A number alone proves nothing: another Moodle has an activity of that number, too. The seed does, or a row. An
    activity does not move: with the seed, in another course, it is a copy that got the number by chance.
    """
    here = activities.get(meeting.activity)
    ours = _is_same(here, meeting) or (here is not None and any(here.id == place.activity for place in rows))
    copy, note = (None, "") if ours else _copy(meeting, rows, copies, activities)
    return Held(
        recording=recording,
        session=session,
        original=Place(meeting.course, meeting.activity),
        seed=meeting.seed,
        activity=here if ours else copy,
        copy=copy is not None,
        known=ours or bool(rows) or bool(copies),
        taken=here is not None and not ours,
        note=note,
    )


def _copy(
    meeting: MoodleMeetingId, rows: Sequence[Place], copies: Sequence[Place], activities: Mapping[int, Activity]
) -> tuple[Activity | None, str]:
    """Choose a restored copy: one that has a row of it, the only one, or the only one in its course; and a note."""
    with_row = [place for place in rows if place.activity in activities][:1]
    same_course = [place for place in copies if place.course == meeting.course]
    for some in (with_row, copies, same_course):
        if len(some) == 1:
            return activities.get(some[0].activity), ""
    numbers = ", ".join(str(place.activity) for place in sorted(copies))
    return None, f"restored as activities {numbers}, which does not decide" if copies else ""
