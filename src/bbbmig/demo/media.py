"""Small real films and sounds for the sample's playbacks, made with ffmpeg: each recording has its own."""

import subprocess
from collections.abc import Iterable
from pathlib import Path

from bbbmig.demo.bbb_playback import Media
from bbbmig.domain.recording import Recording
from bbbmig.errors import ConfigError


def make_media(folder: Path, recordings: Iterable[Recording]) -> Media:
    """Make a film for every `video` playback and a sound for every `podcast`, of 2 to 4 seconds.

    The folder is made if need be. Raise ConfigError when ffmpeg is missing or fails.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files: dict[str, Path] = {}
    durations_s: dict[str, float] = {}
    for number, recording in enumerate(recordings):
        seconds = 2.0 + number % 5 * 0.5
        for kind, name, make in (("video", "video-0.m4v", _film), ("podcast", "audio.ogg", _sound)):
            if recording.playback(kind):
                path = folder / f"{recording.record_id}-{name}"
                _ffmpeg(*make(number, seconds), str(path))
                files[f"/{kind}/{recording.record_id}/{name}"] = path
                durations_s[recording.record_id] = seconds
    return Media(files=files, durations_s=durations_s)


def _film(number: int, seconds: float) -> tuple[str, ...]:
    """Give ffmpeg's arguments for a test picture of a hue and a tone of its own, encoded as BigBlueButton does."""
    picture = f"testsrc2=size=320x180:rate=12:duration={seconds},hue=h={number * 37 % 360}"
    sound = f"sine=frequency={220 + number * 20}:duration={seconds}"
    return (
        *("-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound),
        *("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac"),
        *("-movflags", "+faststart", "-f", "mp4"),
    )


def _sound(number: int, seconds: float) -> tuple[str, ...]:
    """Give ffmpeg's arguments for a tone."""
    return ("-f", "lavfi", "-i", f"sine=frequency={220 + number * 20}:duration={seconds}", "-c:a", "libvorbis")


def _ffmpeg(*arguments: str) -> None:
    """Run ffmpeg without questions. Raise ConfigError, with its last words, when it fails."""
    command = ("ffmpeg", "-nostdin", "-hide_banner", "-loglevel", "error", "-y", *arguments)
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - our own arguments
    except FileNotFoundError as error:
        raise ConfigError("ffmpeg is missing", hint="apt install ffmpeg") from error
    except subprocess.CalledProcessError as error:
        raise ConfigError(f"ffmpeg cannot make the sample's films: {error.stderr.strip()[-200:]}") from error
