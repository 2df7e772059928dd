"""What the sample BigBlueButton plays: presentation players, video pages, files, and Scalelite's tokens and cookies."""

import re
import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from bbbmig.demo.bbb_http import Request, Response, file_response, moved, page
from bbbmig.demo.bbb_replies import TOKEN, Flavour
from bbbmig.demo.bbb_scalelite import FOLDER, NO_PLAYER, NO_SUCH_ADDRESS, as_rails_sends
from bbbmig.domain.recording import Recording

_PLAYER = re.compile(r"/playback/presentation/(?P<form>[0-9.]+)/(?P<rest>.*)")
_VIDEO = re.compile(r"/playback/video/(?P<id>[^/]+)/(?P<file>.*)")
_PROTECTED = re.compile(r"/recording/(?P<id>[^/]+)/(?P<kind>[a-z]+)")
_SCREENSHARE = re.compile(r"/recording/screenshare/(?P<id>[^/]+)/(?P<file>.*)")
_FILE = re.compile(r"/(?P<kind>presentation|video|screenshare|podcast|notes)/(?P<id>[^/]+)/(?P<file>.*)")
_PAGES = {"video": "video/mp4", "screenshare": "video/webm"}
"""Formats whose page is one film, and the type that it gives its sources."""
_FILMS = (".m4v", ".mp4", ".webm")
_TOKEN_PLACE = re.compile(rb"/recording/([^/]+)/([a-z]+)\?token=" + re.escape(TOKEN.encode()))
_NOT_FOUND = page("Not found", HTTPStatus.NOT_FOUND)


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """What is behind playbacks: files by the path under which they are served, true lengths by recordID."""

    files: Mapping[str, Path]
    durations_s: Mapping[str, float]


NO_MEDIA = Media(files={}, durations_s={})


