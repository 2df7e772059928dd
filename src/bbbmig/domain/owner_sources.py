"""Sources of owners, whichever databases they are: which one is responsible for a recording, and what it means.

A source answers for its own people and recordings. Which of several sources is asked about a recording, and what it
means that none has it, is decided here, by the recording's origin server.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar, runtime_checkable

from bbbmig.domain.moodle_meeting_id import MoodleMeetingId
from bbbmig.domain.origin_hosts import host, origin_hosts
from bbbmig.domain.owner import Finding, Ownership
from bbbmig.domain.ownership import several_say
from bbbmig.domain.recording import Recording

__all__ = ["OwnerSource", "Responsible", "Route", "Router", "ServesOrigins", "find_owners", "host"]


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


@runtime_checkable
class ServesOrigins(Protocol):
    """A source that is also known by the program that made a meeting: not every recording names its server."""

    def serves_origin(self, origin: str) -> bool:
        """Tell whether recordings of a program are its own, unless another server made them.

        `origin` is what `bbb-origin` says, in small letters.
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
        self._routes: dict[tuple[tuple[str, ...], str], Route[Source]] = {}
        self._hosts_known: dict[tuple[str, ...], bool] = {}

    def of(self, recording: Recording) -> Route[Source]:
        """Return the way that a question about this recording takes."""
        hosts, origin = origin_hosts(recording), recording.origin.name.strip().casefold()
        if hosts not in self._hosts_known:
            self._hosts_known[hosts] = self._knows(hosts)
        if not (recording.origin.server_name or origin or self._hosts_known[hosts]):
            hosts = ()  # only called back at a host of which nothing is known: Pod's meetings are
        if (hosts, origin) not in self._routes:
            self._routes[hosts, origin] = self._route(hosts, origin)
        route = self._routes[hosts, origin]
        if not hosts and not route.ask and MoodleMeetingId.parse(recording.meeting_id) is None:
            return Route(otherwise=Finding.NOBODY, detail="no origin server, and no meetingID of a Moodle")
        return route

    def _knows(self, hosts: tuple[str, ...]) -> bool:
        """Tell whether the settings say anything of one of these hosts."""
        every: tuple[Responsible, ...] = (*self._sources, *self._not_asked)
        return bool(self._ignored & set(hosts)) or any(one.serves(named) for one in every for named in hosts)

    def _route(self, hosts: tuple[str, ...], origin: str) -> Route[Source]:
        """Choose by host, then by the program that made the meeting; else all that can look are asked.

        Where the two name different sources, or several, those asked must show that the recording is their own.
        """
        server = ", ".join(hosts)
        if self._ignored & set(hosts):
            return Route(otherwise=Finding.IGNORED_SERVER, detail=server)
        by_host = tuple(one for one in self._sources if any(one.serves(named) for named in hosts))
        by_origin = tuple(one for one in self._sources if _serves_origin(one, origin))
        both = tuple(one for one in by_host if one in by_origin)
        if by_host:
            its = both or (*by_host, *by_origin)
            none = f"{server}: not of {_names(its)}"
            return Route(ask=its, trusted=len(its) == 1, detail=none)
        if any(one.serves(named) for one in self._not_asked for named in hosts):
            return Route(otherwise=Finding.NOT_SEARCHED, detail=server)
        return self._route_of_lookers(hosts, origin, by_origin)

    def _route_of_lookers(self, hosts: tuple[str, ...], origin: str, by_origin: tuple[Source, ...]) -> Route[Source]:
        """Ask those that are known by the program, then all that only a look can tell."""
        server = ", ".join(hosts)
        maybe = [one for one in self._sources if any(one.serves(named) is None for named in hosts or ("",))]
        ask = (*by_origin, *(one for one in maybe if one not in by_origin))
        if server:
            return Route(ask=ask, otherwise=Finding.UNKNOWN_SERVER, detail=server)
        if not by_origin and any(_serves_origin(one, origin) for one in self._not_asked):
            return Route(otherwise=Finding.NOT_SEARCHED, detail=f"made by {origin}")
        if ask:
            return Route(ask=ask, detail=f"no origin server, and not of {_names(ask)}")
        return Route(otherwise=Finding.UNKNOWN_SERVER, detail="no origin server, and no section moodle.default")


def _serves_origin(source: Responsible, origin: str) -> bool:
    return bool(origin) and isinstance(source, ServesOrigins) and source.serves_origin(origin)


def _names(sources: Iterable[Responsible]) -> str:
    return ", ".join(source.name for source in sources)


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
    """A recording on its way through sources; `failure` is what one said that broke, `proven` what others know."""

    recording: Recording
    route: Route[OwnerSource]
    failure: Ownership | None = None
    proven: list[Ownership] = field(default_factory=list)

    def hear(self, answer: Ownership) -> None:
        """Keep what counts: an answer of a source that shows the recording to be its own, or is trusted; a failure."""
        if answer.finding is Finding.FAILED:
            self.failure = answer
        elif answer.proven or self.route.trusted:
            self.proven.append(answer)

    @property
    def result(self) -> Ownership:
        """Return what all say together; a failure counts only where no other source has the recording."""
        if self.proven:
            return several_say(self.proven)
        if self.failure is not None:
            return self.failure
        return Ownership(
            record_id=self.recording.record_id,
            finding=self.route.otherwise,
            detail=self.route.detail,
            course=self.recording.origin.context,
        )


def _results(questions: Sequence[_Question], among: Iterable[Recording]) -> Iterator[Ownership]:
    """Ask each source once about all that concerns it, in their order; then say what they know together."""
    waiting: dict[str, tuple[OwnerSource, dict[str, _Question]]] = {}
    for question in questions:
        for source in question.route.ask:
            waiting.setdefault(source.name, (source, {}))[1][question.recording.record_id] = question
    for source, its in waiting.values():
        for answer in source.find([question.recording for question in its.values()], among=among):
            its[answer.record_id].hear(answer)
    for question in questions:
        yield question.result
