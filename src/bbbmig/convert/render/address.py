"""Where a presentation is, from what a person types: a playback address, a folder of files, a folder on disk."""

import re
from pathlib import Path
from urllib.parse import urlsplit

from bbbmig.domain.conversion import Presentation
from bbbmig.domain.playback_url import record_id_in
from bbbmig.errors import ConfigError

_FOLDER = re.compile(r"(?P<before>.*?)/(?:playback/)?presentation/.*")
_MARKS = ("metadata.xml", "shapes.svg")


def presentation_at(where: str) -> Presentation:
    """Return the presentation at a playback address (2.0 and 2.3 forms), at its folder of files, or in a local folder.

    A local folder is what the server keeps as `/var/bigbluebutton/published/presentation/ID`. Raise ConfigError when
    it is none of these.
    """
    parts = urlsplit(where)
    if parts.scheme not in {"http", "https"}:
        return _in_folder(Path(where))
    record_id, found = record_id_in(where), _FOLDER.fullmatch(parts.path)
    if not record_id or not found or not parts.netloc:
        raise ConfigError(
            f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path} is no address of a presentation",
            hint="write …/playback/presentation/2.3/ID, …/2.0/playback.html?meetingId=ID, or a folder on this machine",
        )
    media = parts._replace(path=f"{found['before']}/presentation/{record_id}/", query="", fragment="").geturl()
    return Presentation(record_id=record_id, page=where, media=media)


def _in_folder(folder: Path) -> Presentation:
    """Return the presentation of a folder of this machine."""
    if not any((folder / name).is_file() for name in _MARKS):
        raise ConfigError(
            f"{folder} holds no presentation: neither {' nor '.join(_MARKS)}",
            hint="give the folder that is named after the recordID, or an address that begins with http",
        )
    folder = folder.resolve()
    return Presentation(record_id=folder.name, page="", media=f"{folder.as_uri()}/", folder=folder)
