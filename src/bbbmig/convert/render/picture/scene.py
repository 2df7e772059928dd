"""The slide with its drawings, as pixels: only what changed is drawn anew."""

from dataclasses import dataclass

import numpy as np
import skia

from bbbmig.convert.render.picture.board_pictures import BoardPictures
from bbbmig.convert.render.picture.images import Images
from bbbmig.convert.render.picture.layers import Layers
from bbbmig.convert.render.picture.live_board import LiveBoard
from bbbmig.convert.render.picture.pixels import Pixels, Rect, canvas_on
from bbbmig.convert.render.timeline.model import Show, Slide, Timeline, View

_PAPER = skia.ColorWHITE
_AROUND, _BOARD = 0xFFF3F6F9, 0xFFF9FAFB
"""What bbb-playback (src/styles/colors.scss) shows around a slide, and tldraw beside the slides of its board."""
_ENLARGE = skia.SamplingOptions(skia.CubicResampler.Mitchell())
_EXACT = skia.SamplingOptions(skia.FilterMode.kNearest)
_NEAR = 0.51


@dataclass(frozen=True, slots=True)
class Fit:
    """Where the visible part of a slide lies in the area: `place` in pixels, `scale` pixels per slide pixel."""

    region: tuple[float, float, float, float]
    place: Rect
    scale: float

    def matrix(self) -> skia.Matrix:
        """Return the way from slide pixels to the area's."""
        matrix = skia.Matrix.Translate(self.place[0], self.place[1])
        matrix.preScale(self.scale, self.scale)
        matrix.preTranslate(-self.region[0], -self.region[1])
        return matrix


def fit(region: tuple[float, float, float, float], width: int, height: int) -> Fit:
    """Fit the visible part into an area, as large as possible, in its middle; sizes are even, as video needs."""
    scale = min(width / region[2], height / region[3])
    wide, high = min(width, _even(region[2] * scale)), min(height, _even(region[3] * scale))
    left, top = (width - wide) // 4 * 2, (height - high) // 4 * 2
    return Fit(region, (left, top, left + wide, top + high), scale)


def _even(length: float) -> int:
    """Return the nearest even number, at least 2."""
    return max(2, round(length / 2) * 2)


class Scene:
    """Draws a timeline into `pixels` (height, width, BGRA), moved on in time."""

    def __init__(self, timeline: Timeline, images: Images, width: int, height: int) -> None:
        """Begin before the first moment, with nothing on display."""
        self.pixels: Pixels = np.zeros((height, width, 4), np.uint8)
        self.images = images
        self.fit: Fit | None = None
        self.unreadable = 0
        self._timeline = timeline
        self._canvas = canvas_on(self.pixels)
        self._canvas.clear(_AROUND)
        self._show: Show | None = None
        self._view: View | None = None
        self._board: LiveBoard | None = None
        self._pictures = BoardPictures(images.files, images)
        self._layers: Layers | None = None
        self._scale = 1.0

    @property
    def whole(self) -> Rect:
        """Return all of the area."""
        height, width = self.pixels.shape[:2]
        return 0, 0, width, height

    def move_to(self, at: float, show: Show | None, view: View | None) -> list[Rect]:
        """Draw a moment: a slide and which part of it; return the rectangles that changed."""
        if show is None:
            was_empty = self._show is None
            self._leave_board()
            self._canvas.clear(_AROUND)
            return [] if was_empty else [self.whole]
        slide = show.slide
        same = show is self._show and view is self._view and self.fit is not None
        fitted = self.fit if same else fit(self._timeline.region(view, slide), *self.whole[2:])
        self._view = view
        if show is not self._show or self._board is None:
            self._leave_board()
            self._show = show
            self._board = LiveBoard(self._timeline.boards.get(slide.board, ()), self._pictures, self._timeline.assets)
            self._scale = self._timeline.scale(slide)
        change = self._board.move_to(at)
        if fitted != self.fit or self._layers is None:
            self.fit = fitted
            self._layers = self._laid_out(slide, self._board)
            self._layers.draw(self.pixels, self._canvas, self.whole)
            return [self.whole]
        rects = self._layers.change(change) if change is not None else []
        for rect in rects:
            self._layers.draw(self.pixels, self._canvas, rect)
        return rects

    def finish(self) -> None:
        """Count what could not be drawn on the last board."""
        self._leave_board()

    def _leave_board(self) -> None:
        """Remember how many shapes of the board that is left made no sense."""
        self.unreadable += len(self._board.unreadable) if self._board else 0
        self._show = self._board = self._layers = self.fit = None

    def _laid_out(self, slide: Slide, board: LiveBoard) -> Layers:
        """Return the layers of a board where its slide is seen now."""
        place = self.fit.place if self.fit else self.whole
        return Layers(
            self.whole[2:], place, self._board_matrix(), lambda canvas: self._draw_ground(canvas, slide), board.entries
        )

    def _board_matrix(self) -> skia.Matrix:
        """Return the way from board units to pixels."""
        matrix = self.fit.matrix() if self.fit else skia.Matrix()
        matrix.preScale(1 / self._scale, 1 / self._scale)
        return matrix

    def _draw_ground(self, canvas: skia.Canvas, slide: Slide) -> None:
        """Draw what lies below all shapes: the slide, white paper where there is none, and what is beside it."""
        if self.fit is None:
            return
        canvas.save()
        canvas.clear(_AROUND)
        canvas.clipRect(skia.Rect.MakeLTRB(*self.fit.place))
        canvas.clear(_AROUND if self._timeline.board_size is None else _BOARD)
        whole = skia.Rect.MakeXYWH(slide.x, slide.y, slide.width, slide.height)
        place = self.fit.matrix().mapRect(whole)
        canvas.drawRect(place, skia.Paint(Color=_PAPER))
        image = self.images.slide(slide.href, place.width(), place.height()) if slide.href else None
        if image is not None:
            exact = abs(image.width() - place.width()) < _NEAR and abs(image.height() - place.height()) < _NEAR
            if exact:
                # whole pixels keep letters sharp
                place = skia.Rect.MakeXYWH(round(place.left()), round(place.top()), image.width(), image.height())
            canvas.drawImageRect(image, place, _EXACT if exact else _ENLARGE)
        canvas.restore()
