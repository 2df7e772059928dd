"""The shapes of a board as layers of pixels, so that a change costs what changed and not what lies on the page.

From below to above there are runs of shapes. The lowest is a sheet: the slide, and the shapes that were drawn upon it.
Shapes that changed of late are drawn each time; when they have rested, they are drawn upon the sheet below them, once.
Where something goes on changing below shapes that rest, these get a sheet of their own, which is laid over it.
"""

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from operator import attrgetter

import numpy as np
import skia

from bbbmig.convert.render.picture.live_board import Change, Entry
from bbbmig.convert.render.picture.pixels import Pixels, Rect, canvas_on, image_of, merged, part

_LIVE = 24
"""So many shapes are drawn each time, and about twice as many before those that rest get a sheet of their own."""
_SHEETS = 6
_REST = 30
"""A shape rests when it has not changed during so many changes of the board."""
_PATIENCE = 2
"""How often a sheet is repaired, in times its number of shapes, before it is divided."""
_EXACT = skia.SamplingOptions(skia.FilterMode.kNearest)
_by_key = attrgetter("key")

Ground = Callable[[skia.Canvas], None]
"""Draws what lies below all shapes: the slide and the paper beside it."""


class _Sheet:
    """A picture of shapes, opaque with a ground, else transparent where nothing is drawn."""

    def __init__(self, size: tuple[int, int], place: Rect, matrix: skia.Matrix, ground: Ground | None = None) -> None:
        """Begin with nothing but the ground."""
        self.pixels: Pixels = np.zeros((size[1], size[0], 4), np.uint8)
        self.canvas = canvas_on(self.pixels)
        self.torn: list[Rect] = []
        self.repairs = 0
        self._place, self._matrix, self._ground = place, matrix, ground
        if ground is not None:
            ground(self.canvas)

    def add(self, entries: Iterable[Entry], rect: Rect | None = None) -> int:
        """Draw shapes above what is there, inside of a rectangle; return how many were drawn."""
        return draw_entries(self.canvas, entries, self._matrix, rect or self._place, self._place)

    def mend(self, entries: Sequence[Entry]) -> None:
        """Draw anew what was torn out."""
        for rect in merged(self.torn):
            self.canvas.save()
            self.canvas.clipRect(skia.Rect.MakeLTRB(*rect))
            self.canvas.clear(skia.ColorTRANSPARENT)
            if self._ground is not None:
                self._ground(self.canvas)
            self.canvas.restore()
            self.repairs += self.add(entries, rect)
        self.torn.clear()


@dataclass(slots=True, eq=False)
class _Run:
    """Neighbouring shapes, from below to above; without a sheet they are drawn each time."""

    entries: list[Entry]
    sheet: _Sheet | None = None


