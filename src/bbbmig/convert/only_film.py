"""Leave picture and sound in a downloaded file, and take out whatever else its container holds.

Without USE_PODFILE, Pod 4.1's encoder ends with an error at a track of subtitles, and says for ever that it encodes
(docs/facts/pod-rest.md#videos). Covers become pictures of the video there, attachments and data nothing at all. Streams
are copied as they are; a file that holds nothing else is not touched. Chapters stay: Pod does not mind them, and
bbbmig reads them from the file.
"""

import shutil
import threading
from collections import Counter
from pathlib import Path

from bbbmig.convert.probe import Stream, check_media, probe, streams_in
from bbbmig.convert.supervised_process import check_not_killed, clean_environment, last_lines, run
from bbbmig.convert.work_folder import job_folder
from bbbmig.errors import RecordingFailed
from bbbmig.transfer.disk import check_room, disk_errors
from bbbmig.transfer.partial_file import note_of

_FFMPEG = ("ffmpeg", "-nostdin", "-hide_banner", "-v", "error", "-y", "-protocol_whitelist", "file")
_MUXERS = {"mov": "mp4", "ogg": "ogg", "mp3": "mp3", "flac": "flac", "wav": "wav", "avi": "avi", "mpegts": "mpegts"}
"""How ffmpeg calls what writes a container, by what it calls that which reads it."""
_WORDS = {
    "subtitle": ("a track of subtitles", "tracks of subtitles"),
    "attachment": ("an attachment", "attachments"),
    "video": ("a cover", "covers"),
}
_OTHER = ("a track of data", "tracks of data")
_MOST_OFF_S = 1.0
_REAL_TIMES = 1.0


def leave_only_film(file: Path, suffix: str, *, work: Path, stop: threading.Event) -> str:
    """Take out of a whole file what is neither picture nor sound; return what that was, "" if there was nothing.

    `suffix` is that of its name to be. It is replaced when the new one is whole, too; programs work below `work`.
    Raise RecordingFailed if that cannot be, ConfigError, MachineError, Stopped.
    """
    streams = streams_in(file, stop=stop)
    others = [one for one in streams if not one.is_played and not one.is_chapters]
    if not others:
        return ""
    before = probe(file, stop=stop)
    kept = [one for one in streams if one.is_played]
    with disk_errors(file), job_folder(work.absolute()) as folder:
        check_room(folder, before.size, what=file.name)
        made, log = folder / "film", folder / "ffmpeg.log"
        maps = [word for one in kept for word in ("-map", f"0:{one.index}")]
        muxer = _muxer(before.container, suffix)
        options = ("-movflags", "+faststart", "-write_tmcd", "0") if muxer == "mp4" else ()
        command = (
            *_FFMPEG,
            "-i",
            f"file:{file.absolute()}",
            *maps,
            "-c",
            "copy",
            *options,
            "-f",
            muxer,
            f"file:{made}",
        )
        limit_s = 60 + _REAL_TIMES * before.duration_s
        code = run(command, timeout_s=limit_s, cwd=folder, env=clean_environment(), log=log, stop=stop)
        check_not_killed(code, "ffmpeg")
        if code:
            raise RecordingFailed(
                f"{_named(others)} cannot be taken out of {file.name} (exit code {code})", hint=last_lines(log)
            )
        _check(made, before.duration_s, kept, stop)
        _replace(file, made)
    return _named(others)


def _check(made: Path, length_s: float, kept: list[Stream], stop: threading.Event) -> None:
    """Make sure that the new file is whole, and holds every stream that was to be kept. Raise RecordingFailed."""
    check_media(made, expected_s=length_s, tolerance_s=_MOST_OFF_S, tolerance_ratio=0.0, stop=stop)
    codecs = [Counter(one.codec for one in streams if one.is_played) for streams in (kept, streams_in(made, stop=stop))]
    if codecs[0] != codecs[1]:
        raise RecordingFailed(f"{made.name}: {codecs[0] - codecs[1]} got lost on the way")


def _replace(file: Path, made: Path) -> None:
    """Put the new file in the place of the old one, which is a server's no more: nobody may go on with it."""
    note_of(file).unlink(missing_ok=True)
    if made.stat().st_dev == file.stat().st_dev:
        made.replace(file)
        return
    check_room(file.parent, made.stat().st_size, what=file.name)
    shutil.copyfile(made, file)  # if it is cut, nobody takes it for anything: its note is gone


def _muxer(container: str, suffix: str) -> str:
    """Return what writes such a container."""
    names = container.split(",")
    if "webm" in names:
        return "matroska" if suffix == ".mkv" else "webm"
    return next((_MUXERS[name] for name in names if name in _MUXERS), "matroska")


def _named(others: list[Stream]) -> str:
    """Name the streams: "a track of subtitles, 2 attachments"."""
    counted = Counter(_WORDS.get(one.kind, _OTHER) for one in others)
    return ", ".join(one if count == 1 else f"{count} {several}" for (one, several), count in counted.items())
