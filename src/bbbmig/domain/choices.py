"""Words among which options and settings let people choose, apart from what decides by them: `--help` is fast so."""

from enum import StrEnum
from typing import Literal

Via = Literal["upload", "recorder"]
"""How a file gets to Pod: sent over REST, or dropped into the recorder's directory."""
CoOwners = Literal["additional", "copy", "none"]
"""What moderators after the first get: they own the same video too, have a copy of their own, nothing."""
UnknownOwner = Literal["claim", "administrator", "skip"]
"""Where a recording goes that is nobody's."""


class Language(StrEnum):
    """Languages that an owners file may have; user names, recordIDs and titles are what they are."""

    EN = "en"
    FR = "fr"


class Queueing(StrEnum):
    """Who carries a plan out: this run, or workers, waited for or not."""

    NONE = ""
    WAIT = "wait"
    DETACH = "detach"
