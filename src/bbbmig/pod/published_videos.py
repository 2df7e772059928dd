"""Videos that were published before: which of them Pod still has, and their encoding begun once more.

docs/facts/pod-rest.md#videos: lists of all videos break, `user_videos` works; so each owner is asked for, 12 a page,
where our file is not in Pod. It answers for five hundred videos at once.
"""

import logging
from collections.abc import Collection
from itertools import islice

from bbbmig.domain.person import folded
from bbbmig.domain.target import User, Video
from bbbmig.domain.video_standing import SeenInPod
from bbbmig.errors import RecordingFailed, RemoteError
from bbbmig.pod.client import PodServer, side_by_side
from bbbmig.pod.errors import NoSuchObject, NoSuchRoute
from bbbmig.pod.video_values import numbered
from bbbmig.pod.videos import Videos, video_number

log = logging.getLogger(__name__)

FAILURES = 3
"""After so many people whose videos Pod cannot list, it is asked for no more: it is not well."""
SAMPLE = 50
"""So many of the videos that are in no list are looked for one by one; more only if one of these exists."""
RESTART = "/rest/bbbmig/encodings/"
SEEN = "/rest/bbbmig/videos/"
AT_ONCE = 500
"""So many videos our file takes in one request: their numbers fit into an address."""
_STUCK = (
    "in Pod's administration, /admin/video/video/, choose it and have it encoded; or put the newest file of "
    "`bbbmig pod-extension` into Pod: with it, bbbmig can"
)


class PublishedVideos:
    """The videos that bbbmig published in one Pod. All methods raise as `PodServer.get`."""

    def __init__(self, server: PodServer, videos: Videos) -> None:
        """Use that Pod; nothing is sent yet."""
        self._server = server
        self._videos = videos

    def numbered(self, numbers: Collection[int]) -> dict[int, Video] | None:
        """Return those of these videos that exist, by number; None if that takes asking for each owner.

        It does where our file in Pod is older than 1.2 or is not there.
        """
        wanted = sorted(set(numbers))
        lots = [wanted[start : start + AT_ONCE] for start in range(0, len(wanted), AT_ONCE)]
        try:
            videos = [one for lot in lots[:1] for one in self._numbered(lot)]  # alone: it may not know this
            videos += [one for found in side_by_side(self._numbered, lots[1:]) for one in found]
        except (NoSuchRoute, NoSuchObject):
            return None
        except RemoteError as error:
            log.warning("%s (%s); asking for each owner instead", error.message, error.hint)
            return None
        return {one.id: one for one in videos}

    def _numbered(self, numbers: list[int]) -> list[Video]:
        """Ask for one lot."""
        params = {"ids": ",".join(map(str, numbers))}
        reply = self._server.get(SEEN, what="published videos in Pod", params=params)
        return [numbered(row) for row in reply.rows("results")]

    def of(self, users: Collection[User]) -> SeenInPod:
        """List the videos of these people, several of them side by side. For whom Pod cannot do it is `silent`."""
        found: dict[int, Video] = {}
        silent: set[str] = set()

        def ask(user: User) -> tuple[User, list[Video] | None]:
            if len(silent) >= FAILURES:
                return user, None
            try:
                return user, self._videos.of_user(user.username)
            except RemoteError as error:
                silent.add(folded(user.username))
                log.warning("%s (%s)", error.message, error.hint)
                return user, None

        for user, videos in side_by_side(ask, users):
            if videos is None:
                silent.add(folded(user.username))
            found |= {one.id: one for one in videos or ()}
        return SeenInPod(videos=found, silent=frozenset(silent))

    def existing(self, numbers: Collection[int]) -> set[int]:
        """Return those numbers that are videos of somebody. The newest are asked for; if none of them is, none is."""
        newest = iter(sorted(numbers, reverse=True))
        sample = list(islice(newest, SAMPLE))
        found = self._existing(sample)
        return found | self._existing(list(newest)) if found else set()

    def _existing(self, numbers: Collection[int]) -> set[int]:
        return {number for number, exists in zip(numbers, side_by_side(self._exists, numbers), strict=True) if exists}

    def _exists(self, number: int) -> bool:
        """Look for one video. Pod 4 breaks over showing one that has a thumbnail or tags: then it is there."""
        try:
            self._server.get(f"/rest/videos/{number}/", what=f"video {number} in Pod")
        except NoSuchObject:
            return False
        except RemoteError as error:
            log.info("%s: it exists", error.message)
        return True

    def encode_again(self, slug: str) -> None:
        """Have Pod encode a video whose encoding never ended. Raise RecordingFailed if that takes a person."""
        cleared = self._cleared(video_number(slug))
        try:
            row = self._server.get("/rest/launch_encode_view/", what=f"encoding of {slug}", params={"slug": slug})
        except NoSuchObject as error:
            raise RecordingFailed(f"Pod has no {slug} any more", hint="run again") from error
        if not cleared and row.flag("encoding_in_progress"):
            raise RecordingFailed(f"Pod says that it encodes {slug}, and begins it only when it does not", hint=_STUCK)

    def _cleared(self, number: int) -> bool:
        """Have our file in Pod take the mark away that says a video is being encoded; False without our file."""
        try:
            self._server.post(RESTART, {"ids": [number]}, what=f"encoding of video {number} in Pod", repeatable=True)
        except (NoSuchRoute, NoSuchObject):
            return False
        return True
