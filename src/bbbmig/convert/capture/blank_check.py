"""See whether a video shows anything: a browser that failed leaves hours of one colour.

docs/facts/conversion.md#what-a-browser-records
"""

import re
import subprocess
from pathlib import Path

from bbbmig.convert.probe import INSTALL_FFMPEG
from bbbmig.errors import ConfigError, RecordingFailed
from bbbmig.transfer.disk import start_error

_PLACES = (0.5, 0.1, 0.3, 0.7, 0.9)
_CONTRAST = 24
_LIMIT_S = 120.0
_BRIGHTNESS = re.compile(r"lavfi\.signalstats\.Y(MIN|MAX)=(\d+)")


def check_pictures(path: Path, duration_s: float) -> None:
    """Look at up to five pictures. Raise RecordingFailed when each is of one brightness, or none can be read."""
    if all(_contrast(path, place * duration_s) < _CONTRAST for place in _PLACES):
        raise RecordingFailed(
            f"{path.name} shows one colour from beginning to end", hint="look at its log: did the page open?"
        )


def _contrast(path: Path, at_s: float) -> int:
    """Return the difference between the brightest and the darkest point of a picture, 0 to 255."""
    command = (
        *("ffmpeg", "-nostdin", "-v", "error", "-ss", f"{at_s:.3f}", "-i", f"file:{path}", "-frames:v", "1", "-an"),
        *("-vf", "signalstats,metadata=print:file=-", "-f", "null", "-"),
    )
    try:
        done = subprocess.run(  # noqa: S603 - a list, no shell
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_LIMIT_S, check=False
        )
    except FileNotFoundError as error:
        raise ConfigError("ffmpeg is missing", hint=INSTALL_FFMPEG) from error
    except OSError as error:
        raise start_error("ffmpeg", error) from error
    except subprocess.TimeoutExpired as error:
        raise RecordingFailed(f"{path.name} could not be read in {_LIMIT_S:.0f} s", hint="is its disk well?") from error
    found = {name: int(value) for name, value in _BRIGHTNESS.findall(done.stdout)}
    return found.get("MAX", 0) - found.get("MIN", 0)
