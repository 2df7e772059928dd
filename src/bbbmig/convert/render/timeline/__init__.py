"""What is shown when, from the files of a recording of any generation. Pure: files in, values out."""

from collections import Counter
from dataclasses import dataclass

from bbbmig.convert.render.files import Files
from bbbmig.convert.render.timeline.events import Metadata, read_desks, read_metadata, read_pointers, read_views
from bbbmig.convert.render.timeline.model import NEVER, Pointer, Show, Timeline
from bbbmig.convert.render.timeline.shapes import read_shapes
from bbbmig.convert.render.timeline.tldraw import board_size, read_tldraw
from bbbmig.convert.render.timeline.versions import Update, visible_versions

__all__ = ["Source", "read_source", "read_timeline"]


@dataclass(frozen=True, slots=True)
class Source:
    """What the metadata say, and the length that holds: theirs, else that of the sound or film."""

    metadata: Metadata
    duration_s: float


def read_source(files: Files, media_s: float = 0.0) -> Source:
    """Read the metadata; `media_s` is the length of the sound or film, for recordings without."""
    path = files.find("metadata.xml")
    metadata = read_metadata(path) if path else Metadata()
    return Source(metadata, metadata.duration_s or media_s)


def read_timeline(files: Files, duration_s: float) -> Timeline:
    """Read everything that is shown until `duration_s`; if that is 0, until the last slide ends.

    Every file is optional. Raise RecordingFailed, with the file's name, if one is not whole.
    """
    shapes, drawings = files.find("shapes.svg"), files.find("tldraw.json")
    panzooms, cursor, desks = files.find("panzooms.xml"), files.find("cursor.xml"), files.find("deskshare.xml")
    shows, boards = read_shapes(shapes, duration_s or NEVER) if shapes else ((), {})
    version, size = "", None
    if drawings:
        version, pages = read_tldraw(drawings)
        size = board_size(version)
        boards |= pages
    pointers = read_pointers(cursor) if cursor else ()
    duration_s = duration_s or _last_end(shows)
    return Timeline(
        duration_s=duration_s,
        shows=shows,
        boards={name: visible_versions(updates, duration_s) for name, updates in boards.items()},
        views=read_views(panzooms) if panzooms else (),
        pointers=pointers,
        desks=tuple((start, min(stop, duration_s)) for start, stop in (read_desks(desks) if desks else ())),
        pointer_unit="board" if size else _pointer_unit(pointers),
        board_size=size,
        version=version,
        kinds=_kinds(boards),
    )


def _last_end(shows: tuple[Show, ...]) -> float:
    """Give when the last slide ends; if it never does, when it begins."""
    return max((show.end if show.end < NEVER else show.start for show in shows), default=0.0)


def _pointer_unit(pointers: tuple[Pointer, ...]) -> str:
    """Tell fractions (2.0 to 2.5) from pixels (up to 1.1): fractions of more than 1 are outside of the slide."""
    outside = sum(max(pointer.x, pointer.y) > 2.0 for pointer in pointers)  # noqa: PLR2004 - dragged beyond an edge
    return "half" if outside * 2 > sum(pointer.shown for pointer in pointers) else "view"


def _kinds(boards: dict[str, list[Update]]) -> Counter[str]:
    """Count shapes by kind, each once however often it was updated."""
    shapes = {(board, update.shape): update.kind for board, updates in boards.items() for update in updates}
    return Counter(shapes.values())
