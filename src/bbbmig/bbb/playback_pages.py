"""The pages behind playbacks: opened at the first address that answers, with a token and its cookies if need be.

Protected recordings (Scalelite): getRecordings mints a token, good for one request within an hour, which the playback's
address trades for a cookie, good for six hours and for the files below one folder. So a token is asked for just before
the download, each recording has cookies of its own, and nothing but a GET of the page is ever sent to an address with a
token: a HEAD uses it up too.
"""

import contextlib
import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import quote, urljoin, urlsplit

import httpx

from bbbmig.bbb.client import WAITS_S, BbbServer
from bbbmig.bbb.errors import root_name
from bbbmig.bbb.listing import one_recording
from bbbmig.bbb.playback_hosts import PlaybackHosts
from bbbmig.domain.recording import Recording
from bbbmig.errors import BbbmigError, RecordingFailed, RemoteError
from bbbmig.http import (
    TRY_AGAIN,
    Busy,
    UntrustedHost,
    body,
    make_client,
    masked,
    request,
    require_trusted,
    translated,
    tried_again,
    trust_only,
    within,
)
from bbbmig.transfer.first_bytes import ENOUGH, is_film, is_html

log = logging.getLogger(__name__)

_LARGEST_PAGE = 1 << 20
_LARGEST_FILM = 1 << 50
"""A film, of which only the first bytes are read here, may be as long as it likes."""
_PLAYER = "/playback/presentation/"
_NO_PLAYER = "/playback/presentation/0.0/no-such-recording"
"""What no server has: one that answers here, too, has a page for every address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPage:
    """A playback that answered: its address after redirections and the cookies it set.

    `text` is the page, "" if the address is that of a film or of sound itself, or of the folder of a presentation's
    files on a server that has no player.
    """

    url: str
    text: str
    cookies: tuple[tuple[str, str], ...] = ()


class PlaybackPages:
    """Opens the pages of one server's recordings; may be shared between threads."""

    def __init__(
        self, server: BbbServer, hosts: PlaybackHosts, *, timeout_s: float, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        """Use that server for tokens and ask those hosts; `timeout_s` is the longest that a page may take."""
        self._server = server
        self._hosts = hosts
        self._sleep = sleep
        self._timeout_s = timeout_s

    def client(self) -> httpx.Client:
        """Return a client with an empty cookie jar, which follows redirections to hosts that are trusted."""
        client = make_client(timeout_s=self._timeout_s, follow_redirects=True)
        trust_only(client, lambda: self._hosts.trusted)
        return client

    @contextlib.contextmanager
    def opened(self, recording: Recording, kind: str) -> Iterator[tuple[httpx.Client, OpenPage]]:
        """Open a playback at the first of its addresses that answers; its cookies are in the client.

        A presentation whose player does not answer is the folder of its files, if those do: its player may have gone
        from a server that still has it. Raise RemoteError when a host of the server fails, RecordingFailed when none of
        them has it.
        """
        what = f"the {kind} playback of {recording.record_id}"
        failures: list[BbbmigError] = []
        with self.client() as client:
            for url in self._addresses(recording, kind):
                if trouble := self._hosts.trouble(url):
                    failures.append(RemoteError(trouble))
                    continue
                try:
                    page = self._page(client, url, what)
                except (RemoteError, RecordingFailed) as error:
                    self._hosts.note(url, error)
                    failures.append(error)
                    log.info("%s: %s", masked(url), error.message)
                else:
                    yield client, page
                    return
            if kind == "presentation" and (folder := self._folder(client, recording)):
                yield client, folder
                return
        raise _worst(failures) or RecordingFailed(f"{what}: the server no longer has it")

    def answers(self, url: str, *, player: bool = True) -> bool:
        """Tell whether an address leads to something; with `player`, to one: to choose addresses, once per server.

        Raise RemoteError when the server fails.
        """
        with self.client() as client:
            if not self._is_there(client, url, player=player):
                return False
            control = urlsplit(url)._replace(path=_NO_PLAYER, query="").geturl()
            return not player or not self._is_there(client, control, player=True)

    def host_trouble(self, url: str) -> str:
        """Say why the host of an address is not asked or cannot be reached, "" if it answers whatever it is."""
        try:
            require_trusted(url, self._hosts.trusted)
            with self.client() as client, translated("it"), within(self._timeout_s), client.stream("GET", url):
                return ""
        except UntrustedHost as error:
            return error.message
        except RemoteError as error:
            return error.message.removeprefix("it: ")

    def has_presentation(self, record_id: str) -> bool:
        """Tell whether the server itself has the files of a presentation."""
        url = self._hosts.on_server(f"{_folder_of(record_id)}metadata.xml")
        with self.client() as client:
            return self._is_there(client, url, player=False)

    def _folder(self, client: httpx.Client, recording: Recording) -> OpenPage | None:
        """Find a presentation's files without its player, with the cookies that the client has got; None if it cannot.

        Every published presentation has a metadata.xml.
        """
        playback = recording.playback("presentation")
        for place in self._hosts.candidates(playback.url if playback else ""):
            folder = urljoin(place, _folder_of(recording.record_id))
            if self._hosts.trouble(folder):
                continue
            try:
                if self._is_there(client, f"{folder}metadata.xml", player=False):
                    log.info("%s: has no player that answers; its files do", masked(folder))
                    return OpenPage(url=folder, text="", cookies=_cookies(client))
            except RemoteError as error:
                log.info("%s: %s", masked(folder), error.message)
        return None

    def leads_to_film(self, url: str) -> bool:
        """Tell whether an address is that of a film. Raise RemoteError when the server fails."""
        with self.client() as client:
            try:
                return self.is_film(client, url, f"the playbacks of {urlsplit(url).hostname}")
            except UntrustedHost:
                return False

    def is_film(self, client: httpx.Client, url: str, what: str) -> bool:
        """Tell whether a file of that address is film or sound; asked again for its first bytes if its type denies it.

        Servers with a front page for every address answer 200 to anything.
        """
        head = request(client, "HEAD", url, what=what, sleep=self._sleep, whole_s=self._timeout_s)
        if head.status_code != httpx.codes.OK or head.headers.get("Content-Length") == "0":
            return False
        if head.headers.get("Content-Type", "").startswith(("video/", "audio/")):
            return True
        headers = {"Range": f"bytes=0-{ENOUGH - 1}"}
        with translated(what), within(self._timeout_s), client.stream("GET", url, headers=headers) as response:
            kind = response.headers.get("Content-Type", "")
            return response.is_success and is_film(kind, next(body(response, what=what, most_bytes=_LARGEST_FILM), b""))

    def _is_there(self, client: httpx.Client, url: str, *, player: bool) -> bool:
        """Tell whether an address gives something without asking who we are; with `player`, a page of a player.

        A Scalelite answers 200 to every address that it does not know, in XML, with the refusal of its API.
        """
        what = f"the playbacks of {urlsplit(url).hostname}"
        try:
            with translated(what), within(self._timeout_s), client.stream("GET", url) as response:
                if response.status_code != httpx.codes.OK:
                    return False
                start = next(body(response, what=what, most_bytes=_LARGEST_FILM), b"")[:ENOUGH]
                if player:
                    return _PLAYER in response.url.path and is_html(start)
                return root_name(start) != "response"
        except UntrustedHost as error:
            log.info("%s: %s", masked(url), error.message)
            return False

    def _addresses(self, recording: Recording, kind: str) -> Iterator[str]:
        """Yield the addresses to try, one at a time.

        Protected: a fresh token each time, twice at most. Public: the address as given, then on the host of the API,
        then with a slash at its end, without which some servers send on to a wrong port (#16756).
        """
        if recording.protected:
            for _ in range(2):
                fresh = one_recording(self._server, recording.record_id, tokens=True)
                if fresh and (playback := fresh.playback(kind)):
                    yield self._hosts.absolute(playback.url)
            return
        if playback := recording.playback(kind):
            tried = self._hosts.candidates(playback.url)
            yield from tried
            yield from (f"{url}/" for url in tried if _lacks_slash(url))

    def _page(self, client: httpx.Client, url: str, what: str) -> OpenPage:
        """Fetch a page, again if the server is busy. Raise RecordingFailed if it does not give it."""

        def once() -> OpenPage:
            limits = contextlib.ExitStack()
            limits.enter_context(_naming_where(url, what))
            limits.enter_context(translated(what))
            limits.enter_context(within(self._timeout_s))
            with limits, client.stream("GET", url) as response:
                return _read_page(client, response, what)

        return tried_again(once, waits_s=WAITS_S, on=Busy, sleep=self._sleep)


def _read_page(client: httpx.Client, response: httpx.Response, what: str) -> OpenPage:
    """Read a page whose headers are there; the bytes of a film are left alone."""
    status = response.status_code
    if status in TRY_AGAIN:
        raise Busy(f"{what}: HTTP {status}", response.headers.get("Retry-After", ""))
    if httpx.codes.is_server_error(status):
        raise RemoteError(f"{what}: HTTP {status}", hint="run again later; the server's logs say more")
    if status != httpx.codes.OK:
        raise RecordingFailed(f"{what}: HTTP {status}", hint="is it still published on the old server?")
    cookies = _cookies(client)
    url = str(response.url)
    page = b""
    for chunk in body(response, what=what, most_bytes=_LARGEST_FILM):
        if not page and is_film(response.headers.get("Content-Type", ""), chunk[:ENOUGH]):
            return OpenPage(url=url, text="", cookies=cookies)
        page += chunk
        if len(page) > _LARGEST_PAGE:
            raise RecordingFailed(f"{what}: a page of more than {_LARGEST_PAGE >> 20} MiB")
    return OpenPage(url=url, text=page.decode("utf-8", "replace"), cookies=cookies)


def _cookies(client: httpx.Client) -> tuple[tuple[str, str], ...]:
    """Return the cookies that a client was given."""
    return tuple((cookie.name, cookie.value or "") for cookie in client.cookies.jar)


def _folder_of(record_id: str) -> str:
    """Return the path below which a server keeps the files of a presentation."""
    return f"/presentation/{quote(record_id, safe='')}/"


def _worst(failures: list[BbbmigError]) -> BbbmigError | None:
    """Choose what to report: a host that failed may answer next time; else what the last host that was asked said."""
    asked = [error for error in failures if not isinstance(error, UntrustedHost)]
    failed = [error for error in asked if isinstance(error, RemoteError)]
    return next(iter((*failed, *asked[::-1], *failures)), None)


def _lacks_slash(url: str) -> bool:
    """Tell whether an address is that of a folder without the slash at its end."""
    path = urlsplit(url).path
    return not path.endswith("/") and not PurePosixPath(path).suffix and _PLAYER not in path


@contextlib.contextmanager
def _naming_where(url: str, what: str) -> Iterator[None]:
    """Name the host that could not be reached, where the one that was asked sent on to it."""
    try:
        yield
    except RemoteError as error:
        cause = error.__cause__
        if not isinstance(cause, httpx.ConnectError | httpx.ConnectTimeout):
            raise
        asked, reached = httpx.URL(url), cause.request.url
        if (asked.host, asked.port) == (reached.host, reached.port):
            raise
        raise RemoteError(
            f"{what}: sent on to {reached.host}:{reached.port or ''}, which cannot be reached", hint=error.hint
        ) from cause
