"""external_videos.json: films of other sites that were shown, of which only address and begin were recorded.

[{"timestamp": 35, "external_video_url": "https://www.youtube.com/watch?v=…"}, …]
"""

import json
from pathlib import Path

from bbbmig.convert.render.timeline.model import ExternalVideo
from bbbmig.convert.render.timeline.notebook import Notebook
from bbbmig.convert.render.timeline.xml import number

_LARGEST = 1 << 20


def read_external_videos(path: Path | None, notebook: Notebook) -> tuple[ExternalVideo, ...]:
    """Return the films in the order of time; entries without an address, and a list that is broken, are noted."""
    if path is None:
        return ()
    listed = _listed(path)
    if not isinstance(listed, list):
        notebook.lost(f"{path.name} cannot be read: whether films of other sites were shown is not known")
        return ()
    entries = [one for one in listed if isinstance(one, dict)]
    videos = [
        ExternalVideo(
            number(str(one.get("timestamp", 0))), str(one.get("external_video_url") or ""), str(one.get("title") or "")
        )
        for one in entries
    ]
    known = sorted((video for video in videos if video.address), key=lambda video: video.at)
    if len(known) < len(listed):
        notebook.lost(f"{len(listed) - len(known)} films of other sites were shown whose address is not known")
    return tuple(known)


def _listed(path: Path) -> object:
    """Return what the file holds; None if that cannot be read."""
    if path.stat().st_size > _LARGEST:
        return None
    try:
        return json.loads(path.read_text(encoding="utf-8", errors="replace").strip() or "[]")
    except (ValueError, RecursionError):
        return None
