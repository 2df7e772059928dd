"""Small real films and sounds for the sample's playbacks, made with ffmpeg: each recording has its own."""

from collections.abc import Sequence
from pathlib import Path

from bbbmig.demo.bbb_playback import Media
from bbbmig.demo.presentation import ffmpeg, make_presentation
from bbbmig.domain.recording import Recording

_NOTES = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n"
LESSON_S, SHORT_LESSON_S = 60.0, 4.0


def make_media(folder: Path, recordings: Sequence[Recording], *, presentations: bool = False) -> Media:
    """Make a film for every `video` and `screenshare` playback and a sound for every `podcast`, of 2 to 4 seconds.

    With `presentations` there are files behind each `presentation`, too: a lesson of a minute for the newest, a short
    one for all others. The folder is made if need be. Raise ConfigError when ffmpeg is missing or fails.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files: dict[str, Path] = {}
    durations_s: dict[str, float] = {}
    for number, recording in enumerate(recordings):
        seconds = 2.0 + number % 5 * 0.5
        for kind, name, make in _MAKERS:
            if recording.playback(kind):
                path = folder / f"{recording.record_id}-{name}"
                ffmpeg(*make(number, seconds), str(path))
                files[f"/{kind}/{recording.record_id}/{name}"] = path
                durations_s[recording.record_id] = seconds
    if presentations:
        _add_presentations(folder, recordings, files, durations_s)
    return Media(files=files, durations_s=durations_s)


def _add_presentations(
    folder: Path, recordings: Sequence[Recording], files: dict[str, Path], durations_s: dict[str, float]
) -> None:
    """Put a lesson behind every `presentation` playback: one of a minute, all others the same short one."""
    lessons = {s: make_presentation(folder / f"lesson-{s:.0f}", seconds=s) for s in (LESSON_S, SHORT_LESSON_S)}
    wanted = [one for one in recordings if one.published and one.playback("presentation")]
    only = next((one for one in wanted if not one.playback("video")), None)
    for recording in (one for one in recordings if one.playback("notes")):
        notes = folder / f"{recording.record_id}-notes.pdf"
        notes.write_bytes(_NOTES)
        files[f"/notes/{recording.record_id}/notes.pdf"] = notes
    for recording in wanted:
        seconds = LESSON_S if recording is only else SHORT_LESSON_S
        files |= {f"/presentation/{recording.record_id}/{name}": path for name, path in lessons[seconds].items()}
        durations_s.setdefault(recording.record_id, seconds)


def _film(number: int, seconds: float) -> tuple[str, ...]:
    """Return ffmpeg's arguments for a test picture of a hue and a tone of its own, encoded as BigBlueButton does."""
    picture = f"testsrc2=size=320x180:rate=12:duration={seconds},hue=h={number * 37 % 360}"
    sound = f"sine=frequency={220 + number * 20}:duration={seconds}"
    return (
        *("-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound),
        *("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac"),
        *("-movflags", "+faststart", "-f", "mp4"),
    )


def _sound(number: int, seconds: float) -> tuple[str, ...]:
    """Return ffmpeg's arguments for a tone."""
    return ("-f", "lavfi", "-i", f"sine=frequency={220 + number * 20}:duration={seconds}", "-c:a", "libvorbis")


def _shared_screen(number: int, seconds: float) -> tuple[str, ...]:
    """Return ffmpeg's arguments for the film of a shared screen, which is a webm with picture and sound."""
    picture = f"testsrc=size=320x180:rate=12:duration={seconds}"
    sound = f"sine=frequency={220 + number * 20}:duration={seconds}"
    return (
        *("-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound),
        *("-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libvorbis", "-f", "webm"),
    )


_MAKERS = (
    ("video", "video-0.m4v", _film),
    ("screenshare", "screenshare-0.webm", _shared_screen),
    ("podcast", "audio.ogg", _sound),
)
