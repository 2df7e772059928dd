"""Videos in Pod: a file uploaded as a draft of its owner, once, and its encoding started.

docs/facts/pod-rest.md#videos

Pod 4 breaks when it shows a video that has a thumbnail or tags, having done what it was asked for; so videos are read
by the one route that always works, `user_videos`.
"""

import contextlib
import logging
import re
import threading
from dataclasses import replace
from pathlib import Path

import httpx

from bbbmig.domain.target import Video, VideoRequest
from bbbmig.domain.video_texts import is_of
from bbbmig.errors import RecordingFailed, RemoteError
from bbbmig.pod.client import PodServer
from bbbmig.pod.errors import Invalid, NoSuchObject, NotWaitedFor, TooLarge
from bbbmig.pod.json_row import Row
from bbbmig.pod.once import sent_once
from bbbmig.pod.upload_stream import Progress, Sending, Throttle
from bbbmig.pod.video_values import VideoType, created, listed, title_of, values

log = logging.getLogger(__name__)

ROUTE = "/rest/videos/"
_ATTEMPTS = 3
_LOOKS_AFTER_S = (2.0, 5.0, 15.0, 30.0)
"""When to look for a video whose reply was lost: Pod may still be storing it."""
_BEGINS_S = 1.5
"""After so long, a video that Pod does not encode waits in a queue, which may be long."""
_SETTLED_S = 3.0
"""After so long, what Pod's encoder had read before a change has been written."""


