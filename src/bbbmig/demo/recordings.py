"""The recordings of the sample BigBlueButton: a few dozen of every shape, and as many ordinary ones as wanted.

The same on every run. Playback addresses are paths; the sample server puts its own host before them. Moodle's
meetingIDs are `seed-course-activity[group]` and recordIDs are made of them as BigBlueButton does, so that a sample
Moodle can be built from these values.
"""

# ruff: noqa: RUF001 - names as people write them, whichever signs they take

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from bbbmig.domain.recording import NO_ORIGIN, Origin, Playback, Recording

MOODLE = "moodle.univ.example"
MOODLE_2 = "moodle2.univ.example"
IGNORED_SERVER = "not-a-moodle.univ.example"
UNKNOWN_SERVER = "moodle.elsewhere.example"
GREENLIGHT = "rooms.univ.example"
POD = "pod.univ.example"
CLOUD = "cloud.univ.example"

LONG_TITLE = ("Histoire des idées politiques et sociales en Méditerranée, de l’Antiquité à nos jours ; " * 4)[:300]

_PATHS = {
    "presentation 0.9": "/playback/presentation/0.9.0/playback.html?meetingId={id}",
    "presentation 2.0": "/playback/presentation/2.0/playback.html?meetingId={id}",
    "presentation 2.3": "/playback/presentation/2.3/{id}",
    "video": "/playback/video/{id}/",
    "screenshare": "/recording/screenshare/{id}/",
    "podcast": "/podcast/{id}/audio.ogg",
    "notes": "/notes/{id}/notes.pdf",
    "statistics": "/playback/statistics/{id}/",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """An activity of a Moodle; `group` 0 is all participants."""

    course: int
    number: int
    course_name: str
    label: str
    server: str = MOODLE
    group: int = 0

    @property
    def meeting_id(self) -> str:
        """Return its meetingID; the seed, random in Moodle, is made of the names here."""
        seed = hashlib.sha1(f"{self.server} {self.course} {self.number}".encode(), usedforsecurity=False).hexdigest()
        return f"{seed}-{self.course}-{self.number}[{self.group}]"


PHYSICS = Activity(course=12, number=101, course_name="Licence 2 de physique", label="L2-PHY")
MATHS = Activity(course=14, number=102, course_name="Algèbre & géométrie, licence 1", label="L1-MAT")
MATHS_GROUP = replace(MATHS, group=7)
LAW = Activity(course=21, number=140, course_name="Droit des obligations", label="L3-DRT")
ARABIC = Activity(course=33, number=155, course_name="اللغة العربية للمبتدئين", label="ARA-1")
MEDICINE = Activity(course=5, number=9, course_name="DFGSM 3", label="MED3", server=MOODLE_2)
NURSING = Activity(course=6, number=102, course_name="IFSI, semestre 2", label="IFSI2", server=MOODLE_2)


def sample_recordings() -> tuple[Recording, ...]:
    """Return the few dozen, newest first."""
    recordings = [*_first_moodle(), *_breakout_rooms(), *_second_moodle(), *_other_clients(), *_odd_ones()]
    return tuple(sorted(recordings, key=lambda recording: recording.record_id[-13:], reverse=True))


def many_recordings(count: int) -> Iterator[Recording]:
    """Yield so many ordinary recordings of one Moodle, one an hour, in 2,500 activities of 900 courses."""
    first = datetime(2019, 9, 2, 8, tzinfo=UTC)
    for place in range(count):
        number = 1 + place % 2500
        course = 1 + number % 900
        subject = _SUBJECTS[number % len(_SUBJECTS)]
        activity = Activity(
            course=course, number=number, course_name=f"Licence {1 + course % 3}, {subject}", label=f"L{course}"
        )
        recording = moodle_recording(
            f"{subject} {number}", first + timedelta(hours=place), activity, "presentation 2.3", "video"
        )
        yield replace(recording, participants=place % 60)


_SUBJECTS = ("Mécanique", "Algèbre", "Droit civil", "Œuvres & auteurs", "Chimie", "Économie", "L’Europe", "Anglais")


def meeting_recording(meeting_id: str, title: str, start: datetime, *formats: str, minutes: int = 60) -> Recording:
    """Make a recording of a meeting that nothing is known of but its id and name."""
    start_ms = round(start.timestamp() * 1000)
    record_id = f"{hashlib.sha1(meeting_id.encode(), usedforsecurity=False).hexdigest()}-{start_ms}"
    return Recording(
        record_id=record_id,
        meeting_id=meeting_id,
        meeting_name=title,
        state="published",
        start=start,
        end=start + timedelta(minutes=minutes, seconds=27),
        participants=12,
        size=48_211_307 + start_ms % 1_000_003,
        playbacks=tuple(
            Playback(
                type=name.partition(" ")[0],
                url=_PATHS[name].format(id=record_id),
                length_min=minutes - 4,
                size=40_000_000 + start_ms % 1_000_003,
            )
            for name in formats
        ),
    )


def moodle_recording(title: str, start: datetime, activity: Activity, *formats: str, minutes: int = 60) -> Recording:
    """Make a recording as the plug-in of Moodle 3.9 and later has it; `title` is the recording's."""
    return replace(
        meeting_recording(activity.meeting_id, f"{activity.label} classe virtuelle", start, *formats, minutes=minutes),
        recording_name=title,
        origin=Origin(
            name="Moodle",
            server_name=activity.server,
            version="4.1.9 (Build: 20240212)",
            context=activity.course_name,
            context_id=str(activity.course),
            context_label=activity.label,
        ),
        metadata={
            "bbb-context-name": activity.course_name,
            "bbb-origin-tag": "moodle-mod_bigbluebuttonbn (2022112800)",
        },
    )


def _at(text: str) -> datetime:
    """Read a day and hour of the sample, in UTC."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=UTC)


def _first_moodle() -> Iterator[Recording]:
    """Yield ordinary classes, and names that go wrong wherever a name can."""
    both = ("presentation 2.3", "video")
    yield moodle_recording("Mécanique du point, séance 1", _at("2023-09-11 08:00"), PHYSICS, *both)
    yield moodle_recording("Mécanique du point, séance 2", _at("2023-09-18 08:00"), PHYSICS, *both)
    yield moodle_recording("Séminaire 🎓 « Données ouvertes » 📊", _at("2023-10-02 14:00"), PHYSICS, *both)
    yield moodle_recording("Espaces vectoriels", _at("2022-01-17 09:15"), MATHS, "presentation 2.3")
    yield moodle_recording(
        "Espaces vectoriels", _at("2022-01-17 11:15"), MATHS, "presentation 2.3"
    )  # same name and day
    yield moodle_recording("TD & exercices <corrigés>", _at("2022-01-20 13:30"), MATHS_GROUP, "presentation 2.3")
    yield moodle_recording('=SOMME(A1) ; l’« œuvre » de "Zola"', _at("2021-11-05 10:00"), LAW, "presentation 2.3")
    yield moodle_recording(LONG_TITLE, _at("2021-11-12 10:00"), LAW, "presentation 2.3")
    yield moodle_recording("مقدمة في الجبر (الدرس ١)", _at("2021-12-03 16:00"), ARABIC, *both)
    yield moodle_recording("שיעור מבוא", _at("2021-12-10 16:00"), ARABIC, "presentation 2.3")
    yield moodle_recording("Examen blanc", _at("2020-05-04 08:30"), LAW, "presentation 2.0", minutes=180)
    yield moodle_recording("Cours à distance n° 1", _at("2020-03-23 08:00"), LAW, "presentation 2.0")
    unpublished = moodle_recording("Soutenance à huis clos", _at("2023-06-28 13:00"), PHYSICS, "presentation 2.3")
    yield replace(unpublished, published=False, state="unpublished")
    renamed = moodle_recording("Classe virtuelle", _at("2022-03-08 17:00"), MATHS, "presentation 2.3")
    yield replace(renamed, description="Révisions avant le partiel", metadata={"name": "Révisions de mars (renommé)"})


def _breakout_rooms() -> Iterator[Recording]:
    """Yield a meeting that split into two rooms."""
    parent = moodle_recording("Travail en sous-groupes", _at("2022-02-01 09:00"), MATHS, "presentation 2.3")
    rooms = [
        replace(
            meeting_recording(f"{parent.record_id}-{number}", f"Salle {number}", start, "presentation 2.3", minutes=25),
            origin=parent.origin,
        )
        for number, start in ((1, _at("2022-02-01 09:20")), (2, _at("2022-02-01 09:21")))
    ]
    yield replace(parent, breakout_rooms=tuple(room.record_id for room in rooms))
    yield from (replace(room, breakout_parent=parent.record_id) for room in rooms)


def _second_moodle() -> Iterator[Recording]:
    """Yield those of another Moodle, one activity of which has the number of one of the first's."""
    yield moodle_recording("Anatomie : le genou", _at("2023-02-06 18:00"), MEDICINE, "presentation 2.3", "video")
    yield moodle_recording("Anatomie : l’épaule", _at("2023-02-13 18:00"), MEDICINE, "presentation 2.3")
    yield moodle_recording("Hygiène hospitalière", _at("2021-03-15 08:00"), NURSING, "presentation 2.0")
    ignored = replace(MEDICINE, server=IGNORED_SERVER, course=2, number=3)
    yield moodle_recording("Essai de la plateforme de test", _at("2020-10-01 12:00"), ignored, "presentation 2.0")
    unknown = replace(LAW, server=UNKNOWN_SERVER, course=77, number=801)
    yield moodle_recording(
        "Cours mutualisé avec l’université voisine", _at("2021-04-09 15:00"), unknown, "presentation 2.0"
    )
    yield moodle_recording("Cours mutualisé, suite", _at("2021-04-16 15:00"), unknown, "presentation 2.3")


def _other_clients() -> Iterator[Recording]:
    """Yield rooms of Greenlight 2 and 3, meetings of Esup-Pod and Nextcloud."""
    room = hashlib.sha1(b"mar-xyz-4kp", usedforsecurity=False).hexdigest()
    yield _from_client(
        meeting_recording(room, "Réunion d’équipe", _at("2020-11-24 10:00"), "presentation 2.0"),
        Origin(name="Greenlight", server_name=GREENLIGHT, version="2.7.1"),
        {"gl-listed": "false"},
    )
    yield _from_client(
        meeting_recording(f"{room[:38]}v3", "Bureau de Marie", _at("2023-11-07 09:00"), "presentation 2.3", "video"),
        Origin(name="greenlight", server_name=GREENLIGHT, version="3", context="Bureau de Marie", context_id="mar-xyz"),
        {"name": "Conseil de laboratoire", "endcallbackurl": f"https://{GREENLIGHT}/meeting_ended"},
    )
    for number, slug, title, day in (
        (15, "cours-14", "Cours 14", "2023-12-04 14:00"),
        (231, "these-dupont", "Thèse de J. Dupont", "2024-01-19 13:30"),
    ):
        meeting_id = f"{number:04d}-{slug}"
        yield _from_client(
            meeting_recording(meeting_id, title, _at(day), "presentation 2.3"),
            NO_ORIGIN,
            {"endcallbackurl": f"https://{POD}/meeting/end_callback/{meeting_id}/"},
        )
    yield _from_client(
        meeting_recording("a8f31bc0d2e94577", "Atelier Nextcloud", _at("2022-06-14 16:00"), "presentation 2.3"),
        Origin(name="Nextcloud", server_name=CLOUD, version="2.2.0"),
        {},
    )


def _from_client(recording: Recording, origin: Origin, metadata: Mapping[str, str]) -> Recording:
    """Say which program opened the meeting."""
    return replace(recording, origin=origin, metadata=metadata)


def _odd_ones() -> Iterator[Recording]:
    """Yield what old servers and processing scripts leave behind."""
    old = moodle_recording(
        "Visioconférence de rentrée", _at("2016-09-05 09:00"), PHYSICS, "presentation 0.9", "podcast"
    )
    yield replace(old, origin=replace(old.origin, version="2.7.7+ (Build: 20150319)", context_id="", context_label=""))
    yield moodle_recording("Dictée (son seulement)", _at("2019-01-08 08:00"), ARABIC, "podcast", minutes=12)
    yield moodle_recording("Sans lecture possible", _at("2019-02-05 08:00"), PHYSICS, "statistics")
    yield moodle_recording("Traitement interrompu", _at("2019-02-12 08:00"), PHYSICS)
    notes = moodle_recording("Avec notes partagées", _at("2023-03-03 10:00"), PHYSICS, "presentation 2.3", "notes")
    yield replace(notes, state="available")
    zero = moodle_recording("Longueur et taille à zéro", _at("2023-05-16 08:00"), MEDICINE, "presentation 2.3", "video")
    yield replace(zero, playbacks=tuple(replace(playback, length_min=0, size=0) for playback in zero.playbacks))
    anonymous = meeting_recording(
        "random-4711007", "Demo Meeting", _at("2020-07-01 07:00"), "presentation 2.0", minutes=5
    )
    yield anonymous
    lost = meeting_recording("lost", "", _at("2019-12-12 12:12"), "presentation 2.0")
    yield replace(lost, meeting_id="", participants=None)
