"""One row for each look at how far a migration is: what the curve is drawn from."""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from bbbmig.domain.progress import Point
from bbbmig.domain.recording_state import Amount, Safety
from bbbmig.ledger.table import IN_MYSQL, SERVER_LENGTH, metadata

log = logging.getLogger(__name__)

progress = sa.Table(
    "bbbmig_progress",
    metadata,
    sa.Column("server", sa.String(SERVER_LENGTH), primary_key=True),
    sa.Column("at", sa.String(32), primary_key=True),
    *(sa.Column(str(safety), sa.Integer, nullable=False) for safety in Safety),
    *(sa.Column(f"{safety}_hours", sa.Double, nullable=False) for safety in Safety),
    sa.Column("vanished", sa.Integer, nullable=False),
    sa.Column("unsure", sa.Integer, nullable=False),
    **IN_MYSQL,
)


def read(connection: sa.Connection, server: str) -> list[Point]:
    """Return the points of one server, the oldest first; what cannot be read is left out, and said."""
    if not sa.inspect(connection).has_table(progress.name):
        return []
    rows = connection.execute(sa.select(progress).where(progress.c.server == server).order_by(progress.c.at))
    return [point for row in rows.mappings() if (point := _point(row)) is not None]


def write(connection: sa.Connection, server: str, point: Point) -> None:
    """Add a point; a second one of the same second takes the place of the first."""
    at = point.at.astimezone(UTC).isoformat(timespec="seconds")
    connection.execute(sa.delete(progress).where(progress.c.server == server, progress.c.at == at))
    values: dict[str, Any] = {"server": server, "at": at, "vanished": point.vanished, "unsure": point.unsure}
    for safety in Safety:
        amount = point.classes.get(safety, Amount())
        values |= {str(safety): amount.count, f"{safety}_hours": round(amount.hours, 4)}
    connection.execute(sa.insert(progress).values(values))


def _point(row: Mapping[Any, Any]) -> Point | None:
    """Make a value of a row; None if somebody has spoilt it."""
    try:
        return Point(
            at=datetime.fromisoformat(row["at"]).astimezone(UTC),
            classes={
                safety: Amount(count=int(row[str(safety)]), hours=float(row[f"{safety}_hours"])) for safety in Safety
            },
            vanished=int(row["vanished"]),
            unsure=int(row["unsure"]),
        )
    except (ValueError, TypeError) as error:
        log.warning("a row of %s cannot be read: %s", progress.name, error)
        return None
