"""Convert by filming: a browser of today plays the recording on a screen that nobody sees, ffmpeg films it.

It takes as long as the recording, and about half a core (conversion.md 2). It shows what the player shows, so it is
what remains for recordings that `render` cannot draw. The sound does not go through the browser: it is the server's
own file, put beside the picture.
"""

import math
import re
import sys
import threading
from pathlib import Path
from urllib.parse import urlsplit

from bbbmig.convert.converter import Conversion, Presentation, Progress, Verdict
from bbbmig.convert.download import Downloader, Gone
from bbbmig.convert.finish import Expected, finish
from bbbmig.convert.job import job_folder, short_path
from bbbmig.convert.length import recording_length_s
from bbbmig.convert.part import RESERVE_BYTES, NoSpace, check_room, disk_errors, free_bytes
from bbbmig.convert.probe import probe
from bbbmig.convert.process import clean_environment, last_lines, run
from bbbmig.convert.screen.session import Order, Result
from bbbmig.errors import RecordingFailed
from bbbmig.http import masked

NAME = "screen"

_SOUNDS = ("video/webcams.webm", "video/webcams.mp4", "audio/audio.webm", "audio/audio.ogg")
_BYTES_PER_S = 2_500_000 // 8
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9._-]")


class Screen:
    """The converter "screen"; may be used by many threads."""

    name = NAME

    def __init__(  # noqa: PLR0913 - settings, each with its default
        self,
        *,
        work: Path,
        logs: Path,
        browser: str = "chromium",
        tolerance_s: float = 5.0,
        tolerance_ratio: float = 0.02,
        limit_factor: float = 1.15,
        limit_extra_s: float = 180.0,
        ready_s: float = 90.0,
        kill_wait_s: float = 10.0,
    ) -> None:
        """Use that Chromium or Chrome; the other parts are as in `BbbRecorder`.

        `ready_s` is how long a page may take until it can play.
        """
        self._work = work.absolute()
        self._logs = logs.absolute()
        self._browser = browser
        self._tolerance_s = tolerance_s
        self._tolerance_ratio = tolerance_ratio
        self._limit_factor = limit_factor
        self._limit_extra_s = limit_extra_s
        self._ready_s = ready_s
        self._kill_wait_s = kill_wait_s

    def preflight(self, presentation: Presentation) -> Verdict:
        """Accept every page on a server: what its player shows is what there is."""
        if urlsplit(presentation.page).scheme in ("http", "https"):
            return Verdict(able=True, faithful=True)
        return Verdict(able=False, faithful=False, reasons=("there is no page on a server to be filmed",))

    def convert(
        self, presentation: Presentation, target: Path, *, progress: Progress, stop: threading.Event
    ) -> Conversion:
        """Film the recording while it is played. Raises as `Converter.convert`."""
        verdict = self.preflight(presentation)
        if not verdict.able:
            raise RecordingFailed("; ".join(verdict.reasons))
        length_s = recording_length_s(presentation)
        log = self._logs / f"{_NOT_IN_NAMES.sub('_', presentation.record_id)}.log"
        with disk_errors(log):
            self._logs.mkdir(parents=True, exist_ok=True)
            log.unlink(missing_ok=True)
        expected = Expected(length_s=length_s, tolerance_s=self._tolerance_s, tolerance_ratio=self._tolerance_ratio)
        with job_folder(self._work) as job:
            check_room(job, round(3 * length_s * _BYTES_PER_S), what=f"a film of {length_s / 60:.0f} minutes")
            sound = _sound(presentation, job, stop)
            result = self._film(presentation, length_s, job, log, progress, stop)
            raw = _joined(job, sound, result, length_s, log, stop)
            probed = finish(raw, target, expected, log=log, stop=stop)
        progress(length_s, length_s)
        notes = ["the picture shows the player with its chat: participants' names can be read"]
        if not probed.has_audio:
            notes.append("the recording has no sound")
        return Conversion(path=target, duration_s=probed.duration_s, converter=NAME, notes=tuple(notes))

    def _film(
        self,
        presentation: Presentation,
        length_s: float,
        job: Path,
        log: Path,
        progress: Progress,
        stop: threading.Event,
    ) -> Result:
        """Run a session in the job's folder. Raise RecordingFailed, with its last words, if it fails."""

        def watch(_elapsed_s: float) -> None:
            position = job / "position"
            at_s = position.read_text() if position.exists() else ""
            progress(min(float(at_s or 0), length_s), length_s)
            if free_bytes(job) < RESERVE_BYTES:
                raise NoSpace(f"{self._work} got full while converting", hint="free some space, then run again")

        with disk_errors(job):
            order = Order(
                page=presentation.page,
                browser=self._browser,
                length_s=length_s,
                cookies=dict(presentation.cookies),
                ready_s=self._ready_s,
            )
            order.write(job)
        with short_path(job / "tmp") as temporary:
            code = run(
                (sys.executable, "-m", __package__, str(job)),
                timeout_s=self._limit_factor * length_s + self._limit_extra_s,
                cwd=job,
                env=clean_environment(HOME=str(job), TMPDIR=str(temporary)),
                log=log,
                stop=stop,
                kill_wait_s=self._kill_wait_s,
                watch=watch,
                name=f"the converter {NAME}",
            )
        try:
            return Result.read(job)
        except (OSError, ValueError) as error:
            reason = job / "reason"
            why = reason.read_text() if reason.exists() else f"exit code {code}"
            raise RecordingFailed(f"filming failed: {masked(why)}", hint=f"its log is {log}") from error


def _sound(presentation: Presentation, job: Path, stop: threading.Event) -> Path | None:
    """Get the file with the sound, which in recordings with cameras is theirs; None if there is none."""
    if presentation.folder is not None:
        there = (presentation.folder / name for name in _SOUNDS)
        path = next((path for path in there if path.is_file()), None)
    else:
        path = job / "sound"
        urls = [presentation.media + name for name in _SOUNDS]
        try:
            with Downloader() as downloader:
                downloader.fetch(urls, path, cookies=dict(presentation.cookies), stop=stop)
        except Gone:
            return None
    return path if path and probe(path).has_audio else None


def _joined(job: Path, sound: Path | None, result: Result, length_s: float, log: Path, stop: threading.Event) -> Path:
    """Put the sound beside the picture, so that it begins when the player began."""
    picture, raw = job / "picture.mkv", job / "raw.mkv"
    if sound is None:
        return picture
    command = (
        *("ffmpeg", "-nostdin", "-hide_banner", "-v", "error", "-y", "-i", f"file:{picture}"),
        *("-itsoffset", f"{result.began_s:.3f}", "-i", f"file:{sound}", "-map", "0:v:0", "-map", "1:a:0"),
        *("-c", "copy", "-t", f"{math.ceil(length_s + result.began_s)}", f"file:{raw}"),
    )
    code = run(command, timeout_s=60 + length_s, cwd=job, env=clean_environment(), log=log, stop=stop)
    if code:
        raise RecordingFailed(f"ffmpeg could not add the sound (exit code {code})", hint=last_lines(log))
    with disk_errors(picture):
        picture.unlink()
    return raw
