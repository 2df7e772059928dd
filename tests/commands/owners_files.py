"""Owners files as people fill them in."""

import csv
from collections.abc import Mapping

from tests.commands.operator_at_work import Operator


def belongs(operator: Operator, owners: Mapping[str, str]) -> None:
    """Let people have said whose recordings are."""
    path = operator.folder / "owners.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, delimiter=";")
        rows.writerows([("owners", "record_id"), *((names, record_id) for record_id, names in owners.items())])
    operator.set(owners__file=path)