class Videos:
    """The videos of one Pod; may be shared between threads. All methods raise as `PodServer.get`."""

    def __init__(self, server: PodServer, *, reply_timeout_s: float = 600.0) -> None:
        """Use that Pod; `reply_timeout_s` is how long it may take to store a file after its last byte."""
        self._server = server.in_its_language()
        self._reply_timeout_s = reply_timeout_s
        self._encoder_is_behind = False
        self._seen: dict[str, list[Video]] = {}

    def types(self) -> list[VideoType]:
        """Read the kinds of videos."""
        rows = self._server.read_all("/rest/types/", what="Pod's types of videos")
        return [VideoType(id=row.number("id"), title=row.text("title"), sites=row.links("sites")) for row in rows]

    def of_user(self, username: str, *, title: str = "") -> list[Video]:
        """Read the videos that a user owns; with a title, those that have exactly this one.

        Raise ValueError for an empty user name, by which Pod would find anybody.
        """
        if not username:
            raise ValueError("no user name")
        params = {"username": username, **({"search_title": title} if title else {})}
        rows = self._server.read_all(ROUTE + "user_videos/", what=f"videos of {username} in Pod", params=params)
        # What has no video_data is broken inside Pod; and MariaDB finds the videos of jéan for jean.
        whole = [row for row in rows if "title" in row.inner("video_data")]
        own = [row for row in whole if row.inner("video_data").raw("owner") in (None, username)]
        videos = (replace(listed(row), owner=username) for row in own)
        return [video for video in videos if not title or video.title == title]

    def find(self, video: VideoRequest, *, patiently: bool = False) -> Video | None:
        """Return the video if Pod has it already, and have it encoded if that never began.

        It is looked for among the videos of all its owners, as they were when they were first asked for: by title and
        moment (without a moment it is taken for another one), by other titles of it, and by its mark. `upload` looks
        once more. `patiently` looks for most of a minute: Pod may still be storing what another run sent.
        """
        patient = patiently and video.recorded is not None
        same = self._look_for(video, frozenset(), patiently=True) if patient else None
        same = same or self._known(video)
        if same is None:
            return None
        if not (same.encoded or same.encoding):
            same = self._completed(self._now(same, video), video)
        log.info("Pod has %s of %s already", same.slug, video.owner.username)
        return self._encoded(same, video)

    def _now(self, one: Video, video: VideoRequest) -> Video:
        """Return how a video stands now that was seen before: it may have been encoded meanwhile."""
        for user in (video.owner, *video.also):
            found = [now for now in self.of_user(user.username, title=one.title) if now.id == one.id]
            if found:
                return found[0]
        return one

    def take_over(self, title: str, video: VideoRequest) -> Video | None:
        """Give a video that Pod made of a dropped file under `title` its own title, dates and co-owners.

        Pod's encoder writes whole rows, old values of other columns included; so what was written is read back, now
        and a little later. Return None as long as Pod has not begun to encode: it would lose what is written.
        Raise RecordingFailed if there is no such video, RemoteError if Pod does not keep it.
        """
        made = self._begun(title, video)
        if made is None:
            return None
        if not made.is_draft:
            log.warning("Pod's recorder makes its videos public: %s is a draft from now on", made.slug)
        for _ in range(_ATTEMPTS):
            with contextlib.suppress(RemoteError):  # Pod 4 saves it and then breaks over showing a thumbnail
                self._server.patch(f"{ROUTE}{made.id}/", values(video), what=f"video {made.slug} in Pod")
            kept = self._kept(made, video)
            if kept is not None:
                return kept
        raise RemoteError(f"Pod does not keep title and date of {made.slug}", hint="run again")

    def _kept(self, made: Video, video: VideoRequest) -> Video | None:
        """Read back what was written, now and when Pod's encoder may have written what it had read before."""
        now = None
        for wait in (0.0, _SETTLED_S):
            self._server.sleep(wait)
            now = next((one for one in self._same(video) if one.id == made.id), None)
            if now is None or not now.is_draft:
                return None
        return now

    def _begun(self, title: str, video: VideoRequest) -> Video | None:
        """Wait until Pod has the video and encodes it; None if others are to be encoded first.

        Where that was so for one, it is for the next: they are not waited for.
        """
        waited_s = 0.0
        for wait in (0.0, 0.5, 1.0, *_LOOKS_AFTER_S):
            self._server.sleep(wait)
            waited_s += wait
            found = self.of_user(video.owner.username, title=title)
            if found and (found[0].encoding or found[0].encoded):
                self._encoder_is_behind = False
                return found[0]
            if found and (self._encoder_is_behind or waited_s >= _BEGINS_S):
                self._encoder_is_behind = True
                return None
        raise RecordingFailed(
            f"Pod took the file, but {video.owner.username} has no video {title!r}",
            hint="see Pod's log; did somebody else claim the file, or delete the video?",
        )

    def upload(
        self,
        path: Path,
        video: VideoRequest,
        *,
        progress: Progress = lambda _sent, _total: None,
        stop: threading.Event | None = None,
        throttle: Throttle | None = None,
    ) -> Video:
        """Send a file as a draft, unless Pod has this video, and have it encoded.

        The file is read while it is sent. A reply that is lost is followed by a look into the owner's videos before
        anything is sent again. Raise RecordingFailed if Pod or the proxy before it does not take it, or `stop` is set;
        RemoteError if it is not known whether Pod has it: the next call looks.
        """
        there = self._same(video)
        if there and video.recorded is not None:
            return self._encoded(there[0], video)
        known = frozenset(one.id for one in there)
        with Sending(path, progress=progress, stop=stop or threading.Event(), throttle=throttle) as sending:
            sent = self._sent_once(sending, path.name, video, known)
        if not sent.is_draft:
            raise RecordingFailed(f"Pod made {sent.slug} public at once", hint="set it to draft in Pod")
        return self._encoded(sent, video)

    def _sent_once(self, sending: Sending, name: str, video: VideoRequest, known: frozenset[int]) -> Video:
        """Send the file, again after failures that cannot have left a video in Pod."""

        def send() -> Video:
            try:
                return created(Row(self._send(sending, name, video), f"video {video.title!r} in Pod"))
            except TooLarge as error:
                raise RecordingFailed(f"{error.message}: {sending.size} bytes", hint=error.hint) from error
            except Invalid as error:
                raise RecordingFailed(error.message, hint="see the sections publish and pod of the settings") from error

        return sent_once(
            send,
            lambda: self._arrived(video, known, patiently=sending.whole),
            may_go_again=lambda error: not sending.whole or not _may_go_on(error),
        )

    def _send(self, sending: Sending, name: str, video: VideoRequest) -> object:
        """Send the form with the file, once."""
        timeout = httpx.Timeout(self._server.timeout_s, read=self._reply_timeout_s)
        return self._server.send(
            "POST",
            ROUTE,
            what=f"video {video.title!r} in Pod",
            data=values(video),
            files={"video": (name, sending)},
            timeout=timeout,
        )

    def _arrived(self, video: VideoRequest, known: frozenset[int], *, patiently: bool) -> Video | None:
        """Return what came of a request whose answer is lost or was an error, made whole; None if nothing did."""
        found = self._look_for(video, known, patiently=patiently)
        return found and self._completed(found, video)

    def _completed(self, one: Video, video: VideoRequest) -> Video:
        """Write the values of a video again that may have come without some of them.

        Pod stores the row first, then co-owners and sites: what breaks between leaves a video that one of several
        teachers does not see. What is encoded was whole, and may have been changed by people since.
        """
        if not (one.encoded or one.encoding):
            self._server.patch(f"{ROUTE}{one.id}/", values(video), what=f"video {one.slug} in Pod")
        return one

    def _look_for(self, video: VideoRequest, known: frozenset[int], *, patiently: bool) -> Video | None:
        """Look whether a video came that was not there before; `patiently`: Pod may still be storing it."""
        for wait in (0.0, *_LOOKS_AFTER_S) if patiently else (0.0,):
            self._server.sleep(wait)
            found = [one for one in self._same(video) if one.id not in known]
            if found:
                return found[0]
        return None

    def _same(self, video: VideoRequest) -> list[Video]:
        """Find the owner's videos of the same title and moment."""
        same = self.of_user(video.owner.username, title=title_of(video))
        return [one for one in same if video.recorded is None or is_of(one.added, video.recorded)]

    def seen(self, username: str) -> list[Video]:
        """Return the videos of a user as they were when this was first asked. Raise as `of_user`."""
        if username not in self._seen:
            self._seen[username] = self.of_user(username)
        return self._seen[username]

    def _known(self, video: VideoRequest) -> Video | None:
        """Find it by one of its titles and the moment, or by the mark in its description.

        Each owner's videos are read once: another run may have had the owners in another order. Whole words are
        compared, in texts that an editor of HTML may have rewritten.
        """
        owners = {user.username: user for user in (video.owner, *video.also)}
        there = [one for name in owners for one in self.seen(name)]
        words = re.compile(rf"\b{re.escape(video.mark)}\b")
        marked = (one for one in there if video.mark and words.search(one.description))
        return next((one for one in there if _is_known_as(one, video)), None) or next(marked, None)

    def _encoded(self, one: Video, video: VideoRequest) -> Video:
        """Start the encoding of a video, unless it has begun: an upload does not."""
        if one.encoded or one.encoding:
            return one
        try:
            self._server.get("/rest/launch_encode_view/", what=f"encoding of {one.slug}", params={"slug": one.slug})
        except NoSuchObject as error:
            raise RecordingFailed(f"Pod lost {one.slug} before it was encoded", hint="run again") from error
        except RemoteError:
            # Pod 4 starts it and then breaks over showing the video, if it has a thumbnail or tags.
            now = next((found for found in self._same(video) if found.id == one.id), one)
            if not (now.encoding or now.encoded):
                raise
            return now
        return one


def video_number(slug: str) -> int:
    """Return the number of a video, with which its slug begins: 3 of "0003-algebre". Raise ValueError without one."""
    return int(slug.partition("-")[0])


def _is_known_as(one: Video, video: VideoRequest) -> bool:
    """Tell whether a video of Pod has another title of this one, and its moment."""
    titles = {title_of(replace(video, title=title)) for title in (video.title, *video.known_as)}
    return one.title in titles and video.recorded is not None and is_of(one.added, video.recorded)


def _may_go_on(error: RemoteError) -> bool:
    """Tell whether Pod may still be at work on a request that ended like this, and store the video later."""
    return isinstance(error, NotWaitedFor) or isinstance(error.__cause__, httpx.TimeoutException)
