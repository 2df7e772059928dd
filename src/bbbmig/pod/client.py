"""Requests to one Pod: with the token, paged by number, tried again where that does no harm."""

import contextlib
import copy
import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit

import httpx

from bbbmig.errors import ConfigError, RemoteError
from bbbmig.http import RESTARTING, is_refused, make_client, request, server_address
from bbbmig.pod.errors import NoSuchObject, failure, json_of
from bbbmig.pod.json_row import Row

log = logging.getLogger(__name__)

CONNECTIONS = 4
"""Requests side by side: more make a Pod with a few workers no faster.

docs/facts/pod-rest.md#requests-side-by-side"""
_PASSES = 4
"""How often a list that changes while it is read is read."""

T = TypeVar("T")
U = TypeVar("U")
Parameters = Mapping[str, str | int]


class PodServer:
    """One Pod with the token of a user who is staff; may be shared between threads.

    `url` is the address of Pod's home page, with a path if Pod lives below one. `timeout_s` is the longest silence
    that we accept. `site` names one of Pod's sites by domain, name or id; "" is the one that answers at `url`.
    Raise ConfigError for an address or a token that is none.
    """

    def __init__(
        self,
        url: str,
        token: str,
        *,
        timeout_s: float = 60.0,
        connect_timeout_s: float = 10.0,
        site: str = "",
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Prepare the client; nothing is sent yet."""
        self.url = base_url(url)
        self.host = urlsplit(self.url).netloc
        self.site = site.strip()
        self.timeout_s = timeout_s
        self.sleep = sleep
        self._patience = _Patience()
        self._headers: dict[str, str] = {}
        token = token.strip()
        if not token or not token.isascii() or not token.isprintable() or " " in token:
            raise ConfigError("pod.token is no token", hint="it is 40 letters and digits, without the word Token")
        self.client = make_client(
            timeout_s=timeout_s,
            connect_timeout_s=connect_timeout_s,
            connections=CONNECTIONS,
            headers={
                "Accept": "application/json",
                "Accept-Language": "en",  # the words of errors are for logs that anybody may have to read
                "Authorization": f"Token {token}",
            },
        )

    def __enter__(self) -> Self:
        """Return the server itself; its connections are closed at the end."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close the connections."""
        self.close()

    def in_its_language(self) -> Self:
        """Return the same server, asked to speak its own language, whatever that is, instead of English.

        Pod keeps titles by language: written in English, they cannot be searched in French
        (docs/facts/pod-rest.md#videos).
        """
        other = copy.copy(self)
        other._headers = {"Accept-Language": "*"}  # noqa: SLF001 - another one of us
        return other

    def wait_for_restarts(self, limit_s: float) -> None:
        """From now on, wait so long for a Pod that is being restarted before it counts as gone."""
        self._patience.limit_s = limit_s

    def close(self) -> None:
        """Close the connections."""
        self.client.close()

    def version(self) -> str:
        """Ask which version this Pod is, for which no token is needed: "4.1.0". Raises as `get`."""
        return self.get("/info_pod.json", what=f"version of Pod on {self.host}").text("VERSION")

    def get(self, path: str, *, what: str, params: Parameters | None = None) -> Row:
        """Read an object; `path` begins and, below /rest/, ends with "/".

        Raise RemoteError when Pod fails, RemoteRefused when it refuses; see `failure` for their kinds.
        """
        return Row(self.send("GET", path, what=what, params=params), what)

    def post(self, path: str, body: object, *, what: str, repeatable: bool = False) -> Row:
        """Send JSON and read the object that comes back; raises as `get`.

        What is `repeatable` is sent again when its reply is lost: sent twice, it has the effect of once.
        """
        return Row(self.send("POST", path, what=what, json=body, repeatable=repeatable), what)

    def patch(self, path: str, body: object, *, what: str) -> Row:
        """Change some values of a row and read it; raises as `get`. To set values twice does no harm."""
        return Row(self.send("PATCH", path, what=what, json=body, repeatable=True), what)

    def delete(self, path: str, *, what: str) -> None:
        """Delete a row, if it is there; raises as `get`."""
        response = self._request("DELETE", path, what=what, repeatable=True)
        if response.is_success:
            return
        with contextlib.suppress(NoSuchObject):
            raise failure(response, what)

    def options(self, path: str, *, what: str) -> Row:
        """Ask what a route takes; raises as `get`."""
        return Row(self.send("OPTIONS", path, what=what), what)

    def send(self, method: str, path: str, *, what: str, **parts: Any) -> Any:  # noqa: ANN401 - httpx's parts; any JSON
        """Send one request and return the JSON of its reply; raises as `get`."""
        params = parts.pop("params", None)
        if any(value == "" for value in (params or {}).values()):
            raise AssertionError(f"{what}: Pod takes an empty filter for none: {params}")
        response = self._request(method, path, what=what, params=params or None, headers=self._headers, **parts)
        return json_of(response, what)

    def _request(self, method: str, path: str, *, what: str, **parts: Any) -> httpx.Response:  # noqa: ANN401 - httpx's
        """Send one request, and wait for a Pod that is being restarted, once: one that stays away is gone."""
        patience_s = 0.0 if self._patience.spent else self._patience.limit_s
        try:
            response = request(
                self.client, method, self.url + path, what=what, sleep=self.sleep, patience_s=patience_s, **parts
            )
        except RemoteError as error:
            self._patience.spent = is_refused(error)
            raise
        self._patience.spent = response.status_code in RESTARTING
        return response

    def read_all(self, path: str, *, what: str, params: Parameters | None = None, page_size: int = 0) -> list[Row]:
        """Read all pages of a list, each row once, in the order of the pages.

        Rows may move between pages while they are read, and some of Pod's lists have no order
        (docs/facts/pod-rest.md#lists-and-filters): if fewer came than there are, the list is read again. `page_size` is
        for routes that take it; Pod's own give 12 whatever is asked for. Raises as `get`, RemoteError too if the list
        never is complete.
        """
        parameters = {**(params or {}), **({"page_size": page_size} if page_size else {})}
        known: dict[str, Row] = {}
        for _ in range(_PASSES):
            count = self._read_pages(path, what, parameters, known)
            if len(known) >= count:
                return list(known.values())
            log.info("%s: %d of %d rows; it changes while it is read: once more", what, len(known), count)
        raise RemoteError(
            f"{what}: Pod says that there are {count} rows and gives {len(known)}", hint="run again at a quiet hour"
        )

    def first_page(self, path: str, *, what: str) -> tuple[int, list[Row]]:
        """Return how many rows a list has, and those of its first page; raises as `get`."""
        page = self.get(path, what=what)
        return page.number("count"), page.rows("results")

    def _read_pages(self, path: str, what: str, parameters: Parameters, known: dict[str, Row]) -> int:
        """Read the pages, several side by side, into `known`; return how many rows there should be."""
        first = self.get(path, what=what, params=parameters)
        count, rows = first.number("count"), first.rows("results")
        known.update((_key(row), row) for row in rows)
        if first.raw("next") is None or not rows:
            return count

        def page(number: int) -> list[Row]:
            try:
                return self.get(path, what=what, params={**parameters, "page": number}).rows("results")
            except NoSuchObject:  # rows were deleted meanwhile, and the last page with them
                return []

        # By number: behind a proxy, the host in `next` may be one that cannot be reached from here.
        for more in side_by_side(page, range(2, -(-count // len(rows)) + 1)):
            known.update((_key(row), row) for row in more)
        return count


@dataclass(slots=True)
class _Patience:
    """How long to wait for a Pod that is being restarted, and whether that was done in vain."""

    limit_s: float = 0.0
    spent: bool = False


def side_by_side(work: Callable[[T], U], items: Iterable[T]) -> Iterator[U]:
    """Do the work on each item, a few at a time, and return the results in their order; an error ends it all."""
    with ThreadPoolExecutor(CONNECTIONS, "pod") as pool:
        try:
            yield from pool.map(work, items)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def base_url(url: str) -> str:
    """Return the address of Pod without a slash at its end, from one of its home page or of /rest/.

    Raise ConfigError when it is no address of http or https, or holds a query.
    """
    parts = server_address(url, what="a Pod", example="https://pod.example.org")
    if parts.username:
        raise ConfigError(f"the address of {parts.hostname} holds a user name: Pod takes a token", hint="set pod.token")
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/').removesuffix('/rest')}"


def _key(row: Row) -> str:
    """Return what a row is known by: its id, or its address where there is none."""
    return str(row.raw("id") or row.raw("url"))
