"""Moodle's database: who moderated which recording, and the notice in its activities, the only thing ever written."""

from bbbmig.moodle.entities import ActivityRef
from bbbmig.moodle.notice import MoodleNotice
from bbbmig.moodle.notice_edit import Change, Noticed
from bbbmig.moodle.notice_text import Notice
from bbbmig.moodle.owners import MoodleOwners
from bbbmig.moodle.source import MoodleSource
from bbbmig.moodle.state import MoodleState, Problem, inspect_moodle

__all__ = [
    "ActivityRef",
    "Change",
    "MoodleNotice",
    "MoodleOwners",
    "MoodleSource",
    "MoodleState",
    "Notice",
    "Noticed",
    "Problem",
    "inspect_moodle",
]
