"""Rows of Pod's replies, read with a check of each value: what is not as promised is said, not guessed."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from bbbmig.errors import RemoteError

T = TypeVar("T")
_LONGEST = 200
_ID_AT_END = re.compile(r"/([0-9]+)/?$")


class Row:
    """One JSON object of a reply; `what` names the reply in messages. All methods raise RemoteError."""

    __slots__ = ("_values", "_what")

    def __init__(self, value: object, what: str) -> None:
        """Check that it is an object."""
        if not isinstance(value, Mapping):
            raise _broken(what, "a row is not an object")
        self._values: Mapping[str, Any] = value
        self._what = what

    def __contains__(self, key: str) -> bool:
        """Tell whether there is such a value."""
        return key in self._values

    def text(self, key: str) -> str:
        """Return a text; "" for null."""
        return "" if self._get(key) is None else self._of(str, key)

    def number(self, key: str) -> int:
        """Return a whole number."""
        return self._of(int, key)

    def flag(self, key: str) -> bool:
        """Return true or false."""
        return self._of(bool, key)

    def moment(self, key: str) -> datetime:
        """Return an aware time; one without zone is UTC."""
        value = self._get(key)
        try:
            moment = datetime.fromisoformat(value)
        except (TypeError, ValueError) as error:
            raise _broken(self._what, f"{key!r} is not a time: {value!r}") from error
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

    def moment_or_none(self, key: str) -> datetime | None:
        """Return an aware time, None for null."""
        return None if self._get(key) is None else self.moment(key)

    def link(self, key: str) -> int:
        """Return the id at the end of an address that stands for a row; scheme and host may be anything."""
        value = self._get(key)
        found = _ID_AT_END.search(value) if isinstance(value, str) else None
        if found is None:
            raise _broken(self._what, f"{key!r} is not the address of a row: {value!r}")
        return int(found[1])

    def link_or_none(self, key: str) -> int | None:
        """Return the id of such an address, None for null."""
        return None if self._get(key) is None else self.link(key)

    def links(self, key: str) -> tuple[int, ...]:
        """Return the ids of a list of such addresses."""
        return tuple(Row({key: value}, self._what).link(key) for value in self.items(key))

    def items(self, key: str) -> list[Any]:
        """Return a list."""
        return self._of(list, key)

    def rows(self, key: str) -> "list[Row]":
        """Return a list of objects."""
        return [Row(value, self._what) for value in self.items(key)]

    def inner(self, key: str) -> "Row":
        """Return an object."""
        return Row(self._get(key), self._what)

    def raw(self, key: str) -> object:
        """Return a value as it is, None if there is none."""
        return self._values.get(key)

    def _get(self, key: str) -> Any:  # noqa: ANN401 - any JSON
        if key not in self._values:
            raise _broken(self._what, f"{key!r} is missing")
        return self._values[key]

    def _of(self, kind: type[T], key: str) -> T:
        value = self._get(key)
        if type(value) is not kind:  # not isinstance: True is no number
            raise _broken(self._what, f"{key!r} is not what it should be: {value!r}"[:_LONGEST])
        return value


def _broken(what: str, how: str) -> RemoteError:
    return RemoteError(f"{what}: {how}", hint="bbbmig is made for Esup-Pod 3.8 and 4: is this one?")
