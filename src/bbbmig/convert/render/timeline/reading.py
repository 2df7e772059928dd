"""All side files of a recording, and the timeline that they make once its length is known."""

import itertools
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bbbmig.convert.render.files import Files
from bbbmig.convert.render.timeline.events import (
    Desks,
    Metadata,
    Pointers,
    Views,
    read_desks,
    read_metadata,
    read_pointers,
    read_views,
)
from bbbmig.convert.render.timeline.external import read_external_videos
from bbbmig.convert.render.timeline.model import ExternalVideo, Pointer, Show, Timeline
from bbbmig.convert.render.timeline.notebook import Notebook
from bbbmig.convert.render.timeline.shapes import Shapes, in_order, read_shapes
from bbbmig.convert.render.timeline.tldraw import board_size, read_tldraw
from bbbmig.convert.render.timeline.versions import Update, visible_versions
from bbbmig.convert.render.timeline.xml import nothing_in
from bbbmig.errors import RecordingFailed

_SLIDE_FILE = re.compile(r"slide-?\d+\.(?:png|svg|jpe?g)")
_NONSENSE_S = 7 * 24 * 3600.0
"""Times later than a week are no times."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What the files say, before the length is decided."""

    metadata: Metadata = field(default_factory=Metadata)
    shapes: Shapes = field(default_factory=Shapes)
    views: Views = field(default_factory=Views)
    pointers: Pointers = field(default_factory=Pointers)
    desks: Desks = field(default_factory=Desks)
    version: str = ""
    assets: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    videos: tuple[ExternalVideo, ...] = ()
    of_tldraw: bool = False
    notebook: Notebook = field(default_factory=Notebook)

    @property
    def last_event_s(self) -> float:
        """Return when the last thing happens that has a time: a slide begins, a shape changes, the pointer moves."""
        times = itertools.chain(
            (show.start for show in self.shapes.shows),
            (update.at for updates in self.shapes.boards.values() for update in updates),
            (view.at for view in self.views.events),
            (pointer.at for pointer in self.pointers.events),
            (start for start, _ in self.desks.times),
        )
        return max((at for at in times if at < _NONSENSE_S), default=0.0)

    @property
    def desk_times(self) -> tuple[tuple[float, float], ...]:
        """Return when a desk is to be seen, also by the slides that stand for one unless all shares are known."""
        slides = ((show.start, show.end) for show in self.shapes.shows if show.slide.is_desk)
        return self.desks.times if self.desks.all_known else (*self.desks.times, *slides)

    @property
    def last_end_s(self) -> float:
        """Return when the last slide ends, 0 if none says; it may be twice as late as the recording's end."""
        return max((show.end for show in self.shapes.shows if show.end < _NONSENSE_S), default=0.0)

    def timeline(self, duration_s: float) -> Timeline:
        """Return what is shown until `duration_s`; if that is 0, until the last slide ends."""
        duration_s = duration_s or self.last_end_s or self.last_event_s
        shapes, desks = self.shapes, self.desks.times
        late = sum(show.start >= duration_s for show in shapes.shows)
        if late:
            self.notebook.lost(
                f"{late} slides begin after the end of the recording ({duration_s:.1f} s), and are not shown"
            )
        shows = in_order(shapes.shows, duration_s, holes_stay=not shapes.is_old)
        if self.desks.all_known:
            shows = _without_lost_desks(shows, desks, self.notebook)
        return Timeline(
            duration_s=duration_s,
            shows=shows,
            boards={name: visible_versions(updates, duration_s) for name, updates in shapes.boards.items()},
            views=self.views.events,
            pointers=self.pointers.events,
            desks=tuple((start, min(stop, duration_s)) for start, stop in desks if start < duration_s),
            pointer_unit="board" if self.of_tldraw else _pointer_unit(self.pointers.events),
            board_size=board_size(self.version) if self.of_tldraw else None,
            version=self.version,
            assets=self.assets,
            videos=self.videos,
            kinds=_kinds(shapes.boards),
            notes=self.notebook.notes,
            is_old=shapes.is_old,
        )