class SamplePlaybacks:
    """The part of the server that answers for playback addresses.

    `used_up_tokens` is how many more tokens somebody else, a link preview for one, uses before the client does;
    `token_life_s` and `cookie_life_s` are how long one may be used. `missing` is the status for files that are not
    there: storage of Amazon's kind says 403 to who may not list. Without `has_player` nobody has installed one.
    `unstored` are recordIDs that the server lists while their files are gone.
    """

    def __init__(self, recordings: Mapping[str, Recording], media: Media, flavour: Flavour) -> None:
        """Play these recordings, found by their recordIDs."""
        self._recordings = recordings
        self._media = media
        self._flavour = flavour
        self._tokens: dict[str, tuple[str, str, float]] = {}
        self._cookies: dict[str, tuple[str, float]] = {}
        self.used_up_tokens = 0
        self.token_life_s = 3600.0
        self.cookie_life_s = 6 * 3600.0
        self.missing: int = HTTPStatus.NOT_FOUND
        self.has_player = True
        self.unstored: set[str] = set()
        self._lock = threading.Lock()

    def respond(self, request: Request) -> Response:
        """Answer for a playback page, a file, or the server's front page."""
        path = request.path
        if path in self._media.files and not _FILE.fullmatch(path):
            return file_response(self._media.files[path], request)
        for pattern, answer in (
            (_PLAYER, self._player),
            (_VIDEO, self._video),
            (_SCREENSHARE, self._screenshare),
            (_PROTECTED, self._protected),
            (_FILE, self._file),
        ):
            if match := pattern.fullmatch(path):
                return answer(request, **match.groupdict())
        return page("Welcome to BigBlueButton") if path == "/" else self._unknown()

    def _unknown(self) -> Response:
        """Answer for an address that there is not."""
        return NO_SUCH_ADDRESS if self._flavour.rails else _NOT_FOUND

    def with_tokens(self, element: bytes) -> bytes:
        """Mint a token for each playback of a protected recording's element."""
        return _TOKEN_PLACE.sub(self._with_token, element)

    def _with_token(self, place: re.Match[bytes]) -> bytes:
        """Mint one token."""
        token = secrets.token_hex(32)
        with self._lock:
            self._tokens[token] = (place[1].decode(), place[2].decode(), time.monotonic())
        return place[0].replace(TOKEN.encode(), token.encode())

    def _player(self, request: Request, form: str, rest: str) -> Response:
        """Answer for the presentation player: static pages, which do not ask whether the recording exists."""
        newest = self._flavour.player
        if form == "2.0" and newest == "2.3":
            record_id = request.parameters.get("meetingId", "")
            return moved(f"/playback/presentation/2.3/{record_id}?{request.query}", HTTPStatus.MOVED_PERMANENTLY)
        if form.startswith(newest):
            missing = NO_PLAYER if self._flavour.rails else _NOT_FOUND
            return page("<div id='root'>player</div>") if self.has_player else missing
        if form < newest and rest == "playback.html" and self.has_player and not self._flavour.rails:
            return page("<div id='root'>player</div>")
        return self._unknown()

    def _video(self, request: Request, id: str, file: str) -> Response:  # noqa: A002 - as in the pattern
        """Answer for the video playback, which Scalelite keeps elsewhere."""
        if self._flavour.scalelite:
            return moved(f"/video/{id}/{file}", HTTPStatus.TEMPORARY_REDIRECT)
        return self._file(request, "video", id, file)

    def _screenshare(self, request: Request, id: str, file: str) -> Response:  # noqa: A002 - as in the pattern
        """Answer for the film of a shared screen."""
        if self._flavour.scalelite:
            return moved(f"/screenshare/{id}/{file}", HTTPStatus.TEMPORARY_REDIRECT)
        return self._file(request, "screenshare", id, file)

    def _protected(self, request: Request, id: str, kind: str) -> Response:  # noqa: A002 - as in the pattern
        """Trade a token for a cookie; any request uses it up."""
        name = f"recording_{kind}_{id}"
        recording = self._recordings.get(id)
        now = time.monotonic()
        with self._lock:
            used_up = self.used_up_tokens > 0
            *known, minted = self._tokens.pop(request.parameters.get("token", ""), ("", "", 0.0))
            self.used_up_tokens -= self.used_up_tokens > 0
            too_old = now - minted > self.token_life_s
            if known != [id, kind] or used_up or too_old or recording is None or not recording.published:
                return page("recording_not_found", HTTPStatus.NOT_FOUND)
            cookie = secrets.token_urlsafe(16)
            self._cookies[name] = (cookie, now)
        # the real one adds Secure, which no client sends back to a server without TLS such as this
        header = {"Set-Cookie": f"{name}={cookie}; Path=/{kind}/{id}; HttpOnly"}
        target = f"/playback/presentation/2.3/{id}" if kind == "presentation" else f"/{kind}/{id}/"
        target += "audio.ogg" if kind == "podcast" else ""
        return moved(target, HTTPStatus.TEMPORARY_REDIRECT, header)

    def _file(self, request: Request, kind: str, id: str, file: str) -> Response:  # noqa: A002 - as in the pattern
        """Serve a file of a recording that is published and, if protected, opened by its cookie."""
        recording = self._recordings.get(id)
        if recording is None or not recording.published or not self._is_open(request, kind, recording):
            return _NOT_FOUND
        response = self._stored(request, kind, recording, file)
        return as_rails_sends(response, request, kind) if self._flavour.rails else response

    def _stored(self, request: Request, kind: str, recording: Recording, file: str) -> Response:
        """Serve what is on the disk of a recording."""
        folder = f"/{kind}/{recording.record_id}/"
        if kind in _PAGES and file in ("", "index.html") and recording.playback(kind) and self._is_stored(recording):
            if found := self._media.files.get(f"{folder}index.html"):
                return file_response(found, request)
            paths = [path for path in self._media.files if path.startswith(folder) and path.endswith(_FILMS)]
            names = [path.removeprefix(folder) for path in paths]
            sources = "".join(f'<source src="{name}" type="{_PAGES[kind]}">' for name in names)
            return page(f"<video controls>{sources}</video>")
        if not file and self._flavour.rails:
            return FOLDER
        if recording.record_id in self.unstored:
            return page("Not found", self.missing)
        found = self._media.files.get(folder + file)
        if file == "metadata.xml" and found is None:
            return Response(body=(self._metadata_xml(recording, kind),), content_type="text/xml")
        return file_response(found, request) if found else page("Not found", self.missing)

    def _is_stored(self, recording: Recording) -> bool:
        """Tell whether its files are still there; the page of one is a file, too."""
        return recording.record_id not in self.unstored

    def _is_open(self, request: Request, kind: str, recording: Recording) -> bool:
        """Tell whether the request carries the cookie that a protected recording needs."""
        if not recording.protected:
            return True
        name = f"recording_{kind}_{recording.record_id}"
        with self._lock:
            cookie, given = self._cookies.get(name, ("none", 0.0))
        in_time = time.monotonic() - given <= self.cookie_life_s
        return in_time and f"{name}={cookie}" in request.headers.get("Cookie", "")

    def _metadata_xml(self, recording: Recording, kind: str) -> bytes:
        """Return a recording's metadata.xml, for its true length."""
        playback = recording.playback(kind)
        minutes = playback.length_min if playback else None
        ms = round(1000 * self._media.durations_s.get(recording.record_id, 60.0 * (minutes or 0)))
        return (
            f'<?xml version="1.0"?>\n<recording><id>{recording.record_id}</id><state>published</state>'
            f"<playback><format>{kind}</format><duration>{ms}</duration></playback></recording>\n"
        ).encode()
