"""The whole picture, frame after frame: slide or desk, pointer, cameras. Says whether a frame differs from the last."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass

import av

from bbbmig.convert.render.files import Files, media_name
from bbbmig.convert.render.picture.layout import Layout
from bbbmig.convert.render.picture.pixels import part
from bbbmig.convert.render.picture.pointer import Dot
from bbbmig.convert.render.picture.scene import Scene
from bbbmig.convert.render.picture.video_reader import Film
from bbbmig.convert.render.picture.yuv import Planes, Rect, convert
from bbbmig.convert.render.timeline.model import Pointer, Show, Timeline, View

_SOON = 1e-4
"""Times are rounded to tenths in the files; what is due within that is due now."""


_BLACK = 16, 128, 128
_AROUND = 227, 130, 127
"""Y, U and V. Around slides, desks and cameras lies #F3F6F9, as in bbb-playback (src/styles/colors.scss)."""


@dataclass(frozen=True, slots=True)
class _Now:
    """What is due at a moment."""

    at: float
    show: Show | None
    view: View | None
    pointer: Pointer | None


class Composer:
    """Draws into `frame`, which stays the same object. Usable inside `with`."""

    def __init__(
        self, timeline: Timeline, scene: Scene, place: Layout, cameras: Film | None = None, desk: Film | None = None
    ) -> None:
        """Begin before the first moment. `scene` has the size of the layout's content."""
        self.frame = av.VideoFrame(place.width, place.height, "yuv420p")
        self._out = Planes.of(self.frame)
        self._out.fill(*_AROUND)
        self._timeline, self._scene, self._place = timeline, scene, place
        self._cameras, self._desk = cameras, desk
        left, top, right, bottom = place.content
        self._content = self._out.part(place.content)
        self._base = Planes.empty(right - left, bottom - top)
        self._base.fill(*_AROUND)
        self._dot = Dot(place.height)
        self._dot_at: Rect | None = None
        self._desk_slides = any(show.slide.is_desk for show in timeline.shows)
        self._on_desk = False
        self._last_cameras: Planes | None = None
        self._shows, self._views, self._pointers = 0, -1, -1

    def move_to(self, at: float) -> bool:
        """Draw a moment, later than the last; say whether anything changed."""
        at += _SOON
        now = _Now(at, self._show(at), self._view(at), self._pointer(at))
        changed = self._draw_desk(at) if self._is_desk(now) else self._draw_slide(now)
        if self._cameras is not None and self._place.cameras is not None:
            changed |= self._draw_cameras(at, self._cameras, self._place.cameras, covered=changed)
        return changed

    def _show(self, at: float) -> Show | None:
        """Give the slide of a moment."""
        shows = self._timeline.shows
        while self._shows < len(shows) and shows[self._shows].end <= at:
            self._shows += 1
        show = shows[self._shows] if self._shows < len(shows) else None
        return show if show is not None and show.start <= at else None

    def _view(self, at: float) -> View | None:
        """Give the visible part of a moment."""
        self._views = _last_before(self._timeline.views, self._views, at)
        return self._timeline.views[self._views] if self._views >= 0 else None

    def _pointer(self, at: float) -> Pointer | None:
        """Give the pointer of a moment."""
        self._pointers = _last_before(self._timeline.pointers, self._pointers, at)
        return self._timeline.pointers[self._pointers] if self._pointers >= 0 else None

    def _is_desk(self, now: _Now) -> bool:
        """Tell whether a desk is shared: its slide is shown, or, without such slides, its events say so."""
        if self._desk_slides:
            return now.show is not None and now.show.slide.is_desk
        return self._desk is not None and any(start <= now.at < stop for start, stop in self._timeline.desks)

    def _draw_desk(self, at: float) -> bool:
        """Show the shared desk; black until its film begins, or without one."""
        begins, self._on_desk = not self._on_desk, True
        if begins:
            self._content.fill(*_AROUND)
            self._desk_place().fill(*_BLACK)
            self._dot_at = None
        planes = self._desk.move_to(at) if self._desk is not None else None
        if planes is not None:
            self._desk_place().copy_from(planes)
        return begins or planes is not None

    def _desk_place(self) -> Planes:
        """Return where the film of the desk is shown; without one, all of the slide's area."""
        return self._content if self._desk is None else self._content.part(_centred(self._desk.size, self._base.size))

    def _draw_slide(self, now: _Now) -> bool:
        """Show the slide with its drawings and the pointer."""
        touched = self._scene.move_to(now.at, now.show, now.view)
        for rect in touched:
            convert(part(self._scene.pixels, rect), self._base.part(rect))
        if self._on_desk:
            self._on_desk, touched = False, [self._scene.whole]
        for rect in touched:
            self._content.part(rect).copy_from(self._base.part(rect))
        return self._draw_pointer(now, touched) or bool(touched)

    def _draw_pointer(self, now: _Now, touched: list[Rect]) -> bool:
        """Move the pointer to where it is now; say whether it moved."""
        rect = self._pointed(now)
        if rect == self._dot_at and (rect is None or not touched):
            return False
        if self._dot_at is not None:
            self._content.part(self._dot_at).copy_from(self._base.part(self._dot_at))
        if rect is not None:
            under = self._content.part(rect)
            under.copy_from(self._base.part(rect))
            self._dot.draw(under)
        moved, self._dot_at = rect != self._dot_at, rect
        return moved

    def _pointed(self, now: _Now) -> Rect | None:
        """Give the pixels of the pointer, None if it is hidden or out of sight."""
        fitted = self._scene.fit
        if now.show is None or now.pointer is None or fitted is None:
            return None
        point = self._timeline.pointed(now.pointer, fitted.region, now.show.slide)
        if point is None:
            return None
        x = fitted.place[0] + (point[0] - fitted.region[0]) * fitted.scale
        y = fitted.place[1] + (point[1] - fitted.region[1]) * fitted.scale
        return self._dot.rect(x, y, fitted.place)

    def _draw_cameras(self, at: float, film: Film, place: Rect, *, covered: bool) -> bool:
        """Show the cameras; where they lie over the slide they are drawn again when that changed."""
        planes = film.move_to(at)
        left, top, right, bottom = place
        inner = _centred(film.size, (right - left, bottom - top))
        target = self._out.part(place).part(inner)
        if planes is not None:
            target.copy_from(planes)
            self._last_cameras = planes
        elif covered and place[0] >= self._place.content[0] and self._last_cameras is not None:
            target.copy_from(self._last_cameras)
        return planes is not None


