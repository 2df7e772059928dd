"""Convert by filming: a browser of today plays the recording on a screen that nobody sees, ffmpeg films it.

It takes as long as the recording, and about half a core (docs/facts/conversion.md#filming-a-screen). It shows what the
player shows, so it is what remains for recordings that `render` cannot draw. The sound does not go through the browser:
it is the server's own file, put beside the picture.
"""

import math
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from bbbmig.convert.capture.capture import Filming, Take
from bbbmig.convert.capture.screen.session import Order, Result
from bbbmig.convert.probe import probe
from bbbmig.convert.supervised_process import check_not_killed, clean_environment, last_lines, run
from bbbmig.domain.conversion import Conversion, Presentation, Progress, Verdict
from bbbmig.domain.presentation_files import CAMERAS, HEARD, SOUND, film_names
from bbbmig.domain.trusted_hosts import TrustedHosts
from bbbmig.errors import RecordingFailed
from bbbmig.http import askable, masked
from bbbmig.transfer.disk import disk_errors

NAME = "screen"


class Screen:
    """The converter "screen"; may be used by many threads."""

    name = NAME
    reads = HEARD

    def __init__(
        self,
        filming: Filming,
        *,
        browser: str = "chromium",
        ready_s: float = 90.0,
        trusted: Callable[[], TrustedHosts] | None = None,
    ) -> None:
        """Use that Chromium or Chrome; `ready_s` is how long a page may take until it can play.

        The browser asks hosts that are `trusted`, only the page's own if that is not given.
        """
        self._trusted = trusted
        self._filming = filming
        self._browser = browser
        self._ready_s = ready_s

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
        return self._filming.convert(NAME, presentation, target, self._shoot, HEARD, progress, stop)

    def _shoot(self, take: Take) -> Path:
        """Film the picture, and put the sound beside it."""
        sound = _sound(take.presentation)
        return _joined(take, sound, self._film(take))

    def _film(self, take: Take) -> Result:
        """Run a session in the job's folder. Raise RecordingFailed, with its last words, if it fails."""
        job = take.job

        def watch(_elapsed_s: float) -> None:
            position = job / "position"
            at_s = position.read_text() if position.exists() else ""
            take.goes_on(float(at_s or 0))

        page = take.presentation.page
        trusted = TrustedHosts.of(page) if self._trusted is None else self._trusted()
        with disk_errors(job):
            order = Order(
                page=page,
                hosts=askable(trusted),
                browser=self._browser,
                length_s=take.length_s,
                cookies=dict(take.presentation.cookies),
                ready_s=self._ready_s,
            )
            order.write(job)
        session = (sys.executable, "-m", __package__, str(job))
        code = self._filming.run(take, session, home=job, watch=watch, name=f"the converter {NAME}")
        try:
            return Result.read(job)
        except (OSError, ValueError) as error:
            reason = job / "reason"
            why = reason.read_text() if reason.exists() else f"exit code {code}"
            raise RecordingFailed(f"filming failed: {masked(why)}", hint=f"its log is {take.log}") from error


def _sound(presentation: Presentation) -> Path | None:
    """Find the file with the sound, which in recordings with cameras is theirs; None if there is none."""
    if presentation.folder is None:
        return None
    names = (*film_names(CAMERAS), *film_names(SOUND))
    paths = (presentation.folder / name for name in names)
    sound = next((path for path in paths if path.is_file() and path.stat().st_size), None)
    return sound if sound is not None and probe(sound).has_audio else None


def _joined(take: Take, sound: Path | None, result: Result) -> Path:
    """Put the sound beside the picture, so that it begins when the player began."""
    picture, raw = take.job / "picture.mkv", take.job / "raw.mkv"
    if sound is None:
        return picture
    command = (
        *("ffmpeg", "-nostdin", "-hide_banner", "-v", "error", "-y", "-i", f"file:{picture}"),
        *("-itsoffset", f"{result.began_s:.3f}", "-i", f"file:{sound}", "-map", "0:v:0", "-map", "1:a:0"),
        *("-c", "copy", "-t", f"{math.ceil(take.length_s + result.began_s)}", f"file:{raw}"),
    )
    limit_s = 60 + take.length_s
    code = run(command, timeout_s=limit_s, cwd=take.job, env=clean_environment(), log=take.log, stop=take.stop)
    check_not_killed(code, "ffmpeg")
    if code:
        raise RecordingFailed(f"ffmpeg could not add the sound (exit code {code})", hint=last_lines(take.log))
    with disk_errors(picture):
        picture.unlink()
    return raw
