"""The converter "render": starts a process for each conversion, watches it, checks its video, and puts it in place."""

import json
import logging
import shutil
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

from bbbmig import errors
from bbbmig.convert.install_file import is_part, place
from bbbmig.convert.probe import check_media
from bbbmig.convert.render.job import PROGRESS, RESULT, Job
from bbbmig.convert.render.libraries import check_libraries
from bbbmig.convert.render.options import Options
from bbbmig.convert.supervised_process import clean_environment, last_lines, run
from bbbmig.convert.work_folder import job_folder
from bbbmig.domain.conversion import Conversion, Presentation, Progress, Verdict
from bbbmig.errors import BbbmigError, ConfigError, RecordingFailed
from bbbmig.transfer.partial_file import check_room, disk_errors

log = logging.getLogger(__name__)

NAME = "render"

_SUFFIXES = {"aac": (".mp4", ".m4v", ".mkv"), "copy": (".mkv",)}
_BYTES_PER_S = 90_000
"""Room for a second of 720 lines with cameras: twice what was seen at the usual quality; it doubles every 6 steps."""
_LINES, _QUALITY, _DOUBLES = 720, 23, 6
_TOLERANCE_S = 1.0
_ONE_THREAD = ("VIPS_CONCURRENCY", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")


class RenderConverter:
    """Draws the presentation itself, without a browser; may be used by many threads, each with one core.

    `cache` keeps fetched files for later runs, else they are dropped. `work` has room for unfinished videos; the
    system's temporary folder by default. `timeout_s` is the longest silence of the server.
    """

    name = NAME

    def __init__(
        self,
        options: Options | None = None,
        *,
        cache: Path | None = None,
        work: Path | None = None,
        timeout_s: float = 60.0,
        limit_factor: float = 1.5,
        limit_extra_s: float = 300.0,
    ) -> None:
        """Convert with these options. A job may take `limit_factor` times the length and `limit_extra_s`."""
        self._options = options or Options()
        self._cache = cache.absolute() if cache else None
        self._work = (work or Path(tempfile.gettempdir()) / "bbbmig-render").absolute()
        self._timeout_s = timeout_s
        self._limit_factor = limit_factor
        self._limit_extra_s = limit_extra_s

    def preflight(self, presentation: Presentation) -> Verdict:
        """Read the recording's small files and say what could not be shown. Raise RemoteError if they cannot be had."""
        if missing := check_libraries():
            return Verdict(able=False, faithful=False, reasons=tuple(error.message for error in missing))
        # only now: these load the libraries
        from bbbmig.convert.render.files import open_files  # noqa: PLC0415
        from bbbmig.convert.render.preflight import verdict  # noqa: PLC0415

        with open_files(presentation, self._cache, timeout_s=self._timeout_s) as files:
            return verdict(files, presentation.record_id)

    def convert(
        self, presentation: Presentation, target: Path, *, progress: Progress, stop: threading.Event
    ) -> Conversion:
        """Make the video. Raises as `Converter.convert`."""
        final = _final_name(target)
        self._check(final)
        with job_folder(self._work) as folder:
            result = self._run(presentation, folder, f"video{final.suffix}", progress, stop)
            made = folder / f"video{final.suffix}"
            probed = check_media(made, expected_s=result["duration_s"], tolerance_s=_TOLERANCE_S, needs_video=True)
            beside = _put_beside(folder, result["beside"], final)
            try:
                if is_part(target):
                    target.unlink(missing_ok=True)
                place(made, target)
            except BbbmigError:
                for path in beside:
                    path.unlink(missing_ok=True)
                raise
        notes = (*result["notes"], *(f"beside it: {path.name}" for path in beside))
        return Conversion(path=target, duration_s=probed.duration_s, converter=NAME, notes=notes)

    def _check(self, final: Path) -> None:
        """Raise ConfigError when it cannot work at all."""
        for missing in check_libraries():
            raise missing
        allowed = _SUFFIXES[self._options.sound]
        if final.suffix not in allowed:
            raise ConfigError(
                f"{final.name}: the renderer writes {' and '.join(allowed)} with sound {self._options.sound!r}",
                hint="change the file's name, or the sound: aac fits into mp4, a copy of the recording's into mkv",
            )

    def _run(
        self, presentation: Presentation, folder: Path, video: str, progress: Progress, stop: threading.Event
    ) -> dict[str, Any]:
        """Run the process in its folder; give what it says of the video."""
        length_s = self._check_room(presentation, folder)
        job = Job(
            presentation=presentation,
            options=self._options,
            video=video,
            cache=self._cache,
            timeout_s=self._timeout_s,
        )
        output = folder / "log"
        with disk_errors(folder):
            job.write(folder)
        code = run(
            (sys.executable, "-m", "bbbmig.convert.render.__main__", str(folder)),
            timeout_s=self._limit_extra_s + self._limit_factor * length_s,
            cwd=folder,
            env=clean_environment(TMPDIR=str(folder), **dict.fromkeys(_ONE_THREAD, "1")),
            log=output,
            stop=stop,
            kill_wait_s=2.0,
            watch=lambda _elapsed_s: _tell(folder / PROGRESS, progress),
        )
        if code or not (folder / RESULT).is_file():
            raise RecordingFailed(f"the renderer ended with exit code {code}", hint=last_lines(output))
        _tell(folder / PROGRESS, progress)
        result: dict[str, Any] = json.loads((folder / RESULT).read_text())
        if "error" in result:
            raise _error(result)
        return result

    def _check_room(self, presentation: Presentation, folder: Path) -> float:
        """Look whether the disk has room for films and video; give the length, 0 if it is not known yet."""
        from bbbmig.convert.render.files import media_name, open_files  # noqa: PLC0415 - loads libraries
        from bbbmig.convert.render.prepared import expected_length_s  # noqa: PLC0415

        with open_files(presentation, self._cache, timeout_s=self._timeout_s) as files:
            length_s = expected_length_s(files, is_here=presentation.folder is not None)
            larger = (self._options.height / _LINES) ** 2 * 2 ** ((_QUALITY - self._options.quality) / _DOUBLES)
            needed = length_s * _BYTES_PER_S * larger
            if presentation.folder is None:
                names = (media_name(files, stem) for stem in ("video/webcams", "audio/audio", "deskshare/deskshare"))
                needed += sum(files.size(name) or 0 for name in names if name)
        check_room(folder, round(needed), what=f"a video of {length_s / 60:.0f} minutes with its films")
        return length_s


def _final_name(target: Path) -> Path:
    """Give the name that the file will have: targets may be those of unfinished files (`place.part_of`)."""
    name = target.name.removeprefix(".").removesuffix(".part") if is_part(target) else target.name
    return target.with_name(name)


def _tell(path: Path, progress: Progress) -> None:
    """Pass on how far the process is."""
    if path.is_file():
        done, whole = path.read_text().split()
        progress(float(done), float(whole))


def _error(result: dict[str, Any]) -> BbbmigError:
    """Give the error that ended the process."""
    kind = getattr(errors, str(result["error"]), RecordingFailed)
    made: BbbmigError = kind(result["message"], hint=result["hint"])
    return made


def _put_beside(folder: Path, names: list[str], final: Path) -> list[Path]:
    """Put captions and chat beside the video, as `NAME.fr.vtt` and `NAME.chat.txt`."""
    made = []
    for name in names:
        path = final.with_name(f"{final.stem}.{name}")
        with disk_errors(path):
            shutil.copyfile(folder / name, path)
        made.append(path)
    return made
