"""The tables and columns of Moodle that bbbmig reads: these and no others, so that these can be granted alone.

Types and meanings: `lib/db/install.xml` and `mod/bigbluebuttonbn/db/install.xml` of Moodle.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from bbbmig.moodle.config import MoodleSource

Columns = tuple[tuple[str, type[sa.types.TypeEngine[int]] | type[sa.types.TypeEngine[str]]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One table: the columns read, and what is lost without it ("" when nothing works without it).

    `extra` are columns without which the others still serve; `lost_extra` is what is lost then.
    """

    columns: Columns
    lost: str = ""
    extra: Columns = ()
    lost_extra: str = ""

    @property
    def all_columns(self) -> Columns:
        """Return every column that is read where it may be."""
        return self.columns + self.extra


def _numbers(*names: str) -> Columns:
    return tuple((name, sa.BigInteger) for name in names)


def _texts(*names: str) -> Columns:
    return tuple((name, sa.Text) for name in names)


WANTED = {
    "bigbluebuttonbn": Wanted(columns=_numbers("id", "course") + _texts("name", "meetingid", "participants")),
    "bigbluebuttonbn_recordings": Wanted(
        columns=_numbers("id", "courseid", "bigbluebuttonbnid", "imported") + _texts("recordingid"),
        lost="activities are found by the meetingID alone: breakout rooms and some restored courses are not "
        "(Moodle 3 has no such table: nothing is lost there)",
    ),
    "bigbluebuttonbn_logs": Wanted(
        columns=_numbers("id", "courseid", "bigbluebuttonbnid", "userid", "timecreated")
        + _texts("meetingid", "log", "meta"),
        lost="who moderated, joined or opened a session and who added an activity is not known: only its rules are",
    ),
    "user": Wanted(
        columns=_numbers("id", "confirmed", "deleted", "suspended", "mnethostid")
        + _texts("auth", "username", "idnumber", "firstname", "lastname", "email")
    ),
    "course": Wanted(columns=_numbers("id") + _texts("fullname")),
    "course_modules": Wanted(columns=_numbers("id", "module", "instance")),
    "modules": Wanted(columns=_numbers("id") + _texts("name")),
    "context": Wanted(columns=_numbers("id", "contextlevel", "instanceid") + _texts("path")),
    "role": Wanted(columns=_numbers("id") + _texts("shortname", "archetype")),
    "role_assignments": Wanted(
        columns=_numbers("id", "roleid", "contextid", "userid"),
        extra=_numbers("timemodified"),
        lost_extra="whoever has a role now is taken to have had it at any time",
    ),
    "logstore_standard_log": Wanted(
        columns=_numbers("id", "contextid", "objectid", "relateduserid", "timecreated") + _texts("eventname"),
        lost="who had a role at the time of a session is known only of those who still have it, or added the activity",
    ),
    "enrol": Wanted(
        columns=_numbers("id", "courseid"),
        lost="an owner who left the course cannot be told from one who is still in it: none is taken by rule",
    ),
    "user_enrolments": Wanted(
        columns=_numbers("enrolid", "userid"),
        lost="an owner who left the course cannot be told from one who is still in it: none is taken by rule",
    ),
}
"""By Moodle's name of the table, without prefix."""

FOR_NOTICE = {
    "bigbluebuttonbn": Wanted(columns=_numbers("id", "course", "introformat", "timemodified") + _texts("intro")),
    "course_modules": Wanted(columns=_numbers("module", "instance", "showdescription"), lost="see `course`"),
    "modules": Wanted(columns=_numbers("id") + _texts("name"), lost="see `course`"),
    "course": Wanted(
        columns=_numbers("id", "cacherev"),
        lost="course pages show the old texts until somebody purges their caches",
    ),
}
"""What the account for the notice sees; it may change `intro`, `timemodified` and `cacherev`."""

CONFIG = Wanted(
    columns=_texts("name", "value"),
    lost="administrators and the site's default rules are not known",
)
"""The view with the few site settings, or Moodle's own table, whose other rows hold secrets."""


class MoodleTables:
    """The tables of one Moodle, named with its prefix and schema."""

    def __init__(self, source: MoodleSource, wanted: Mapping[str, Wanted] = WANTED) -> None:
        """Make the tables; nothing is asked of the server."""
        schema = source.schema if source.database.driver == "postgresql" else ""
        self._metadata = sa.MetaData(schema=schema or None)
        self._tables = {name: self._table(source.prefix + name, one) for name, one in wanted.items()}
        self.config_view = self._table(source.config_view, CONFIG)
        self.config = self._table(f"{source.prefix}config", CONFIG)

    def _table(self, name: str, wanted: Wanted) -> sa.Table:
        """Make a table; its name may say in which other schema (MySQL: database) it is."""
        schema, _, name = name.rpartition(".")
        columns = (sa.Column(column, kind()) for column, kind in wanted.all_columns)
        return sa.Table(name, self._metadata, *columns, schema=schema or None)

    def __getitem__(self, name: str) -> sa.Table:
        """Find a table by Moodle's name of it, without prefix."""
        return self._tables[name]
