"""How long a recording is, for converters that film a browser: they cannot see it, and film exactly that long.

The rule is that of `render.timeline.length`: cameras, sound and slides decide, metadata.xml is one voice among them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from threading import Event

from bbbmig.convert.probe import last_packet_s, probe
from bbbmig.convert.render.files import Files
from bbbmig.convert.render.files.source import LocalFiles
from bbbmig.convert.render.timeline import Recorded, read_recording
from bbbmig.convert.render.timeline.events import read_metadata
from bbbmig.convert.render.timeline.length import length_s
from bbbmig.convert.render.timeline.notebook import Notebook
from bbbmig.domain.conversion import Presentation
from bbbmig.domain.presentation_files import CAMERAS, SOUND, film_names
from bbbmig.errors import RecordingFailed

_HINT = "without its length a video of it cannot be checked; is it still published?"


@dataclass(frozen=True, slots=True)
class Length:
    """A length in seconds, and in words what does not agree with it."""

    seconds: float
    notes: tuple[str, ...] = ()


def recording_length(presentation: Presentation, *, stop: Event | None = None) -> Length:
    """Return the length of a presentation, from what its folder has of films, sound, slides and metadata.xml.

    Raise RecordingFailed when none of them tells it: then no video of it can be checked. ConfigError and Stopped as
    `probe`.
    """
    if presentation.folder is None:
        raise RecordingFailed(f"{presentation.record_id} has not been fetched", hint=_HINT)
    files, notebook = LocalFiles(presentation.folder), Notebook()
    try:
        recorded = replace(read_recording(files), notebook=notebook)
    except RecordingFailed as error:
        notebook.mended(f"its slides do not tell how long it is: {error.message}")
        recorded = Recorded(metadata=read_metadata(files.find("metadata.xml"), Notebook()), notebook=notebook)
    ends = list(_ends(files, notebook, stop))
    played_s = max((played for played, _ in ends), default=0.0)
    seconds = length_s(recorded, played_s, max((promised for _, promised in ends), default=0.0))
    if seconds <= 0:
        raise RecordingFailed(
            f"{presentation.record_id}: neither films nor slides nor metadata.xml say how long it is", hint=_HINT
        )
    return Length(seconds, tuple(note.text for note in notebook.notes))


def _ends(files: Files, notebook: Notebook, stop: Event | None) -> Iterator[tuple[float, float]]:
    """Yield when cameras and sound really end and when they say that they do, in seconds: of each the first whole."""
    for stem in (CAMERAS, SOUND):
        for path in filter(None, map(files.find, film_names(stem))):
            try:
                promised_s = probe(path, stop=stop).duration_s
                yield last_packet_s(path, stop), promised_s
            except RecordingFailed as error:
                notebook.mended(f"{path.name} does not tell how long it is: {error.message}")
            else:
                break
