"""One conversion, in a process of its own: `python -m bbbmig.convert.render.__main__ FOLDER`.

FOLDER holds `job.json` (what to do), and gets `progress` (seconds done and in all), the video, what goes beside it,
and at the end `result.json`: what was made, or which error ended it.
"""

import json
import logging
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bbbmig.convert.render.encode.sidecar import write_captions, write_chat
from bbbmig.convert.render.files import open_files
from bbbmig.convert.render.job import PROGRESS, RESULT, Job
from bbbmig.convert.render.pipeline import produce
from bbbmig.errors import BbbmigError


def main(folder: Path) -> None:
    """Do the job of a folder; leave its result there."""
    job = Job.read(folder)

    def told(done: float, whole: float) -> None:
        draft = folder / f"{PROGRESS}~"
        draft.write_text(f"{done} {whole}")
        draft.replace(folder / PROGRESS)

    try:
        with open_files(job.presentation, job.cache or folder / "files", timeout_s=job.timeout_s) as files:
            made = produce(job.presentation, files, job.options, folder / job.video, told)
            beside = write_captions(files, folder) if job.options.captions else []
            beside += write_chat(files, folder) if job.options.chat else []
        result: dict[str, Any] = {**asdict(made), "beside": [path.name for path in beside]}
    except BbbmigError as error:
        result = {"error": type(error).__name__, "message": error.message, "hint": error.hint}
    (folder / RESULT).write_text(json.dumps(result))


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    main(Path(sys.argv[1]))
