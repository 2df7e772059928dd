"""A made-up Greenlight of either version: thousands of recordings, each with the owners that it truly has.

The truth is written down when a room is made, by what happened to it, and not read back out of the tables.
"""

import hashlib
import itertools
import random
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from bbbmig.domain.owner import Confidence, Finding, Ownership
from bbbmig.domain.recording import Origin, Recording
from tests.greenlight.tables import Row

SERVER = "rooms.univ.fr"
START = datetime(2021, 1, 4, 8, tzinfo=UTC)
LIKELY, DOUBTFUL = Confidence.LIKELY, Confidence.DOUBTFUL


@dataclass(frozen=True)
class Truth:
    """What is to be found: owners in order, the first alone, the others as a set; with confidence and suspension."""

    finding: Finding
    first: tuple[str, Confidence, bool] | None = None
    others: frozenset[tuple[str, Confidence, bool]] = frozenset()

    @classmethod
    def of(cls, result: Ownership) -> "Truth":
        owners = [(owner.username, owner.confidence, owner.suspended) for owner in result.owners]
        if owners and owners[0][1] is DOUBTFUL:
            return cls(result.finding, None, frozenset(owners))  # candidates are in no order
        return cls(result.finding, owners[0] if owners else None, frozenset(owners[1:]))


NOBODY = Truth(Finding.NOBODY)


@dataclass(frozen=True)
class Human:
    """Somebody with an account: `name` in Pod, "" if nothing tells it."""

    id: object
    name: str
    suspended: bool = False


@dataclass
class Site:
    """Rows by table, recordings, truth by recordID, and Pod's people: user name and e-mail address."""

    version: int
    rows: dict[str, list[Row]] = field(default_factory=lambda: {"users": [], "rooms": [], "shared_accesses": []})
    recordings: list[Recording] = field(default_factory=list)
    truth: dict[str, Truth] = field(default_factory=dict)
    in_pod: list[tuple[str, str]] = field(default_factory=list)
    cases: set[str] = field(default_factory=set)

    def ask_pod(self, emails: object) -> dict[str, str]:
        """Answer as Pod does: who alone has an address."""
        assert isinstance(emails, set)
        people: dict[str, list[str]] = {}
        for name, email in self.in_pod:
            people.setdefault(email.casefold(), []).append(name)
        return {email: names[0] for email, names in people.items() if email in emails and len(names) == 1}


def make_site(version: int, *, rooms: int, per_room: int = 4, seed: int = 1) -> Site:
    """Make a site with so many rooms."""
    maker = _Two(seed) if version == 2 else _Three(seed)
    cases: Iterator[Callable[[], None]] = itertools.cycle(maker.cases())
    for case in itertools.islice(cases, rooms):
        maker.per_room = per_room
        maker.site.cases.add(case.__name__.strip("_"))
        case()
    maker.finish()
    return maker.site


class _Maker:
    version = 0

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.site = Site(self.version)
        self.per_room = 4
        self.number = itertools.count(1)
        self.shares: list[Row] = self.site.rows["shared_accesses"]

    def cases(self) -> list[Callable[[], None]]:
        raise NotImplementedError

    def finish(self) -> None:
        """Add what must be there last."""

    def login(self) -> str:
        number = next(self.number)
        return f"{self.random.choice(['jdupont', 'm.martin', 'zoe', 'Ana-Li'])}{number}"

    def in_pod(self, name: str, *emails: str) -> None:
        self.site.in_pod += [(name, email) for email in emails]

    def meeting(self) -> str:
        return hashlib.sha1(f"{self.version} room {next(self.number)}".encode()).hexdigest()

    def held(self, meeting: str, truth: Truth, *, after: datetime = START, origin: Origin | None = None) -> None:
        """Hold sessions in a room, with all that servers make of them."""
        for turn in range(self.per_room):
            ms = 1000 * (int(after.timestamp()) + 3600 * (1 + turn) + next(self.number) % 3000) + turn
            record_id = f"{hashlib.sha1(meeting.encode()).hexdigest()}-{ms}"
            name = "Greenlight" if self.version == 2 else "greenlight"
            one = Recording(
                record_id=record_id,
                meeting_id=meeting,
                meeting_name="Home Room",
                start=datetime.fromtimestamp(ms / 1000, UTC),
                origin=origin or Origin(name=name, server_name=[SERVER, "Rooms.UNIV.fr."][turn % 2]),
            )
            if turn == 1:
                one = replace(one, meeting_id="")  # the server lost it
            if turn == 2:  # 3.0 to 3.2 name no server
                one = replace(
                    one,
                    origin=replace(one.origin, server_name=""),
                    metadata={"endcallbackurl": f"https://{SERVER}/meeting_ended"},
                )
            if turn == 3:
                breakout = hashlib.sha1(f"{record_id}-1".encode()).hexdigest()
                one = replace(one, record_id=f"{breakout}-{ms}", meeting_id=f"{record_id}-1", breakout_parent=record_id)
            assert one.record_id not in self.site.truth
            self.site.recordings.append(one)
            self.site.truth[one.record_id] = truth

    def likely(self, owner: Human, *shared: Human, suspended: bool = False) -> Truth:
        """Write down a room with one owner."""
        found = [(one.name, LIKELY, one.suspended or suspended) for one in (owner, *shared) if one.name]
        return Truth(Finding.FOUND, found[0], frozenset(found[1:])) if found else NOBODY

    def open(self, *people: Human) -> Truth:
        """Write down a room that may be that of any of these."""
        found = frozenset((one.name, DOUBTFUL, one.suspended) for one in people if one.name)
        return Truth(Finding.FOUND, None, found) if found else NOBODY


