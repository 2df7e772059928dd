"""Chapters of videos in Pod, rows of their own, which its encoder leaves alone (docs/facts/pod-rest.md#videos)."""

import logging
from collections.abc import Iterable

from bbbmig.domain.chapters import Chapter
from bbbmig.pod.client import PodServer
from bbbmig.pod.errors import Invalid, NoSuchRoute

log = logging.getLogger(__name__)

ROUTE = "/rest/chapters/"
LONGEST_TITLE = 90
"""Pod takes 100 characters, and makes a name for addresses of number and title, which may have 105."""


def add_chapters(server: PodServer, video: int, chapters: Iterable[Chapter]) -> None:
    """Give chapters at whole seconds to a video, by its number. Pod refuses one that it has: twice does no harm.

    A Pod without chapters gets none. Raises as `PodServer.get`.
    """
    for one in chapters:
        row = {"video": f"/rest/videos/{video}/", "title": one.title, "time_start": int(one.start_s)}
        try:
            server.post(ROUTE, row, what=f"chapter of video {video} in Pod", repeatable=True)
        except Invalid as error:
            log.info("chapter %r at %d s: %s", one.title, one.start_s, error.message)
        except NoSuchRoute:
            log.info("Pod has no chapters: video %d gets none", video)
            return
