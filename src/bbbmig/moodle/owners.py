"""Whose the recordings of one Moodle are: asked in batches, with a new connection when one breaks."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from types import TracebackType
from typing import Self, TypeVar

from bbbmig.database.driver_errors import CannotConnect, ConnectionLost
from bbbmig.domain.moodle_meeting_id import MoodleMeetingId
from bbbmig.domain.owner import Finding, Ownership
from bbbmig.domain.owner_sources import Router, host
from bbbmig.domain.recording import Recording
from bbbmig.errors import RemoteError, RemoteRefused
from bbbmig.moodle.activities import Held
from bbbmig.moodle.config import DEFAULT_SECTION, MoodleSource
from bbbmig.moodle.moodle import Moodle, open_moodle
from bbbmig.moodle.records import ActivityRef

log = logging.getLogger(__name__)

T = TypeVar("T")

BATCH = 1000
"""Recordings in one go. 50,000 of them need some 370 statements."""


class MoodleOwners:
    """An owner source (`domain.owner_sources`): one Moodle, connected when first asked. Use it in a `with`."""

    def __init__(self, source: MoodleSource) -> None:
        """Keep the section; host names are compared without regard to case."""
        self.source = source
        self.name = source.label
        self._servers = {host(server) for server in source.origin_servers}
        self._moodle: Moodle | None = None
        self._down = ""

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connection."""
        self.close()

    def close(self) -> None:
        """Close the connection."""
        if self._moodle is not None:
            self._moodle.close()
        self._moodle = None

    def serves(self, server: str) -> bool | None:
        """Tell whether recordings of that host are of this Moodle.

        None for what only a seed, a row or a log can tell: recordings without origin are looked for in the section
        `default`, and those of hosts that no section has, too, if it names no hosts of its own.
        """
        if server in self._servers:
            return True
        return None if self.source.name == DEFAULT_SECTION and not (server and self._servers) else False

    def reach(self) -> None:
        """Connect, and learn what may be read. Raise ConfigError, RemoteError or RemoteRefused as `open_moodle`."""
        if self._moodle is None:
            self._moodle = open_moodle(self.source)

    def find(self, recordings: Sequence[Recording], *, among: Iterable[Recording] = ()) -> Iterator[Ownership]:
        """Find the owners of recordings, by course and activity: one result for each.

        `among` are all recordings of the server, for breakout rooms. Raise as `reach`; a Moodle that fails later makes
        Finding.FAILED of its recordings instead.
        """
        self.reach()
        return self._found(recordings, _parents(recordings, among))

    def usernames(self) -> set[str]:
        """Return the names that the site's people have in Pod. Raise as `reach`, RemoteError or RemoteRefused."""
        self.reach()
        return set(self._twice(Moodle.usernames))

    def places(self, recordings: Sequence[Recording], *, among: Iterable[Recording] = ()) -> Iterator[Held]:
        """Find where recordings were held: one result for each. Raise RemoteError or RemoteRefused when it fails."""
        self.reach()
        parents = _parents(recordings, among)
        for batch in _batches(recordings):
            yield from self._twice(partial(Moodle.places, batch=batch, parents=parents))

    def activity_names(self, numbers: Iterable[int]) -> dict[int, str]:
        """Return the names of activities that exist; raise as `reach` does."""
        self.reach()
        return dict(self._twice(partial(Moodle.activity_names, numbers=sorted(numbers))))

    def _found(self, recordings: Sequence[Recording], parents: Mapping[str, Recording]) -> Iterator[Ownership]:
        for batch in _batches(recordings):
            yield from self._answers(batch, parents)

    def _answers(self, batch: Sequence[Recording], parents: Mapping[str, Recording]) -> Sequence[Ownership]:
        """Ask, with one new connection when the first breaks; return failures when it does not answer."""
        if self._down:
            return self._failures(batch, self._down)
        try:
            return self._twice(partial(Moodle.answers, batch=batch, parents=parents))
        except (RemoteError, RemoteRefused) as error:
            log.error("%s: %d recordings have no owner in this run", error.message, len(batch))  # noqa: TRY400 - expected
            self._opened.close()
            if isinstance(error, CannotConnect):
                self._down = error.message  # no waiting for a connection once per batch
            return self._failures(batch, error.message)

    def _twice(self, work: Callable[[Moodle], Sequence[T]]) -> Sequence[T]:
        """Ask, and once more with a new connection when the first breaks."""
        moodle = self._opened
        try:
            return work(moodle)
        except ConnectionLost as error:
            log.warning("%s; connecting again", error.message)
            moodle.close()
            return work(moodle)

    @property
    def _opened(self) -> Moodle:
        if self._moodle is None:
            raise AssertionError(self.name)
        return self._moodle

    def _failures(self, recordings: Iterable[Recording], message: str) -> list[Ownership]:
        return [
            Ownership(
                record_id=one.record_id,
                finding=Finding.FAILED,
                detail=message,
                course=one.origin.context,
                proven=False,
            )
            for one in recordings
        ]


def find_activities(
    moodles: Sequence[MoodleOwners],
    recordings: Sequence[Recording],
    *,
    ignored_servers: Iterable[str] = (),
    among: Iterable[Recording] = (),
) -> dict[str, ActivityRef]:
    """Find the activities in which recordings were held, by recordID; one whose activity is gone is left out.

    Some 3 statements for 1000 recordings. `among` is that of `MoodleOwners.find`.
    Raise ConfigError, RemoteError or RemoteRefused when a Moodle cannot be used, or fails.
    """
    router = Router(moodles, ignored_servers=ignored_servers)
    routes = {recording.record_id: router.of(recording).ask for recording in recordings}
    among = tuple(among)
    known: set[str] = set()
    found: dict[str, ActivityRef] = {}
    for moodle in moodles:
        its = [one for one in recordings if moodle in routes[one.record_id] and one.record_id not in known]
        for held in moodle.places(its, among=(*recordings, *among)) if its else ():
            record_id, activity = held.recording.record_id, held.activity
            if held.known:
                known.add(record_id)
            if activity is not None:
                found[record_id] = ActivityRef(moodle.source.name, activity.id, activity.course, activity.name)
    return found


def _parents(recordings: Sequence[Recording], among: Iterable[Recording]) -> dict[str, Recording]:
    """Find the sessions that breakout rooms were part of, by recordID."""
    wanted = {recording.breakout_parent for recording in recordings} - {""}
    return {one.record_id: one for one in (*recordings, *among) if one.record_id in wanted} if wanted else {}


def _batches(recordings: Iterable[Recording]) -> Iterator[Sequence[Recording]]:
    """Cut recordings into batches, those of the same course and activity together: so each is read once."""
    ordered = sorted(recordings, key=_neighbours)
    for start in range(0, len(ordered), BATCH):
        yield ordered[start : start + BATCH]


def _neighbours(recording: Recording) -> tuple[int, int, str]:
    meeting = MoodleMeetingId.parse(recording.meeting_id)
    course, activity = (meeting.course, meeting.activity) if meeting else (0, 0)
    return course, activity, recording.record_id
