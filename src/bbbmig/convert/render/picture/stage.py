"""The area of slides and desks in one arrangement of the picture: slide or desk, and the pointer upon it."""

from dataclasses import dataclass

from bbbmig.convert.render.picture.pixels import part
from bbbmig.convert.render.picture.pointer import Dot
from bbbmig.convert.render.picture.scene import Scene
from bbbmig.convert.render.picture.video_cards import VideoCards
from bbbmig.convert.render.picture.video_reader import Film
from bbbmig.convert.render.picture.yuv import Planes, Rect, centred, convert
from bbbmig.convert.render.timeline.model import Pointer, Show, Timeline, View

AROUND = (227, 130, 127)
"""What lies around slides, desks and cameras, as `scene` has it, in brightness and colours."""
_BLACK = (16, 128, 128)


@dataclass(frozen=True, slots=True)
class Now:
    """What is due at a moment; `is_desk` if a shared desk is."""

    at: float
    show: Show | None
    view: View | None
    pointer: Pointer | None
    is_desk: bool


class Stage:
    """Draws into `content`, a part of the picture that other stages may draw into as well."""

    def __init__(self, timeline: Timeline, scene: Scene, content: Planes, dot: Dot, desk: Film | None) -> None:
        """Begin before the first moment. `scene` has the size of `content`."""
        self.scene = scene
        self._timeline, self._content, self._dot, self._desk = timeline, content, dot, desk
        self._base = Planes.empty(*content.size)
        self._dot_at: Rect | None = None
        self._on_desk = False
        self._is_fresh = True
        self._cards = VideoCards(timeline.videos, content.size)

    def enter(self) -> None:
        """Take the area over: all of it is drawn next time."""
        self._is_fresh, self._on_desk, self._dot_at = True, False, None

    def draw(self, now: Now) -> bool:
        """Draw a moment, later than the last; tell whether anything changed."""
        return self._draw_desk(now.at) if now.is_desk else self._draw_slide(now)

    def _draw_desk(self, at: float) -> bool:
        """Show the shared desk; black until its film begins, or without one."""
        begins, self._on_desk, self._is_fresh = not self._on_desk, True, False
        place = self._content
        if self._desk is not None:
            place = place.part(centred(self._desk.fitted(*self._base.size), self._base.size))
        if begins:
            self._content.fill(*AROUND)
            place.fill(*_BLACK)
            self._dot_at = None
        comes = self._desk is not None and self._desk.move_to(at)
        planes = self._desk.picture(*self._base.size) if self._desk is not None and (begins or comes) else None
        if planes is not None:
            place.copy_from(planes)
        return begins or planes is not None

    def _draw_slide(self, now: Now) -> bool:
        """Show the slide with its drawings and the pointer."""
        touched = self.scene.move_to(now.at, now.show, now.view)
        if self._is_fresh:
            self._is_fresh, touched = False, [self.scene.whole]
        for rect in touched:
            convert(part(self.scene.pixels, rect), self._base.part(rect))
        touched = [*touched, *self._cards.lay(now.at, self._base, self.scene.pixels, touched)]
        if self._on_desk:
            self._on_desk, touched = False, [self.scene.whole]
        for rect in touched:
            self._content.part(rect).copy_from(self._base.part(rect))
        return self._draw_pointer(now, touched) or bool(touched)

    def _draw_pointer(self, now: Now, touched: list[Rect]) -> bool:
        """Move the pointer to where it is now; tell whether it moved."""
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

    def _pointed(self, now: Now) -> Rect | None:
        """Return the pixels of the pointer, None if it is hidden or out of sight."""
        fitted = self.scene.fit
        if now.show is None or now.pointer is None or fitted is None:
            return None
        point = self._timeline.pointed(now.pointer, fitted.region, now.show.slide)
        if point is None:
            return None
        x = fitted.place[0] + (point[0] - fitted.region[0]) * fitted.scale
        y = fitted.place[1] + (point[1] - fitted.region[1]) * fitted.scale
        return self._dot.rect(x, y, fitted.place)
