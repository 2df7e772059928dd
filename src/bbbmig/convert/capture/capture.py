"""What the converters that film a browser share: where they work, how long they may take, what makes their film good.

Each film takes as long as its recording. So its length is asked for first, room is made sure of before and looked at
meanwhile, and the film is believed only after a look at it.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bbbmig.convert.capture.remux import Expected, finish
from bbbmig.convert.duration import recording_length
from bbbmig.convert.published_files import PublishedFiles
from bbbmig.convert.supervised_process import check_not_killed, clean_environment, run
from bbbmig.convert.work_folder import job_folder, short_path
from bbbmig.domain.conversion import Conversion, Presentation, Progress
from bbbmig.domain.file_names import key_of
from bbbmig.domain.presentation_files import Purpose
from bbbmig.errors import NoSpace
from bbbmig.transfer.disk import RESERVE_BYTES, check_room, disk_errors, free_bytes

_BYTES_PER_S = 2_500_000 // 8
"""What bbb-recorder asks the browser for, and more than `screen` writes; either holds its film up to three times."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """One film to be made: of what, in which folder of its own, with which log. `length_s` is the recording's."""

    presentation: Presentation
    length_s: float
    job: Path
    log: Path
    progress: Progress
    stop: threading.Event

    def goes_on(self, done_s: float) -> None:
        """Tell how far it is. Raise NoSpace when the disk gets full."""
        self.progress(min(done_s, self.length_s), self.length_s)
        if free_bytes(self.job) < RESERVE_BYTES:
            raise NoSpace(f"{self.job.parent} got full while converting", hint="free some space, then run again")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filming:
    """The settings of a converter that films: `work` has room for its jobs' folders, `logs` keeps programs' output.

    A job may take `limit_factor` times the recording's length and `limit_extra_s`. The length of its film may be off
    by `tolerance_s`, or by `tolerance_ratio` of the length if that is more. `kill_wait_s` is what its programs have
    to end by themselves when told to.
    """

    work: Path
    logs: Path
    tolerance_s: float = 5.0
    tolerance_ratio: float = 0.02
    limit_factor: float = 1.15
    limit_extra_s: float = 180.0
    kill_wait_s: float = 10.0

    def run(self, take: Take, command: Sequence[str], *, home: Path, watch: Callable[[float], None], name: str) -> int:
        """Run a program in the take's folder, with that home; return its exit code. `watch` and raises as `run`'s."""
        with short_path(take.job / "tmp") as temporary:
            code = run(
                command,
                timeout_s=self.limit_factor * take.length_s + self.limit_extra_s,
                cwd=take.job,
                env=clean_environment(HOME=str(home), TMPDIR=str(temporary)),
                log=take.log,
                stop=take.stop,
                kill_wait_s=self.kill_wait_s,
                watch=watch,
                name=name,
            )
        check_not_killed(code, name)
        return code

    def convert(
        self,
        name: str,
        presentation: Presentation,
        target: Path,
        shoot: Callable[[Take], Path],
        reads: Purpose,
        progress: Progress,
        stop: threading.Event,
    ) -> Conversion:
        """Have `shoot` make a raw film, and make a video of it. Raises as `Converter.convert`, and what it raises."""
        log = self.logs.absolute() / log_name(presentation.record_id)
        with disk_errors(log):
            log.parent.mkdir(parents=True, exist_ok=True)
            log.unlink(missing_ok=True)
        published = PublishedFiles(work=self.work.absolute())
        with (
            published.fetched(presentation, reads, stop=stop) as local,
            job_folder(self.work.absolute()) as job,
        ):
            length = recording_length(local, stop=stop)
            length_s = length.seconds
            expected = Expected(length_s=length_s, tolerance_s=self.tolerance_s, tolerance_ratio=self.tolerance_ratio)
            check_room(job, round(3 * length_s * _BYTES_PER_S), what=f"a film of {length_s / 60:.0f} minutes")
            raw = shoot(Take(presentation=local, length_s=length_s, job=job, log=log, progress=progress, stop=stop))
            probed = finish(raw, target, expected, log=log, stop=stop)
        progress(length_s, length_s)
        notes = ["the picture shows the player with its chat: participants' names can be read", *length.notes]
        if not probed.has_audio:
            notes.append("there is no sound in it")
        return Conversion(path=target, duration_s=probed.duration_s, converter=name, notes=tuple(notes))


def log_name(record_id: str) -> str:
    """Name the log of a recording's conversion: a recordID is data, and never part of a path."""
    return f"{key_of(record_id)}.log"
