"""The chapters of published files, given to Pod's videos."""

from collections.abc import Callable
from pathlib import Path

from bbbmig.convert.probe import chapters_in
from bbbmig.domain.chapters import whole_chapters
from bbbmig.domain.target import Video
from bbbmig.pod.chapters import LONGEST_TITLE, add_chapters
from bbbmig.runs.run import Run


def chapters_to_pod(run: Run) -> Callable[[Path, Video], None]:
    """Return what gives the chapters of a file to a video."""

    def give(file: Path, video: Video) -> None:
        chapters = whole_chapters(chapters_in(file, stop=run.adapters.stop), LONGEST_TITLE)
        add_chapters(run.adapters.pod, video.id, chapters)

    return give
