"""Which name a person of Greenlight, or of a table of the site, has in Pod: ordered rules, then the e-mail address.

Greenlight has no column that surely holds a login: `external_id` is whatever the site's sign-in sent over the years, a
login, a UUID, a DN, `f:PROVIDER:LOGIN` (Keycloak), a number (Google), or nothing; one database holds a mix of them.
What is no login is never passed on as a user name.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from bbbmig.domain.username_rule import Case
from bbbmig.errors import ConfigError


class Shape(StrEnum):
    """What an identifier looks like; the words are for a person."""

    NOTHING = "nothing"
    LOGIN = "a login"
    EMAIL = "an e-mail address"
    UUID = "a UUID"
    DN = "a DN"
    FEDERATED = "f:…"
    CODE = "a code of a machine"
    NUMBER = "a number"
    OTHER = "something else"


_UUID = r"\{?[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}\}?"
_CODE = r"[0-9]{15,}|[0-9a-f]{16,}|gl-[a-z]{12}"
"""Google's numbers have 21 digits, Microsoft's 16 hexadecimal ones; `gl-…` is Greenlight 2's own."""
_SHAPES = {
    shape: re.compile(pattern, re.IGNORECASE | re.DOTALL)
    for shape, pattern in (
        (Shape.NOTHING, r""),
        (Shape.FEDERATED, r"f:.*"),
        (Shape.UUID, _UUID),
        (Shape.CODE, _CODE),
        (Shape.NUMBER, r"[0-9]+"),
        (Shape.LOGIN, r"[\w.+-]{1,150}"),
        (Shape.EMAIL, r"[\w.+'-]+@[\w.-]+\.\w+"),
        (Shape.DN, r"[a-z][a-z0-9.-]*\s*=.*"),
        (Shape.OTHER, r".*"),
    )
}
"""The first whose pattern matches the whole identifier."""
_USER_NAME = re.compile(r"[\w.@+-]{1,150}")
"""What Pod takes for a user name (docs/facts/pod-rest.md#users)."""
_NO_NAMES = frozenset({Shape.NOTHING, Shape.UUID, Shape.DN, Shape.FEDERATED, Shape.CODE})


@lru_cache(maxsize=100_000)
def shape_of(identifier: str) -> Shape:
    """Tell what an identifier looks like."""
    return next(shape for shape, pattern in _SHAPES.items() if pattern.fullmatch(identifier.strip()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A person as another program than Pod knows them; "" for what it does not say.

    `id` tells accounts of one program apart. `provider` is how they sign in, or their tenant. `suspended`: deleted or
    banned there, and still known.
    """

    id: str
    username: str = ""
    external_id: str = ""
    email: str = ""
    first_name: str = ""
    last_name: str = ""
    provider: str = ""
    suspended: bool = False

    @property
    def said(self) -> str:
        """Return how messages name the person: name and e-mail address as far as they are known."""
        name = f"{self.first_name} {self.last_name}".strip()
        address = f"<{self.email}>" if self.email else ""
        return " ".join(filter(None, (name, address))) or self.username or self.external_id or f"account {self.id}"


class AccountField(StrEnum):
    """The fields of which a user name of Pod may be made."""

    USERNAME = "username"
    EXTERNAL_ID = "external_id"
    EMAIL = "email"


@dataclass(frozen=True, slots=True, kw_only=True)
class NameRule:
    """One rule: the whole `field` must match `pattern`, whose first group, or all of it, is the name.

    Without a pattern the field must be a login. Accounts of providers in `not_from` are left to the next rule. Raise
    ConfigError if the pattern is no regular expression.
    """

    field: AccountField
    pattern: str = ""
    case: Case = Case.KEEP
    not_from: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """Refuse a pattern that cannot be read."""
        try:
            re.compile(self.pattern)
        except re.error as error:
            said = f"user names: {self.pattern!r} is not a regular expression ({error})"
            raise ConfigError(said, hint="see docs/owners.md") from error

    def name(self, account: Account) -> str:
        """Return the user name in Pod, "" if the rule makes none of this person.

        A UUID, a DN, `f:…` and the codes of Google and Microsoft are no names, whatever the pattern lets through.
        """
        value = getattr(account, self.field).strip()
        if account.provider.casefold() in self.not_from:
            return ""
        if self.pattern:
            found = re.fullmatch(self.pattern, value)
            value = "" if found is None else (found[1] or "" if found.re.groups else found[0]).strip()
        elif shape_of(value) is not Shape.LOGIN:
            return ""
        if self.case is not Case.KEEP:
            value = value.lower() if self.case is Case.LOWER else value.upper()
        return value if shape_of(value) not in _NO_NAMES and _USER_NAME.fullmatch(value) else ""


NO_LOGINS = frozenset({"google", "office365", "twitter"})
"""Providers of Greenlight 2 whose `username` is made of an address of theirs: a stranger may have that login in Pod."""
USUAL_RULES = (
    NameRule(field=AccountField.USERNAME, not_from=NO_LOGINS),
    NameRule(field=AccountField.EXTERNAL_ID, not_from=NO_LOGINS),
)
"""What holds where the settings say nothing: what looks like a login is one."""
NAMED_RULES = (NameRule(field=AccountField.USERNAME, pattern=r".+"),)
"""The same for a table of the site, which says on purpose what the user name is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountNames:
    """The rules in their order, the first that makes a name decides; with `by_email`, else the e-mail address does."""

    rules: tuple[NameRule, ...] = USUAL_RULES
    by_email: bool = True

    def by_rule(self, account: Account) -> str:
        """Return the user name that the first matching rule makes, "" if none does."""
        return next(filter(None, (rule.name(account) for rule in self.rules)), "")

    def asks_for(self, account: Account) -> str:
        """Return the e-mail address by which Pod has to be asked who this is, "" if the rules say it."""
        if not self.by_email or shape_of(account.email) is not Shape.EMAIL or self.by_rule(account):
            return ""
        return folded_email(account.email)

    def name(self, account: Account, in_pod: Mapping[str, str]) -> str:
        """Return the user name in Pod, "" if nothing makes one; `in_pod` has names by address (`folded_email`)."""
        return self.by_rule(account) or in_pod.get(self.asks_for(account), "")

    def identifiers(self, account: Account) -> Iterator[tuple[str, str]]:
        """Yield the fields that may hold a login, with their values."""
        yield AccountField.USERNAME, account.username
        yield AccountField.EXTERNAL_ID, account.external_id


def folded_email(email: str) -> str:
    """Write an e-mail address as it is compared: without regard to capitals."""
    return email.strip().casefold()
