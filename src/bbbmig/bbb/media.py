"""The files behind a recording's playbacks: where they are, and the cookies that open them.

The page of a `video` or `screenshare` playback names its files; a `podcast` is a file itself. See `playback_pages` for
how pages are opened.
"""

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import quote, urljoin

import httpx

from bbbmig.bbb.client import BbbServer
from bbbmig.bbb.playback_hosts import PlaybackHosts
from bbbmig.bbb.playback_page import asks_who, duration_s, sources
from bbbmig.bbb.playback_pages import OpenPage, PlaybackPages
from bbbmig.domain.recording import Recording
from bbbmig.domain.trusted_hosts import host_and_port
from bbbmig.errors import RecordingFailed, RemoteError
from bbbmig.http import masked, request

__all__ = ["MediaFinder", "MediaSource", "OpenPage"]

log = logging.getLogger(__name__)

_EXPORTED = ("/presentation/{id}/meeting.mp4", "/presentation/{id}/video.mp4", "/recording/{id}.mp4")
"""Where bbb-recording-exporter, bbb-video-download and bbb-mp4 leave the videos that they make on a server."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaSource:
    """A file to download. `urls` are alternatives of the same content, the preferred first.

    `kind` is "video" (the server's own), "exported" (made by a program beside BigBlueButton), "screenshare" (a shared
    screen, with the sound) or "podcast" (sound only). `cookies` go with every request for it. `duration_s` is the
    true length to check against, if known.
    """

    kind: str
    urls: tuple[str, ...]
    cookies: tuple[tuple[str, str], ...] = ()
    duration_s: float | None = None


class MediaFinder:
    """Finds the files of one server's recordings; may be shared between threads."""

    def __init__(
        self,
        server: BbbServer,
        hosts: PlaybackHosts | None = None,
        *,
        timeout_s: float = 60.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Use that server for tokens, and ask `hosts`; `timeout_s` is the longest that a page may take."""
        self.hosts = hosts or PlaybackHosts(server.base)
        self._pages = PlaybackPages(server, self.hosts, timeout_s=timeout_s, sleep=sleep)
        self.answers = self._pages.answers
        self.is_film = self._pages.leads_to_film
        self.host_trouble = self._pages.host_trouble
        self.has_presentation = self._pages.has_presentation

    def source(self, recording: Recording, kind: str) -> MediaSource | None:
        """Return what can be taken without converting: "video", "exported" (made beside it), "screenshare", "podcast".

        None if it has nothing of that kind. Raise RecordingFailed when a playback does not hold what it promises,
        RemoteError when the server fails, RemoteRefused when it refuses us.
        """
        if kind == "exported":
            return self.exported(recording)
        if recording.playback(kind) is None:
            return None
        return self.podcast(recording) if kind == "podcast" else self.video(recording, kind)

    def video(self, recording: Recording, kind: str = "video") -> MediaSource:
        """Read the list of files of a video page; that of a "screenshare" is built like it. Raises as `source`."""
        with self._pages.opened(recording, kind) as (client, page):
            urls = sources(page.text, page.url) if page.text else (page.url,)
            if not urls:
                asks = " and asks for a log-in" if asks_who(page.text) else ""
                raise RecordingFailed(f"the {kind} page of {recording.record_id} (HTTP 200) names no file{asks}")
            length = _length(client, page.url, recording.record_id)
        return _source(kind, urls, page, length)

    def podcast(self, recording: Recording) -> MediaSource:
        """Return the sound file, whose address is the playback's. Raises as `source`."""
        with self._pages.opened(recording, "podcast") as (client, page):
            length = _length(client, page.url, recording.record_id)
        return _source("podcast", (page.url,), page, length)

    def exported(self, recording: Recording) -> MediaSource | None:
        """Look for a video that another program made of the presentation; None if there is none.

        A proxy may also give the presentation itself as a film. Protected recordings are not asked: without a cookie
        nothing answers. A host that cannot be reached has none.
        """
        presentation = recording.playback("presentation")
        if presentation is None or recording.protected:
            return None
        what = f"the server of {recording.record_id}"
        with self._pages.client() as client:
            for url in self._exported_places(presentation.url, recording.record_id):
                try:
                    found = self._pages.is_film(client, url, what)
                except RecordingFailed as error:
                    log.info("%s: %s", masked(url), error.message)
                    continue
                except RemoteError as error:
                    if self.hosts.is_servers(url) or not self.hosts.note(url, error):
                        raise
                    continue
                if found:
                    return MediaSource(
                        kind="exported", urls=(url,), duration_s=_length(client, url, recording.record_id)
                    )
        return None

    def open_page(self, recording: Recording, kind: str) -> OpenPage:
        """Open a playback, with a fresh token if it is protected: for converters. Raises as `source`."""
        with self._pages.opened(recording, kind) as (_, page):
            return page

    def _exported_places(self, presentation: str, record_id: str) -> Iterator[str]:
        """Yield where such a video may be, on hosts that can be reached."""
        for place in self.hosts.candidates(presentation):
            if "/playback/presentation/" not in place:
                yield place
            for path in _EXPORTED:
                if not self.hosts.trouble(place):
                    yield urljoin(place, path.format(id=quote(record_id, safe="")))


def _source(kind: str, urls: tuple[str, ...], page: OpenPage, length: float | None) -> MediaSource:
    """Put a source together; cookies are for the host that set them, and go to no other."""
    own = tuple(url for url in urls if host_and_port(url) == host_and_port(page.url))
    if page.cookies and own:
        return MediaSource(kind=kind, urls=own, cookies=page.cookies, duration_s=length)
    return MediaSource(kind=kind, urls=urls, duration_s=length)


def _length(client: httpx.Client, page: str, record_id: str) -> float | None:
    """Read the true length from the metadata.xml beside a playback, or beside the presentation; None if neither says.

    A missing or broken one costs only the check: it is no reason to fail.
    """
    for url in (
        urljoin(page, "metadata.xml"),
        urljoin(page, f"/presentation/{quote(record_id, safe='')}/metadata.xml"),
    ):
        try:
            response = request(client, "GET", url, what=f"metadata.xml of {record_id}", attempts=1, whole_s=60.0)
        except (RemoteError, RecordingFailed) as error:
            log.info("%s", error.message)
            continue
        if response.status_code == httpx.codes.OK and (length := duration_s(response.content)):
            return length
    return None
