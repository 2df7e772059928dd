"""How the picture is arranged when: all for the slide while nobody has a camera, all for cameras where no slide is.

So does BigBlueButton's own "video" format (scripts/video.yml and bbb-presentation-video lay out by what there is).
"""

from collections.abc import Sequence

from bbbmig.convert.render.media.camera_times import Spans
from bbbmig.convert.render.media.choice import Media
from bbbmig.convert.render.options import Webcams
from bbbmig.convert.render.picture.layout import Arrangement
from bbbmig.convert.render.timeline.model import Timeline

_NOTHING_SHARED = "presentation/logo.png"
"""What BBB 2.3 and later show until the first presentation is shared: an empty page."""
_DESK_WIDTH = 1280
"""Up to BBB 1.1 the film of the cameras has that width once a desk was shared, which is then seen in it; else 640."""


def arrangements(timeline: Timeline, media: Media, webcams: Webcams) -> tuple[tuple[float, Arrangement], ...]:
    """Return what is arranged how from which second on; the first begins at 0."""
    if webcams == "none" or not media.camera_times:
        return ((0.0, "none"),)
    beside: Arrangement = "half" if holds_desk(timeline, media) else webcams
    content = _content_times(timeline)
    times = sorted({0.0, *(moment for span in (*media.camera_times, *content) for moment in span)})
    found: list[tuple[float, Arrangement]] = []
    for at in times:
        if at >= timeline.duration_s and found:
            break
        arranged: Arrangement = "none"
        if _is_within(at, media.camera_times):
            arranged = beside if _is_within(at, content) else "large"
        if not found or found[-1][1] != arranged:
            found.append((at, arranged))
    return tuple(found)


def holds_desk(timeline: Timeline, media: Media) -> bool:
    """Tell whether shared desks are to be seen in the film of the cameras; when, nothing says."""
    film = media.cameras.film if media.cameras else None
    return timeline.is_old and film is not None and film.width >= _DESK_WIDTH and not timeline.desk_times()


def _content_times(timeline: Timeline) -> Spans:
    """Return when there is a slide or a desk; an empty page that stands for no presentation is none."""
    shown = [(show.start, show.end) for show in timeline.shows if not show.slide.href.endswith(_NOTHING_SHARED)]
    return tuple(sorted((*shown, *timeline.desk_times())))


def _is_within(at: float, spans: Sequence[tuple[float, float]]) -> bool:
    """Tell whether a moment lies in one of the spans, their ends excluded."""
    return any(start <= at < end for start, end in spans)
