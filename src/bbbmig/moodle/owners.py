"""Whose recordings they are, across all Moodles: which one to ask, in batches, and what happens when one fails."""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import TracebackType
from typing import Self, TypeVar

from bbbmig.domain.moodle_meeting_id import MoodleMeetingId
from bbbmig.domain.owner import Finding, Ownership
from bbbmig.domain.recording import Recording
from bbbmig.errors import RemoteError, RemoteRefused
from bbbmig.moodle.config import DEFAULT_SECTION, MoodleSource
from bbbmig.moodle.failure import CannotConnect, ConnectionLost
from bbbmig.moodle.moodle import Answer, Moodle, open_moodle
from bbbmig.moodle.records import ActivityRef

log = logging.getLogger(__name__)

T = TypeVar("T")

BATCH = 1000
"""Recordings in one go. 50,000 of them need some 370 statements."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A recording and the Moodles to ask, in order; unproven answers do not count unless `trusted`.

    `otherwise` and `detail` are the result when none of them proves that it has it.
    """

    recording: Recording
    ask: tuple[str, ...]
    trusted: bool = False
    otherwise: Finding = Finding.NOBODY
    detail: str = ""


class MoodleOwners:
    """Finds owners in one or several Moodles; connects when first asked. Use it in a `with`."""

    def __init__(
        self,
        sources: Sequence[MoodleSource],
        *,
        ignored_servers: Iterable[str] = (),
        not_asked_servers: Iterable[str] = (),
    ) -> None:
        """Keep the sections in the order of the settings; host names are compared without regard to case.

        `not_asked_servers` are those of sections that are left out of `sources` this time: Finding.NOT_SEARCHED.
        """
        self._sources = {source.name: source for source in sources}
        self._ignored = {_host(server) for server in ignored_servers}
        self._not_asked = {_host(server) for server in not_asked_servers}
        self._by_server: dict[str, list[str]] = defaultdict(list)
        for source in sources:
            for server in source.origin_servers:
                self._by_server[_host(server)].append(source.name)
        self._moodles: dict[str, Moodle] = {}
        self._down: dict[str, str] = {}

    def __enter__(self) -> Self:
        """Give itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close all connections."""
        self.close()

    def close(self) -> None:
        """Close all connections."""
        for moodle in self._moodles.values():
            moodle.close()
        self._moodles.clear()

    def find(self, recordings: Sequence[Recording], *, among: Iterable[Recording] = ()) -> Iterator[Ownership]:
        """Find the owners of recordings: one result for each, in an order of its own (by course and activity).

        `among`: all recordings of the server, so that a breakout room has the same owners whether or not the
        session that it was part of is asked about.
        All Moodles concerned are reached before the first result. Raise ConfigError, RemoteError or RemoteRefused
        when one of them cannot be used; one that fails later makes Finding.FAILED of its recordings instead.
        """
        return self._results(self._questions(recordings), _parents(recordings, among))

    def activities(self, recordings: Sequence[Recording], *, among: Iterable[Recording] = ()) -> dict[str, ActivityRef]:
        """Find the activities in which recordings were held, by recordID; one whose activity is gone is left out.

        Some 3 statements for 1000 recordings. `among` is that of `find`.
        Raise ConfigError, RemoteError or RemoteRefused when a Moodle cannot be used, or fails.
        """
        questions, parents = self._questions(recordings), _parents(recordings, among)
        known: set[str] = set()
        found: dict[str, ActivityRef] = {}
        for name in self._sources:
            for batch in _batches([q for q in questions if name in q.ask and q.recording.record_id not in known]):
                for held in self._twice(name, partial(Moodle.places, batch=_recordings(batch), parents=parents)):
                    record_id, activity = held.recording.record_id, held.activity
                    if held.known:
                        known.add(record_id)
                    if activity is not None:
                        found[record_id] = ActivityRef(name, activity.id, activity.course, activity.name)
        return found

    def _questions(self, recordings: Sequence[Recording]) -> list[Question]:
        """Decide which Moodles to ask about each, and open them. Raise what `open_moodle` raises."""
        questions = [self._question(recording) for recording in recordings]
        for name in self._sources:
            if name not in self._moodles and any(name in question.ask for question in questions):
                self._moodles[name] = open_moodle(self._sources[name])
        return questions

    def _question(self, recording: Recording) -> Question:
        """Decide which Moodles to ask about a recording, and what it means if none has it."""
        server = _host(recording.origin.server_name)
        if not server:
            return self._without_origin(recording)
        if server in self._ignored:
            return Question(recording=recording, ask=(), otherwise=Finding.IGNORED_SERVER, detail=server)
        if names := self._by_server.get(server):
            none = f"{server}: none of its Moodles has it"
            return Question(recording=recording, ask=tuple(names), trusted=len(names) == 1, detail=none)
        if server in self._not_asked:
            return Question(recording=recording, ask=(), otherwise=Finding.NOT_SEARCHED, detail=server)
        default = self._sources.get(DEFAULT_SECTION)
        ask = (DEFAULT_SECTION,) if default and not default.origin_servers else ()
        return Question(recording=recording, ask=ask, otherwise=Finding.UNKNOWN_SERVER, detail=server)

    def _without_origin(self, recording: Recording) -> Question:
        """Decide about a recording that does not say where it comes from."""
        if DEFAULT_SECTION in self._sources:
            none = f"no origin server, and not of moodle {DEFAULT_SECTION}"
            return Question(recording=recording, ask=(DEFAULT_SECTION,), detail=none)
        if MoodleMeetingId.parse(recording.meeting_id) is None:
            return Question(recording=recording, ask=(), detail="no origin server, and no meetingID of a Moodle")
        none = f"no origin server, and no section moodle.{DEFAULT_SECTION}"
        return Question(recording=recording, ask=(), otherwise=Finding.UNKNOWN_SERVER, detail=none)

    def _results(self, questions: Sequence[Question], parents: Mapping[str, Recording]) -> Iterator[Ownership]:
        """Ask each Moodle once about all that concerns it; pass on what it does not have."""
        waiting: dict[str, list[Question]] = {name: [] for name in self._sources}
        for question in questions:
            if question.ask:
                waiting[question.ask[0]].append(question)
            else:
                yield _otherwise(question)
        for name, asked in waiting.items():
            for batch in _batches(asked):
                for question, answer in zip(batch, self._answers(name, batch, parents), strict=True):
                    if isinstance(answer, Ownership):
                        yield answer
                    elif answer.proven or question.trusted:
                        yield answer.ownership
                    elif following := question.ask[question.ask.index(name) + 1 :]:
                        waiting[following[0]].append(question)
                    else:
                        yield _otherwise(question)

    def _answers(
        self, name: str, batch: Sequence[Question], parents: Mapping[str, Recording]
    ) -> Sequence[Answer | Ownership]:
        """Ask one Moodle, with one new connection when the first breaks; give failures when it does not answer."""
        recordings = _recordings(batch)
        if name in self._down:
            return _failures(recordings, self._down[name])
        try:
            return self._twice(name, partial(Moodle.answers, batch=recordings, parents=parents))
        except (RemoteError, RemoteRefused) as error:
            log.error("%s: %d recordings have no owner in this run", error.message, len(recordings))  # noqa: TRY400 - expected
            self._moodles[name].close()
            if isinstance(error, CannotConnect):
                self._down[name] = error.message  # no waiting for a connection once per batch
            return _failures(recordings, error.message)

    def _twice(self, name: str, work: Callable[[Moodle], Sequence[T]]) -> Sequence[T]:
        """Ask one Moodle, and once more with a new connection when the first breaks."""
        moodle = self._moodles[name]
        try:
            return work(moodle)
        except ConnectionLost as error:
            log.warning("%s; connecting again", error.message)
            moodle.close()
            return work(moodle)


