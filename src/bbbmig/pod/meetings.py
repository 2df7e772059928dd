"""Pod's own BigBlueButton meetings: whose a recording is that was made from Pod.

Pod calls a meeting "0015-cours-14", number and name, and leaves its address in the recording, as the end-of-meeting
callback (docs/facts/bbb-api.md#who-made-a-meeting). A new name changes all but the number, so a recording may carry an
older meetingID; the number alone counts only where the callback leads to this Pod, because two Pods may share a
BigBlueButton (docs/facts/pod-rest.md#meetings).
"""

import logging
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import unquote, urlsplit

from bbbmig.domain.owner import Confidence, Finding, Owner, Ownership
from bbbmig.domain.recording import NO_ORIGIN, Recording
from bbbmig.domain.target import User
from bbbmig.pod.client import PodServer
from bbbmig.pod.errors import NoSuchRoute
from bbbmig.pod.json_row import Row
from bbbmig.pod.sites import all_sites

log = logging.getLogger(__name__)

SOURCE = "pod"
"""What `Ownership.source` says of owners that are found here."""
_MEETING_ID = re.compile(r"([0-9]{4,})-[-\w]*", re.ASCII)
_CALLBACK = re.compile(r"/meeting/end_callback/([^/]+)/?$")
_CLOCKS_DIFFER = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class PodMeeting:
    """A meeting; `meeting_id` is the one of its present name, `owner_id` a user's number in Pod."""

    id: int
    name: str
    meeting_id: str
    owner_id: int
    created: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """The meeting that a recording is of; None if it was one of this Pod's and does not exist any more."""

    meeting: PodMeeting | None
    meeting_id: str
    confidence: Confidence
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """How a recording names its meeting: the number in its meetingID, and the callback's host, "" without one."""

    number: int
    meeting_id: str
    host: str


class Meetings:
    """The meetings of one Pod."""

    def __init__(self, server: PodServer) -> None:
        """Use that Pod; nothing is sent yet."""
        self._server = server

    def all(self) -> list[PodMeeting]:
        """Read all meetings: there is no way to ask for one. None if this Pod has none (USE_MEETING = False).

        Raises as `PodServer.get`.
        """
        try:
            rows = self._server.read_all("/rest/meeting_session/", what="Pod's meetings")
        except NoSuchRoute:
            log.info("this Pod has no meetings")
            return []
        return list(map(_meeting, rows))

    def hosts(self) -> set[str]:
        """Return the hosts by which this Pod may be named in a recording; raises as `PodServer.get`."""
        return {self._server.host, *(site.domain for site in all_sites(self._server))}


def owners_by_meeting(
    recordings: Iterable[Recording],
    meetings: Iterable[PodMeeting],
    people: Callable[[Collection[int]], Mapping[int, User]],
    *,
    hosts: Collection[str],
) -> dict[str, Ownership]:
    """Find the owners of recordings that were made from Pod, keyed by recordID; all others are left out.

    `people` looks users up by number (`Users.by_id`), `hosts` are those of `Meetings.hosts`. A recording of a meeting
    or owner that Pod does not have any more is Finding.NOBODY.
    """
    matches = match_meetings(recordings, meetings, hosts=hosts)
    users = people({match.meeting.owner_id for match in matches.values() if match.meeting is not None})
    return {record_id: _ownership(record_id, match, users) for record_id, match in matches.items()}


def match_meetings(
    recordings: Iterable[Recording], meetings: Iterable[PodMeeting], *, hosts: Collection[str]
) -> dict[str, Match]:
    """Find the meetings of recordings, keyed by recordID; those that are not of this Pod are left out."""
    by_number = {meeting.id: meeting for meeting in meetings}
    ours = {_host(host) for host in hosts}
    matches = {recording.record_id: _match(recording, by_number, ours) for recording in recordings}
    return {record_id: match for record_id, match in matches.items() if match is not None}


