"""What of a recording the video leaves out or guesses, in words: the same before it is made and after.

The verdict (`preflight`) and the video's own notes (`pipeline`) both come from here, so that `--check` promises nothing
that the result does not keep.
"""

from collections import Counter
from collections.abc import Iterator

from bbbmig.convert.render.board.classic import DRAWN as CLASSIC
from bbbmig.convert.render.board.tldraw.media import CARDS
from bbbmig.convert.render.board.tldraw.paint import DRAWN as TLDRAW
from bbbmig.convert.render.encode.sidecar import UNKNOWN, captions, lost_captions
from bbbmig.convert.render.files import Files
from bbbmig.convert.render.picture.arrangements import holds_desk
from bbbmig.convert.render.picture.images import Images
from bbbmig.convert.render.prepared import Prepared
from bbbmig.convert.render.timeline.model import Drawing, Note, Timeline
from bbbmig.errors import RecordingFailed

_NAMED = 3
"""How many lost files a note names."""
_TOLERABLE = 0.1
"""Which part of the slides may be lost: a lecture without more of them would be worth nothing."""


def recording_notes(prepared: Prepared, files: Files) -> Iterator[Note]:
    """Yield what is known before anything is drawn."""
    timeline, media = prepared.timeline, prepared.media
    yield from timeline.notes
    if media.sound is None:
        yield Note("there is no sound in it")
    if count := len(timeline.videos):
        yield Note(f"{count} external videos were shown: only their addresses were recorded, of which a card tells")
    yield from _undrawn(timeline)
    if timeline.desk_times() and media.desk is None:
        yield Note("a desk was shared, and its film is missing")
    for trouble in lost_captions(files):
        yield Note(trouble)
    if any(locale == UNKNOWN for locale, _ in captions(files)):
        yield Note(f'there are captions in no language that is known: they are kept as "{UNKNOWN}"', loses=False)
    if holds_desk(timeline, media):
        yield Note(
            "desks that were shared are in the film of the cameras, which takes half of the picture: nothing says when",
            loses=False,
        )


def picture_notes(images: Images) -> Iterator[Note]:
    """Yield what is wrong with slides and other pictures, as far as they were read."""
    for on_board, shown in ((False, "white is shown instead"), (True, "a card is shown instead, or nothing up to 2.5")):
        lost = [f"{name} {why}" for name, why in images.lost.items() if (name in images.on_board) == on_board]
        if lost:
            yield Note(f"{_named(lost)}: {shown}")
    if images.cut:
        yield Note(f"{_named([f'{name} {why}' for name, why in images.cut.items()])}: what is below is lost")
    if images.incomplete:
        yield Note(f"{_named([f'{name} {why}' for name, why in images.incomplete.items()])}: it is not shown whole")
    if images.nameless:
        yield Note(f"{_named(sorted(images.nameless))}: not the name of a file, and shown as if it were lost")


def shape_notes(unreadable: int) -> Iterator[Note]:
    """Yield how many shapes hold nonsense."""
    if unreadable:
        yield Note(f"{unreadable} shapes hold data that make no sense: not shown, or their place is guessed")


def check_slides(timeline: Timeline, images: Images) -> None:
    """Raise RecordingFailed if more than a tenth of the slides are lost, unless it is a single one of several."""
    slides = {show.slide.href for show in timeline.shows if show.slide.href and not show.slide.is_desk}
    lost = [href for href in slides if images.is_lost(href)]
    if lost and len(lost) > len(slides) * _TOLERABLE and (len(lost) > 1 or len(slides) == 1):
        names = _named([f"{name} {why}" for name, why in images.lost.items()])
        raise RecordingFailed(
            f"{len(lost)} of {len(slides)} slides are lost: {names}",
            hint="fetch them again; if the server has lost them, nothing can show them any more",
        )


def _named(names: list[str]) -> str:
    """Name the first of many."""
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{', '.join(names[:_NAMED])}{more}"


def _undrawn(timeline: Timeline) -> Iterator[Note]:
    """Yield the kinds of shapes that become dashed boxes, or nothing."""
    classic = {
        version.kind
        for versions in timeline.boards.values()
        for version in versions
        if isinstance(version.content, Drawing)
    }
    for kind, count in Counter(timeline.kinds).most_common():
        if kind in CARDS and kind not in classic:
            yield Note(f'{count} shapes of the kind "{kind}" are shown as a card with their title and address')
            continue
        if kind in (CLASSIC if kind in classic else TLDRAW):
            continue
        yield Note(f'{count} shapes of the kind "{kind[:80]}" are shown as dashed boxes, or not at all')
