"""The whiteboard of one slide at a moment: which shapes are on it, which covers which, and what changed."""

import functools
import heapq
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter

from bbbmig.convert.render.board.classic import Images, is_cut_short, paint_drawing
from bbbmig.convert.render.board.ink import Ink, Painted
from bbbmig.convert.render.board.tldraw.media import Asset, Media
from bbbmig.convert.render.board.tldraw.paint import paint_shape
from bbbmig.convert.render.board.tldraw.shape import Layer, Lookup, Shape, is_placed_among_others, layer
from bbbmig.convert.render.timeline.model import Drawing, Version
from bbbmig.convert.render.timeline.tldraw import unpacked

_DECODED = 256
"""How many shapes are kept decoded, for those that lean on them: all would take many times the room of their file."""
_by_key = attrgetter("key")
NOTHING = Ink().finished()


@dataclass(slots=True, eq=False)
class Entry:
    """A visible shape as it is drawn; sorted by `key`. `asked` names the shapes on which its drawing depends."""

    key: tuple[Layer, int]
    version: Version
    painted: Painted
    asked: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Change:
    """What is not visible any more, and what is now; a shape that moved is in both."""

    gone: list[Entry] = field(default_factory=list)
    come: list[Entry] = field(default_factory=list)


class LiveBoard:
    """The shapes of one slide, moved on in time. `unreadable` names shapes whose data make no sense."""

    def __init__(self, versions: Sequence[Version], images: Images, assets: Mapping[str, Asset] | None = None) -> None:
        """Begin before the first moment."""
        self._media = Media(images, assets or {})
        self._coming = sorted(versions, key=attrgetter("start", "order"))
        self._next = 0
        self._ends: list[tuple[float, int, str]] = []
        self._by_shape: dict[str, Entry] = {}
        self._leaning: dict[str, set[str]] = {}
        self._images = images
        self._decoded = functools.lru_cache(maxsize=_DECODED)(_decoded)
        self.entries: list[Entry] = []
        """What is visible, from below to above."""
        self.unreadable: set[str] = set()

    def move_to(self, at: float) -> Change | None:
        """Go on to a moment; return what changed, None if nothing did."""
        if not self._is_due(at):
            return None
        change = Change()
        fresh: dict[str, Version] = {}
        while self._next < len(self._coming) and self._coming[self._next].start <= at:
            version = self._coming[self._next]
            fresh[version.shape] = version
            self._next += 1
        while self._ends and self._ends[0][0] <= at:
            _, order, name = heapq.heappop(self._ends)
            if name in self._by_shape and self._by_shape[name].version.order == order:
                change.gone.append(self._take(name))
        for name in fresh:
            if name in self._by_shape:
                change.gone.append(self._take(name))
        staying = [version for version in fresh.values() if version.end > at]
        for version in staying:
            # a place is kept for it, so that those that lean on it find it whatever comes first
            self._by_shape[version.shape] = Entry(((), 0), version, NOTHING)
            heapq.heappush(self._ends, (version.end, version.order, version.shape))
        change.come.extend(self._put(version) for version in staying)
        self._settle(change)
        return change

    def _is_due(self, at: float) -> bool:
        """Tell whether anything begins or ends."""
        begins = self._next < len(self._coming) and self._coming[self._next].start <= at
        return begins or bool(self._ends and self._ends[0][0] <= at)

    def _take(self, name: str) -> Entry:
        """Remove a shape."""
        entry = self._by_shape.pop(name)
        del self.entries[bisect_left(self.entries, entry.key, key=_by_key)]
        for other in entry.asked:
            self._leaning[other].discard(name)
        return entry

    def _put(self, version: Version) -> Entry:
        """Add a shape."""
        asked: set[str] = set()

        def lookup(name: str) -> Shape | None:
            asked.add(name)
            found = self._by_shape.get(name)
            return self._shape(found.version) if found else None

        shape = self._shape(version)
        if shape is not None and not is_placed_among_others(shape):
            self.unreadable.add(version.shape)
        key = (layer(shape, lookup) if shape is not None else (), version.order)
        entry = Entry(key, version, self._painted(version, shape, lookup), frozenset(asked))
        self._by_shape[version.shape] = entry
        self.entries.insert(bisect_left(self.entries, entry.key, key=_by_key), entry)
        for other in asked:
            self._leaning.setdefault(other, set()).add(version.shape)
        return entry

    def _settle(self, change: Change) -> None:
        """Draw anew what leans on a shape that changed, and put it where it belongs."""
        changed = {entry.version.shape for entry in (*change.gone, *change.come)}
        fresh = {entry.version.shape for entry in change.come}
        leaning = {name for other in changed for name in self._leaning.get(other, ())} - fresh
        taken = [self._take(name) for name in sorted(leaning)]
        for entry in taken:
            self._by_shape[entry.version.shape] = entry
        change.gone.extend(taken)
        change.come.extend(self._put(entry.version) for entry in taken)

    def _shape(self, version: Version) -> Shape | None:
        """Return the data of a shape of tldraw; None for the classic whiteboard, and where they make no sense."""
        return None if isinstance(version.content, Drawing) else self._decoded(version.content)

    def _painted(self, version: Version, shape: Shape | None, lookup: Lookup) -> Painted:
        """Draw a shape; one whose data make no sense is nothing, and counted."""
        try:
            if isinstance(version.content, Drawing):
                if is_cut_short(version.content):
                    self.unreadable.add(version.shape)
                return paint_drawing(version.content, self._images)
            if shape is not None:
                return paint_shape(shape, lookup, self._media)
        except ValueError:
            pass
        self.unreadable.add(version.shape)
        return NOTHING


def _decoded(content: bytes) -> Shape | None:
    """Return the data of a shape; None if they are no object, which cannot be drawn."""
    shape = unpacked(content)
    return shape if isinstance(shape, dict) else None
