"""The converter "render": starts a process for each conversion, watches it, checks its video, and puts it in place."""

import logging
import shutil
import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path

from bbbmig.convert.install_file import install
from bbbmig.convert.probe import check_media
from bbbmig.convert.published_files import PublishedFiles
from bbbmig.convert.render.job import PROGRESS, RESULT, Job, Rendered, read_result
from bbbmig.convert.render.libraries import check_libraries
from bbbmig.convert.render.options import Options
from bbbmig.convert.supervised_process import check_not_killed, clean_environment, last_lines, run
from bbbmig.convert.work_folder import job_folder
from bbbmig.domain.conversion import Conversion, Presentation, Progress, Verdict
from bbbmig.domain.presentation_files import RENDERED
from bbbmig.errors import BbbmigError, ConfigError, RecordingFailed
from bbbmig.transfer.disk import check_room, disk_errors

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

    `work` has room for unfinished videos, and for files to be fetched; the system's temporary folder by default.
    `published` fetches presentations that have no folder on this machine yet.
    """

    name = NAME
    reads = RENDERED

    def __init__(
        self,
        options: Options | None = None,
        *,
        work: Path | None = None,
        published: PublishedFiles | None = None,
        limit_factor: float = 1.5,
        limit_extra_s: float = 300.0,
    ) -> None:
        """Convert with these options. A job may take `limit_factor` times the length and `limit_extra_s`."""
        self._options = options or Options()
        self._work = (work or Path(tempfile.gettempdir()) / "bbbmig-render").absolute()
        self._published = published or PublishedFiles(work=self._work)
        self._limit_factor = limit_factor
        self._limit_extra_s = limit_extra_s

    def preflight(self, presentation: Presentation) -> Verdict:
        """Read the recording's small files and say what could not be shown. Raise RemoteError if they cannot be had."""
        if missing := check_libraries():
            return Verdict(able=False, faithful=False, reasons=tuple(error.message for error in missing))
        # only now: these load the libraries
        from bbbmig.convert.render.files import open_files  # noqa: PLC0415
        from bbbmig.convert.render.preflight import verdict  # noqa: PLC0415

        with self._published.fetched(presentation) as local, open_files(local) as files:
            return verdict(files, presentation.record_id)

    def convert(
        self, presentation: Presentation, target: Path, *, progress: Progress, stop: threading.Event
    ) -> Conversion:
        """Make the video. Raises as `Converter.convert`."""
        self._check(target)
        with self._published.fetched(presentation, stop=stop) as local, job_folder(self._work) as folder:
            made = folder / f"video{target.suffix}"
            rendered = self._run(local, folder, made, progress, stop)
            probed = check_media(made, expected_s=rendered.duration_s, tolerance_s=_TOLERANCE_S, needs_video=True)
            beside = _put_beside(folder, rendered.beside, target)
            try:
                install(made, target)
            except BbbmigError:
                for path in beside:
                    path.unlink(missing_ok=True)
                raise
            notes = (*local.notes, *rendered.notes, *(f"beside it: {path.name}" for path in beside))
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
        self, presentation: Presentation, folder: Path, video: Path, progress: Progress, stop: threading.Event
    ) -> Rendered:
        """Run the process in its folder; return what it says of the video."""
        length_s = self._check_room(presentation, folder)
        assert presentation.folder is not None  # noqa: S101 - it was fetched
        output = folder / "log"
        with disk_errors(folder):
            Job(
                record_id=presentation.record_id,
                folder=presentation.folder.absolute(),
                title=presentation.title,
                start=presentation.start,
                options=self._options,
                video=video.name,
            ).write(folder)

        def watch(_elapsed_s: float) -> None:
            _tell(folder / PROGRESS, progress)
            check_room(folder, 0, what="the rest of a video")

        code = run(
            (sys.executable, "-m", "bbbmig.convert.render.__main__", str(folder)),
            timeout_s=self._limit_extra_s + self._limit_factor * length_s,
            cwd=folder,
            env=clean_environment(TMPDIR=str(folder), **dict.fromkeys(_ONE_THREAD, "1")),
            log=output,
            stop=stop,
            kill_wait_s=2.0,
            watch=watch,
        )
        check_not_killed(code, "the renderer")
        if code or not (folder / RESULT).is_file():
            raise RecordingFailed(f"the renderer ended with exit code {code}", hint=last_lines(output))
        _tell(folder / PROGRESS, progress)
        return read_result(folder)

    def _check_room(self, presentation: Presentation, folder: Path) -> float:
        """Look whether the disk has room for the video; return the length, 0 if it is not known yet."""
        from bbbmig.convert.render.files import open_files  # noqa: PLC0415 - loads libraries
        from bbbmig.convert.render.prepared import expected_length_s  # noqa: PLC0415

        with open_files(presentation) as files:
            length_s = expected_length_s(files)
        larger = (self._options.height / _LINES) ** 2 * 2 ** ((_QUALITY - self._options.quality) / _DOUBLES)
        check_room(folder, round(length_s * _BYTES_PER_S * larger), what=f"a video of {length_s / 60:.0f} minutes")
        return length_s


def _tell(path: Path, progress: Progress) -> None:
    """Pass on how far the process is."""
    if path.is_file():
        done, whole = path.read_text().split()
        progress(float(done), float(whole))


def _put_beside(folder: Path, names: Sequence[str], final: Path) -> list[Path]:
    """Put captions and chat beside the video, as `NAME.fr.vtt` and `NAME.chat.txt`."""
    made = []
    for name in names:
        path = final.with_name(f"{final.stem}.{name}")
        with disk_errors(path):
            shutil.copyfile(folder / name, path)
        made.append(path)
    return made
