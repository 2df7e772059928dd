"""Sources of owners, whichever databases they are: which one is responsible for a recording, and what it means.

A source answers for its own people and recordings. Which of several sources is asked about a recording, and what it
means that none has it, is decided here, by the recording's origin server.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from bbbmig.domain.moodle_meeting_id import MoodleMeetingId
from bbbmig.domain.owner import Finding, Ownership
from bbbmig.domain.recording import Recording


class Responsible(Protocol):
    """Something that has recordings of some origin servers; `name` is how messages call it: "moodle default"."""

    @property
    def name(self) -> str:
        """Return what messages and `Ownership.source` call it."""
        ...

    def serves(self, server: str) -> bool | None:
        """Tell whether recordings of an origin server are its own; None: ask it, only it can tell.

        `server` is as `host` writes it, "" for recordings that do not say where they come from.
        """
        ...


class OwnerSource(Responsible, Protocol):
    """A port: whose recordings they are, as one Moodle, one Greenlight or the like knows it."""

    def reach(self) -> None:
        """Connect, if that is not done. Raise ConfigError, RemoteError or RemoteRefused when it cannot be used."""
        ...

    def find(self, recordings: Sequence[Recording], *, among: Iterable[Recording]) -> Iterator[Ownership]:
        """Find the owners of recordings, in any order: one result for each about which it has something to say.

        `among` are all recordings of the old server, so that a breakout room has the same owners whether or not the
        session that it was part of is asked about. A source that breaks in the middle gives Finding.FAILED for what
        it cannot say; that is not Finding.NOBODY. What nothing shows to be its own is not `proven`.
        """
        ...

    def usernames(self) -> Collection[str]:
        """Return the names that all its people have in Pod, recordings or not. Raise as `reach`."""
        ...


Source = TypeVar("Source", bound=Responsible)


@dataclass(frozen=True, slots=True, kw_only=True)
class Route(Generic[Source]):
    """The sources to ask about a recording, in order, and what it means when none of them shows that it has it.

    `trusted`: the only one asked serves its origin server, so its answer counts even if nothing proves it.
    """

    ask: tuple[Source, ...] = ()
    trusted: bool = False
    otherwise: Finding = Finding.NOBODY
    detail: str = ""


class Router(Generic[Source]):
    """Decides which sources are responsible for a recording."""

    def __init__(
        self,
        sources: Sequence[Source],
        *,
        not_asked: Sequence[Responsible] = (),
        ignored_servers: Iterable[str] = (),
    ) -> None:
        """Keep the sources in their order; `not_asked` are configured, and left out this time."""
        self._sources = sources
        self._not_asked = not_asked
        self._ignored = {host(server) for server in ignored_servers}
        self._by_server: dict[str, Route[Source]] = {}

    def of(self, recording: Recording) -> Route[Source]:
        """Return the way that a question about this recording takes."""
        server = host(recording.origin.server_name)
        if server not in self._by_server:
            self._by_server[server] = self._route(server)
        route = self._by_server[server]
        if not server and not route.ask and MoodleMeetingId.parse(recording.meeting_id) is None:
            return Route(otherwise=Finding.NOBODY, detail="no origin server, and no meetingID of a Moodle")
        return route

    def _route(self, server: str) -> Route[Source]:
        if server and server in self._ignored:
            return Route(otherwise=Finding.IGNORED_SERVER, detail=server)
        said = [(source, source.serves(server)) for source in self._sources]
        if its := tuple(source for source, serves in said if serves):
            none = f"{server}: not of {', '.join(source.name for source in its)}"
            return Route(ask=its, trusted=len(its) == 1, detail=none)
        if any(source.serves(server) for source in self._not_asked):
            return Route(otherwise=Finding.NOT_SEARCHED, detail=server)
        maybe = tuple(source for source, serves in said if serves is None)
        if server:
            return Route(ask=maybe, otherwise=Finding.UNKNOWN_SERVER, detail=server)
        if maybe:
            return Route(ask=maybe, detail=f"no origin server, and not of {', '.join(one.name for one in maybe)}")
        return Route(otherwise=Finding.UNKNOWN_SERVER, detail="no origin server, and no section moodle.default")


def find_owners(
    recordings: Sequence[Recording], router: Router[OwnerSource], *, among: Iterable[Recording] = ()
) -> Iterator[Ownership]:
    """Ask each source once about all that concerns it, and pass on what it does not have: one result for each.

    All sources concerned are reached before the first result. Raise ConfigError, RemoteError or RemoteRefused when
    one of them cannot be used; one that fails later makes Finding.FAILED of what no other source proves to be its own.
    """
    questions = [_Question(recording, router.of(recording)) for recording in recordings]
    asked = {source.name: source for question in questions for source in question.route.ask}
    for source in asked.values():
        source.reach()
    return _results(questions, among)


@dataclass(slots=True)
class _Question:
    """A recording on its way from source to source; `failure` is what one said that broke."""

    recording: Recording
    route: Route[OwnerSource]
    failure: Ownership | None = None

    def settles(self, answer: Ownership) -> bool:
        """Tell whether an answer ends the search, and remember one that does not."""
        if answer.finding is Finding.FAILED:
            self.failure = answer
        return answer.proven or self.route.trusted

    @property
    def unsettled(self) -> Ownership:
        """Return the result when no source has shown that the recording is its own."""
        if self.failure is not None:
            return self.failure
        return Ownership(
            record_id=self.recording.record_id,
            finding=self.route.otherwise,
            detail=self.route.detail,
            course=self.recording.origin.context,
        )


def _results(questions: Sequence[_Question], among: Iterable[Recording]) -> Iterator[Ownership]:
    """Ask the first source of every route about all that concerns it, then the second about what is still open."""
    step = 0
    while questions:
        waiting: dict[str, tuple[OwnerSource, dict[str, _Question]]] = {}
        for question in questions:
            if step < len(question.route.ask):
                source = question.route.ask[step]
                waiting.setdefault(source.name, (source, {}))[1][question.recording.record_id] = question
            else:
                yield question.unsettled
        for source, its in waiting.values():
            for answer in source.find([question.recording for question in its.values()], among=among):
                if its[answer.record_id].settles(answer):
                    del its[answer.record_id]
                    yield answer
        questions = [question for _, its in waiting.values() for question in its.values()]
        step += 1


def host(server: str) -> str:
    """Write a host name as it is compared: in lower case, without the dot at its end."""
    return server.strip().rstrip(".").lower()
