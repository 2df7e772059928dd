"""From the files of a presentation to a video file, in this process and thread."""

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import av

from bbbmig.convert.render.encode.audio import SoundSource, SoundStream, sound_stream
from bbbmig.convert.render.encode.chapters import chapters
from bbbmig.convert.render.encode.sidecar import captions
from bbbmig.convert.render.encode.subtitles import CaptionTrack, read_cues
from bbbmig.convert.render.encode.video import FPS, KEY_FRAMES, VideoStream
from bbbmig.convert.render.files import Files
from bbbmig.convert.render.media.scan import Scanned
from bbbmig.convert.render.notes import check_slides, picture_notes, recording_notes, shape_notes
from bbbmig.convert.render.options import Options
from bbbmig.convert.render.picture.arrangements import arrangements
from bbbmig.convert.render.picture.composer import Composer
from bbbmig.convert.render.picture.images import Images
from bbbmig.convert.render.picture.video_reader import Film
from bbbmig.convert.render.prepared import Prepared, prepare
from bbbmig.convert.render.timeline.model import Timeline
from bbbmig.domain.conversion import Presentation, Progress

_MP4 = frozenset({".mp4", ".m4v"})
_TOLD_S = 0.5
"""How often progress is told, in seconds of a clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Produced:
    """A video that was made: its length, and what a person should know."""

    duration_s: float
    notes: tuple[str, ...] = ()


def produce(presentation: Presentation, files: Files, options: Options, out: Path, progress: Progress) -> Produced:
    """Write the video of a presentation into `out`. Raises as `prepare`, and if more slides are lost than may be."""
    prepared = prepare(files, presentation.record_id)
    timeline, media = prepared.timeline, prepared.media
    with ExitStack() as stack:
        arranged = arrangements(timeline, media, options.webcams)
        cameras = _film(stack, media.cameras) if any(kind != "none" for _, kind in arranged) else None
        desk = _film(stack, media.desk) if timeline.desk_times() else None
        composer = Composer(timeline, Images(files), options.height, arranged, cameras=cameras, desk=desk)
        sound = stack.enter_context(SoundSource(media.sound.path, media.sound.name)) if media.sound else None
        container = stack.enter_context(_container(out))
        _describe(container, presentation, prepared, files)
        video = VideoStream(container, composer.place.width, composer.place.height, options.quality)
        tracks: list[SoundStream | CaptionTrack] = []
        if sound is not None and (heard := sound_stream(container, sound, options.sound)) is not None:
            tracks.append(heard)
        if options.captions and options.caption_tracks and out.suffix in _MP4:
            tracks.extend(_caption_tracks(container, files, timeline.duration_s))
        _encode(timeline, composer, video, tracks, progress)
        unreadable = composer.finish()
        check_slides(timeline, composer.images)
        notes = (
            *(note.text for note in recording_notes(prepared, files)),
            *(note.text for note in picture_notes(composer.images)),
            *(note.text for note in shape_notes(unreadable)),
            *_broken_notes(sound, [film for film in (cameras, desk) if film]),
        )
        return Produced(duration_s=timeline.duration_s, notes=notes)


def _encode(
    timeline: Timeline,
    composer: Composer,
    video: VideoStream,
    tracks: Sequence[SoundStream | CaptionTrack],
    progress: Progress,
) -> None:
    """Write frames that differ from the one before, the first and the last, and one at least every ten seconds."""
    count = max(1, round(timeline.duration_s * FPS))
    starts = {round(show.start * FPS) for show in timeline.shows}
    told = written = 0.0
    key_due = 0
    for number in range(count):
        changed = composer.move_to(number / FPS)
        key = number >= key_due or (changed and number in starts)
        if changed or key or number == count - 1:
            video.write(composer.frame, number, key=key)
            key_due = number + KEY_FRAMES if key else key_due
        if number % FPS == 0:
            for track in tracks:
                track.write_until(min(number / FPS + 1, timeline.duration_s))
        now = time.monotonic()
        if now - told > _TOLD_S:
            told, written = now, number / FPS
            progress(written, timeline.duration_s)
    video.finish()
    for track in tracks:
        track.finish(timeline.duration_s)
    progress(timeline.duration_s, timeline.duration_s)


def _caption_tracks(container: av.container.OutputContainer, files: Files, duration_s: float) -> Iterator[CaptionTrack]:
    """Add a track for each language that has captions."""
    for locale, path in captions(files):
        cues = read_cues(path, duration_s)
        if cues:
            yield CaptionTrack(container, locale, cues)


def _film(stack: ExitStack, scanned: Scanned | None) -> Film | None:
    """Open a film if there is one."""
    return stack.enter_context(Film(scanned.path, scanned.name)) if scanned else None


def _container(out: Path) -> av.container.OutputContainer:
    """Open the file to write; of an mp4 the index comes first, so that it plays while it loads."""
    return av.open(str(out), "w", container_options={"movflags": "+faststart"} if out.suffix in _MP4 else {})


def _describe(
    container: av.container.OutputContainer, presentation: Presentation, prepared: Prepared, files: Files
) -> None:
    """Write title, date and chapters."""
    metadata = prepared.recorded.metadata
    title = presentation.title or metadata.title
    start = presentation.start or metadata.start
    if title:
        container.metadata["title"] = title
    if start is not None:
        container.metadata["date"] = start.date().isoformat()
        container.metadata["creation_time"] = start.isoformat()
    container.set_chapters(chapters(prepared.timeline, files))


def _broken_notes(sound: SoundSource | None, films: list[Film]) -> Iterator[str]:
    """Say what turned out to be broken only when it was drawn or decoded."""
    broken = sum(film.broken for film in films)
    if broken:
        yield f"{broken} pieces of the films of cameras or desks cannot be decoded"
    if sound is not None and sound.broken:
        yield f"{sound.broken} pieces of the sound cannot be decoded"