class _Two(_Maker):
    version = 2

    def user(self, name: str = "", provider: str = "ldap", *, deleted: bool = False, **fields: str) -> Human:
        number = next(self.number)
        row = {"username": None, "email": None, "social_uid": None, **fields}
        who = f"Jean-Éric Darc {number}"
        values = (
            number,
            provider,
            f"gl-{number}",
            who,
            row["username"],
            row["email"],
            row["social_uid"],
            START,
            deleted,
        )
        self.site.rows["users"].append(values)
        return Human(number, name, deleted)

    def ldap(self, *, deleted: bool = False) -> Human:
        login = self.login()
        dn = f"uid={login},ou=people,dc=univ,dc=fr"
        return self.user(login, username=login, social_uid=dn, email=f"{login}@univ.fr", deleted=deleted)

    def room(
        self, owner: object, meeting: str, *, made: datetime = START, deleted: bool = False, name: str = ""
    ) -> int:
        number = next(self.number)
        name = name or ("Home Room" if number % 2 else f"Salle « {number} »; 🎓")
        self.site.rows["rooms"].append((number, owner, name, f"jea-{number:06x}", meeting, made, deleted))
        return number

    def share(self, room: int, *people: object) -> None:
        self.shares += [(next(self.number), room, one, START) for one in people]

    def cases(self) -> list[Callable[[], None]]:
        return [
            self._ordinary,
            self._shared_twice_and_with_nobody,
            self._local_account_known_to_pod,
            self._address_of_two_in_pod,
            self._address_with_capitals,
            self._google_nickname,
            self._one_id_two_owners,
            self._one_id_two_owners_one_made_later,
            self._one_id_twice_the_same_owner,
            self._one_id_two_accounts_of_one_person,
            self._one_id_an_owner_who_is_gone,
            self._room_marked_deleted,
            self._owner_marked_deleted,
            self._owner_gone,
            self._owner_gone_but_shared,
            self._merged,
            self._room_gone,
            self._only_a_dn,
        ]

    def _ordinary(self) -> None:
        owner, meeting = self.ldap(), self.meeting()
        self.room(owner.id, meeting)
        self.held(meeting, self.likely(owner))

    def _shared_twice_and_with_nobody(self) -> None:
        owner, one, other, meeting = self.ldap(), self.ldap(), self.ldap(), self.meeting()
        room = self.room(owner.id, meeting)
        self.share(room, one.id, one.id, other.id, 900_000_000, owner.id)
        self.share(900_000_001, one.id)
        self.held(meeting, self.likely(owner, one, other))

    def _local_account_known_to_pod(self) -> None:
        login, meeting = self.login(), self.meeting()
        owner = self.user(login, "greenlight", email=f"prenom.{login}@univ.fr")
        self.in_pod(login, f"prenom.{login}@univ.fr")
        self.room(owner.id, meeting)
        self.held(meeting, self.likely(owner))

    def _address_of_two_in_pod(self) -> None:
        login, meeting = self.login(), self.meeting()
        owner = self.user("", "greenlight", email=f"{login}@univ.fr")
        self.in_pod(login, f"{login}@univ.fr")
        self.in_pod(f"{login}-too", f"{login.upper()}@univ.fr")
        self.room(owner.id, meeting)
        self.held(meeting, NOBODY)

    def _address_with_capitals(self) -> None:
        login, meeting = self.login(), self.meeting()
        owner = self.user(login, "greenlight", email=f"P.{login.upper()}@Univ.FR")
        self.in_pod(login, f"p.{login.lower()}@univ.fr")
        self.room(owner.id, meeting)
        self.held(meeting, self.likely(owner))

    def _google_nickname(self) -> None:
        """The nickname is that of the address, and a stranger has it as a login."""
        login, meeting = self.login(), self.meeting()
        owner = self.user("", "google", username=login, email=f"{login}@gmail.test", social_uid="1" * 21)
        self.in_pod(login, "stranger@univ.fr")
        self.room(owner.id, meeting)
        self.held(meeting, NOBODY)

    def _one_id_two_owners(self) -> None:
        owner, other, friend, meeting = self.ldap(), self.ldap(), self.ldap(), self.meeting()
        room = self.room(owner.id, meeting)
        self.room(other.id, meeting)
        self.share(room, friend.id)
        self.held(meeting, self.open(owner, other, friend))

    def _one_id_two_owners_one_made_later(self) -> None:
        owner, other, meeting = self.ldap(), self.ldap(), self.meeting()
        self.room(other.id, meeting, made=START + timedelta(days=90))
        self.room(owner.id, meeting)
        self.held(meeting, self.likely(owner))

    def _one_id_twice_the_same_owner(self) -> None:
        owner, friend, meeting = self.ldap(), self.ldap(), self.meeting()
        room = self.room(owner.id, meeting)
        self.room(owner.id, meeting)
        self.share(room, friend.id)
        found = frozenset({(friend.name, DOUBTFUL, False)})
        self.held(meeting, Truth(Finding.FOUND, (owner.name, LIKELY, False), found))

    def _one_id_two_accounts_of_one_person(self) -> None:
        owner, meeting = self.ldap(), self.meeting()
        again = self.user(owner.name, username=owner.name.upper(), email="new@univ.fr", social_uid="uid=x,ou=new,dc=fr")
        self.room(owner.id, meeting)
        self.room(again.id, meeting)
        self.held(meeting, self.likely(owner))

    def _one_id_an_owner_who_is_gone(self) -> None:
        owner, meeting = self.ldap(), self.meeting()
        self.room(owner.id, meeting)
        self.room(900_000_000, meeting)
        self.held(meeting, self.open(owner))

    def _room_marked_deleted(self) -> None:
        owner, meeting = self.ldap(), self.meeting()
        self.room(owner.id, meeting, deleted=True)
        self.held(meeting, self.likely(owner, suspended=True))

    def _owner_marked_deleted(self) -> None:
        owner, friend, meeting = self.ldap(deleted=True), self.ldap(), self.meeting()
        self.share(self.room(owner.id, meeting), friend.id)
        self.held(meeting, self.likely(owner, friend))

    def _owner_gone(self) -> None:
        meeting = self.meeting()
        self.room(self.random.choice([None, 900_000_000]), meeting)
        self.held(meeting, NOBODY)

    def _owner_gone_but_shared(self) -> None:
        friend, meeting = self.ldap(), self.meeting()
        self.share(self.room(None, meeting), friend.id)
        self.held(meeting, self.likely(friend))

    def _merged(self) -> None:
        """`merge_user` hands the rooms of one account to the other, and deletes the first."""
        owner, meeting = self.ldap(), self.meeting()
        self.room(owner.id, meeting, name="(Merged) Home Room")
        self.held(meeting, self.likely(owner))

    def _room_gone(self) -> None:
        self.held(self.meeting(), NOBODY)

    def _only_a_dn(self) -> None:
        login, meeting = self.login(), self.meeting()
        owner = self.user("", social_uid=f"cn={login},ou=people,dc=univ,dc=fr")
        self.room(owner.id, meeting)
        self.held(meeting, NOBODY)


