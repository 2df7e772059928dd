"""The whiteboard of one slide at a moment: which shapes are on it, which covers which, and what changed."""

import heapq
import json
from bisect import insort
from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

import skia

from bbbmig.convert.render.board.classic import Images, paint_drawing
from bbbmig.convert.render.board.ink import Ink, Painted
from bbbmig.convert.render.board.tldraw.paint import paint_shape
from bbbmig.convert.render.board.tldraw.shape import Shape, layer, leans_on_others
from bbbmig.convert.render.timeline.model import Drawing, Version


@dataclass(slots=True, order=True)
class _Entry:
    """A visible shape; sorted by what covers what."""

    layer: tuple[Any, ...]
    order: int
    version: Version = field(compare=False)
    painted: Painted = field(compare=False)
    shape: Shape | None = field(compare=False, default=None)


class LiveBoard:
    """The shapes of one slide, moved on in time. `unreadable` counts shapes whose data make no sense."""

    def __init__(self, versions: Sequence[Version], images: Images) -> None:
        """Begin before the first moment."""
        self._coming = sorted(versions, key=attrgetter("start", "order"))
        self._next = 0
        self._ends: list[tuple[float, int, str]] = []
        self._by_shape: dict[str, _Entry] = {}
        self._ordered: list[_Entry] = []
        self._images = images
        self.unreadable: set[str] = set()

    @property
    def pictures(self) -> list[Painted]:
        """Give what is visible, from below to above."""
        return [entry.painted for entry in self._ordered]

    def move_to(self, at: float) -> skia.Rect | None:
        """Go on to a moment; give the rectangle of the board that changed, None if nothing did."""
        if not self._is_due(at):
            return None
        touched: list[Painted] = []
        fresh: dict[str, Version] = {}
        while self._next < len(self._coming) and self._coming[self._next].start <= at:
            version = self._coming[self._next]
            fresh[version.shape] = version
            self._next += 1
        while self._ends and self._ends[0][0] <= at:
            _, order, name = heapq.heappop(self._ends)
            if name in self._by_shape and self._by_shape[name].version.order == order:
                touched.append(self._take(name))
        for name, version in fresh.items():
            if name in self._by_shape:
                touched.append(self._take(name))
            if version.end > at:
                touched.append(self._put(version))
        touched.extend(self._settle())
        return _union(touched)

    def _is_due(self, at: float) -> bool:
        """Tell whether anything begins or ends."""
        begins = self._next < len(self._coming) and self._coming[self._next].start <= at
        return begins or bool(self._ends and self._ends[0][0] <= at)

    def _take(self, name: str) -> Painted:
        """Remove a shape."""
        entry = self._by_shape.pop(name)
        self._ordered.remove(entry)
        return entry.painted

    def _put(self, version: Version) -> Painted:
        """Add a shape."""
        shape = None if isinstance(version.content, Drawing) else json.loads(version.content)
        place = layer(shape, self._lookup) if shape is not None else ()
        entry = _Entry(place, version.order, version, self._painted(version, shape), shape)
        self._by_shape[version.shape] = entry
        insort(self._ordered, entry)
        heapq.heappush(self._ends, (version.end, version.order, version.shape))
        return entry.painted

    def _settle(self) -> list[Painted]:
        """Draw anew what depends on other shapes, and put it where it belongs."""
        changed: list[Painted] = []
        leaning = [entry for entry in self._ordered if entry.shape is not None and leans_on_others(entry.shape)]
        for entry in leaning:
            changed.append(entry.painted)
            self._ordered.remove(entry)
        for entry in leaning:
            if entry.shape is not None:
                entry.layer = layer(entry.shape, self._lookup)
                entry.painted = self._painted(entry.version, entry.shape)
            insort(self._ordered, entry)
            changed.append(entry.painted)
        return changed

    def _painted(self, version: Version, shape: Shape | None) -> Painted:
        """Draw a shape; one whose data make no sense is nothing, and counted."""
        try:
            if isinstance(version.content, Drawing):
                return paint_drawing(version.content, self._images)
            return paint_shape(shape or {}, self._lookup)
        except ValueError:
            self.unreadable.add(version.shape)
            return Ink().finished()

    def _lookup(self, name: str) -> Shape | None:
        """Find a visible shape."""
        entry = self._by_shape.get(name)
        return entry.shape if entry else None


def _union(touched: Sequence[Painted]) -> skia.Rect | None:
    """Give the smallest rectangle around all."""
    found: skia.Rect | None = None
    for painted in touched:
        if painted.bounds is not None:
            if found is None:
                found = painted.bounds.makeOutset(0, 0)
            else:
                found.join(painted.bounds)
    return found
