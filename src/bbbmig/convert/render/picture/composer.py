"""The whole picture, frame after frame: slide or desk, pointer, cameras. Says whether a frame differs from the last."""

from collections.abc import Sequence

import av

from bbbmig.convert.render.picture.images import Images
from bbbmig.convert.render.picture.layout import Arrangement, Layout, layout
from bbbmig.convert.render.picture.pointer import Dot
from bbbmig.convert.render.picture.scene import Scene
from bbbmig.convert.render.picture.stage import AROUND, Now, Stage
from bbbmig.convert.render.picture.video_reader import Film
from bbbmig.convert.render.picture.yuv import Planes, Rect, centred
from bbbmig.convert.render.timeline.model import Pointer, Timeline, View

_SOON = 1e-4
"""Times are rounded to tenths in the files; what is due within that is due now."""


class Composer:
    """Draws into `frame`, which stays the same object."""

    def __init__(
        self,
        timeline: Timeline,
        images: Images,
        height: int,
        arranged: Sequence[tuple[float, Arrangement]] = ((0.0, "none"),),
        *,
        cameras: Film | None = None,
        desk: Film | None = None,
    ) -> None:
        """Begin before the first moment. `arranged` says how the picture is laid out from which second on."""
        self.images = images
        self.place: Layout = layout(height, arranged[0][1])
        self.frame = av.VideoFrame(self.place.width, self.place.height, "yuv420p")
        self._out = Planes.of(self.frame)
        self._timeline, self._height, self._arranged = timeline, height, arranged
        self._cameras, self._desk = cameras, desk
        self._dot = Dot(height)
        self._stages: dict[Rect, Stage] = {}
        self._desk_slides = any(show.slide.is_desk for show in timeline.shows)
        self._arrangement = -1
        self._shows, self._views, self._pointers = 0, -1, -1
        self.stage = self._stage(self.place.content)

    def move_to(self, at: float) -> bool:
        """Draw a moment, later than the last; tell whether anything changed."""
        at += _SOON
        changed = self._arrange(at)
        changed |= self.stage.draw(self._now(at))
        if self._cameras is not None and self.place.cameras is not None:
            changed |= self._draw_cameras(at, self._cameras, self.place.cameras, covered=changed)
        return changed

    def finish(self) -> int:
        """Return how many shapes made no sense, in all."""
        for stage in self._stages.values():
            stage.scene.finish()
        return max(stage.scene.unreadable for stage in self._stages.values())

    def _arrange(self, at: float) -> bool:
        """Lay the picture out anew when it is time to; tell whether it was."""
        before = self._arrangement
        while self._arrangement + 1 < len(self._arranged) and self._arranged[self._arrangement + 1][0] <= at:
            self._arrangement += 1
        if self._arrangement == before:
            return False
        self.place = layout(self._height, self._arranged[self._arrangement][1])
        self.stage = self._stage(self.place.content)
        self.stage.enter()
        self._out.fill(*AROUND)
        return True

    def _stage(self, content: Rect) -> Stage:
        """Return what draws into an area; arrangements of the same area share it."""
        if content not in self._stages:
            left, top, right, bottom = content
            scene = Scene(self._timeline, self.images, right - left, bottom - top)
            self._stages[content] = Stage(self._timeline, scene, self._out.part(content), self._dot, self._desk)
        return self._stages[content]

    def _now(self, at: float) -> Now:
        """Look up what is due."""
        shows, views, pointers = self._timeline.shows, self._timeline.views, self._timeline.pointers
        while self._shows < len(shows) and shows[self._shows].end <= at:
            self._shows += 1
        show = shows[self._shows] if self._shows < len(shows) and shows[self._shows].start <= at else None
        self._views = _last_before(views, self._views, at)
        self._pointers = _last_before(pointers, self._pointers, at)
        if self._desk_slides:
            is_desk = show is not None and show.slide.is_desk
        else:
            is_desk = self._desk is not None and any(start <= at < stop for start, stop in self._timeline.desks)
        return Now(
            at,
            show if self.place.cameras != self.place.content else None,
            views[self._views] if self._views >= 0 else None,
            pointers[self._pointers] if self._pointers >= 0 else None,
            is_desk,
        )

    def _draw_cameras(self, at: float, film: Film, place: Rect, *, covered: bool) -> bool:
        """Show the cameras; where they lie over the slide they are drawn again when that changed."""
        comes = film.move_to(at)
        if not comes and not covered:
            return False
        area = (place[2] - place[0], place[3] - place[1])
        planes = film.picture(*area)
        if planes is not None:
            self._out.part(place).part(centred(planes.size, area)).copy_from(planes)
        return comes


def _last_before(events: Sequence[View] | Sequence[Pointer], index: int, at: float) -> int:
    """Go on from an index to that of the last event that has begun."""
    while index + 1 < len(events) and events[index + 1].at <= at:
        index += 1
    return index
