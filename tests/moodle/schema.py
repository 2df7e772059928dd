"""The tables of Moodle that matter here, as its installers make them: types, indexes, and columns to keep away from.

Written from `lib/db/install.xml` and `mod/bigbluebuttonbn/db/install.xml` of Moodle, and on purpose not from
bbbmig's own tables, which have only the columns that it reads.
"""

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

Row = tuple[object, ...]
ROWS_PER_INSERT = 2000

VIEW = (
    "CREATE VIEW {schema}bbbmig_config AS SELECT name, value FROM {schema}{prefix}config WHERE name IN "
    "('bigbluebuttonbn_participant_moderator_default', 'siteguest', 'siteadmins', 'mnet_localhost_id', 'release')"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """What is written of one table: column names, in the order of the rows; `defaults` fill what Moodle requires."""

    written: tuple[str, ...]
    required: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    indexes: tuple[tuple[str, ...], ...] = ()


TABLES: Mapping[str, Columns] = {
    "bigbluebuttonbn": Columns(
        written=("id", "course", "name", "intro", "introformat", "meetingid", "participants", "timemodified"),
        required=("moderatorpass", "viewerpass"),
        texts=("name", "intro", "meetingid", "participants", "moderatorpass", "viewerpass"),
    ),
    "bigbluebuttonbn_recordings": Columns(
        written=("id", "courseid", "bigbluebuttonbnid", "groupid", "recordingid", "headless", "imported", "status"),
        required=("usermodified",),
        texts=("recordingid", "importeddata"),
        indexes=(("bigbluebuttonbnid",), ("usermodified",), ("courseid",), ("recordingid",)),
    ),
    "bigbluebuttonbn_logs": Columns(
        written=("id", "courseid", "bigbluebuttonbnid", "userid", "timecreated", "meetingid", "log", "meta"),
        texts=("meetingid", "log", "meta"),
        indexes=(("courseid",), ("log",), ("courseid", "bigbluebuttonbnid", "userid", "log"), ("userid", "log")),
    ),
    "user": Columns(
        written=(
            *("id", "auth", "confirmed", "deleted", "suspended", "mnethostid"),
            *("username", "idnumber", "firstname", "lastname", "email"),
        ),
        required=("password",),
        texts=("auth", "username", "password", "idnumber", "firstname", "lastname", "email"),
        indexes=(("mnethostid", "username"), ("deleted",), ("email",), ("idnumber",)),
    ),
    "course": Columns(
        written=("id", "category", "fullname", "shortname", "cacherev"),
        texts=("fullname", "shortname"),
        indexes=(("category",), ("shortname",)),
    ),
    "course_modules": Columns(
        written=("id", "course", "module", "instance", "visible", "showdescription", "deletioninprogress"),
        indexes=(("course",), ("module",), ("instance",)),
    ),
    "modules": Columns(written=("id", "name"), texts=("name",), indexes=(("name",),)),
    "context": Columns(
        written=("id", "contextlevel", "instanceid", "path", "depth"),
        texts=("path",),
        indexes=(("contextlevel", "instanceid"), ("instanceid",), ("path",)),
    ),
    "role": Columns(
        written=("id", "name", "shortname", "archetype"),
        texts=("name", "shortname", "archetype"),
        indexes=(("shortname",),),
    ),
    "role_assignments": Columns(
        written=("id", "roleid", "contextid", "userid", "timemodified"),
        indexes=(("roleid",), ("contextid",), ("userid",), ("roleid", "contextid"), ("userid", "contextid", "roleid")),
    ),
    "logstore_standard_log": Columns(
        written=("id", "eventname", "contextid", "objectid", "relateduserid", "timecreated"),
        required=("courseid", "userid", "contextlevel", "contextinstanceid", "anonymous"),
        texts=("eventname",),
        indexes=(
            ("timecreated",),
            ("courseid", "anonymous", "timecreated"),
            ("userid", "contextlevel", "contextinstanceid", "timecreated"),
            ("contextid",),
            ("relateduserid",),
        ),
    ),
    "enrol": Columns(
        written=("id", "enrol", "status", "courseid"), texts=("enrol",), indexes=(("enrol",), ("courseid",))
    ),
    "user_enrolments": Columns(
        written=("id", "status", "enrolid", "userid"), indexes=(("enrolid", "userid"), ("enrolid",), ("userid",))
    ),
    "config": Columns(written=("id", "name", "value"), texts=("name", "value"), indexes=(("name",),)),
}
LONG_TEXTS = {"intro", "participants", "meta", "value", "importeddata"}
LENGTHS = {"meetingid": 256, "recordingid": 64, "log": 32, "username": 100, "path": 255, "fullname": 254, "name": 255}
NULLABLE = {"intro", "objectid", "relateduserid", "participants", "meta", "groupid", "userid", "path", "importeddata"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """A Moodle's place in a database: the administrator's URL, the prefix, the schema ("" if not PostgreSQL's own)."""

    url: sa.URL
    prefix: str = "mdl_"
    schema: str = ""

    def fill(self, rows: Mapping[str, Sequence[Row]], *, with_view: bool) -> None:
        """Create the tables that `rows` names (the others are not there), and insert the rows."""
        engine = sa.create_engine(self.url, poolclass=sa.NullPool)
        metadata = sa.MetaData(schema=self.schema or None)
        tables = {name: _table(metadata, self.prefix, name) for name in rows}
        with engine.begin() as connection:
            if self.schema:
                connection.exec_driver_sql(f"CREATE SCHEMA {self.schema}")
            metadata.create_all(connection)
            if with_view:
                schema = f"{self.schema}." if self.schema else ""
                connection.exec_driver_sql(VIEW.format(schema=schema, prefix=self.prefix))
            for name, table in tables.items():
                _insert(connection, table, TABLES[name].written, rows[name])
        if self.url.get_backend_name() == "postgresql":
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("ANALYZE")


def _table(metadata: sa.MetaData, prefix: str, name: str) -> sa.Table:
    columns = TABLES[name]
    return sa.Table(
        f"{prefix}{name}",
        metadata,
        *(
            sa.Column(
                column,
                _type(column) if column in columns.texts else sa.BigInteger(),
                primary_key=column == "id",
                autoincrement=False,
                nullable=column in NULLABLE,
                server_default=None
                if column in columns.written or column in NULLABLE
                else _default(column in columns.texts),
            )
            for column in dict.fromkeys((*columns.written, *columns.required, *columns.texts))
        ),
        *(sa.Index(f"{prefix}{name}_{number}_ix", *index) for number, index in enumerate(columns.indexes)),
    )


def _type(column: str) -> sa.types.TypeEngine[str]:
    return sa.Text() if column in LONG_TEXTS else sa.String(LENGTHS.get(column, 255))


def _default(text: bool) -> str:  # noqa: FBT001 - the only thing that it depends on
    return "secret" if text else "0"


def _insert(connection: sa.Connection, table: sa.Table, columns: Sequence[str], rows: Sequence[Row]) -> None:
    """Insert in the fastest way that each driver has."""
    quote = connection.dialect.identifier_preparer
    into = f"{quote.format_table(table)} ({', '.join(quote.quote(column) for column in columns)})"
    raw = connection.connection.driver_connection
    assert raw is not None
    with_cursor = raw.cursor()
    if connection.dialect.name == "postgresql":
        with with_cursor as cursor, cursor.copy(f"COPY {into} FROM STDIN") as copy:
            copy.write(_copy_text(rows))
        return
    mark = "%s" if connection.dialect.name == "mysql" else "?"
    for start in range(0, len(rows), ROWS_PER_INSERT):
        with_cursor.executemany(
            f"INSERT INTO {into} VALUES ({', '.join([mark] * len(columns))})", rows[start : start + ROWS_PER_INSERT]
        )
    with_cursor.close()


def _copy_text(rows: Iterable[Row]) -> str:
    """Write rows in PostgreSQL's text format."""
    text = io.StringIO()
    for row in rows:
        text.write("\t".join("\\N" if value is None else _escaped(str(value)) for value in row) + "\n")
    return text.getvalue()


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
