"""Makes a university: the same for the same seed."""

import random

from tests.moodle.schema import TABLES
from tests.moodle.university.activities import make_activities
from tests.moodle.university.model import Generation, Size, University
from tests.moodle.university.sessions import add_foreigners, hold_sessions
from tests.moodle.university.site import make_courses, make_people, make_site


def build(generation: Generation, size: Size | None = None, *, seed: int = 7) -> University:
    """Make a university: the same for the same seed."""
    there = University(generation, size or Size(), random.Random(f"{generation.name}{seed}"))
    absent = {"bigbluebuttonbn_recordings": generation.has_recordings, "logstore_standard_log": generation.logs_roles}
    there.rows = {name: [] for name in TABLES if absent.get(name, True)}
    make_site(there)
    make_people(there)
    make_courses(there)
    make_activities(there)
    hold_sessions(there)
    add_foreigners(there)
    there.chance.shuffle(there.recordings)
    return there