@dataclass(slots=True)
class Layers:
    """The layers of a board in one place and size. `matrix` leads from board units to pixels, `place` is seen."""

    size: tuple[int, int]
    place: Rect
    matrix: skia.Matrix
    ground: Ground
    entries: Sequence[Entry]
    _runs: list[_Run] = field(default_factory=list)
    _stamps: dict[Entry, int] = field(default_factory=dict)
    _step: int = 0

    def __post_init__(self) -> None:
        """Draw all upon one sheet."""
        self._flatten()

    def _flatten(self) -> None:
        """Draw all upon one sheet."""
        sheet = _Sheet(self.size, self.place, self.matrix, self.ground)
        sheet.add(self.entries)
        self._runs = [_Run(list(self.entries), sheet)]
        self._stamps.clear()

    def change(self, change: Change) -> list[Rect]:
        """Take what changed; return the rectangles of pixels that are to be drawn anew."""
        self._step += 1
        rects = [rect for entry in (*change.gone, *change.come) if (rect := self._pixels(entry)) is not None]
        for entry in change.gone:
            self._remove(entry)
        for entry in change.come:
            self._insert(entry)
        self._mend(change.come)
        self._rest()
        return merged(rects)

    def draw(self, pixels: Pixels, canvas: skia.Canvas, rect: Rect) -> None:
        """Draw a rectangle into pixels of the same size, whose canvas is given."""
        ground, *above = self._runs
        if ground.sheet is not None:
            part(pixels, rect)[...] = part(ground.sheet.pixels, rect)
        for run in above:
            if run.sheet is None:
                draw_entries(canvas, run.entries, self.matrix, rect, self.place)
            else:
                place = skia.Rect.MakeLTRB(*rect)
                canvas.drawImageRect(image_of(run.sheet.pixels), place, place, _EXACT)

    def _pixels(self, entry: Entry) -> Rect | None:
        """Return the pixels of a shape, whole pairs of them; None if it is out of sight."""
        if entry.painted.bounds is None:
            return None
        rect = self.matrix.mapRect(entry.painted.bounds)
        left, top, right, bottom = self.place
        # compared before they are made whole: a place may be beyond all whole numbers, or none at all
        if not (rect.left() < right and rect.top() < bottom and rect.right() > left and rect.bottom() > top):
            return None
        left, top = (
            max(left, int(max(rect.left(), left)) // 2 * 2 - 2),
            max(top, int(max(rect.top(), top)) // 2 * 2 - 2),
        )
        right = min(right, int(min(rect.right(), right)) // 2 * 2 + 4)
        bottom = min(bottom, int(min(rect.bottom(), bottom)) // 2 * 2 + 4)
        return (left, top, right, bottom) if left < right and top < bottom else None

    def _run_of(self, entry: Entry) -> int:
        """Return the index of the run in which a shape is, or belongs."""
        found = 0
        for index, run in enumerate(self._runs):
            if run.entries and run.entries[0].key <= entry.key:
                found = index
        return found

    def _remove(self, entry: Entry) -> None:
        """Take a shape out of its run."""
        run = self._runs[self._run_of(entry)]
        del run.entries[bisect_left(run.entries, entry.key, key=_by_key)]
        self._stamps.pop(entry, None)
        rect = self._pixels(entry)
        if run.sheet is not None and rect is not None:
            run.sheet.torn.append(rect)

    def _insert(self, entry: Entry) -> None:
        """Put a shape where it belongs: upon a sheet only if it comes between the sheet's own shapes."""
        index = self._run_of(entry)
        run = self._runs[index]
        self._stamps[entry] = self._step
        if run.sheet is None:
            insort(run.entries, entry, key=_by_key)
        elif run.entries and entry.key < run.entries[-1].key:
            insort(run.entries, entry, key=_by_key)
            if (rect := self._pixels(entry)) is not None:
                run.sheet.torn.append(rect)
        elif index + 1 < len(self._runs) and self._runs[index + 1].sheet is None:
            self._runs[index + 1].entries.insert(0, entry)
        else:
            self._runs.insert(index + 1, _Run([entry]))

    def _mend(self, come: Sequence[Entry]) -> None:
        """Mend the sheets; divide one that is torn over and over, where something came last."""
        for run in list(self._runs):
            if run.sheet is None or not run.sheet.torn:
                continue
            run.sheet.mend(run.entries)
            if run.sheet.repairs > _PATIENCE * len(run.entries) + _LIVE:
                run.sheet.repairs = 0
                inside = [entry for entry in come if entry in self._stamps and self._is_in(entry, run)]
                if inside:
                    self._divide(run, inside[-1])

    def _is_in(self, entry: Entry, run: _Run) -> bool:
        """Tell whether a shape is in a run."""
        index = bisect_left(run.entries, entry.key, key=_by_key)
        return index < len(run.entries) and run.entries[index] is entry

    def _divide(self, run: _Run, entry: Entry) -> None:
        """Divide a sheet into what is below a shape, the shape, and what is above it."""
        index, place = self._runs.index(run), bisect_left(run.entries, entry.key, key=_by_key)
        below, above = run.entries[:place], run.entries[place + 1 :]
        lower = _Sheet(self.size, self.place, self.matrix, self.ground if index == 0 else None)
        upper = _Sheet(self.size, self.place, self.matrix)
        lower.add(below)
        upper.add(above)
        self._runs[index : index + 1] = [_Run(below, lower), _Run([entry]), _Run(above, upper)]

    def _rest(self) -> None:
        """Draw shapes that rest upon sheets, where there are too many that are drawn each time."""
        for index in range(len(self._runs) - 1, 0, -1):
            run = self._runs[index]
            if run.sheet is not None or len(run.entries) <= _LIVE:
                continue
            below = self._runs[index - 1].sheet
            resting = next((n for n, entry in enumerate(run.entries) if not self._rests(entry)), len(run.entries))
            if below is not None and resting:
                self._settle(self._runs[index - 1], run.entries[:resting])
                del run.entries[:resting]
            if len(run.entries) > 2 * _LIVE:
                self._lift(index)
        self._tidy()
        if sum(run.sheet is not None for run in self._runs) > _SHEETS:
            self._flatten()

    def _rests(self, entry: Entry) -> bool:
        """Tell whether a shape has not changed for a while."""
        return self._step - self._stamps.get(entry, 0) > _REST

    def _settle(self, run: _Run, entries: list[Entry]) -> None:
        """Draw shapes upon the sheet below them."""
        if run.sheet is not None:
            run.sheet.add(entries)
            run.entries.extend(entries)
        for entry in entries:
            self._stamps.pop(entry, None)

    def _lift(self, index: int) -> None:
        """Give the longest stretch of resting shapes a sheet of its own."""
        run = self._runs[index]
        best, start = (0, 0), 0
        for n in range(len(run.entries) + 1):
            if n == len(run.entries) or not self._rests(run.entries[n]):
                best, start = max(best, (n - start, start)), n + 1
        length, start = best
        if length < _LIVE:
            return
        lifted = _Run([], _Sheet(self.size, self.place, self.matrix))
        self._settle(lifted, run.entries[start : start + length])
        lower, upper = _Run(run.entries[:start]), _Run(run.entries[start + length :])
        self._runs[index : index + 1] = [lower, lifted, upper]

    def _tidy(self) -> None:
        """Drop empty runs, and lay sheets together that have nothing between them."""
        kept = self._runs[:1]
        for run in self._runs[1:]:
            below = kept[-1]
            if not run.entries:
                continue
            if run.sheet is not None and below.sheet is not None and not (run.sheet.torn or below.sheet.torn):
                below.sheet.canvas.drawImage(image_of(run.sheet.pixels), 0, 0, _EXACT)
                below.entries.extend(run.entries)
            elif run.sheet is None and below.sheet is None:
                below.entries.extend(run.entries)
            else:
                kept.append(run)
        self._runs = kept


def draw_entries(canvas: skia.Canvas, entries: Iterable[Entry], matrix: skia.Matrix, rect: Rect, place: Rect) -> int:
    """Draw the part of shapes that lies in a rectangle, and in what is seen; return how many were drawn."""
    inverse = skia.Matrix()
    if not matrix.invert(inverse):
        return 0
    seen = inverse.mapRect(skia.Rect.MakeLTRB(*rect))
    canvas.save()
    canvas.clipRect(skia.Rect.MakeLTRB(*rect))
    canvas.clipRect(skia.Rect.MakeLTRB(*place))
    canvas.concat(matrix)
    count = 0
    for entry in entries:
        painted = entry.painted
        if painted.bounds is not None and painted.bounds.intersects(seen):
            canvas.drawPicture(painted.picture)
            count += 1
    canvas.restore()
    return count
