"""A person, as Moodle, Pod and the owners file name them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody by the user name that Pod knows, or will know; "" for what is not known."""

    username: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""

    @property
    def full_name(self) -> str:
        """Return first and last name, "" if neither is known."""
        return f"{self.first_name} {self.last_name}".strip()


def folded(username: str) -> str:
    """Return a user name as it is compared: Pod's people do not differ by capitals alone."""
    return username.casefold()
