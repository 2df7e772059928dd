"""Captions of videos in Pod: by its own files and tracks with USE_PODFILE, else by our file in Pod.

docs/facts/pod-rest.md#videos: without USE_PODFILE, a track cannot have a file over REST. Pod takes the same track again
and again, so what a video has is looked at first.
"""

import logging
import threading
from collections.abc import Mapping

from bbbmig.domain.target import User
from bbbmig.pod import extension
from bbbmig.pod.client import PodServer
from bbbmig.pod.errors import Invalid, NoSuchObject, NoSuchRoute
from bbbmig.pod.json_row import Row
from bbbmig.pod.once import sent_once

log = logging.getLogger(__name__)

FOLDERS, FILES, TRACKS = "/rest/folders/", "/rest/files/", "/rest/tracks/"
OURS = "/rest/bbbmig/captions/"
FOLDER = "BigBlueButton"
"""The folder of each owner that receives the files."""
NO_WAY = "Pod takes no captions"


class Captions:
    """The captions of one Pod's videos; may be shared between threads. All methods raise as `PodServer.get`."""

    def __init__(self, server: PodServer) -> None:
        """Use that Pod; nothing is sent yet."""
        self._server = server
        self._lock = threading.Lock()
        self._has_files: bool | None = None
        self._has_our_route = True
        self._folders: dict[int, int] = {}

    def give(self, video: int, owner: User, texts: Mapping[str, str]) -> dict[str, str]:
        """Give a video subtitles, by language, once: what it has of a language stays. Return why some are refused."""
        way = self._by_files if self._files() else self._by_our_file
        there = self._languages(video) if self._files() else set()
        refused: dict[str, str] = {}
        for language, text in texts.items():
            if language in there:
                continue
            try:
                way(video, owner, language, text)
            except Invalid as error:
                refused[language] = error.message
            except (NoSuchRoute, NoSuchObject):
                self._say_what_is_missing()
                refused[language] = NO_WAY
        return refused

    def can_be_given(self) -> bool:
        """Tell whether this Pod has a way to take captions; say what is missing if it has none."""
        if self._files():
            return True
        try:
            self._server.options(OURS, what="captions in Pod")
        except (NoSuchRoute, NoSuchObject):
            self._say_what_is_missing()
            return False
        return True

    def _files(self) -> bool:
        """Tell whether this Pod has files of users (USE_PODFILE)."""
        with self._lock:
            if self._has_files is None:
                try:
                    self._server.get(FILES, what="files in Pod")
                    self._has_files = True
                except (NoSuchRoute, NoSuchObject):
                    self._has_files = False
            return self._has_files

    def _languages(self, video: int) -> set[str]:
        """Return the languages of which a video has captions."""
        rows = self._server.read_all(TRACKS, what=f"captions of video {video} in Pod", params={"video": video})
        return {row.text("lang") for row in rows if row.link("video") == video and row.raw("src") is not None}

    def _by_our_file(self, video: int, _owner: User, language: str, text: str) -> None:
        """Have our file in Pod give them."""
        body = {"video": video, "lang": language, "text": text}
        self._server.post(OURS, body, what=f"captions of video {video} in Pod", repeatable=True)

    def _by_files(self, video: int, owner: User, language: str, text: str) -> None:
        """Send the file into a folder of the owner's, then say that it is a track of the video."""
        what = f"captions of video {video} in Pod"
        name = f"caption_{language}"
        user = f"/rest/users/{owner.id}/"
        data = {"name": name, "folder": f"{FOLDERS}{self._folder(owner)}/", "created_by": user}
        sent = {"file": (f"{name}.vtt", text.encode(), "text/vtt")}
        file = Row(self._server.send("POST", FILES, what=what, data=data, files=sent), what).number("id")
        track = {"video": f"/rest/videos/{video}/", "kind": "subtitles", "lang": language, "src": f"{FILES}{file}/"}
        sent_once(
            lambda: bool(self._server.post(TRACKS, track, what=what)),
            lambda: True if language in self._languages(video) else None,
        )

    def _folder(self, owner: User) -> int:
        """Return the number of the owner's folder for captions, made if need be."""
        with self._lock:
            if owner.id not in self._folders:
                body = {"name": FOLDER, "owner": f"/rest/users/{owner.id}/"}
                try:
                    made = self._server.post(FOLDERS, body, what=f"folder of {owner.username} in Pod")
                    self._folders[owner.id] = made.number("id")
                except Invalid:  # it is there; the list has no filter
                    rows = self._server.read_all(FOLDERS, what="folders in Pod")
                    self._folders |= {row.link("owner"): row.number("id") for row in rows if row.text("name") == FOLDER}
                    if owner.id not in self._folders:
                        raise
            return self._folders[owner.id]

    def _say_what_is_missing(self) -> None:
        """Say once what this Pod needs."""
        with self._lock:
            if self._has_our_route:
                log.warning(
                    "videos get no captions: Pod has USE_PODFILE = False, and no bbbmig file of version 1.2 or newer: "
                    "replace pod/custom/%s by what `bbbmig pod-extension` prints, and restart Pod",
                    extension.FILE_NAME,
                )
            self._has_our_route = False