def read_recording(files: Files) -> Recorded:
    """Read all side files. Every one is optional, and what cannot be read of most of them costs only that.

    Raise RecordingFailed, with the file's name, if shapes.svg or tldraw.json is not whole, and if there are slides of
    which none is shown.
    """
    notebook = Notebook()
    svg, drawings, desks = files.find("shapes.svg"), files.find("tldraw.json"), files.find("deskshare.xml")
    metadata = read_metadata(files.find("metadata.xml"), notebook)
    shapes = read_shapes(svg, notebook) if svg else Shapes()
    views = read_views(files.find("panzooms.xml"), notebook)
    pointers = read_pointers(files.find("cursor.xml"), notebook)
    of_tldraw, version = views.of_tldraw or pointers.of_tldraw, ""
    assets: Mapping[str, Mapping[str, str]] = {}
    nothing = nothing_in(drawings) if drawings else ""
    if drawings is not None and not nothing:
        version, pages, assets = read_tldraw(drawings, notebook)
        shapes.boards |= pages
        of_tldraw = True
    elif nothing:  # that does not make it one of BBB 2.6: servers answer so for what they never had
        notebook.lost(f"tldraw.json {nothing}: if anybody drew anything, the drawings are lost")
    elif of_tldraw:
        notebook.mended("there is no tldraw.json: either nobody drew anything, or the drawings are lost")
    if not shapes.shows:
        _check_slides(files)
    _note_missing(files, shapes, notebook)
    return Recorded(
        metadata=metadata,
        shapes=shapes,
        views=views,
        pointers=pointers,
        desks=read_desks(desks, notebook),
        version=version,
        assets=assets,
        videos=read_external_videos(files.find("external_videos.json"), notebook),
        of_tldraw=of_tldraw,
        notebook=notebook,
    )


def read_timeline(files: Files, duration_s: float) -> Timeline:
    """Read everything that is shown until `duration_s`, as `Recorded.timeline`. Raises as `read_recording`."""
    return read_recording(files).timeline(duration_s)


def _note_missing(files: Files, shapes: Shapes, notebook: Notebook) -> None:
    """Note files that every version of BigBlueButton writes, and drawings on what is no slide of the recording."""
    if shapes.shows:
        for name, what in (("cursor.xml", "the pointer"), ("panzooms.xml", "which part of the slides was seen")):
            if files.find(name) is None:
                notebook.lost(f"{name} is missing: {what} is not known")
    strays = [name for name, updates in shapes.boards.items() if updates and name not in shapes.images]
    if strays:
        notebook.lost(f"there are drawings on {len(strays)} slides that the recording does not show: they are left out")


def _check_slides(files: Files) -> None:
    """Raise RecordingFailed if slides were published though shapes.svg shows none of them."""
    known = files.find("shapes.svg") or files.find("metadata.xml")
    pictures = _slide_files(known.parent / "presentation") if known else []
    if pictures:
        raise RecordingFailed(
            f"{len(pictures)} slides were published ({pictures[0].name}…), and shapes.svg shows none of them",
            hint="fetch shapes.svg again, or publish the recording anew on its server",
        )


def _slide_files(folder: Path) -> list[Path]:
    """Find pictures of slides in a presentation's folder."""
    found = sorted((*folder.glob("*/*"), *folder.glob("*/svgs/*")))
    return [path for path in found if _SLIDE_FILE.fullmatch(path.name)]


def _without_lost_desks(
    shows: Sequence[Show], desks: Sequence[tuple[float, float]], notebook: Notebook
) -> tuple[Show, ...]:
    """Let the slide before stay where a desk is to be shown, and no desk was recorded then (BBB #25051)."""
    found: list[Show] = []
    lost: list[str] = []
    for show in shows:
        recorded = any(start < show.end and stop > show.start for start, stop in desks)
        if not show.slide.is_desk or recorded:
            found.append(show)
            continue
        lost.append(f"{show.start:.1f} to {show.end:.1f} s")
        if found and found[-1].end == show.start:
            found[-1] = Show(found[-1].start, show.end, found[-1].slide)
    if lost:
        more = f" and {len(lost) - 1} times more" if len(lost) > 1 else ""
        notebook.lost(f"a shared desk was to be seen from {lost[0]}{more}, and none was recorded: the slide stays")
    return tuple(found)


def _pointer_unit(pointers: tuple[Pointer, ...]) -> str:
    """Tell fractions (2.0 to 2.5) from pixels (up to 1.1): fractions of more than 1 are outside of the slide."""
    outside = sum(max(pointer.x, pointer.y) > 2.0 for pointer in pointers)  # noqa: PLR2004 - dragged beyond an edge
    return "half" if outside * 2 > sum(pointer.shown for pointer in pointers) else "view"


def _kinds(boards: dict[str, list[Update]]) -> Counter[str]:
    """Count shapes by kind, each once however often it was updated."""
    shapes = {(board, update.shape): update.kind for board, updates in boards.items() for update in updates}
    return Counter(shapes.values())
