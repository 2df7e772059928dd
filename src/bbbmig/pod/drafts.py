"""Drafts in Pod that change hands (docs/facts/pod-rest.md#videos)."""

import contextlib
from collections.abc import Sequence

from bbbmig.domain.target import User, Video
from bbbmig.errors import RecordingFailed, RemoteError
from bbbmig.pod.client import PodServer
from bbbmig.pod.videos import ROUTE, Videos, video_number


class Drafts:
    """The drafts of one Pod. Methods raise as `PodServer.get`."""

    def __init__(self, server: PodServer, videos: Videos) -> None:
        """Use that Pod; nothing is sent yet."""
        self._server = server.in_its_language()
        self._videos = videos

    def give(self, slug: str, before: str, owner: User, also: Sequence[User], description: str) -> Video:
        """Give a draft of the user `before` to others, with another description; return it as it is then.

        What Pod answers is not believed, since Pod 4 breaks over showing a video that has a thumbnail: it is looked for
        among the new owner's videos. Raise RecordingFailed if it is no draft of `before` any more, RemoteError if Pod
        does not keep the change.
        """
        number = video_number(slug)
        there = self._of(before, number)
        if there is None or not there.is_draft:
            raise RecordingFailed(f"{slug} is no draft of {before} any more", hint="look at the video in Pod")
        values = {
            "owner": f"/rest/users/{owner.id}/",
            "additional_owners": [f"/rest/users/{user.id}/" for user in also],
            "description": description,
        }
        with contextlib.suppress(RemoteError):
            self._server.patch(f"{ROUTE}{number}/", values, what=f"video {slug} in Pod")
        given = self._of(owner.username, number)
        if given is None or given.description.strip() != description.strip():
            raise RemoteError(f"Pod does not give {slug} to {owner.username}", hint="run again; see Pod's log")
        return given

    def _of(self, username: str, number: int) -> Video | None:
        return next((one for one in self._videos.of_user(username) if one.id == number), None)
