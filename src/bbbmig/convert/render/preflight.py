"""Say beforehand what of a recording cannot be shown, without converting it."""

import json
from collections import Counter
from collections.abc import Iterator

from bbbmig.convert.render.board.classic import DRAWN as CLASSIC
from bbbmig.convert.render.board.tldraw.paint import DRAWN as TLDRAW
from bbbmig.convert.render.files import Files, media_name, safe_name
from bbbmig.convert.render.timeline import read_source, read_timeline
from bbbmig.convert.render.timeline.model import Drawing, Timeline
from bbbmig.domain.conversion import Verdict
from bbbmig.errors import RecordingFailed

_NAMED = 3
"""How many lost files a reason names."""


def verdict(files: Files) -> Verdict:
    """Read everything but films and pictures, and give the verdict. Raise RemoteError when the server fails."""
    try:
        timeline = read_timeline(files, read_source(files).duration_s)
    except RecordingFailed as error:
        return Verdict(able=False, faithful=False, reasons=(error.message,))
    has_media = any(media_name(files, stem) for stem in ("video/webcams", "audio/audio"))
    if not timeline.shows and not has_media:
        reason = "it holds neither slides nor sound: is it still published, and are its cookies right?"
        return Verdict(able=False, faithful=False, reasons=(reason,))
    reasons = tuple(_reasons(timeline, files, has_media=has_media))
    return Verdict(able=True, faithful=not reasons, reasons=reasons)


def _reasons(timeline: Timeline, files: Files, *, has_media: bool) -> Iterator[str]:
    """Give what will be missing."""
    if not has_media:
        yield "it has no sound and no film of cameras"
    if count := _external_videos(files):
        yield f"{count} external videos were shown: only their addresses were recorded"
    yield from _undrawn(timeline)
    lost = [href for href in _pictures(timeline) if not _is_there(files, href)]
    if lost:
        more = f" and {len(lost) - _NAMED} more" if len(lost) > _NAMED else ""
        yield f"pictures are missing: {', '.join(lost[:_NAMED])}{more}"
    shares = bool(timeline.desks) or any(show.slide.is_desk for show in timeline.shows)
    if shares and media_name(files, "deskshare/deskshare") is None:
        yield "a desk was shared, and its film is missing"


def _undrawn(timeline: Timeline) -> Iterator[str]:
    """Give the kinds of shapes that become dashed boxes, or nothing."""
    classic = {
        version.kind
        for versions in timeline.boards.values()
        for version in versions
        if isinstance(version.content, Drawing)
    }
    for kind, count in Counter(timeline.kinds).most_common():
        if kind in (CLASSIC if kind in classic else TLDRAW):
            continue
        yield f'{count} shapes of the kind "{kind}" are shown as dashed boxes, or not at all'


def _external_videos(files: Files) -> int:
    """Count the external videos; a broken list counts as one."""
    path = files.find("external_videos.json")
    try:
        listed = json.loads(path.read_text(encoding="utf-8") or "[]") if path else []
    except ValueError:
        return 1
    return len(listed) if isinstance(listed, list) else 1


def _pictures(timeline: Timeline) -> Iterator[str]:
    """Yield slides and pictures of polls, each once."""
    slides = (show.slide.href for show in timeline.shows if show.slide.href and not show.slide.is_desk)
    drawn = (
        part.attributes.get("href", "")
        for versions in timeline.boards.values()
        for version in versions
        if isinstance(version.content, Drawing) and version.kind == "image"
        for part in version.content.parts
        if part.tag == "image"
    )
    yield from dict.fromkeys((*slides, *drawn))


def _is_there(files: Files, href: str) -> bool:
    """Tell whether a picture can be had."""
    name = safe_name(href)
    return bool(name) and files.size(name) is not None
