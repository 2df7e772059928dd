"""Which name a person of Moodle has in Pod."""

import re
from dataclasses import dataclass
from enum import StrEnum

from bbbmig.errors import ConfigError


class UserField(StrEnum):
    """The column of Moodle's `user` from which Pod's user name is made."""

    USERNAME = "username"
    IDNUMBER = "idnumber"
    EMAIL = "email"


class Case(StrEnum):
    """What becomes of capitals."""

    KEEP = "keep"
    LOWER = "lower"
    UPPER = "upper"


@dataclass(frozen=True, slots=True, kw_only=True)
class UserNames:
    r"""The rule from a person's fields in Moodle to their user name in Pod.

    `pattern` is a regular expression that the whole field must match; its first group, or all of it without
    groups, is the name: `([^@]+)@univ\.fr` makes "jdupont" of "jdupont@univ.fr" and nothing of "jdupont@other.fr".
    Raise ConfigError if it is not a regular expression.
    """

    field: UserField = UserField.USERNAME
    pattern: str = ""
    case: Case = Case.KEEP

    def __post_init__(self) -> None:
        """Refuse a pattern that cannot be read."""
        try:
            re.compile(self.pattern)
        except re.error as error:
            raise ConfigError(
                f"user names: {self.pattern!r} is not a regular expression ({error})", hint="see docs/moodle.md"
            ) from error

    def name(self, *, username: str, idnumber: str, email: str) -> str | None:
        """Return the user name in Pod; None if the rule makes none of this person."""
        value = {"username": username, "idnumber": idnumber, "email": email}[self.field].strip()
        if self.pattern:
            found = re.fullmatch(self.pattern, value)
            value = "" if found is None else found[1] or "" if found.re.groups else found[0]
        if self.case is not Case.KEEP:
            value = value.lower() if self.case is Case.LOWER else value.upper()
        return value or None
