"""Find out beforehand what filming a browser would lack."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from bbbmig.convert.work_folder import work_problems
from bbbmig.errors import ConfigError

_LIMIT_S = 20.0


def check_screen(*, work: Path, browser: str = "chromium") -> tuple[ConfigError, ...]:
    """Return what is missing, each with what to do; nothing if it should work."""
    return (*_of_programs(browser), *_of_ffmpeg(), *work_problems(work))


def _of_programs(browser: str) -> Iterator[ConfigError]:
    """Look for the browser and the X server."""
    if shutil.which(browser) is None:
        yield ConfigError(
            f"{browser} is missing",
            hint="apt install chromium, or set converter.screen.browser to a Chromium or Chrome",
        )
    if shutil.which("Xvfb") is None:
        yield ConfigError("Xvfb is missing", hint="apt install xvfb")


def _of_ffmpeg() -> Iterator[ConfigError]:
    """See whether ffmpeg can film an X display, which small builds cannot."""
    try:
        done = subprocess.run(
            ("ffmpeg", "-hide_banner", "-devices"),  # noqa: S607 - found in PATH, as everywhere
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_LIMIT_S,
            check=False,
        )
    except FileNotFoundError:
        yield ConfigError("ffmpeg is missing", hint="apt install ffmpeg")
        return
    if "x11grab" not in done.stdout:
        yield ConfigError("this ffmpeg cannot film a screen (x11grab)", hint="use the one of the distribution")
