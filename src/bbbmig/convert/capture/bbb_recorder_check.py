"""Find out beforehand why bbb-recorder would fail: it hangs or exits with 0 when something is missing."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from bbbmig.convert.capture.bbb_recorder import NAME, SCRIPT
from bbbmig.convert.work_folder import work_problems
from bbbmig.errors import ConfigError

CHROME = Path("/usr/bin/google-chrome")
"""Where it looks for the browser; there is no setting for it."""
FIRST_WITHOUT = {"Google Chrome": 137, "Chromium": 139}
"""The first versions that do not load bbb-recorder's extension: they ignore `--load-extension`, or its manifest."""

_LIMIT_S = 20.0
_VERSION = re.compile(r"(\d+)\.\d+")
_OLD_CHROME = (
    f"install a Google Chrome before version {FIRST_WITHOUT['Google Chrome']} as {CHROME} and hold it (apt-mark hold), "
    "or let the settings name another converter (render, screen)"
)


def check_bbb_recorder(
    directory: Path, *, work: Path, node: str = "node", chrome: Path = CHROME
) -> tuple[ConfigError, ...]:
    """Return what is wrong with an installation, each with what to do; nothing if it should work."""
    return tuple(
        problem
        for problems in (
            _of_installation(directory),
            _of_programs(node),
            _of_browser(directory, chrome),
            work_problems(work),
        )
        for problem in problems
    )


def _of_installation(directory: Path) -> Iterator[ConfigError]:
    """Look for the script and its modules."""
    if not (directory / SCRIPT).is_file():
        yield ConfigError(
            f"there is no {SCRIPT} in {directory}", hint=f"set the directory in which {NAME} was installed (git clone)"
        )
    elif not (directory / "node_modules").is_dir():
        yield ConfigError(f"{NAME}'s modules are not installed", hint=f"cd {directory} && npm install --ignore-scripts")


def _of_programs(node: str) -> Iterator[ConfigError]:
    """Look for the programs that it and we start."""
    for program, package in ((node, "nodejs"), ("Xvfb", "xvfb"), ("ffmpeg", "ffmpeg"), ("ffprobe", "ffmpeg")):
        if shutil.which(program) is None:
            yield ConfigError(f"{program} is missing", hint=f"apt install {package}")


def _of_browser(directory: Path, chrome: Path) -> Iterator[ConfigError]:
    """Look at the browser's version, and at what it can encode."""
    if not os.access(chrome, os.X_OK):
        yield ConfigError(f"there is no browser at {chrome}, where {NAME} looks for it", hint=_OLD_CHROME)
        return
    said = _version(chrome)
    found = _VERSION.search(said)
    kind = "Chromium" if "Chromium" in said else "Google Chrome"
    if found is None:
        yield ConfigError(f"{chrome} --version says {said!r}", hint="does it start at all?")
    elif int(found[1]) >= FIRST_WITHOUT[kind]:
        why = f"{kind} {FIRST_WITHOUT[kind]} and later ignore --load-extension"
        yield ConfigError(
            f"{said} does not load {NAME}'s extension, which would wait for ever ({why})", hint=_OLD_CHROME
        )
    elif kind == "Chromium" and _asks_for_h264(directory):
        yield ConfigError(
            f"{said} cannot encode H.264, which {NAME} asks for: its files would have 0 bytes",
            hint="install Google Chrome, or let background.js ask for video/webm;codecs=vp8,opus",
        )


def _version(chrome: Path) -> str:
    """Ask a browser for its version: `Google Chrome 120.0.6099.109`, or `Chromium …`."""
    try:
        done = subprocess.run(  # noqa: S603 - the browser of the settings
            (chrome, "--version"),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_LIMIT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return " ".join((done.stdout.strip() or done.stderr).split())


def _asks_for_h264(directory: Path) -> bool:
    """Tell whether its extension asks the browser for H.264, as published."""
    try:
        return "h264" in (directory / "background.js").read_text(errors="replace").lower()
    except OSError:
        return False
