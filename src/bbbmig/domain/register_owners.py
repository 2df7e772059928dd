"""An owner source that reads all its rooms at once, and answers from memory: Greenlight, a table of the site."""

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, Self

from bbbmig.domain.account_names import Account, AccountNames
from bbbmig.domain.meeting_register import MeetingRegister, is_timeless, judged
from bbbmig.domain.owner import Finding, Ownership
from bbbmig.domain.owner_sources import host
from bbbmig.domain.recording import Recording
from bbbmig.errors import ConfigError, RemoteError, RemoteRefused

log = logging.getLogger(__name__)

AskPod = Callable[[Collection[str]], Mapping[str, str]]
"""The user names in Pod of those who alone have one of these e-mail addresses, by address (`folded_email`)."""


class Reader(Protocol):
    """A port: where rooms and people are read from, a database or a file."""

    def reach(self) -> None:
        """Connect, and see that what is needed can be read. Raise ConfigError, RemoteError or RemoteRefused."""
        ...

    def register(self) -> MeetingRegister:
        """Read all rooms. Raise RemoteError or RemoteRefused."""
        ...

    def fill_gaps(self, register: MeetingRegister) -> None:
        """Read what may help where the rooms did not: asked once, if there are such recordings. Raise as `register`."""
        ...

    def accounts(self) -> Iterable[Account]:
        """Return everybody. Raise as `register`."""
        ...

    def close(self) -> None:
        """Close what is open."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterPlace:
    """What the settings say of such a source: `name` is how messages call it, "greenlight default".

    `servers` are hosts that recordings name as their origin, `origins` what the names of programs (`bbb-origin`)
    begin with that it answers for.
    """

    name: str
    servers: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()


class RegisterOwners:
    """An owner source (`domain.owner_sources`): read once, when first asked. `ask_pod` is None without a Pod."""

    def __init__(self, place: RegisterPlace, reader: Reader, names: AccountNames, ask_pod: AskPod | None) -> None:
        """Keep them; nothing is connected yet."""
        self.name = place.name
        self.names = names
        self.reader = reader
        self._servers = {host(server) for server in place.servers}
        self._origins = {origin.strip().casefold() for origin in place.origins}
        self._ask_pod = ask_pod
        self._reached = False
        self._register: MeetingRegister | None = None
        self._gaps_filled = False
        self._in_pod: dict[str, str] = {}
        self._asked: set[str] = set()

    def serves(self, server: str) -> bool | None:
        """Tell whether recordings of that host are its own; None: a meetingID that it knows is proof."""
        return True if server in self._servers else None

    def serves_origin(self, origin: str) -> bool:
        """Tell whether recordings that this program made are its own; `origin` in small letters."""
        return any(origin.startswith(one) for one in self._origins)

    def reach(self) -> None:
        """Connect, if that is not done. Raise ConfigError for what a person must mend, RemoteError for what passes."""
        if not self._reached:
            try:
                self.reader.reach()
            except RemoteRefused as refused:
                raise ConfigError(refused.message, hint=refused.hint) from refused
            self._reached = True

    def find(self, recordings: Sequence[Recording], *, among: Iterable[Recording] = ()) -> Iterator[Ownership]:
        """Find the owners of recordings: one result for each. Raise as `reach`, and as Pod when it is asked.

        `among` is not needed: the recordID of a breakout room's session tells its room.
        """
        del among
        self.reach()
        try:
            register = self.register(recordings)
        except (RemoteError, RemoteRefused, ConfigError) as error:
            count = len(recordings)
            log.error("%s: %d recordings have no owner in this run", error.message, count)  # noqa: TRY400 - expected
            return iter([self._failed(one, error.message) for one in recordings])
        return self._answers(recordings, register)

    def usernames(self) -> set[str]:
        """Return the names that its people have in Pod by the rules. Raise as `reach`, RemoteError or RemoteRefused."""
        self.reach()
        named = map(self.names.by_rule, self.reader.accounts())
        return {name for name in named if name}

    def register(self, recordings: Iterable[Recording] = ()) -> MeetingRegister:
        """Return all rooms, and what helps with recordings that no room has. Raise as `Reader.register`."""
        if self._register is None:
            self._register = self.reader.register()
        if not self._gaps_filled and any(map(self._register.may_be_cached, recordings)):
            self.reader.fill_gaps(self._register)
            self._gaps_filled = True
        return self._register

    def by_email(self, accounts: Iterable[Account]) -> Mapping[str, str]:
        """Return user names in Pod by e-mail address, of those whom no rule names: what is not known yet is asked."""
        wanted = {address for address in map(self.names.asks_for, accounts) if address} - self._asked
        if wanted and self._ask_pod is not None:
            self._in_pod |= self._ask_pod(wanted)
            self._asked |= wanted
        return self._in_pod

    def close(self) -> None:
        """Close what is open."""
        self.reader.close()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close what is open."""
        self.close()

    def _answers(self, recordings: Sequence[Recording], register: MeetingRegister) -> Iterator[Ownership]:
        found = [(one, *register.of(one)) for one in recordings]
        in_pod = self.by_email({part.account for _, parts, _ in found for part in parts if part.account is not None})
        made: dict[Account, str] = {}

        def name_of(account: Account) -> str:
            if account not in made:
                made[account] = self.names.name(account, in_pod)
            return made[account]

        same: dict[int, Ownership] = {}
        for recording, parts, sure in found:
            if not parts:
                yield self._unknown(recording)
            elif (said := same.get(id(parts))) is not None:
                course = recording.origin.context or said.course
                yield replace(said, record_id=recording.record_id, course=course)
            else:
                said = judged(recording, parts, name_of, source=self.name, sure=sure)
                if sure and is_timeless(parts):
                    same[id(parts)] = said if not recording.origin.context else replace(said, course="")
                yield said

    def _unknown(self, recording: Recording) -> Ownership:
        meeting = f"meetingID {recording.meeting_id}" if recording.meeting_id else "the meetingID is lost, and its sum"
        return Ownership(
            record_id=recording.record_id,
            finding=Finding.NOBODY,
            detail=f"{meeting}: not known to {self.name}",
            course=recording.origin.context,
            proven=False,
        )

    def _failed(self, recording: Recording, message: str) -> Ownership:
        return Ownership(
            record_id=recording.record_id,
            finding=Finding.FAILED,
            detail=message,
            course=recording.origin.context,
            proven=False,
        )
