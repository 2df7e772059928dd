"""What is shown when. Times are seconds of the recording; lengths are pixels of the slide as shapes.svg gives it.

Three generations of whiteboards differ (docs/facts/conversion.md#whiteboards): the classic one draws in slide pixels;
tldraw (BBB 2.6 and later) draws on a board into which every slide is fitted, so its numbers are slide pixels times a
scale.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

NEVER = float("inf")
DESK_SIZE = (1280.0, 720.0)
"""The size in which BigBlueButton publishes shared desks."""
_CLOSEST = 0.05
"""BigBlueButton zooms to a quarter of the slide at most; what is smaller was written in parts of one, not of 100 (by
servers of 2011)."""
_PARTS_OF_ONE = 100.0


@dataclass(frozen=True, slots=True)
class Note:
    """What a person should know of a recording; `loses` when something of it is not shown or heard because of that."""

    text: str
    loses: bool = True


@dataclass(frozen=True, slots=True)
class Part:
    """One element of a classic drawing: its tag, its attributes, and its text, lines divided by line feeds."""

    tag: str
    attributes: Mapping[str, str]
    text: str = ""


@dataclass(frozen=True, slots=True)
class Drawing:
    """One update of a classic shape: the style of its group, and what is in it."""

    style: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Version:
    """One state of a shape, visible from `start` until `end`; `order` is its place in the file.

    `content` is a classic Drawing, or the shape's data packed (`timeline.tldraw`): decoding is left to who draws, since
    a recording may hold tens of thousands. `kind` is "path", "text", "draw", "geo:star"…; `shape` names the shape.
    """

    start: float
    end: float
    order: int
    shape: str
    kind: str
    content: Drawing | bytes


@dataclass(frozen=True, slots=True)
class Slide:
    """A picture behind the whiteboard; `href` "" is an empty page, `board` the key of its drawings."""

    board: str
    href: str
    width: float
    height: float
    x: float = 0.0
    y: float = 0.0
    text: str = ""

    @property
    def is_desk(self) -> bool:
        """Tell whether a shared desk is shown instead (BBB publishes it as a slide of that name)."""
        return "deskshare" in self.href


@dataclass(frozen=True, slots=True)
class Show:
    """A slide on display, `end` excluded."""

    start: float
    end: float
    slide: Slide


@dataclass(frozen=True, slots=True)
class View:
    """From `at` on, this part is seen: as the file gives it. `width` 0 is the whole slide."""

    at: float
    x: float = 0.0
    y: float = 0.0
    width: float = 0.0
    height: float = 0.0


@dataclass(frozen=True, slots=True)
class Pointer:
    """From `at` on, the presenter points there; hidden if not `shown`."""

    at: float
    x: float
    y: float
    shown: bool = True


@dataclass(frozen=True, slots=True)
class ExternalVideo:
    """A film of another site, shown from `at` on."""

    at: float
    address: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Timeline:
    """Everything that is shown. Shows do not overlap; views and pointers are in the order of time.

    `pointer_unit`: "view" (fractions of the visible part), "half" (halves of slide pixels, up to BBB 1.1), "board".
    `board_size` is that of tldraw's board, None for the classic whiteboard. `desks` are the times of shared desks.
    `version` is that of BigBlueButton if the files say it; `kinds` counts shapes by kind, for what cannot be drawn.
    `assets` are what shapes of tldraw refer to, pictures and web pages, by their ids (`board.tldraw.media`).
    `videos` are films of other sites. `notes` say what was lost or mended in reading; `is_old` is true up to BBB 1.1.
    """

    duration_s: float
    shows: tuple[Show, ...] = ()
    boards: Mapping[str, tuple[Version, ...]] = field(default_factory=dict)
    views: tuple[View, ...] = ()
    pointers: tuple[Pointer, ...] = ()
    desks: tuple[tuple[float, float], ...] = ()
    pointer_unit: str = "view"
    board_size: tuple[float, float] | None = None
    version: str = ""
    kinds: Mapping[str, int] = field(default_factory=dict)
    assets: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    videos: tuple[ExternalVideo, ...] = ()
    notes: tuple[Note, ...] = ()
    is_old: bool = False

    def scale(self, slide: Slide) -> float:
        """Return how many units of the board are one pixel of that slide."""
        if self.board_size is None:
            return 1.0
        return min(self.board_size[0] / slide.width, self.board_size[1] / slide.height)

    def region(self, view: View | None, slide: Slide) -> tuple[float, float, float, float]:
        """Return the visible part of a slide, in its pixels: x, y, width, height.

        With tldraw a view holds the camera's offset: board units, the sign turned
        (docs/facts/conversion.md#whiteboards). While a desk is shared BBB writes the desk's size for every event, and
        nothing when the share ends: that is no part of a slide.
        """
        if view is None or view.width <= 0 or self._is_of_desk(view, slide):
            return slide.x, slide.y, slide.width, slide.height
        unit = _PARTS_OF_ONE if view.width < slide.width * _CLOSEST else 1.0
        factor = 1.0 if self.board_size is None else -1.0 / self.scale(slide)
        return view.x * factor * unit, view.y * factor * unit, view.width * unit, view.height * unit

    def _is_of_desk(self, view: View, slide: Slide) -> bool:
        """Tell whether a view was meant for a shared desk, and not for this slide."""
        if slide.is_desk or (view.x, view.y, view.width, view.height) != (0.0, 0.0, *DESK_SIZE):
            return False
        since = min((start for start, _ in self.desk_times()), default=NEVER)
        return view.at >= since and (slide.width, slide.height) != DESK_SIZE

    def desk_times(self) -> tuple[tuple[float, float], ...]:
        """Return when a desk is shown: as its slides say, or, without such slides, as its events do."""
        shown = tuple((show.start, show.end) for show in self.shows if show.slide.is_desk)
        return shown or self.desks

    def pointed(
        self, pointer: Pointer, region: tuple[float, float, float, float], slide: Slide
    ) -> tuple[float, float] | None:
        """Return the slide pixel that is pointed at, None if hidden."""
        if not pointer.shown:
            return None
        if self.pointer_unit == "view":
            return region[0] + pointer.x * region[2], region[1] + pointer.y * region[3]
        factor = 2.0 if self.pointer_unit == "half" else 1.0 / self.scale(slide)
        return pointer.x * factor, pointer.y * factor