class _Three(_Maker):
    version = 3

    def uuid(self) -> str:
        return str(uuid.UUID(int=self.random.getrandbits(128), version=4))

    def user(
        self, name: str, external_id: str | None, email: str, provider: str = "greenlight", status: int = 0
    ) -> Human:
        number = self.uuid()
        self.site.rows["users"].append((number, "Œdipe Ñuñez", email, external_id, provider, status, START))
        return Human(number, name, status == 2)

    def login_user(self, status: int = 0) -> Human:
        login = self.login()
        return self.user(login, login, f"{login}@univ.fr".lower(), status=status)

    def room(self, owner: object, meeting: str, *, made: datetime = START) -> str:
        number = self.uuid()
        friendly = f"abc-{next(self.number):06x}"
        self.site.rows["rooms"].append((number, owner, "Home Room", friendly, meeting, made))
        return number

    def share(self, room: str, *people: object) -> None:
        self.shares += [(self.uuid(), one, room, START) for one in people]

    def finish(self) -> None:
        """Fill Greenlight's own memory of recordings, as it is found: with gaps, leftovers, rows of nowhere."""
        rooms = [row[0] for row in self.site.rows["rooms"]]
        known = [one.record_id for one in self.site.recordings][::5]
        cache = [(self.uuid(), self.random.choice([None, *rooms[:50]]), "x", one, "Published", START) for one in known]
        cache += [(self.uuid(), None, "x", f"{'0' * 40}-{number}", "Unpublished", START) for number in range(20)]
        self.site.rows["recordings"] = list(cache)

    def cases(self) -> list[Callable[[], None]]:
        return [
            self._ordinary,
            self._migrated,
            self._migrated_with_a_dn,
            self._uuid_known_to_pod,
            self._uuid_unknown_to_pod,
            self._federated,
            self._number,
            self._local_account,
            self._banned,
            self._shared_with_a_banned_one,
            self._two_tenants_one_address,
            self._other_tenant,
            self._owner_gone_but_shared,
            self._refused_at_migration,
            self._address_of_two_in_pod,
        ]

    def _ordinary(self) -> None:
        owner, friend, meeting = self.login_user(), self.login_user(), self.meeting()
        self.share(self.room(owner.id, meeting), friend.id)
        self.held(meeting, self.likely(owner, friend))

    def _migrated(self) -> None:
        """Rooms are made anew at migration, long after their recordings, with the old meetingID."""
        owner, meeting = self.login_user(), self.meeting()
        self.room(owner.id, meeting, made=START + timedelta(days=700))
        self.held(meeting, self.likely(owner))

    def _migrated_with_a_dn(self) -> None:
        login, meeting = self.login(), self.meeting()
        owner = self.user(login, f"uid={login},ou=people,dc=univ,dc=fr", f"{login}@univ.fr".lower())
        self.in_pod(login, f"{login}@univ.fr")
        self.room(owner.id, meeting)
        self.held(meeting, self.likely(owner))

    def _uuid_known_to_pod(self) -> None:
        login, meeting = self.login(), self.meeting()
        owner = self.user(login, self.uuid(), f"{login}@univ.fr".lower())
        self.in_pod(login, f"{login}@UNIV.fr")
        self.room(owner.id, meeting)
        self.held(meeting, self.likely(owner))

    def _uuid_unknown_to_pod(self) -> None:
        owner, meeting = self.user("", self.uuid().upper(), f"u{next(self.number)}@univ.fr"), self.meeting()
        self.room(owner.id, meeting)
        self.held(meeting, NOBODY)

    def _federated(self) -> None:
        login, meeting = self.login(), self.meeting()
        owner = self.user("", f"f:{self.uuid()}:{login}", f"f{next(self.number)}@univ.fr")
        self.room(owner.id, meeting)
        self.held(meeting, NOBODY)

    def _number(self) -> None:
        number = next(self.number)
        owner, meeting = self.user("", str(10**20 + number), f"n{number}@gmail.test"), self.meeting()
        self.room(owner.id, meeting)
        self.held(meeting, NOBODY)

    def _local_account(self) -> None:
        login, meeting = self.login(), self.meeting()
        owner = self.user(login, None, f"local.{login}@univ.fr".lower())
        self.in_pod(login, f"Local.{login}@univ.fr")
        self.room(owner.id, meeting)
        self.held(meeting, self.likely(owner))

    def _banned(self) -> None:
        owner, meeting = self.login_user(status=2), self.meeting()
        self.room(owner.id, meeting)
        self.held(meeting, self.likely(owner))

    def _shared_with_a_banned_one(self) -> None:
        owner, friend, meeting = self.login_user(), self.login_user(status=2), self.meeting()
        self.share(self.room(owner.id, meeting), friend.id)
        self.held(meeting, self.likely(owner, friend))

    def _two_tenants_one_address(self) -> None:
        login, meeting = self.login(), self.meeting()
        email = f"t.{login}@univ.fr".lower()
        owner = self.user(login, None, email)
        self.user(login, None, email, "other")
        self.in_pod(login, email)
        self.room(owner.id, meeting)
        self.held(meeting, self.likely(owner))

    def _other_tenant(self) -> None:
        """A room of a tenant that is not ours: the settings name ours alone."""
        login, meeting = self.login(), self.meeting()
        owner = self.user(login, login, f"{login}@other.fr".lower(), "other")
        self.room(owner.id, meeting)
        self.held(meeting, NOBODY)

    def _owner_gone_but_shared(self) -> None:
        friend, meeting = self.login_user(), self.meeting()
        self.share(self.room(None, meeting), friend.id)
        self.held(meeting, self.likely(friend))

    def _refused_at_migration(self) -> None:
        self.held(self.meeting(), NOBODY)

    def _address_of_two_in_pod(self) -> None:
        login, meeting = self.login(), self.meeting()
        owner = self.user("", None, f"{login}@univ.fr".lower())
        self.in_pod(login, f"{login}@univ.fr")
        self.in_pod(f"{login}.bis", f"{login}@univ.fr")
        self.room(owner.id, meeting)
        self.held(meeting, NOBODY)
