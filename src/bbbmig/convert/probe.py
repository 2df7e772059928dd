"""Look into a media file with ffprobe: is it whole, how long, what is in it.

The files come from somewhere else: only the containers named here are opened, and nothing that they point to.
"""

import contextlib
import io
import json
import re
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bbbmig.convert.supervised_process import check_not_killed
from bbbmig.domain.chapters import Chapter
from bbbmig.errors import ConfigError, RecordingFailed
from bbbmig.transfer.cancel import LOOK_S, check
from bbbmig.transfer.disk import start_error

CONTAINERS = "mov,matroska,webm,ogg,mp3,aac,wav,flac,avi,flv,mpegts,mpeg,asf"
"""What ffmpeg calls the formats that Pod takes (`VIDEO_ALLOWED_EXTENSIONS`); a playlist is none of them."""
_TELLING = frozenset({"mov", "mp4", "matroska", "webm"})
INSTALL_FFMPEG = "apt install ffmpeg"

_LIMIT_S = 300.0
_LAST_S = 20.0
_BYTES_ARE_MISSING = ("partial file", "moov atom not found", "End of file", "File ended prematurely")
"""What ffprobe says, with exit code 0, of files that were cut; it mentions many harmless irregularities too."""
_ADDRESS = re.compile(r" @ 0x[0-9a-f]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Probed:
    """What a media file holds. `container` and the codecs are ffmpeg's words ("mov,mp4,…", "h264", "aac")."""

    duration_s: float
    container: str
    video_codec: str = ""
    audio_codec: str = ""
    width: int = 0
    height: int = 0
    size: int = 0
    says_its_length: bool = True

    @property
    def shows_a_cut(self) -> bool:
        """Tell whether `check_media` would see that the end is missing.

        mp4 and Matroska name their length when they are finished; of Ogg, MPEG streams and the webm of browsers, which
        do not, each beginning is a whole file.
        """
        return self.says_its_length and any(name in _TELLING for name in self.container.split(","))

    @property
    def has_video(self) -> bool:
        """Tell whether there is a moving picture; a cover is none."""
        return bool(self.video_codec)

    @property
    def has_audio(self) -> bool:
        """Tell whether there is sound."""
        return bool(self.audio_codec)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """A stream of a media file, in ffmpeg's words: its kind ("video", "audio", "subtitle", "data", "attachment")."""

    index: int
    kind: str
    codec: str
    is_cover: bool
    is_chapters: bool

    @property
    def is_played(self) -> bool:
        """Tell whether it is moving picture or sound."""
        return self.kind == "audio" or (self.kind == "video" and not self.is_cover)


def streams_in(path: Path, *, stop: threading.Event | None = None) -> list[Stream]:
    """List the streams of a media file. The titles of chapters are a track in mp4. Raises as `probe`."""
    said = json.loads(_ffprobe(path, stop, "-of", "json", "-show_streams", "-show_chapters"))
    return [
        Stream(
            index=one["index"],
            kind=one.get("codec_type", ""),
            codec=one.get("codec_name", ""),
            is_cover=_is_cover(one),
            is_chapters=bool(said.get("chapters"))
            and one.get("codec_type") == "data"
            and one.get("codec_tag_string") == "text",
        )
        for one in said.get("streams", [])
    ]


def probe(path: Path, *, stop: threading.Event | None = None) -> Probed:
    """Read what a file says of itself; where it tells no length (webm of browsers), its packets are counted.

    Raise RecordingFailed when it is no media file or not a whole one, ConfigError when ffprobe is missing, Stopped soon
    after `stop` is set.
    """
    said: dict[str, Any] = json.loads(_ffprobe(path, stop, "-of", "json", "-show_format", "-show_streams"))
    streams = said.get("streams", [])
    video: dict[str, Any] = next((s for s in streams if s.get("codec_type") == "video" and not _is_cover(s)), {})
    audio: dict[str, Any] = next((s for s in streams if s.get("codec_type") == "audio"), {})
    if not video and not audio:
        raise RecordingFailed(f"{path.name} holds neither picture nor sound")
    container = said.get("format", {})
    said_s = _number(container.get("duration"))
    duration_s = said_s or last_packet_s(path, stop)
    if duration_s <= 0:
        raise RecordingFailed(f"{path.name} lasts no time at all")
    return Probed(
        duration_s=duration_s,
        container=container.get("format_name", ""),
        video_codec=video.get("codec_name", ""),
        audio_codec=audio.get("codec_name", ""),
        width=int(video.get("width", 0)),
        height=int(video.get("height", 0)),
        size=path.stat().st_size,
        says_its_length=said_s > 0,
    )


def check_media(
    path: Path,
    *,
    expected_s: float | None,
    tolerance_s: float = 5.0,
    tolerance_ratio: float = 0.02,
    needs_video: bool = False,
    stop: threading.Event | None = None,
) -> Probed:
    """Make sure that a file is whole and as long as the recording; return what it holds.

    The lengths may differ by `tolerance_s` or by that part of the length, whichever is more; None is not compared.
    That the last seconds are really there is seen by reading them: a cut file still says how long it should be. Raise
    RecordingFailed, ConfigError and Stopped as `probe`.
    """
    probed = probe(path, stop=stop)
    if needs_video and not probed.has_video:
        raise RecordingFailed(f"{path.name} holds no picture")
    last_s = last_packet_s(path, stop, since_s=max(0.0, probed.duration_s - tolerance_s - _LAST_S))
    if last_s < probed.duration_s - tolerance_s:
        raise RecordingFailed(
            f"{path.name} is cut off: it says {probed.duration_s:.1f} s and ends after {last_s:.1f} s", hint="run again"
        )
    if expected_s is not None and abs(probed.duration_s - expected_s) > max(tolerance_s, tolerance_ratio * expected_s):
        raise RecordingFailed(
            f"{path.name} lasts {probed.duration_s:.1f} s, the recording {expected_s:.1f} s",
            hint="look at both; if the file is right, raise the tolerance in the settings",
        )
    return probed


def chapters_in(path: Path, *, stop: threading.Event | None = None) -> list[Chapter]:
    """Read the chapters of a media file. Raises as `probe`."""
    said = json.loads(_ffprobe(path, stop, "-of", "json", "-show_chapters"))
    return [
        Chapter(title=one.get("tags", {}).get("title", ""), start_s=_number(one.get("start_time")))
        for one in said.get("chapters", [])
    ]


def last_packet_s(path: Path, stop: threading.Event | None, *, since_s: float = 0.0) -> float:
    """Read the packets from some seconds on; return the moment at which the last one ends, 0 if there is none.

    Raise RecordingFailed when they cannot be read.
    """
    wanted = ("-show_entries", "packet=pts_time,dts_time,duration_time", "-of", "csv=p=0")
    ends = (_end_s(line) for line in io.StringIO(_ffprobe(path, stop, "-read_intervals", f"{since_s:.3f}%", *wanted)))
    return max(ends, default=0.0)


def _end_s(line: str) -> float:
    """Tell when a packet ends, from its presentation time, else its decoding time, and its length."""
    presented, decoded, lasts, *_ = [*line.strip().split(","), "", "", ""]
    return (_number(presented) or _number(decoded)) + _number(lasts)


def _ffprobe(path: Path, stop: threading.Event | None, *arguments: str) -> str:
    """Ask ffprobe about one file; return what it says."""
    if not path.is_file():
        raise RecordingFailed(f"{path} is not there")
    if not path.stat().st_size:
        raise RecordingFailed(f"{path.name} is empty")
    safely = ("-protocol_whitelist", "file", "-format_whitelist", CONTAINERS)
    done = _run(("ffprobe", "-v", "error", *safely, *arguments, "-i", f"file:{path}"), path, stop)
    lines = [_ADDRESS.sub("", line.replace(f"file:{path}: ", "")).strip() for line in done.stderr.splitlines()]
    missing = [line for line in lines if any(words in line for words in _BYTES_ARE_MISSING)]
    check_not_killed(done.returncode, "ffprobe")
    if done.returncode or missing:
        said = (missing or lines or [f"exit code {done.returncode}"])[0]
        raise RecordingFailed(f"{path.name} is not a whole media file: {said}")
    return done.stdout


def _run(command: Sequence[str], path: Path, stop: threading.Event | None) -> subprocess.CompletedProcess[str]:
    """Run ffprobe, for a limited time."""
    deadline = time.monotonic() + _LIMIT_S
    try:
        process = subprocess.Popen(  # noqa: S603 - a list, no shell
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
        )
    except FileNotFoundError as error:
        raise ConfigError("ffprobe is missing", hint=INSTALL_FFMPEG) from error
    except OSError as error:
        raise start_error("ffprobe", error) from error
    with process:
        try:
            while True:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    out, said = process.communicate(timeout=LOOK_S)
                    return subprocess.CompletedProcess(command, process.returncode, out, said)
                if stop is not None:
                    check(stop)
                if time.monotonic() > deadline:
                    raise RecordingFailed(
                        f"{path.name} could not be read in {_LIMIT_S:.0f} s", hint="is its disk well?"
                    )
        finally:
            process.kill()


def _is_cover(stream: Any) -> bool:  # noqa: ANN401 - JSON
    """Tell a still picture that is attached to sound."""
    return bool(stream.get("disposition", {}).get("attached_pic"))


def _number(text: str | None) -> float:
    """Read one of ffprobe's numbers; 0 if it is missing or "N/A"."""
    try:
        return float(text or 0)
    except ValueError:
        return 0.0
