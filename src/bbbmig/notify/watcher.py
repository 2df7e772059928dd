"""A service that watches jobs gets the start and the end of a run by one request each.

healthchecks: https://healthchecks.io/docs/http_api/ (POST to the address, `/start` and `/fail` behind it; the body is
kept). Uptime Kuma: its "Push" monitor (GET with `status`, `msg`, `ping`). ntfy: https://docs.ntfy.sh/publish/ (POST of
the text; title, priority and tags as parameters, which take any letter, as headers do not).
"""

import socket
from collections.abc import Mapping
from typing import Any, Literal
from urllib.parse import urlsplit

import httpx

from bbbmig.domain.run_news import Event, RunNews
from bbbmig.errors import RemoteError, RemoteRefused
from bbbmig.http.client import make_client
from bbbmig.http.requests import request

Style = Literal["healthchecks", "kuma", "ntfy", "json"]
_TIMEOUT_S = 10.0
_LONGEST_BODY = 10_000
"""Characters; healthchecks keeps 100 kB, ntfy 4,096 bytes as a message and more as an attachment."""
_PATHS = {Event.START: "/start", Event.SUCCESS: "", Event.FAILURE: "/fail"}
_TAGS = {Event.START: "hourglass", Event.SUCCESS: "white_check_mark", Event.FAILURE: "warning"}


class Watcher:
    """One such address. `token` is sent as a bearer, "" for none; the address may be a secret by itself."""

    def __init__(self, url: str, style: Style, *, token: str = "") -> None:
        """Use that address; nothing is sent yet."""
        self._url = url
        self._style = style
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    @property
    def host(self) -> str:
        """Name the service without what is secret in its address."""
        return urlsplit(self._url).hostname or ""

    def tell(self, news: RunNews, *, title: str, text: str) -> None:
        """Send it. Raise RemoteError if it does not arrive, RemoteRefused if it is not taken."""
        method, url, parts = self._asked(news, title, text[:_LONGEST_BODY])
        if not method:
            return
        what = f"notification to {self.host}"
        with make_client(timeout_s=_TIMEOUT_S, headers=self._headers) as client:
            reply = request(
                client, method, url, what=what, attempts=2, repeatable=True, whole_s=2 * _TIMEOUT_S, **parts
            )
        if reply.is_server_error:
            raise RemoteError(f"{what}: HTTP {reply.status_code}", hint="is that service well?")
        if not reply.is_success:
            raise RemoteRefused(
                f"{what}: HTTP {reply.status_code}", hint="are [notify] url, style and url_token right?"
            )

    def _asked(self, news: RunNews, title: str, text: str) -> tuple[str, str, dict[str, Any]]:
        """Return method, address and the rest of the request; no method for what this service does not take."""
        match self._style:
            case "healthchecks":
                url = httpx.URL(self._url)
                url = url.copy_with(path=url.path.rstrip("/") + _PATHS[news.event])
                return "POST", str(url), {"content": text.encode()}
            case "kuma":
                if news.event is Event.START:  # a push means that a monitor is up
                    return "", "", {}
                state = "up" if news.event is Event.SUCCESS else "down"
                return (
                    "GET",
                    self._url,
                    {"params": self._with(status=state, msg=title, ping=f"{news.seconds * 1000:.0f}")},
                )
            case "ntfy":
                priority = "high" if news.event is Event.FAILURE else "low"
                params = self._with(title=title, priority=priority, tags=_TAGS[news.event])
                return "POST", self._url, {"params": params, "content": text.encode()}
            case "json":
                return "POST", self._url, {"json": as_json(news)}

    def _with(self, **params: str) -> Mapping[str, str]:
        """Return these parameters after those of the address, which they replace where they have the same name."""
        return {**dict(httpx.URL(self._url).params), **params}


def as_json(news: RunNews) -> dict[str, object]:
    """Return the news as docs/scripting.md promises it."""
    return {
        "event": str(news.event),
        "command": news.command,
        "server": news.server,
        "host": news.host,
        "began": news.began.isoformat(),
        "seconds": round(news.seconds, 1),
        "exit_code": None if news.event is Event.START else int(news.exit_code),
        "counts": dict(news.counts),
        "states": {name: {"count": count, "hours": round(hours, 2)} for name, (count, hours) in news.states.items()},
        "words": news.words,
        "troubles": list(news.troubles),
    }


def this_host() -> str:
    """Name this machine."""
    return socket.gethostname()
