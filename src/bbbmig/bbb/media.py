"""The files behind a recording's playbacks: where they are, and the cookies that open them.

Public recordings: the page of the `video` playback names its files. Protected ones (Scalelite): getRecordings mints
a token, good for one request within an hour, which the playback's address trades for a cookie, good for six hours and
for the files below one folder. So a token is asked for just before the download, each recording has cookies of its
own, and nothing but a GET of the page is ever sent to an address with a token: a HEAD uses it up too.
"""

import contextlib
import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import quote, urljoin, urlsplit

import httpx

from bbbmig.bbb.api_url import host_of
from bbbmig.bbb.client import WAITS_S, BbbServer
from bbbmig.bbb.listing import one_recording
from bbbmig.bbb.playback_page import duration_s, sources
from bbbmig.domain.recording import Recording
from bbbmig.errors import BbbmigError, RecordingFailed, RemoteError
from bbbmig.http import TRY_AGAIN, make_client, masked, request, translated
from bbbmig.transfer.first_bytes import ENOUGH, is_film

log = logging.getLogger(__name__)

_LARGEST_PAGE = 1 << 20
_PLAYER = "/playback/presentation/"
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


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPage:
    """A playback that answered: its address after redirections and the cookies it set.

    `text` is the page, "" if the address is that of a film or of sound itself.
    """

    url: str
    text: str
    cookies: tuple[tuple[str, str], ...] = ()


