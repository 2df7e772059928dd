"""Ways by which a file becomes a video in Pod: sent over REST, or dropped into the recorder's directory."""

import os
import threading
from collections.abc import Collection
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Protocol

from bbbmig.apply.ports import BytesProgress, Install, VideosPort
from bbbmig.domain.file_names import copy_name, short_id_in
from bbbmig.domain.target import User, Video, VideoRequest
from bbbmig.transfer.throttle import Throttle


class Sender(Protocol):
    """One way. Sent twice, a file has the effect of once."""

    def send(self, file: Path, video: VideoRequest, *, copy: bool, progress: BytesProgress) -> Video | str:
        """Make a video of a whole file, which stays; `copy`: others get one of the same file.

        Return the title under which Pod has it for now where it is too early for its own: see `VideosPort.take_over`.
        Raise RecordingFailed when Pod does not take it, RemoteError when it is not known whether it did.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """Sends files over REST; `throttle` limits all threads together."""

    videos: VideosPort
    stop: threading.Event
    throttle: Throttle

    def send(self, file: Path, video: VideoRequest, *, copy: bool, progress: BytesProgress) -> Video:  # noqa: ARG002
        """Send it."""
        return self.videos.upload(file, video, progress=progress, stop=self.stop, throttle=self.throttle)


class PublishingRecorder(Protocol):
    """Pod's recorder, which makes videos of files."""

    def publish(self, file: str, *, title: str, user: User) -> None:
        """Have Pod make a video of a file once, whatever happened before."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Drop:
    """Drops files. `directory` is the recorder's here, `pod_directory` the same as Pod's server sees it.

    A file's name may have `room` characters; `install_copy` puts a copy of a file there under its name, safely.
    `in_pod` are names of files that Pod's recorder knew when the run began, `again` the short ids of recordings that
    are published once more: Pod takes no file of a name that it has taken before.
    """

    videos: VideosPort
    recorder: PublishingRecorder
    directory: Path
    pod_directory: str
    room: int
    install_copy: Install
    in_pod: Collection[str] = ()
    again: Collection[str] = ()

    def send(self, file: Path, video: VideoRequest, *, copy: bool, progress: BytesProgress) -> Video | str:  # noqa: ARG002
        """Drop it, unless a run that was killed has; then give the video its title and dates, if Pod encodes it.

        Until then its title is the file's name, by which it can be told from others of the same owner.
        """
        pod_directory = self.pod_directory.rstrip("/")
        name = copy_name(file.name, video.owner.username, room=self.room) if copy else file.name
        if short_id_in(name) in self.again:
            name = self._new(name)
        target = self.directory / name
        title = target.stem
        if os.path.lexists(target) or name not in self.in_pod:
            self.install_copy(file, target)  # what is there already must be the same
            self.recorder.publish(f"{pod_directory}/{name}", title=title, user=video.owner)
        return self.videos.take_over(title, video) or title

    def _new(self, name: str) -> str:
        """Return a name that Pod has not taken before, made of one that it may have taken."""
        names = (copy_name(name, str(number), room=self.room) for number in count(2))
        return name if name not in self.in_pod else next(one for one in names if one not in self.in_pod)