def _recordings(batch: Iterable[Question]) -> list[Recording]:
    return [question.recording for question in batch]


def _host(server: str) -> str:
    return server.strip().rstrip(".").lower()


def _parents(recordings: Sequence[Recording], among: Iterable[Recording]) -> dict[str, Recording]:
    """Find the sessions that breakout rooms were part of, by recordID."""
    wanted = {recording.breakout_parent for recording in recordings}
    return {one.record_id: one for one in (*recordings, *among) if one.record_id in wanted}


def _otherwise(question: Question) -> Ownership:
    return Ownership(
        record_id=question.recording.record_id,
        finding=question.otherwise,
        detail=question.detail,
        course=question.recording.origin.context,
    )


def _failures(recordings: Iterable[Recording], message: str) -> list[Ownership]:
    return [
        Ownership(record_id=one.record_id, finding=Finding.FAILED, detail=message, course=one.origin.context)
        for one in recordings
    ]


def _batches(questions: Sequence[Question]) -> Iterator[Sequence[Question]]:
    """Cut questions into batches, recordings of the same course and activity together: so each is read once."""
    ordered = sorted(questions, key=_neighbours)
    for start in range(0, len(ordered), BATCH):
        yield ordered[start : start + BATCH]


def _neighbours(question: Question) -> tuple[int, int, str]:
    meeting = MoodleMeetingId.parse(question.recording.meeting_id)
    course, activity = (meeting.course, meeting.activity) if meeting else (0, 0)
    return course, activity, question.recording.record_id
