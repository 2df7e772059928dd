"""Pod's users: found by name, created when absent.

Whether Pod's database tells "Jean.Dupont" from "jéan.dupont" depends on its kind: MariaDB finds one for the other and
refuses to create the second (docs/facts/pod-rest.md#users). Here a user is the one who was asked for if the names are
equal but for capitals, an exactly equal one first; an accent makes another person.
"""

import logging
from collections.abc import Callable, Collection, Iterable
from typing import TypeVar

from bbbmig.domain.person import Person, folded
from bbbmig.domain.target import User
from bbbmig.errors import RecordingFailed
from bbbmig.pod.client import PodServer, side_by_side
from bbbmig.pod.errors import Invalid
from bbbmig.pod.json_row import Row
from bbbmig.pod.once import sent_once

log = logging.getLogger(__name__)

T = TypeVar("T")
ROUTE = "/rest/users/"
_WHAT = "Pod's users"
_FEW = 2
"""Names that are looked up without asking how many users there are."""
_LENGTHS = {"first_name": 150, "last_name": 150, "email": 254}
"""Longest values in Django's `auth_user`."""


class Users:
    """The users of one Pod; may be shared between threads. Who was looked up once is not looked up again.

    All methods raise as `PodServer.get`.
    """

    def __init__(self, server: PodServer) -> None:
        """Use that Pod; nothing is sent yet."""
        self._server = server
        self._by_name: dict[str, dict[str, User]] = {}
        self._by_id: dict[int, User] = {}
        self._looked_up: set[str] = set()
        self._all_known = False

    def find(self, usernames: Collection[str]) -> dict[str, User]:
        """Look users up; gives those who exist, keyed by their names as `str.casefold` writes them.

        Asks for each, or reads the whole list (12 a page), whichever needs fewer requests.
        """
        wanted = {name.strip() for name in usernames} - {""}
        self._learn({name for name in wanted if not self._is_known(name)}, self._ask)
        found = {folded(name): self._match(name) for name in sorted(wanted)}
        return {key: user for key, user in found.items() if user is not None}

    def names(self) -> set[str]:
        """Return the names of all users who were seen so far; nothing is asked."""
        return {name for same in self._by_name.values() for name in same}

    def by_id(self, ids: Collection[int]) -> dict[int, User]:
        """Look users up by their numbers in Pod, in as few requests as `find`."""
        self._learn({one for one in ids if one not in self._by_id}, self._ask_id)
        return {one: self._by_id[one] for one in ids if one in self._by_id}

    def alone_with_email(self, emails: Collection[str]) -> dict[str, str]:
        """Return the user names of those who alone have one of these addresses, by address without its capitals.

        Reads the whole list (12 a page), once: Pod's own filter tells capitals apart on some databases, and would show
        one of two people who share an address.
        """
        wanted = {email.strip().casefold() for email in emails} - {""}
        if wanted and not self._all_known:
            self._remember(self._server.read_all(ROUTE, what=_WHAT))
            self._all_known = True
        found: dict[str, set[str]] = {}
        for user in self._by_id.values():
            if (email := user.email.strip().casefold()) in wanted:
                found.setdefault(email, set()).add(user.username)
        return {email: next(iter(names)) for email, names in found.items() if len(names) == 1}

    def ensure(self, person: Person, *, make_staff: bool = True) -> User:
        """Return the user of that name, created if there is none.

        They become staff if `make_staff`, new or not; their names and e-mail are filled where they are empty, and
        never changed. Raise RecordingFailed if Pod takes no user of that name.
        """
        name = person.username.strip()
        if not name:
            raise RecordingFailed("a person without user name", hint="name them in the owners file")
        found = self.find([name]).get(folded(name))
        if found is None:
            return self._create(name, person, make_staff=make_staff)
        return self._complete(found, person, make_staff=make_staff)

    def _learn(self, missing: set[T], ask: Callable[[T], object]) -> None:
        """Ask for each of them, or read all users."""
        if self._all_known or not missing:
            return
        if len(missing) > _FEW:
            count, rows = self._server.first_page(ROUTE, what=_WHAT)
            self._remember(rows)
            more_pages = -(-count // max(1, len(rows))) - 1
            if more_pages <= len(missing):
                self._remember(self._server.read_all(ROUTE, what=_WHAT) if more_pages else ())
                self._all_known = True
                return
        for _ in side_by_side(ask, missing):
            pass

    def _ask(self, name: str) -> None:
        """Ask for one name; what comes back may be other people."""
        self._remember(self._server.get(ROUTE, what=f"user {name} in Pod", params={"username": name}).rows("results"))
        self._looked_up.add(name)

    def _ask_id(self, number: int) -> None:
        """Ask for one number."""
        self._remember(self._server.get(ROUTE, what=f"user {number} in Pod", params={"id": number}).rows("results"))

    def _remember(self, rows: Iterable[Row]) -> None:
        for row in rows:
            self._keep(_user(row))

    def _keep(self, user: User) -> User:
        key = folded(user.username)
        self._by_name[key] = {**self._by_name.get(key, {}), user.username: user}
        self._by_id[user.id] = user
        return user

    def _is_known(self, name: str) -> bool:
        return name in self._looked_up or name in self._by_name.get(folded(name), {})

    def _match(self, name: str) -> User | None:
        """Choose among the users whose names are equal but for capitals; nobody if it is not clear who."""
        same = self._by_name.get(folded(name), {})
        if name in same or len(same) != 1:
            return same.get(name)
        return next(iter(same.values()))

    def _look_again(self, name: str) -> User | None:
        """Ask once more for somebody who was not there a moment ago."""
        self._ask(name)
        return self._match(name)

    def _create(self, name: str, person: Person, *, make_staff: bool) -> User:
        """Create a user; whenever it is not certain that there is none, look before trying again."""
        what = f"new user {name} in Pod"
        values = {"username": name, "is_staff": make_staff, **_known_of(person)}

        def send() -> User:
            return self._keep(
                _user(_without_refused(lambda some: self._server.post(ROUTE, some, what=what), values, what))
            )

        def look() -> User | None:
            found = self._look_again(name)
            return found and self._complete(found, person, make_staff=make_staff)

        return sent_once(send, look, refused=lambda error: self._refused(name, error))

    def _refused(self, name: str, error: Invalid) -> RecordingFailed:
        """Say why Pod takes no user of that name."""
        rows = self._server.get(ROUTE, what=f"user {name} in Pod", params={"username": name}).rows("results")
        near = [row.text("username") for row in rows if len(rows) == 1]
        why = f"its database takes it for that of {near[0]}" if near else error.errors.get("username", error.message)
        return RecordingFailed(
            f"Pod takes no user named {name!r}: {why}",
            hint="give Pod's name of this person in the owners file, or change the rule for user names of Moodle",
        )

    def _complete(self, user: User, person: Person, *, make_staff: bool) -> User:
        """Return a user what is missing."""
        changes: dict[str, str | bool] = {
            key: text for key, text in _known_of(person).items() if not getattr(user, key)
        }
        if make_staff and not user.is_staff:
            changes["is_staff"] = True
        if not changes:
            return user
        what = f"user {user.username} in Pod"
        row = _without_refused(lambda some: self._server.patch(f"{ROUTE}{user.id}/", some, what=what), changes, what)
        return self._keep(_user(row))


def _known_of(person: Person) -> dict[str, str | bool]:
    """Return the names and the e-mail that are known, no longer than Django takes them."""
    values = {key: " ".join(getattr(person, key).split())[:length] for key, length in _LENGTHS.items()}
    return {key: text for key, text in values.items() if text}


def _without_refused(send: Callable[[dict[str, str | bool]], Row], values: dict[str, str | bool], what: str) -> Row:
    """Send values; if Pod does not take names or e-mail ("x@localhost"), all others once more. Raises as `send`."""
    try:
        return send(values)
    except Invalid as error:
        refused = set(error.errors) & set(_LENGTHS)
        if not refused or set(error.errors) - refused:
            raise
        log.warning("%s: left out what Pod does not take (%s)", what, ", ".join(sorted(refused)))
        return send({key: value for key, value in values.items() if key not in refused})


def _user(row: Row) -> User:
    return User(
        id=row.number("id"),
        username=row.text("username"),
        first_name=row.text("first_name"),
        last_name=row.text("last_name"),
        email=row.text("email"),
        is_staff=row.flag("is_staff"),
    )
