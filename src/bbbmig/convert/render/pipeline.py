"""From the files of a presentation to a video file, in this process and thread."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import av

from bbbmig.convert.render.encode.audio import SoundSource, SoundStream, sound_stream
from bbbmig.convert.render.encode.chapters import chapters
from bbbmig.convert.render.encode.video import FPS, KEY_FRAMES, VideoStream
from bbbmig.convert.render.files import Files, media_name
from bbbmig.convert.render.options import Options, Webcams
from bbbmig.convert.render.picture.composer import Composer, open_films
from bbbmig.convert.render.picture.images import Images
from bbbmig.convert.render.picture.layout import layout
from bbbmig.convert.render.picture.scene import Scene
from bbbmig.convert.render.picture.video_reader import Film, is_blank
from bbbmig.convert.render.timeline import Source, read_source, read_timeline
from bbbmig.convert.render.timeline.model import Timeline
from bbbmig.domain.conversion import Presentation, Progress
from bbbmig.errors import RecordingFailed

_TOLD_S = 0.5
"""How often progress is told, in seconds of a clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Produced:
    """A video that was made: its length, and what a person should know."""

    duration_s: float
    notes: tuple[str, ...] = ()


def produce(presentation: Presentation, files: Files, options: Options, out: Path, progress: Progress) -> Produced:
    """Write the video of a presentation into `out`. Raise RecordingFailed if there is nothing to show or hear."""
    with ExitStack() as stack:
        sound = _open_sound(stack, files)
        source = read_source(files, sound.duration_s if sound else 0.0)
        timeline = read_timeline(files, source.duration_s)
        if not timeline.duration_s or (not timeline.shows and sound is None and not timeline.desks):
            raise RecordingFailed(
                f"{presentation.record_id} holds neither slides nor sound", hint="is it still published on its server?"
            )
        place = layout(options.height, _webcams(files, options))
        cameras, desk = open_films(stack, files, place, timeline)
        left, top, right, bottom = place.content
        scene = Scene(timeline, Images(files), right - left, bottom - top)
        composer = Composer(timeline, scene, place, cameras, desk)
        container = stack.enter_context(_container(out))
        _describe(container, presentation, source, timeline, files)
        video = VideoStream(container, place.width, place.height, options.quality)
        heard = sound_stream(container, sound, options.sound) if sound else None
        _encode(timeline, composer, video, heard, progress)
        scene.finish()
        notes = tuple(_notes(scene, sound, [film for film in (cameras, desk) if film], heard))
        return Produced(duration_s=timeline.duration_s, notes=notes)


def _encode(
    timeline: Timeline, composer: Composer, video: VideoStream, heard: SoundStream | None, progress: Progress
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
        if heard is not None and number % FPS == 0:
            heard.write_until(min(number / FPS + 1, timeline.duration_s))
        now = time.monotonic()
        if now - told > _TOLD_S:
            told, written = now, number / FPS
            progress(written, timeline.duration_s)
    video.finish()
    if heard is not None:
        heard.finish(timeline.duration_s)
    progress(timeline.duration_s, timeline.duration_s)


def _open_sound(stack: ExitStack, files: Files) -> SoundSource | None:
    """Open what holds the sound: the film of the cameras, else a file of its own; None if neither has any."""
    for stem in ("video/webcams", "audio/audio"):
        name = media_name(files, stem)
        path = files.find(name) if name else None
        if name and path:
            source = stack.enter_context(SoundSource(path, name))
            if source.stream is not None:
                return source
    return None


def _webcams(files: Files, options: Options) -> Webcams:
    """Say where cameras go: nowhere if nobody had one."""
    name = media_name(files, "video/webcams")
    path = files.find(name) if name else None
    return options.webcams if path is not None and options.webcams != "none" and not is_blank(path) else "none"


def _container(out: Path) -> av.container.OutputContainer:
    """Open the file to write; of an mp4 the index comes first, so that it plays while it loads."""
    is_mp4 = out.suffix in {".mp4", ".m4v"}
    return av.open(str(out), "w", container_options={"movflags": "+faststart"} if is_mp4 else {})


def _describe(
    container: av.container.OutputContainer,
    presentation: Presentation,
    source: Source,
    timeline: Timeline,
    files: Files,
) -> None:
    """Write title, date and chapters."""
    title = presentation.title or source.metadata.title
    start = presentation.start or source.metadata.start
    if title:
        container.metadata["title"] = title
    if start is not None:
        container.metadata["date"] = start.date().isoformat()
        container.metadata["creation_time"] = start.isoformat()
    container.set_chapters(chapters(timeline, files))


def _notes(scene: Scene, sound: SoundSource | None, films: list[Film], heard: SoundStream | None) -> Iterator[str]:
    """Say what was not as it should be."""
    if heard is None:
        yield "there is no sound in it"
    for href, why in scene.images.lost.items():
        yield f"{href} {why}: white is shown instead"
    if scene.unreadable:
        yield f"{scene.unreadable} shapes hold data that make no sense, and are not shown"
    broken = sum(film.broken for film in films)
    if broken:
        yield f"{broken} pieces of the films of cameras or desks cannot be decoded"
    if sound is not None and sound.broken:
        yield f"{sound.broken} pieces of the sound cannot be decoded"