def may_be_of_pod(recording: Recording) -> bool:
    """Tell whether a recording looks as if it was made from some Pod: if none does, no meetings need be read."""
    return _called(recording) is not None


def _callback(recording: Recording) -> str:
    """Return the address that is called at the end of the meeting, "" if there is none."""
    return next((url for key, url in recording.metadata.items() if key.lower() == "endcallbackurl"), "")


def _called(recording: Recording) -> Called | None:
    """Read how Pod called the meeting; None if this cannot be of a Pod."""
    callback = _callback(recording)
    host, called = _of_callback(callback)
    meeting_id = recording.meeting_id or called
    number = _MEETING_ID.fullmatch(meeting_id)
    if number is None or recording.origin != NO_ORIGIN or (callback and not host):
        return None
    return Called(number=int(number[1]), meeting_id=meeting_id, host=host)


def _match(recording: Recording, by_number: Mapping[int, PodMeeting], ours: Collection[str]) -> Match | None:
    """Find the meeting of one recording."""
    called = _called(recording)
    if called is None:
        return None
    meeting = by_number.get(called.number)
    if meeting is not None and _is_younger(meeting, recording):
        meeting = None  # the number was given again, in a Pod that was set up anew
    if called.host:
        return _ours(meeting, called.meeting_id) if called.host in ours else None
    if meeting is None or meeting.meeting_id != called.meeting_id:
        return None
    why = f"owner of Pod's meeting {called.meeting_id}; the recording does not say of which Pod"
    return Match(meeting=meeting, meeting_id=called.meeting_id, confidence=Confidence.DOUBTFUL, why=why)


def _ours(meeting: PodMeeting | None, meeting_id: str) -> Match:
    """Return the match of a recording whose callback leads to this Pod."""
    why = f"owner of Pod's meeting {meeting_id}"
    if meeting is not None and meeting.meeting_id != meeting_id:
        why = f"{why}, now {meeting.meeting_id}"
    return Match(meeting=meeting, meeting_id=meeting_id, confidence=Confidence.LIKELY, why=why)


def _ownership(record_id: str, match: Match, users: Mapping[int, User]) -> Ownership:
    """Name the owner."""
    if match.meeting is None:
        detail = f"Pod's meeting {match.meeting_id} does not exist any more"
        return Ownership(record_id=record_id, finding=Finding.NOBODY, detail=detail, source=SOURCE)
    user = users.get(match.meeting.owner_id)
    if user is None:
        detail = f"the owner of Pod's meeting {match.meeting_id} does not exist any more"
        return Ownership(record_id=record_id, finding=Finding.NOBODY, detail=detail, source=SOURCE)
    owner = Owner(
        username=user.username,
        first_name=user.first_name,
        last_name=user.last_name,
        email=user.email,
        why=match.why,
        confidence=match.confidence,
    )
    return Ownership(
        record_id=record_id,
        finding=Finding.FOUND,
        owners=(owner,),
        source=SOURCE,
        activity=match.meeting.name,
    )


def _of_callback(url: str) -> tuple[str, str]:
    """Return host and meetingID of Pod's end-of-meeting callback; "" if it is none of a Pod."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return "", ""
    called = _CALLBACK.search(parts.path)
    return (_host(parts.netloc), unquote(called[1])) if called else ("", "")


def _host(host: str) -> str:
    """Write hosts in one way, for comparison."""
    return host.casefold().removesuffix(":443").removesuffix(":80").rstrip(".")


def _is_younger(meeting: PodMeeting, recording: Recording) -> bool:
    """Tell whether a meeting was made after it was recorded."""
    recorded = recording.created or recording.start
    return recorded is not None and meeting.created is not None and meeting.created > recorded + _CLOCKS_DIFFER


def _meeting(row: Row) -> PodMeeting:
    return PodMeeting(
        id=row.number("id"),
        name=row.text("name"),
        meeting_id=row.text("meeting_id"),
        owner_id=row.number("owner_id"),
        created=row.moment_or_none("created_at"),
    )
