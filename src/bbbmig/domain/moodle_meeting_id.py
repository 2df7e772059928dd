"""The meetingIDs that Moodle makes: they name the activity, whether or not Moodle kept a row of the recording."""

import re
from dataclasses import dataclass
from functools import lru_cache

_MOODLE = re.compile(
    r"(?P<seed>[0-9a-f]{32,40})-(?P<course>[0-9]{1,10})-(?P<activity>[0-9]{1,10})(?:\[(?P<group>[0-9]{0,10})\])?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MoodleMeetingId:
    """`seed-course-activity[group]`: the parts of a meetingID, as Moodle numbered them when it was made.

    `seed` is `bigbluebuttonbn.meetingid` (md5 in version 1 of the plug-in, later sha1); it is random, so the
    same seed in a Moodle proves that the meeting is of that Moodle. `group` is 0 for "all participants".
    Numbers have ten digits at most, as in Moodle's tables; longer ones are times, in the IDs of other programs.
    """

    seed: str
    course: int
    activity: int
    group: int = 0

    @classmethod
    @lru_cache(maxsize=100_000)  # asked for every recording of a meeting, and more than once for each
    def parse(cls, meeting_id: str) -> "MoodleMeetingId | None":
        """Read a meetingID; None if it is not of Moodle's form.

        Moodle 4 and 5 always write the group, even `[0]`; 2 and 3 only where the activity has groups.
        """
        parts = _MOODLE.fullmatch(meeting_id.strip())
        if parts is None:
            return None
        return cls(
            seed=parts["seed"],
            course=int(parts["course"]),
            activity=int(parts["activity"]),
            group=int(parts["group"] or 0),
        )
