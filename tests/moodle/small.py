"""A Moodle with only what one test is about; everything has a number that occurs once."""

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bbbmig.domain.recording import Origin, Recording
from tests.moodle.schema import TABLES, Database, Row

SERVER = "moodle.univ.fr"
SEED = "a" * 40
START = datetime(2024, 3, 5, 9, tzinfo=UTC)

EDITING_TEACHER, TEACHER, STUDENT, MANAGER = 103, 104, 105, 101
MODULE = 77


@dataclass(slots=True)
class SmallMoodle:
    """Course 20 (context 200, category 150) with activity 30 (context 300), without people or rules."""

    participants: str | None = None
    seed: str = SEED
    default: str = "0"
    release: str = "4.5"
    rows: dict[str, list[Row]] = field(default_factory=dict)
    next_id: int = 9000

    def __post_init__(self) -> None:
        self.rows = {name: [] for name in TABLES}
        for number, name, archetype in (
            (MANAGER, "manager", "manager"),
            (EDITING_TEACHER, "editingteacher", "editingteacher"),
            (TEACHER, "teacher", "teacher"),
            (STUDENT, "student", "student"),
        ):
            self.rows["role"].append((number, "", name, archetype))
        self.rows["modules"].append((MODULE, "bigbluebuttonbn"))
        self.rows["context"] += [(100, 10, 0, "/100", 1), (150, 40, 15, "/100/150", 2)]
        for name, value in (
            ("bigbluebuttonbn_participant_moderator_default", self.default),
            ("siteguest", "1"),
            ("siteadmins", "2"),
            ("mnet_localhost_id", "1"),
            ("release", self.release),
        ):
            self.put("config", name, value)
        self.course(20, context=200)
        self.activity(30, participants=self.participants, seed=self.seed)

    def put(self, table: str, *values: object) -> None:
        self.next_id += 1
        self.rows[table].append((self.next_id, *values))

    def course(self, number: int, *, context: int, name: str = "Mécanique") -> None:
        self.rows["course"].append((number, 15, name, name, 1))
        self.rows["context"].append((context, 50, number, f"/100/150/{context}", 3))

    def activity(
        self,
        number: int,
        *,
        participants: str | None = None,
        course: int = 20,
        seed: str = SEED,
        text: tuple[str | None, int] = (None, 1),
        shown: bool = False,
    ) -> None:
        """Add an activity; its course module is 10 times its number, its context the same.

        `text` is its intro and introformat, `shown`: on the course's page, too.
        """
        module, parent = number * 10, course * 10
        self.rows["bigbluebuttonbn"].append((number, course, "Cours en ligne", *text, seed, participants, 0))
        self.rows["course_modules"].append((module, course, MODULE, number, 1, int(shown), 0))
        self.rows["context"].append((module, 70, module, f"/100/150/{parent}/{module}", 4))

    def user(self, number: int, username: str, *, deleted: int = 0, suspended: int = 0, host: int = 1) -> None:
        self.rows["user"].append(
            (
                number,
                "manual",
                1,
                deleted,
                suspended,
                host,
                username,
                f"N{number}",
                "Zoé",
                "Lefèvre",
                f"{username}@univ.fr",
            )
        )

    def assign(self, user: int, role: int, context: int, *, since: datetime = START - timedelta(days=30)) -> None:
        self.put("role_assignments", role, context, user, int(since.timestamp()))

    def role_changed(self, user: int, role: int, context: int, when: datetime, *, given: bool) -> None:
        """Add what Moodle's own log says when somebody gets a role or loses it."""
        event = rf"\core\event\role_{'' if given else 'un'}assigned"
        self.put("logstore_standard_log", event, context, role, user, int(when.timestamp()))

    def enrol(self, user: int, course: int = 20) -> None:
        self.put("enrol", "manual", 0, course)
        self.put("user_enrolments", 0, self.next_id, user)

    def log(self, user: int | None, event: str, meeting_id: str, **more: object) -> None:
        """Add a log entry about activity 30, at the start of the session."""
        meta = more.get("meta")
        when = more.get("when", START)
        assert isinstance(when, datetime)
        text = meta if meta is None or isinstance(meta, str) else json.dumps(meta, separators=(",", ":"))
        values = (
            more.get("course", 20),
            more.get("activity", 30),
            user,
            int(when.timestamp()),
            meeting_id,
            event,
            text,
        )
        self.put("bigbluebuttonbn_logs", *values)

    def row(self, record_id: str, *, activity: int = 30, course: int = 20, imported: int = 0, status: int = 2) -> None:
        self.put("bigbluebuttonbn_recordings", course, activity, 0, record_id, 0, imported, status)

    def fill(self, url: sa.URL, *, with_view: bool = True) -> Database:
        database = Database(url=url)
        database.fill(self.rows, with_view=with_view)
        return database


def record_id(number: int = 0) -> str:
    return f"{number:040x}-{int(START.timestamp() * 1000)}"


def recording(
    number: int = 0,
    *,
    meeting_id: str = f"{SEED}-20-30[0]",
    server: str = SERVER,
    **more: Any,  # noqa: ANN401 - any field of it
) -> Recording:
    """Make a recording of a session of one hour from START on."""
    made = Recording(
        record_id=record_id(number),
        meeting_id=meeting_id,
        origin=Origin(server_name=server),
        start=START,
        end=START + timedelta(hours=1),
    )
    return replace(made, **more)


def rules(*entries: tuple[str, object], role: str = "moderator") -> str:
    """Write a `participants` with these rules after the usual one for viewers."""
    listed = [("all", "all", "viewer"), *((kind, key, role) for kind, key in entries)]
    return json.dumps([{"selectiontype": kind, "selectionid": key, "role": role} for kind, key, role in listed])
