"""Say beforehand what of a recording cannot be shown, without converting it."""

from collections.abc import Iterator

from bbbmig.convert.render.files import Files
from bbbmig.convert.render.notes import check_slides, picture_notes, recording_notes, shape_notes
from bbbmig.convert.render.picture.board_check import misshapen
from bbbmig.convert.render.picture.board_pictures import BoardPictures
from bbbmig.convert.render.picture.images import Images
from bbbmig.convert.render.prepared import prepare
from bbbmig.convert.render.timeline.model import Timeline
from bbbmig.domain.conversion import Verdict
from bbbmig.errors import RecordingFailed

_SMALL = 64.0
"""Pixels: pictures are only read to see whether they can be."""


def verdict(files: Files, record_id: str) -> Verdict:
    """Look into everything, and return the verdict. Raise RemoteError when the server fails."""
    try:
        prepared = prepare(files, record_id)
        images = Images(files)
        for slide in _slides(prepared.timeline):
            images.slide(slide, _SMALL, _SMALL)
        check_slides(prepared.timeline, images)
        unreadable = misshapen(prepared.timeline, BoardPictures(files, images))
    except RecordingFailed as error:
        reason = f"{error.message}: {error.hint}" if error.hint else error.message
        return Verdict(able=False, faithful=False, reasons=(reason,))
    notes = [*recording_notes(prepared, files), *picture_notes(images), *shape_notes(unreadable)]
    return Verdict(
        able=True, faithful=not any(note.loses for note in notes), reasons=tuple(note.text for note in notes)
    )


def _slides(timeline: Timeline) -> Iterator[str]:
    """Yield the pictures of slides, each once."""
    yield from dict.fromkeys(show.slide.href for show in timeline.shows if show.slide.href and not show.slide.is_desk)
