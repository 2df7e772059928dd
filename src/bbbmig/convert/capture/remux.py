"""Make a video that can be believed of what a browser or a screen recorder left, and give it its name.

The webm of Chrome's MediaRecorder has neither length nor index, and may hold H.264
(docs/facts/conversion.md#what-a-browser-records). So it is put into the container asked for, streams copied where that
can hold them, and looked at: length, last seconds, pictures.
"""

import logging
import threading
from dataclasses import dataclass
from pathlib import Path

from bbbmig.convert.capture.blank_check import check_pictures
from bbbmig.convert.install_file import install
from bbbmig.convert.probe import Probed, check_media, probe
from bbbmig.convert.supervised_process import check_not_killed, clean_environment, last_lines, run
from bbbmig.errors import RecordingFailed
from bbbmig.transfer.disk import disk_errors

logger = logging.getLogger(__name__)

_ANY = frozenset({"*"})
_HOLDS = {
    ".mp4": (frozenset({"h264"}), frozenset({"aac", "mp3"})),
    ".m4v": (frozenset({"h264"}), frozenset({"aac", "mp3"})),
    ".mkv": (_ANY, _ANY),
    ".webm": (frozenset({"vp8", "vp9", "av1"}), frozenset({"opus", "vorbis"})),
}
"""Codecs that each container holds and every browser plays."""
_H264 = ("libx264", "-preset", "veryfast", "-crf", "23", "-pix_fmt", "yuv420p")
_AAC = ("aac", "-b:a", "96k")
_FFMPEG = ("ffmpeg", "-nostdin", "-hide_banner", "-v", "error", "-y")
_REAL_TIMES = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a finished video is checked against: the recording's length in seconds, and how far it may be off."""

    length_s: float
    tolerance_s: float = 5.0
    tolerance_ratio: float = 0.02


def finish(raw: Path, target: Path, expected: Expected, *, log: Path, stop: threading.Event) -> Probed:
    """Make `target` appear, whole and checked, from a raw recording; return what it holds.

    The container is that of the target's name: .mp4, .mkv or .webm. `target` lies in a folder of bbbmig's own: what is
    there is replaced. ffmpeg works beside `raw`, what it says goes into `log`. Raise RecordingFailed when the recording
    is no good.
    """
    made = raw.with_name(f"finished{target.suffix}")
    found = probe(raw)
    if not found.has_video:
        raise RecordingFailed(f"{raw.name} holds no picture", hint=last_lines(log))
    command = (*_FFMPEG, "-i", f"file:{raw}", *_streams(found, made.suffix), f"file:{made}")
    limit_s = 60 + _REAL_TIMES * found.duration_s
    code = run(command, timeout_s=limit_s, cwd=raw.parent, env=clean_environment(), log=log, stop=stop)
    check_not_killed(code, "ffmpeg")
    if code:
        raise RecordingFailed(f"ffmpeg could not finish {raw.name} (exit code {code})", hint=last_lines(log))
    probed = check_media(
        made,
        expected_s=expected.length_s,
        tolerance_s=expected.tolerance_s,
        tolerance_ratio=expected.tolerance_ratio,
        needs_video=True,
    )
    check_pictures(made, probed.duration_s)
    with disk_errors(raw):
        raw.unlink(missing_ok=True)  # the copy to another disk has more room
        target.unlink(missing_ok=True)  # of an earlier run, which did not come to use it
    install(made, target)
    return probed


def _streams(found: Probed, suffix: str) -> tuple[str, ...]:
    """Return ffmpeg's options: copy what the container holds, encode the rest."""
    videos, sounds = _HOLDS.get(suffix, (frozenset(), frozenset()))
    if not videos or (suffix == ".webm" and not {found.video_codec, found.audio_codec} <= videos | sounds | {""}):
        raise RecordingFailed(
            f"{found.video_codec} and {found.audio_codec or 'no sound'} do not fit into a {suffix} file",
            hint="let converted files be .mp4 or .mkv",
        )
    video = ("copy",) if {found.video_codec, "*"} & videos else _H264
    sound = ("copy",) if {found.audio_codec, "*"} & sounds else _AAC
    index = ("-movflags", "+faststart") if suffix in (".mp4", ".m4v") else ()
    return ("-map", "0:v:0", "-map", "0:a:0?", "-c:v", *video, "-c:a", *sound, *index)
