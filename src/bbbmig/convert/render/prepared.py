"""What a recording holds, and how long it is: read once, the same for the verdict beforehand and for the video."""

from dataclasses import dataclass

from bbbmig.convert.render.files import Files, media_name
from bbbmig.convert.render.media.choice import STEMS, Media, choose, note_early_ends
from bbbmig.convert.render.media.scan import said_length_s
from bbbmig.convert.render.timeline import Recorded, read_recording
from bbbmig.convert.render.timeline.events import read_metadata
from bbbmig.convert.render.timeline.length import length_s
from bbbmig.convert.render.timeline.model import Timeline
from bbbmig.convert.render.timeline.notebook import Notebook
from bbbmig.errors import RecordingFailed


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A recording whose length is decided. `timeline.notes` say what was lost or mended so far."""

    recorded: Recorded
    media: Media
    timeline: Timeline


def prepare(files: Files, record_id: str) -> Prepared:
    """Read side files, films and sound.

    Raise RecordingFailed if there is nothing to show or hear, or if the slides cannot be read; RemoteError when a
    server fails.
    """
    recorded = read_recording(files)
    media = choose(files, recorded.notebook)
    if not recorded.shapes.shows and not media.played_s:
        raise RecordingFailed(
            f"{record_id} holds neither slides nor sound",
            hint="is it still published? A protected one opens to `claim` and `publish`, which get its cookies",
        )
    duration_s = length_s(recorded, media.played_s, media.promised_s)
    if duration_s <= 0:
        raise RecordingFailed(f"{record_id}: nothing says how long it is", hint="look at its shapes.svg")
    note_early_ends(media, recorded.desk_times, duration_s, recorded.notebook)
    return Prepared(recorded=recorded, media=media, timeline=recorded.timeline(duration_s))


def expected_length_s(files: Files) -> float:
    """Estimate the length without reading much, for limits of time and room; 0 if nothing tells it."""
    said_s = max(0.0, read_metadata(files.find("metadata.xml"), Notebook()).duration_s)
    names = [name for name in (media_name(files, stem) for stem in STEMS) if name]
    films_s = max((said_length_s(path) for path in map(files.find, names) if path), default=0.0)
    return said_s if films_s < said_s < films_s * _TRUSTED or not films_s else films_s


_TRUSTED = 3.0
"""How many times longer than the films metadata.xml may say that it is, to be believed here."""
