"""What names in a database may be like, as far as bbbmig writes them into statements."""

from typing import Literal, get_args

Driver = Literal["mysql", "postgresql", "sqlite"]
DRIVERS: tuple[Driver, ...] = get_args(Driver)
"""Kinds of databases; MariaDB is "mysql" here, as its clients are."""
TABLE_PREFIX = r"[a-z0-9_]*"
"""Moodle's `$CFG->prefix`."""
IDENTIFIER = r"[A-Za-z_][A-Za-z0-9_$]*"
"""A schema, a table or a view."""
QUALIFIED = rf"({IDENTIFIER}\.)?{IDENTIFIER}"
"""A view, with the database (PostgreSQL: the schema) that it is in, if that is another: `bbbmig_view.bbbmig_config`."""
