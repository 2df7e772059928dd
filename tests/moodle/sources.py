"""From a filled database to the section of the settings that reads it."""

from typing import Any

from bbbmig.moodle import MoodleSource
from tests.moodle.schema import Database
from tests.moodle.university.model import CEILING, SERVER


def source_of(database: Database, **changes: Any) -> MoodleSource:  # noqa: ANN401 - any field of it
    """Make the source that reads a database, as its administrator unless `changes` names an account."""
    url = database.url
    values: dict[str, Any] = {
        "name": "default",
        "driver": url.get_backend_name(),
        "host": url.host or "",
        "port": url.port,
        "database": url.database,
        "user": url.username or "",
        "password": url.password or "",
        "prefix": database.prefix,
        "schema": database.schema,
        "origin_servers": (SERVER,),
        "most_moderators": CEILING,
    }
    return MoodleSource(**(values | changes))
