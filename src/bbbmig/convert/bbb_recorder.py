"""Convert with bbb-recorder, the program that Esup-Pod uses: a browser plays the recording, and is filmed.

Facts: conversion.md 1. Its exit code says nothing, and it records in real time. It works with a Google Chrome of at
most version 136 only; `check_bbb_recorder` tells. Each job has a folder of its own, which is its home, its temporary
folder and, by the `.env` there, the place where it puts its file; so nothing of its installation is touched and
several can run at once. It looks for a free X display when it starts, so they start one after another.
"""

import logging
import re
import threading
import time
from pathlib import Path

from bbbmig.convert.converter import Conversion, Presentation, Progress, Verdict
from bbbmig.convert.finish import Expected, finish
from bbbmig.convert.job import Turn, job_folder, short_path
from bbbmig.convert.length import recording_length_s
from bbbmig.convert.part import RESERVE_BYTES, NoSpace, check_room, disk_errors, free_bytes
from bbbmig.convert.process import clean_environment, last_lines, run
from bbbmig.errors import RecordingFailed

logger = logging.getLogger(__name__)

NAME = "bbb-recorder"
SCRIPT = "export.js"

_FORM_23 = re.compile(r"https?://.*/playback/presentation/2\.3/[a-z0-9]{40}-[0-9]{13}")
_FORM_20 = "https?://.*/playback/presentation/2\\.0/{file}\\?meetingId=[a-z0-9]{{40}}-[0-9]{{13}}"
_PLAYER = "playback.html"
_PLAYER_SETTING = re.compile(r"^\s*playbackFile\s*=\s*['\"]?([^'\"\s]+)", re.MULTILINE)
_BYTES_PER_S = 2_500_000 // 8
"""What it asks the browser for; it holds the film up to three times while it copies."""
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9._-]")
_SETTLED_S = 0.2
_SETTLE_LIMIT_S = 30.0


