"""Cards over the slide that tell of films of other sites: only their address and their begin were recorded."""

from collections.abc import Sequence

import numpy as np
import skia

from bbbmig.convert.render.board.ink import Ink
from bbbmig.convert.render.board.tldraw.media import draw_card
from bbbmig.convert.render.picture.pixels import Pixels, Rect, canvas_on, part
from bbbmig.convert.render.picture.yuv import Planes, convert
from bbbmig.convert.render.timeline.model import ExternalVideo

SHOWN_S = 10.0
"""How long a card is shown: when the film ended was not recorded."""
_WIDTH, _HEIGHT, _MARGIN, _SCALE = 0.42, 0.16, 0.02, 1 / 560
"""In widths and heights of the area; `_SCALE` makes letters as large as they are on a slide."""


class VideoCards:
    """Lays cards over the planes of an area."""

    def __init__(self, videos: Sequence[ExternalVideo], size: tuple[int, int]) -> None:
        """Begin before the first moment."""
        self._videos = videos
        width, height = size
        wide, high = int(width * _WIDTH) // 2 * 2, int(height * _HEIGHT) // 2 * 2
        left, top = int(width * _MARGIN) // 2 * 2, height - high - int(height * _MARGIN) // 2 * 2
        self._rect: Rect = (left, top // 2 * 2, left + wide, top // 2 * 2 + high)
        self._scale = height * _SCALE
        self._drawn: tuple[ExternalVideo, Planes] | None = None

    def lay(self, at: float, base: Planes, pixels: Pixels, touched: Sequence[Rect]) -> list[Rect]:
        """Lay over planes what is due, or take it off; return what changed of them.

        `pixels` are those that the planes were made from, `touched` the rectangles that were made anew.
        """
        due = self._due(at)
        before = self._drawn[0] if self._drawn else None
        if due is before and (due is None or not any(_meet(rect, self._rect) for rect in touched)):
            return []
        if due is None:
            self._drawn = None
            convert(part(pixels, self._rect), base.part(self._rect))
        else:
            if self._drawn is None or due is not before:
                self._drawn = due, self._card(due)
            base.part(self._rect).copy_from(self._drawn[1])
        return [self._rect]

    def _due(self, at: float) -> ExternalVideo | None:
        """Return the film that began last, if that is not long ago."""
        return next((one for one in reversed(self._videos) if one.at <= at < one.at + SHOWN_S), None)

    def _card(self, video: ExternalVideo) -> Planes:
        """Draw a card."""
        left, top, right, bottom = self._rect
        pixels = np.zeros((bottom - top, right - left, 4), np.uint8)
        minutes, seconds = divmod(int(video.at), 60)
        what = f"A film of another site was shown from {minutes}:{seconds:02} on"
        words = {"title": video.title, "url": video.address}
        ink, scale = Ink(), self._scale
        draw_card(ink, what, words, (right - left) / scale - 1, (bottom - top) / scale - 1)
        canvas = canvas_on(pixels)
        canvas.clear(skia.ColorWHITE)
        canvas.scale(scale, scale)
        canvas.drawPicture(ink.finished().picture)
        planes = Planes.empty(right - left, bottom - top)
        convert(pixels, planes)
        return planes


def _meet(one: Rect, other: Rect) -> bool:
    """Tell whether two rectangles have pixels in common."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
