"""external_videos.json: films of other sites that were shown, of which only address and begin were recorded.

[{"timestamp": 35, "external_video_url": "https://www.youtube.com/watch?v=…"}, …]
"""

import json
from pathlib import Path

from bbbmig.convert.render.timeline.model import ExternalVideo
from bbbmig.convert.render.timeline.xml import number

_LARGEST = 1 << 20


def read_external_videos(path: Path | None) -> tuple[ExternalVideo, ...]:
    """Return the films in the order of time; entries without an address are left out, as is a list that is broken."""
    if path is None or path.stat().st_size > _LARGEST:
        return ()
    try:
        listed = json.loads(path.read_text(encoding="utf-8", errors="replace").strip() or "[]")
    except (ValueError, RecursionError):
        return ()
    entries = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    videos = [
        ExternalVideo(
            number(str(one.get("timestamp", 0))), str(one.get("external_video_url") or ""), str(one.get("title") or "")
        )
        for one in entries
    ]
    return tuple(sorted((video for video in videos if video.address), key=lambda video: video.at))
