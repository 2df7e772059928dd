"""Lists of numbers written into statements as they are: `id IN (3, 17, 31)`.

A thousand parameters cost SQLAlchemy and a driver in Python, which escapes each, as much as reading their rows does.
"""

from collections.abc import Callable, Iterable
from typing import Any

import sqlalchemy as sa


class _NumberList(sa.types.UserDefinedType[Iterable[int]]):
    """The right side of an IN, written by Python."""

    cache_ok = True

    def literal_processor(self, dialect: sa.Dialect) -> Callable[[Iterable[int]], str]:  # noqa: ARG002 - as in SQLAlchemy
        """Return what writes a list; an empty one holds nothing."""
        return lambda numbers: f"({', '.join(str(int(number)) for number in numbers) or 'NULL'})"


def is_among(column: sa.ColumnElement[int], key: str, numbers: Iterable[int] | None = None) -> sa.ColumnElement[bool]:
    """Return the condition that a column is one of the numbers that the statement is given as `key`, or has here."""
    values: sa.BindParameter[Any] = sa.bindparam(
        key, numbers, type_=_NumberList(), literal_execute=True, required=numbers is None
    )
    return column.op("IN", is_comparison=True)(values)
