"""The files of one presentation, under the names that they have on the server: `video/webcams.webm`.

Most files are optional, and which ones exist depends on the recording and on the age of its server, so "there is
none" is an answer and not a failure (docs/facts/conversion.md#files-of-a-presentation).
"""

from bbbmig.convert.render.files.source import Files, open_files
from bbbmig.domain.presentation_files import film_names, safe_name

__all__ = ["Files", "media_name", "open_files", "safe_name"]


def media_name(files: Files, stem: str) -> str | None:
    """Find under which name a film or sound is there: `video/webcams` may be .webm or .mp4; None: neither.

    An empty file gives way to the next form.
    """
    return next((name for name in film_names(stem) if files.size(name)), None)
