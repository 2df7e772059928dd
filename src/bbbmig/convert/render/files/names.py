"""Names of files below a presentation's folder."""

from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit


def safe_name(reference: str) -> str:
    """Give the name of a file below the presentation's folder, from a reference of shapes.svg; "" if it leaves it.

    What a recording says about files is not to be trusted with the rest of the disk or of the server.
    """
    try:
        parts = urlsplit(reference.strip()[:_LONGEST_REFERENCE])
    except ValueError:  # "//[x"
        return ""
    path = PurePosixPath(unquote(parts.path))
    if parts.scheme or parts.netloc or path.is_absolute() or ".." in path.parts or "\\" in str(path):
        return ""
    if not str(path).isprintable() or any(len(step.encode("utf-8", "replace")) > _LONGEST_STEP for step in path.parts):
        return ""
    return "" if str(path) == "." else str(path)


_LONGEST_REFERENCE = 8192
_LONGEST_STEP = 255
"""Bytes of a name that file systems take."""


MEDIA_SUFFIXES = (".webm", ".mp4", ".ogg")
"""What servers make of cameras, desks and sound: the first always, the second as a setting, the third before 2.0."""