def open_films(stack: ExitStack, files: Files, place: Layout, timeline: Timeline) -> tuple[Film | None, Film | None]:
    """Open the films of cameras and desk that the picture needs; they are closed with the stack."""
    cameras = _film(stack, files, "video/webcams", place.cameras) if place.cameras else None
    needs_desk = timeline.desks or any(show.slide.is_desk for show in timeline.shows)
    return cameras, _film(stack, files, "deskshare/deskshare", place.content) if needs_desk else None


def _film(stack: ExitStack, files: Files, stem: str, place: Rect) -> Film | None:
    """Open a film if the recording has it."""
    name = media_name(files, stem)
    path = files.find(name) if name else None
    if name is None or path is None:
        return None
    return stack.enter_context(Film(path, name, place[2] - place[0], place[3] - place[1]))


def _last_before(events: Sequence[View] | Sequence[Pointer], index: int, at: float) -> int:
    """Go on from an index to that of the last event that has begun."""
    while index + 1 < len(events) and events[index + 1].at <= at:
        index += 1
    return index


def _centred(size: tuple[int, int], area: tuple[int, int]) -> Rect:
    """Give where something lies in the middle of an area, in even pixels."""
    left, top = ((outer - inner) // 4 * 2 for inner, outer in zip(size, area, strict=True))
    return left, top, left + size[0], top + size[1]
