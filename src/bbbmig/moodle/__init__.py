"""Moodle's database: who moderated which recording. Nothing here writes to it."""

from bbbmig.moodle.entities import ActivityRef
from bbbmig.moodle.owners import MoodleOwners
from bbbmig.moodle.source import MoodleSource
from bbbmig.moodle.state import MoodleState, Problem, inspect_moodle

__all__ = [
    "ActivityRef",
    "MoodleOwners",
    "MoodleSource",
    "MoodleState",
    "Problem",
    "inspect_moodle",
]
