"""The files of one presentation, under the names that they have on the server: `video/webcams.webm`.

Most files are optional, and which ones exist depends on the recording and on the age of its server, so "there is
none" is an answer and not a failure (docs/facts/conversion.md#files-of-a-presentation).
"""

from bbbmig.convert.render.files.names import MEDIA_SUFFIXES, safe_name
from bbbmig.convert.render.files.source import Files, open_files

__all__ = ["Files", "media_name", "open_files", "safe_name"]


def media_name(files: Files, stem: str) -> str | None:
    """Find under which name the server keeps a film or sound: `video/webcams` may be .webm or .mp4; None: neither."""
    return next((stem + suffix for suffix in MEDIA_SUFFIXES if files.size(stem + suffix) is not None), None)
