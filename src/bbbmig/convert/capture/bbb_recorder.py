"""Convert with bbb-recorder, the program that Esup-Pod uses: a browser plays the recording, and is filmed.

Its exit code says nothing, and it records in real time. It works with a Google Chrome of at most version 136 only;
`check_bbb_recorder` tells (docs/facts/conversion.md#bbb-recorder). Each job has a folder of its own, which is its home,
its temporary folder and, by the `.env` there, the place where it puts its file; so nothing of its installation is
touched and several can run at once. It looks for a free X display when it starts, so they start one after another.
"""

import re
import threading
import time
from pathlib import Path

from bbbmig.convert.capture.capture import Filming, Take
from bbbmig.convert.supervised_process import last_lines
from bbbmig.convert.work_folder import Turn
from bbbmig.domain.conversion import Conversion, Presentation, Progress, Verdict
from bbbmig.domain.file_names import key_of
from bbbmig.domain.presentation_files import HEARD
from bbbmig.errors import RecordingFailed
from bbbmig.transfer.disk import disk_errors

NAME = "bbb-recorder"
SCRIPT = "export.js"

_FORM_23 = re.compile(r"https?://.*/playback/presentation/2\.3/[a-z0-9]{40}-[0-9]{13}")
_FORM_20 = "https?://.*/playback/presentation/2\\.0/{file}\\?meetingId=[a-z0-9]{{40}}-[0-9]{{13}}"
_PLAYER = "playback.html"
_PLAYER_SETTING = re.compile(r"^\s*playbackFile\s*=\s*['\"]?([^'\"\s]+)", re.MULTILINE)
_SETTLED_S = 0.2
_SETTLE_LIMIT_S = 30.0


class BbbRecorder:
    """The converter "bbb-recorder"; may be used by many threads."""

    name = NAME
    reads = HEARD

    def __init__(self, directory: Path, filming: Filming, *, node: str = "node", start_gap_s: float = 3.0) -> None:
        """Use the installation in `directory`; `start_gap_s` is what it needs to take its X display."""
        self._script = directory.absolute() / SCRIPT
        self._directory = directory
        self._filming = filming
        self._node = node
        self._start_gap_s = start_gap_s

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
        return self._filming.convert(NAME, presentation, target, self._shoot, HEARD, progress, stop)

    def _player(self) -> str:
        """Return the name of the player's page in addresses of version 2.0, as its installation has it."""
        try:
            found = _PLAYER_SETTING.search((self._directory / ".env").read_text(errors="replace"))
        except OSError:
            return _PLAYER
        return found[1] if found else _PLAYER

    def _shoot(self, take: Take) -> Path:
        """Run it in a job's folder; return the file it made. Raise RecordingFailed, with its last words, if none."""
        out, home = take.job / "out", take.job / "home"
        file_name = f"{key_of(take.presentation.record_id)}.webm"
        with disk_errors(take.job):
            out.mkdir()
            home.mkdir()
            (take.job / ".env").write_text(f"copyToPath={out}\nplaybackFile={self._player()}\n")
        with Turn(take.job.parent / "starting.lock").take(take.stop) as turn:

            def watch(elapsed_s: float) -> None:
                if elapsed_s >= self._start_gap_s:
                    turn.give()
                take.goes_on(elapsed_s)

            command = (self._node, str(self._script), take.presentation.page, file_name)
            code = self._filming.run(take, command, home=home, watch=watch, name=NAME)
        return _made(out / file_name, home / "Downloads", code, take.log)


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
