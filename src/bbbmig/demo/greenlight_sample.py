"""A sample Greenlight 3 in an SQLite file: the rooms of given recordings, with people of every kind, and shares.

Whose each recording then is, is told too, for tests and for those who look at the demo.
"""

import contextlib
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bbbmig.demo.recordings import GREENLIGHT
from bbbmig.domain.recording import Recording

_TABLES = """
CREATE TABLE users (id TEXT PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL, external_id TEXT,
    provider TEXT NOT NULL DEFAULT 'greenlight', status INTEGER DEFAULT 0, password_digest TEXT);
CREATE TABLE rooms (id TEXT PRIMARY KEY, user_id TEXT, name TEXT NOT NULL, friendly_id TEXT NOT NULL UNIQUE,
    meeting_id TEXT NOT NULL UNIQUE, created_at TEXT NOT NULL);
CREATE TABLE shared_accesses (id INTEGER PRIMARY KEY, user_id TEXT NOT NULL, room_id TEXT NOT NULL);
CREATE TABLE recordings (id INTEGER PRIMARY KEY, room_id TEXT, record_id TEXT NOT NULL);
"""
_PEOPLE = (
    ("mlecomte", "Marie Lecomte", "marie.lecomte@univ.test", "mlecomte"),
    ("stu", "Stéphane Étudiant", "Stu@univ.test", "8f14e45f-ceea-467f-9a3b-3d0fbe1b7b9c"),
    ("staffonly", "Sophie Personnel", "staffonly@univ.test", None),
    ("", "Quelqu'un d'autre", "someone@elsewhere.test", "f:0d1f6a5e-9d6c-4a0b-8f57-0c1c5a3f6b10:autre"),
)
"""User name in Pod, name, address and what the sign-in sent: a login, a UUID, nothing, what no rule understands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleGreenlight:
    """A sample Greenlight: its file, its host name, and by recordID the user names of owners, the room's first."""

    path: Path
    server: str
    owners: Mapping[str, tuple[str, ...]]


def create_sample_greenlight(
    path: Path, recordings: Sequence[Recording], *, server: str = GREENLIGHT
) -> SampleGreenlight:
    """Write a new SQLite file with a room for each meeting of those recordings that come from `server`.

    The rooms go round: one shared with the next person, one of somebody with an address alone, one of nobody in Pod.
    """
    ours = [one for one in recordings if one.origin.server_name == server and one.meeting_id]
    owners: dict[str, tuple[str, ...]] = {}
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript(_TABLES)
        for place, (_, name, email, external_id) in enumerate(_PEOPLE):
            values = (f"person-{place}", name, email, external_id)
            connection.execute("INSERT INTO users (id, name, email, external_id) VALUES (?, ?, ?, ?)", values)
        for number, meeting in enumerate(dict.fromkeys(one.meeting_id for one in ours)):
            its = [one for one in ours if one.meeting_id == meeting]
            owner, friend = number % len(_PEOPLE), (number + 1) % len(_PEOPLE)
            room = (f"room-{number}", f"person-{owner}", its[0].origin.context or "Home Room", f"mar-xyz-{number}")
            connection.execute("INSERT INTO rooms VALUES (?, ?, ?, ?, ?, '2020-01-01 08:00:00')", (*room, meeting))
            connection.execute(
                "INSERT INTO shared_accesses (user_id, room_id) VALUES (?, ?)", (f"person-{friend}", room[0])
            )
            people = tuple(_PEOPLE[one][0] for one in (owner, friend) if _PEOPLE[one][0])
            owners |= {one.record_id: people for one in its}
    return SampleGreenlight(path=path, server=server, owners=owners)