class MediaFinder:
    """Finds the files of one server's recordings; may be shared between threads."""

    def __init__(
        self, server: BbbServer, *, timeout_s: float = 60.0, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        """Use that server for tokens; `timeout_s` is the longest silence of a page."""
        self._server = server
        self._sleep = sleep
        self._timeout_s = timeout_s

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
        with self._opened(recording, kind) as (client, page):
            urls = sources(page.text, page.url) if page.text else (page.url,)
            if not urls:
                raise RecordingFailed(f"the {kind} page of {recording.record_id} names no file")
            length = _length(client, page.url, recording.record_id)
        return MediaSource(kind=kind, urls=urls, cookies=page.cookies, duration_s=length)

    def podcast(self, recording: Recording) -> MediaSource:
        """Give the sound file, whose address is the playback's. Raises as `source`."""
        with self._opened(recording, "podcast") as (client, page):
            length = _length(client, page.url, recording.record_id)
        return MediaSource(kind="podcast", urls=(page.url,), cookies=page.cookies, duration_s=length)

    def exported(self, recording: Recording) -> MediaSource | None:
        """Look for a video that another program made of the presentation; None if there is none.

        Protected recordings are not asked: without a cookie nothing answers.
        """
        presentation = recording.playback("presentation")
        if presentation is None or recording.protected:
            return None
        with self._client() as client:
            for path in _EXPORTED:
                url = urljoin(presentation.url, path.format(id=quote(recording.record_id, safe="")))
                what = f"the server of {recording.record_id}"
                if self._is_film(client, url, what):
                    length = _length(client, presentation.url, recording.record_id)
                    return MediaSource(kind="exported", urls=(url,), duration_s=length)
        return None

    def open_page(self, recording: Recording, kind: str) -> OpenPage:
        """Open a playback, with a fresh token if it is protected: for converters. Raises as `source`."""
        with self._opened(recording, kind) as (_, page):
            return page

    def _is_film(self, client: httpx.Client, url: str, what: str) -> bool:
        """Tell whether a file of that address is film or sound; asked again for its first bytes if its type denies it.

        Servers with a front page for every address answer 200 to anything.
        """
        head = request(client, "HEAD", url, what=what, sleep=self._sleep)
        if head.status_code != httpx.codes.OK or head.headers.get("Content-Length") == "0":
            return False
        if head.headers.get("Content-Type", "").startswith(("video/", "audio/")):
            return True
        headers = {"Range": f"bytes=0-{ENOUGH - 1}"}
        with translated(what), client.stream("GET", url, headers=headers) as response:
            kind = response.headers.get("Content-Type", "")
            return response.is_success and is_film(kind, next(response.iter_bytes(ENOUGH), b""))

    def answers(self, url: str) -> bool:
        """Tell whether a presentation's address leads to a player: to choose their form, once per server."""
        what = f"the player on {host_of(url)}"
        with self._client() as client, translated(what), client.stream("GET", url) as response:
            return response.status_code == httpx.codes.OK and _PLAYER in response.url.path

    def _client(self) -> httpx.Client:
        """Make a client with an empty cookie jar, which follows redirections."""
        return make_client(timeout_s=self._timeout_s, follow_redirects=True)

    @contextlib.contextmanager
    def _opened(self, recording: Recording, kind: str) -> Iterator[tuple[httpx.Client, OpenPage]]:
        """Open a playback at the first of its addresses that answers; its cookies are in the client."""
        what = f"the {kind} playback of {recording.record_id}"
        with self._client() as client:
            failed: BbbmigError = RecordingFailed(f"{what}: the server no longer has it")
            for url in self._addresses(recording, kind):
                try:
                    page = self._page(client, url, what)
                except (RemoteError, RecordingFailed) as error:
                    failed = error
                    log.info("%s: %s", masked(url), error.message)
                else:
                    yield client, page
                    return
            raise failed

    def _addresses(self, recording: Recording, kind: str) -> Iterator[str]:
        """Give the addresses to try, one at a time.

        Protected: a fresh token each time, twice at most. Public: the address as given, then on the host of the
        API: the server writes a default host into video playbacks (BBB #21125), and hosts are renamed.
        """
        if recording.protected:
            for _ in range(2):
                fresh = one_recording(self._server, recording.record_id, tokens=True)
                if fresh and (playback := fresh.playback(kind)):
                    yield urljoin(self._server.base, playback.url)
            return
        if playback := recording.playback(kind):
            given = urljoin(self._server.base, playback.url)
            scheme = urlsplit(self._server.base).scheme
            here = urlsplit(given)._replace(scheme=scheme, netloc=self._server.host).geturl()
            yield from dict.fromkeys((given, here))

    def _page(self, client: httpx.Client, url: str, what: str) -> OpenPage:
        """Fetch a page, again if the server is busy. Raise RecordingFailed if it does not give it."""
        for wait in (*WAITS_S, None):
            with translated(what), client.stream("GET", url) as response:
                if response.status_code not in TRY_AGAIN or wait is None:
                    return _read_page(client, response, what)
            self._sleep(wait)
        raise AssertionError(what)  # pragma: no cover - the loop returns or raises


def _read_page(client: httpx.Client, response: httpx.Response, what: str) -> OpenPage:
    """Read a page whose headers are there; the bytes of a film are left alone."""
    status = response.status_code
    if httpx.codes.is_server_error(status) or status in TRY_AGAIN:
        raise RemoteError(f"{what}: HTTP {status}", hint="run again later; the server's logs say more")
    if status != httpx.codes.OK:
        raise RecordingFailed(f"{what}: HTTP {status}", hint="is it still published on the old server?")
    cookies = tuple((cookie.name, cookie.value or "") for cookie in client.cookies.jar)
    url = str(response.url)
    page = b""
    for chunk in response.iter_bytes(ENOUGH):
        if not page and is_film(response.headers.get("Content-Type", ""), chunk):
            return OpenPage(url=url, text="", cookies=cookies)
        page += chunk
        if len(page) > _LARGEST_PAGE:
            raise RecordingFailed(f"{what}: a page of more than {_LARGEST_PAGE >> 20} MiB")
    return OpenPage(url=url, text=page.decode("utf-8", "replace"), cookies=cookies)


def _length(client: httpx.Client, page: str, record_id: str) -> float | None:
    """Read the true length from the metadata.xml beside a playback, or beside the presentation; None if neither says.

    A missing or broken one costs only the check: it is no reason to fail.
    """
    for url in (
        urljoin(page, "metadata.xml"),
        urljoin(page, f"/presentation/{quote(record_id, safe='')}/metadata.xml"),
    ):
        try:
            response = request(client, "GET", url, what=f"metadata.xml of {record_id}", attempts=1)
        except RemoteError as error:
            log.info("%s", error.message)
            continue
        if response.status_code == httpx.codes.OK and (length := duration_s(response.content)):
            return length
    return None
