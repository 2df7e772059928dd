"""Which tables and columns of a database an account sees."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from bbbmig.database.read_only import ReadOnlyConnection

_COLUMNS = sa.table(
    "columns",
    sa.column("table_schema", sa.String),
    sa.column("table_name", sa.String),
    sa.column("column_name", sa.String),
    schema="information_schema",
)


def columns_seen(
    connection: ReadOnlyConnection, tables: Collection[str], schema: str = ""
) -> dict[str, frozenset[str]]:
    """Return the columns of these tables that the account may use, by table; absent or forbidden ones are left out.

    information_schema shows an account only what it may use: no table is told from a forbidden one. `schema`
    is that of PostgreSQL, or another database of MySQL; "" for the account's own. Raise as
    `ReadOnlyConnection.read`.
    """
    where = connection.where
    names: sa.BindParameter[Any] = sa.bindparam("names", expanding=True)
    statement: sa.Select[tuple[str, str]]
    if where.driver == "sqlite":
        there = sa.table("sqlite_master", sa.column("name", sa.String))
        info = sa.func.pragma_table_info(there.c.name).table_valued(sa.column("name", sa.String))
        joined = there.join(info, sa.true())
        statement = sa.select(there.c.name, info.c.name).select_from(joined).where(there.c.name.in_(names))
    else:
        schema = schema or (where.database if where.driver == "mysql" else "")
        wanted = sa.literal(schema) if schema else sa.func.current_schema()
        statement = sa.select(_COLUMNS.c.table_name, _COLUMNS.c.column_name).where(
            _COLUMNS.c.table_schema == wanted, _COLUMNS.c.table_name.in_(names)
        )
    seen: dict[str, set[str]] = {}
    for table, column in connection.read(statement, names=sorted(tables)):
        seen.setdefault(table, set()).add(column)
    return {table: frozenset(columns) for table, columns in seen.items()}