class BbbRecorder:
    """The converter "bbb-recorder"; may be used by many threads."""

    name = NAME

    def __init__(  # noqa: PLR0913 - settings, each with its default
        self,
        directory: Path,
        *,
        work: Path,
        logs: Path,
        node: str = "node",
        tolerance_s: float = 5.0,
        tolerance_ratio: float = 0.02,
        limit_factor: float = 1.15,
        limit_extra_s: float = 180.0,
        start_gap_s: float = 3.0,
        kill_wait_s: float = 10.0,
    ) -> None:
        """Use the installation in `directory`; `work` has room for the jobs' folders, `logs` keeps their output.

        A job may take `limit_factor` times the recording's length and `limit_extra_s`. The length of its film may
        be off by `tolerance_s`, or by `tolerance_ratio` of the length if that is more.
        """
        self._script = directory.absolute() / SCRIPT
        self._directory = directory
        self._work = work.absolute()
        self._logs = logs
        self._node = node
        self._tolerance_s = tolerance_s
        self._tolerance_ratio = tolerance_ratio
        self._limit_factor = limit_factor
        self._limit_extra_s = limit_extra_s
        self._start_gap_s = start_gap_s
        self._kill_wait_s = kill_wait_s

    def preflight(self, presentation: Presentation) -> Verdict:
        """Apply its own rules for addresses, which it would refuse after having started an X server."""
        reasons = []
        if presentation.cookies:
            reasons.append("bbb-recorder has no way to send the cookie of a protected recording")
        player = self._player()
        form_20 = re.compile(_FORM_20.format(file=re.escape(player)))
        if not (_FORM_23.match(presentation.page) or form_20.match(presentation.page)):
            reasons.append(
                "bbb-recorder takes addresses like …/playback/presentation/2.3/ID or …/playback/presentation/2.0/"
                f"{player}?meetingId=ID only, with an ID of 40 small letters or digits, a dash and 13 digits"
            )
        return Verdict(able=not reasons, faithful=not reasons, reasons=tuple(reasons))

    def convert(
        self, presentation: Presentation, target: Path, *, progress: Progress, stop: threading.Event
    ) -> Conversion:
        """Film the recording while it is played. Raises as `Converter.convert`."""
        verdict = self.preflight(presentation)
        if not verdict.able:
            raise RecordingFailed("; ".join(verdict.reasons), hint="convert it with render or screen")
        length_s = recording_length_s(presentation)
        expected = Expected(length_s=length_s, tolerance_s=self._tolerance_s, tolerance_ratio=self._tolerance_ratio)
        name = _NOT_IN_NAMES.sub("_", presentation.record_id)
        log = self._logs / f"{name}.log"
        with disk_errors(log):
            self._logs.mkdir(parents=True, exist_ok=True)
            log.unlink(missing_ok=True)
        with job_folder(self._work) as job:
            check_room(job, round(3 * length_s * _BYTES_PER_S), what=f"a film of {length_s / 60:.0f} minutes")
            raw = self._film(presentation.page, f"{name}.webm", _Watch(length_s, progress, job), log, stop)
            probed = finish(raw, target, expected, log=log, stop=stop)
        progress(length_s, length_s)
        notes = ["the picture shows the player with its chat: participants' names can be read"]
        if not probed.has_audio:
            notes.append("there is no sound in it")
        return Conversion(path=target, duration_s=probed.duration_s, converter=NAME, notes=tuple(notes))

    def _player(self) -> str:
        """Give the name of the player's page in addresses of version 2.0, as its installation has it."""
        try:
            found = _PLAYER_SETTING.search((self._directory / ".env").read_text(errors="replace"))
        except OSError:
            return _PLAYER
        return found[1] if found else _PLAYER

    def _film(self, page: str, file_name: str, watch: "_Watch", log: Path, stop: threading.Event) -> Path:
        """Run it in a job's folder; give the file that it made. Raise RecordingFailed, with its last words, if none."""
        job = watch.job
        out, home = job / "out", job / "home"
        with disk_errors(job):
            out.mkdir()
            home.mkdir()
            (job / ".env").write_text(f"copyToPath={out}\nplaybackFile={self._player()}\n")
        limit_s = self._limit_factor * watch.length_s + self._limit_extra_s
        with short_path(job / "tmp") as temporary, Turn(self._work / "starting.lock").take(stop) as turn:

            def look(elapsed_s: float) -> None:
                if elapsed_s >= self._start_gap_s:
                    turn.give()
                watch(elapsed_s)

            code = run(
                (self._node, str(self._script), page, file_name),
                timeout_s=limit_s,
                cwd=job,
                env=clean_environment(HOME=str(home), TMPDIR=str(temporary)),
                log=log,
                stop=stop,
                kill_wait_s=self._kill_wait_s,
                watch=look,
                name=NAME,
            )
        return _made(out / file_name, home / "Downloads", code, log)


class _Watch:
    """Looks at a job from time to time: how far it is, and whether the disk has room."""

    def __init__(self, length_s: float, progress: Progress, job: Path) -> None:
        self.length_s = length_s
        self._progress = progress
        self.job = job

    def __call__(self, elapsed_s: float) -> None:
        self._progress(min(elapsed_s, self.length_s), self.length_s)
        if free_bytes(self.job) < RESERVE_BYTES:
            raise NoSpace(f"{self.job.parent} got full while converting", hint="free some space, then run again")


def _made(path: Path, downloads: Path, code: int, log: Path) -> Path:
    """Find the file that was made; its exit code may be 0 without one, and another with a good one."""
    for found in (path, downloads / path.name):
        if found.is_file() and found.stat().st_size:
            _wait_until_settled(found)
            return found
    if any(not left.stat().st_size for left in downloads.glob("*.webm")):
        raise RecordingFailed(
            "bbb-recorder's browser could not encode: a file of 0 bytes",
            hint=f"use Google Chrome, whose builds can encode H.264, instead of Chromium; {last_lines(log)}",
        )
    raise RecordingFailed(f"bbb-recorder made no file (exit code {code})", hint=last_lines(log))


def _wait_until_settled(path: Path) -> None:
    """Wait until a file grows no more: network file systems tell late. Raise RecordingFailed if it goes on and on."""
    deadline = time.monotonic() + _SETTLE_LIMIT_S
    size = -1
    while (now := path.stat().st_size) != size:
        if time.monotonic() > deadline:
            raise RecordingFailed(f"{path.name} still grows though bbb-recorder has ended")
        size = now
        time.sleep(_SETTLED_S)
