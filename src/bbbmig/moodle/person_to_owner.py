"""From a person of Moodle to an owner in Pod, or the words why they are none."""

from dataclasses import dataclass, field

from bbbmig.domain.owner import Confidence, Owner
from bbbmig.domain.username_rule import UserNames
from bbbmig.moodle.grants import Site
from bbbmig.moodle.records import Person


@dataclass(slots=True)
class Naming:
    """Makes owners; the same object for the same reason, since one teacher has hundreds of recordings."""

    site: Site
    names: UserNames
    _made: dict[tuple[int, str, Confidence], Owner | str] = field(default_factory=dict)

    def owner(self, number: int, person: Person | None, why: str, confidence: Confidence) -> Owner | str:
        """Make an owner of user `number` of Moodle, or say in the plural what kind of people is left out."""
        key = (number, why, confidence)
        if key not in self._made:
            self._made[key] = self._owner(person, why, confidence)
        return self._made[key]

    def _owner(self, person: Person | None, why: str, confidence: Confidence) -> Owner | str:
        if person is None:
            return "deleted users"
        if person.id in self.site.admins:
            return "administrators"
        if person.id == self.site.guest or person.username == "guest":
            return "the guest"
        if self.site.host is not None and person.host != self.site.host:
            return "users of another site (MNet)"
        name = self.names.name(username=person.username, idnumber=person.idnumber, email=person.email)
        if name is None:
            return "users whose name the rule for Pod does not match"
        return Owner(
            username=name,
            first_name=person.first_name,
            last_name=person.last_name,
            email=person.email,
            suspended=person.barred,
            why=why,
            confidence=confidence,
        )
