"""Which video Pod made of a file that somebody claimed: Pod keeps the file's name and the video apart.

docs/facts/pod-rest.md#the-page-of-claims: the video has the title that was typed and the moment of the claim, and
its owner may change the first afterwards.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bbbmig.domain.target import Video

_MADE_WITHIN_S = 600.0
"""How long Pod may take to make a video of a claimed file: it moves the file first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedFile:
    """A file that became a video: `name` without directory, `username` in Pod, `title` as typed, `claimed` aware."""

    name: str
    username: str
    title: str
    claimed: datetime


def videos_of(files: Iterable[ClaimedFile], videos: Iterable[Video]) -> dict[str, Video]:
    """Find the video of each of one person's claimed files, by name; what is not there has none.

    A video is taken for one file only: first where title and moment agree, then the title, then the moment.
    """
    left = {video.id: video for video in videos}
    missing = sorted(files, key=lambda file: file.claimed)
    found: dict[str, Video] = {}
    for agrees in (_by_both, _by_title, _by_moment):
        for file in missing:
            same = [video for video in left.values() if agrees(file, video)]
            if same:
                chosen = min(same, key=lambda video: (_apart_s(file, video), video.id))
                found[file.name] = left.pop(chosen.id)
        missing = [file for file in missing if file.name not in found]
    return found


def _by_both(file: ClaimedFile, video: Video) -> bool:
    return _by_title(file, video) and _by_moment(file, video)


def _by_title(file: ClaimedFile, video: Video) -> bool:
    return video.title.strip() == file.title.strip()


def _by_moment(file: ClaimedFile, video: Video) -> bool:
    return _apart_s(file, video) <= _MADE_WITHIN_S


def _apart_s(file: ClaimedFile, video: Video) -> float:
    return abs((video.added - file.claimed).total_seconds()) if video.added else float("inf")
