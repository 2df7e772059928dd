"""Recording of a drawing: what is drawn, and which rectangle it touches, so that only that is drawn anew."""

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import skia

from bbbmig.convert.render.board.text import Text, laid_out

NONSENSE = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError)
"""What is raised while a shape is drawn whose data make no sense: a word for a number, a list for an object…"""
_EVERYWHERE = skia.Rect.MakeLTRB(-1e6, -1e6, 1e6, 1e6)
_HALO = ((0, -1), (0, 1), (-1, -1), (1, -1), (1, 1), (-1, 1))
"""How far copies of letters are moved for their edge."""
_CAPS = {"round": skia.Paint.kRound_Cap, "square": skia.Paint.kSquare_Cap}
_JOINS = {"round": skia.Paint.kRound_Join, "bevel": skia.Paint.kBevel_Join}


@dataclass(frozen=True, slots=True)
class Painted:
    """A recorded drawing; `bounds` None if it draws nothing."""

    picture: skia.Picture
    bounds: skia.Rect | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pen:
    """How a line is drawn. `dash` is lengths of dashes and gaps, `corner` how far before corners a curve begins.

    Colours are Skia's ARGB.
    """

    color: int
    width: float
    cap: str = "butt"
    join: str = "miter"
    miter: float = 4.0
    dash: tuple[float, ...] = ()
    corner: float = 0.0

    def paint(self) -> skia.Paint:
        """Return Skia's form of it."""
        paint = skia.Paint(
            AntiAlias=True,
            Style=skia.Paint.kStroke_Style,
            Color=self.color,
            StrokeWidth=self.width,
            StrokeCap=_CAPS.get(self.cap, skia.Paint.kButt_Cap),
            StrokeJoin=_JOINS.get(self.join, skia.Paint.kMiter_Join),
            StrokeMiter=self.miter,
        )
        if self.dash:
            paint.setPathEffect(skia.DashPathEffect.Make(list(self.dash), 0))
        elif self.corner:
            paint.setPathEffect(skia.CornerPathEffect.Make(self.corner))
        return paint


@dataclass(frozen=True, slots=True)
class Hatching:
    """A pattern: paths in a square at the origin, which is repeated in all directions."""

    paths: tuple[skia.Path, ...]
    side: float

    def paint(self, color: int) -> skia.Paint:
        """Return Skia's form of it."""
        recorder = skia.PictureRecorder()
        square = skia.Rect.MakeWH(self.side, self.side)
        canvas = recorder.beginRecording(square)
        for path in self.paths:
            canvas.drawPath(path, skia.Paint(AntiAlias=True, Color=color))
        repeat = skia.TileMode.kRepeat
        shader = recorder.finishRecordingAsPicture().makeShader(
            repeat, repeat, skia.FilterMode.kLinear, skia.Matrix.I(), square
        )
        return skia.Paint(AntiAlias=True, Shader=shader)


class Ink:
    """Draws into a recording; `finished` gives it."""

    def __init__(self) -> None:
        """Begin with an empty one."""
        self._recorder = skia.PictureRecorder()
        self._canvas = self._recorder.beginRecording(_EVERYWHERE)
        self._bounds: skia.Rect | None = None

    def finished(self) -> Painted:
        """End the recording."""
        return Painted(self._recorder.finishRecordingAsPicture(), self._bounds)

    @contextlib.contextmanager
    def moved(self, matrix: skia.Matrix) -> Iterator[None]:
        """Draw in other coordinates."""
        self._canvas.save()
        self._canvas.concat(matrix)
        yield
        self._canvas.restore()

    @contextlib.contextmanager
    def clipped(self, rect: skia.Rect) -> Iterator[None]:
        """Draw inside of a rectangle only."""
        self._canvas.save()
        self._canvas.clipRect(rect, skia.ClipOp.kIntersect, True)  # noqa: FBT003 - Skia's: antialiased
        yield
        self._canvas.restore()

    @contextlib.contextmanager
    def sparing(self, paths: Iterable[skia.Path]) -> Iterator[None]:
        """Draw outside of these paths only."""
        self._canvas.save()
        for path in paths:
            self._canvas.clipPath(path, skia.ClipOp.kDifference, True)  # noqa: FBT003 - Skia's: antialiased
        yield
        self._canvas.restore()

    @contextlib.contextmanager
    def faded(self, opacity: float) -> Iterator[None]:
        """Draw with so much opacity as a whole."""
        if opacity < 1:
            self._canvas.saveLayerAlpha(None, max(0, round(opacity * 255)))
        yield
        if opacity < 1:
            self._canvas.restore()

    def line(self, path: skia.Path, pen: Pen) -> None:
        """Draw along a path."""
        self._canvas.drawPath(path, pen.paint())
        reach = pen.width / 2 * (pen.miter if pen.join == "miter" else 1.5)  # corners and square ends reach further
        self._touch(path.getBounds(), reach + 1)

    def fill(self, path: skia.Path, color: int, *, corner: float = 0.0, hatching: Hatching | None = None) -> None:
        """Fill a path, its corners rounded as a pen's, wholly or with a pattern."""
        paint = hatching.paint(color) if hatching else skia.Paint(AntiAlias=True, Color=color)
        if corner:
            paint.setPathEffect(skia.CornerPathEffect.Make(corner))
        self._canvas.drawPath(path, paint)
        self._touch(path.getBounds())

    def text(self, text: Text, x: float, y: float, *, middle_of: float = 0.0) -> None:
        """Write a text box whose left upper corner is there; `middle_of` centres it in a box of that height."""
        if not text.content.strip():
            return
        paragraph = laid_out(text)
        top = y + max(0.0, (middle_of - paragraph.Height) / 2) if middle_of else y
        if text.halo:
            edge = laid_out(replace(text, color=text.halo))
            for across, down in _HALO:
                edge.paint(self._canvas, x + across, top + down)
        paragraph.paint(self._canvas, x, top)
        slack = text.size  # brush letters reach out of their line
        self._touch(skia.Rect.MakeXYWH(x, top, text.width or paragraph.LongestLine, paragraph.Height), slack)

    def image(self, image: skia.Image, box: skia.Rect) -> None:
        """Draw an image into the middle of a box, as large as it fits."""
        scale = min(box.width() / image.width(), box.height() / image.height())
        width, height = image.width() * scale, image.height() * scale
        place = skia.Rect.MakeXYWH(
            box.left() + (box.width() - width) / 2, box.top() + (box.height() - height) / 2, width, height
        )
        smooth = skia.SamplingOptions(skia.FilterMode.kLinear, skia.MipmapMode.kLinear)
        self._canvas.drawImageRect(image, place, smooth)
        self._touch(place)

    def picture(self, image: skia.Image, place: skia.Rect, part: skia.Rect) -> None:
        """Draw a part of an image so that it fills a place."""
        smooth = skia.SamplingOptions(skia.FilterMode.kLinear, skia.MipmapMode.kLinear)
        self._canvas.drawImageRect(image, part, place, smooth)
        self._touch(place)

    def _touch(self, rect: skia.Rect, slack: float = 1.0) -> None:
        """Note that this rectangle of the present coordinates is drawn upon."""
        mapped = self._canvas.getTotalMatrix().mapRect(rect.makeOutset(slack, slack))
        if self._bounds is None:
            self._bounds = mapped
        else:
            self._bounds.join(mapped)


def polygon(points: Sequence[tuple[float, float]], *, closed: bool = True) -> skia.Path:
    """Return the path through points."""
    return skia.Path.Polygon([skia.Point(*point) for point in points], closed)
