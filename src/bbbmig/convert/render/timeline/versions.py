"""From the updates of shapes to their visible states.

A recording keeps every update of a shape, each with the time of its undoing, -1 for never. At any time the last
update so far is the one that counts, and it is visible unless it is undone; the real player shows earlier ones
too when two shapes are drawn at the same time, which is its mistake (docs/facts/conversion.md#whiteboards).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter

from bbbmig.convert.render.timeline.model import NEVER, Drawing, Version


@dataclass(frozen=True, slots=True)
class Update:
    """One update as the file gives it: `undo` negative is never."""

    at: float
    undo: float
    shape: str
    kind: str
    content: Drawing | bytes


def visible_versions(updates: Iterable[Update], duration_s: float) -> tuple[Version, ...]:
    """Return the states that are visible at some time before the end, in the file's order."""
    by_shape: dict[str, list[tuple[int, Update]]] = {}
    for order, update in enumerate(updates):
        by_shape.setdefault(update.shape, []).append((order, update))
    found: list[Version] = []
    for history in by_shape.values():
        history.sort(key=lambda item: (item[1].at, item[0]))
        ends = [update.at for _, update in history[1:]] + [NEVER]
        for (order, update), replaced in zip(history, ends, strict=True):
            end = min(replaced, update.undo if update.undo >= 0 else NEVER)
            if update.at < min(end, duration_s):
                found.append(Version(update.at, end, order, update.shape, update.kind, update.content))
    return tuple(sorted(found, key=attrgetter("order")))
