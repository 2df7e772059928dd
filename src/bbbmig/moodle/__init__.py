"""Moodle's database: who moderated which recording, and the notice in its activities, the only thing ever written."""

from bbbmig.moodle.config import MoodleSource
from bbbmig.moodle.inspect import MoodleProblem, MoodleState, inspect_moodle
from bbbmig.moodle.notice import MoodleNotice
from bbbmig.moodle.owners import MoodleOwners, find_activities
from bbbmig.moodle.records import ActivityRef

__all__ = [
    "ActivityRef",
    "MoodleNotice",
    "MoodleOwners",
    "MoodleProblem",
    "MoodleSource",
    "MoodleState",
    "find_activities",
    "inspect_moodle",
]
