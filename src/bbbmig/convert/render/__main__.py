"""One conversion, in a process of its own: `python -m bbbmig.convert.render.__main__ FOLDER`.

FOLDER holds `job.json` (what to do), and gets `progress` (seconds done and in all), the video, what goes beside it,
and at the end `result.json`: what was made, or which error ended it. Nothing is fetched: the presentation is a folder.
"""

import errno
import logging
import sys
from pathlib import Path

from bbbmig.convert.render.encode.sidecar import write_captions, write_chat
from bbbmig.convert.render.files import open_files
from bbbmig.convert.render.job import PROGRESS, Job, Rendered, write_result
from bbbmig.convert.render.pipeline import produce
from bbbmig.errors import BbbmigError, MachineError
from bbbmig.transfer.disk import disk_error
from bbbmig.transfer.whole_file import write_whole

_OF_THIS_MACHINE = frozenset(
    {
        *(errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO, errno.ESTALE),
        *(errno.EACCES, errno.EPERM, errno.EMFILE, errno.ENFILE, errno.ENOMEM),
    }
)


def main(folder: Path) -> None:
    """Do the job of a folder; leave its result there."""
    job = Job.read(folder)
    video = folder / job.video

    def told(done: float, whole: float) -> None:
        write_whole(folder / PROGRESS, f"{done} {whole}")

    try:
        with open_files(job.presentation) as files:
            made = produce(job.presentation, files, job.options, video, told)
            beside = write_captions(files, folder) if job.options.captions else []
            beside += write_chat(files, folder) if job.options.chat else []
        names = tuple(path.name for path in beside)
        result: Rendered | BbbmigError = Rendered(duration_s=made.duration_s, notes=made.notes, beside=names)
    except BbbmigError as error:
        result = error
    except MemoryError:
        result = MachineError("this machine has no memory left for the renderer", hint="use fewer --jobs")
    except OSError as error:
        if error.errno not in _OF_THIS_MACHINE:
            raise
        result = disk_error(video, error)
        video.unlink(missing_ok=True)  # the result needs some room
    write_result(folder, result)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    main(Path(sys.argv[1]))
