"""Which files serve as sound, cameras and shared desk: what is empty or breaks off gives way to what is whole."""

from collections.abc import Iterator
from dataclasses import dataclass

from bbbmig.convert.render.files import Files
from bbbmig.convert.render.media.camera_times import Spans, camera_times
from bbbmig.convert.render.media.scan import BREAKS_OFF_S, Scanned, scan
from bbbmig.convert.render.timeline.notebook import Notebook
from bbbmig.domain.presentation_files import MEDIA_SUFFIXES
from bbbmig.errors import RecordingFailed

_CAMERAS, _SOUND, _DESK = STEMS = "video/webcams", "audio/audio", "deskshare/deskshare"


@dataclass(frozen=True, slots=True)
class Media:
    """The files that serve; None: there is none. `camera_times` are when somebody had a camera on, in seconds."""

    sound: Scanned | None = None
    cameras: Scanned | None = None
    desk: Scanned | None = None
    camera_times: Spans = ()

    @property
    def played_s(self) -> float:
        """Return when the last of it ends; a desk's film counts only without all others. 0 if there is nothing."""
        found = max(self.sound.sound_end_s if self.sound else 0.0, self.cameras.film_end_s if self.cameras else 0.0)
        return found or (self.desk.end_s if self.desk else 0.0)

    @property
    def promised_s(self) -> float:
        """Return when it says that it ends."""
        found = max((one.promised_s for one in (self.sound, self.cameras) if one), default=0.0)
        return found or (self.desk.promised_s if self.desk else 0.0)


def choose(files: Files, notebook: Notebook) -> Media:
    """Look into the films and the sound, and choose; what is wrong with them is noted."""
    troubles: dict[str, str] = {}
    cameras = _films(files, _CAMERAS, troubles)
    sounds = [one for one in cameras if one.sound_end_s]
    if not any(_is_whole(one, one.sound_end_s) for one in sounds):
        sounds += [one for one in _films(files, _SOUND, troubles) if one.sound_end_s]
    desks = [one for one in _films(files, _DESK, troubles) if one.film]
    seen = max((one for one in cameras if one.film), key=lambda one: one.film_end_s, default=None)
    heard = max(sounds, key=lambda one: one.sound_end_s, default=None)
    desk = max(desks, key=lambda one: one.film_end_s, default=None)
    for name, trouble in troubles.items():
        stem = name.rpartition(".")[0]
        serves = {_CAMERAS: seen, _SOUND: heard, _DESK: desk}[stem]
        if serves is None or serves.name == name:
            notebook.lost(trouble)
        else:
            notebook.mended(f"{trouble}: {serves.name} serves instead")
    return Media(heard, seen, desk, camera_times(seen) if seen else ())


def note_early_ends(media: Media, desks: Spans, length_s: float, notebook: Notebook) -> None:
    """Note what ends before it is needed no more; `desks` are the times of shared desks."""
    last_desk_s = min(max((stop for _, stop in desks), default=0.0), length_s)
    for what, end_s, needed_s in (
        ("the sound", media.sound.sound_end_s if media.sound else None, length_s),
        ("the film of the cameras", media.cameras.film_end_s if media.cameras else None, length_s),
        ("the film of the shared desk", media.desk.film_end_s if media.desk else None, last_desk_s),
    ):
        if end_s is not None and end_s < needed_s - BREAKS_OFF_S:
            notebook.lost(f"{what} ends at {end_s:.0f} s of {length_s:.0f} s")


def _films(files: Files, stem: str, troubles: dict[str, str]) -> list[Scanned]:
    """Look into the files of one purpose until one is whole; the others follow only if it is not."""
    found: list[Scanned] = []
    for scanned in _scanned(files, stem, troubles):
        found.append(scanned)
        if _is_whole(scanned, scanned.end_s) and (stem == _DESK or _is_whole(scanned, scanned.sound_end_s)):
            break
        if scanned.breaks_off:
            troubles[scanned.name] = (
                f"{scanned.name} breaks off after {scanned.end_s:.0f} s of {scanned.promised_s:.0f} s"
            )
    return found


def _scanned(files: Files, stem: str, troubles: dict[str, str]) -> Iterator[Scanned]:
    """Yield the files that can be played."""
    for suffix in MEDIA_SUFFIXES:
        name = stem + suffix
        path = files.find(name)
        if path is None:
            continue
        try:
            yield scan(path, name)
        except RecordingFailed as error:
            troubles[name] = error.message


def _is_whole(scanned: Scanned, end_s: float) -> bool:
    """Tell whether something goes on as far as its file promises."""
    return end_s >= scanned.promised_s - BREAKS_OFF_S
