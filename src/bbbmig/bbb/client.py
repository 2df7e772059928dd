"""Calls to one BigBlueButton or Scalelite: signed, streamed, and every failure told apart."""

import contextlib
import itertools
import logging
import time
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Self

import httpx

from bbbmig.bbb.api_url import api_base, host_of
from bbbmig.bbb.checksum import ALGORITHMS, signed_query
from bbbmig.bbb.errors import (
    Reply,
    Unreachable,
    cut_off,
    is_wrong_checksum,
    not_the_api,
    refused,
    root_name,
    too_slow,
    wrong_checksum,
)
from bbbmig.errors import ConfigError, RemoteError
from bbbmig.http import body, make_client, translated, tried_again, within

log = logging.getLogger(__name__)

STATES = "published,unpublished"
"""What is listed. Named, because Scalelite before 1.3 gave deleted ones too when nothing was asked."""

WAITS_S = (1.0, 4.0)
"""Pauses before asking again a server that is not there."""

LARGEST_LIST = 2 << 30
"""Bytes of a reply: 100,000 recordings are about 0.4 GB."""
LONGEST_LIST_S = 3600.0
"""Seconds for a whole reply, once it has begun."""
LEAST_BYTES = 16 << 10
"""So much must come in each time of `timeout_s`: a server that drips holds the run up."""

_HEAD = 4096
_LONGEST_REFUSAL = 1 << 16


class BbbServer:
    """One server with its secret; may be shared between threads.

    `checksum` is "auto" or one of `sign.ALGORITHMS`; with "auto" they are tried in turn until the server accepts one,
    which is then kept. `timeout_s` is how long we wait until a reply begins, and the longest silence after that; weak
    servers need minutes to make a list. A reply that drips, lasts or grows beyond measure is ended.
    Addresses are those of `address.api_base`. Raise ConfigError for an address or algorithm that is none.
    """

    def __init__(
        self,
        url: str,
        secret: str,
        *,
        checksum: str = "auto",
        timeout_s: float = 240.0,
        connect_timeout_s: float = 10.0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Prepare the client; nothing is sent yet."""
        if checksum not in {"auto", *ALGORITHMS}:
            raise ConfigError(f"checksum {checksum!r} is unknown", hint=f"use auto, {', '.join(ALGORITHMS)}")
        self.base = api_base(url)
        self.host = host_of(self.base)
        self.timeout_s = timeout_s
        self.connect_timeout_s = connect_timeout_s
        self._secret = secret
        self._algorithms = ALGORITHMS if checksum == "auto" else (checksum,)
        self._accepted = ""
        self.clock = clock
        self.sleep = sleep
        self._client = make_client(
            timeout_s=timeout_s,
            connect_timeout_s=connect_timeout_s,
            headers={"Accept": "*/*"},  # the API gives XML, and is not a file
        )

    def __enter__(self) -> Self:
        """Return the server itself; its connections are closed at the end."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close the connections."""
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    @property
    def checksum(self) -> str:
        """Name the algorithm that the server accepted, "" before the first successful call."""
        return self._accepted

    @contextlib.contextmanager
    def recordings(self, *, record_id: str = "", state: str = STATES) -> Iterator[Iterator[bytes]]:
        """Call getRecordings and return the bytes of a reply that begins as a success.

        `record_id` is a comma list of recordIDs or of their beginnings, "" for every recording; `state` is one of
        STATES, "any", or "" for what the server lists of itself. Raise TooMuch, here
        or while the bytes are read, when the server does not bring out the whole reply in time, FilterRequired when
        it answers only to ids, Unreachable when it is not there after several attempts, RemoteRefused otherwise.
        """
        parameters = {"recordID": record_id, "state": state}
        with contextlib.ExitStack() as stack:
            yield self._call("getRecordings", {key: text for key, text in parameters.items() if text}, stack)

    def _call(self, call: str, parameters: dict[str, str], stack: contextlib.ExitStack) -> Iterator[bytes]:
        """Try the algorithms in turn and return the reply's bytes; the connection lives as long as the stack."""
        what = f"{call} on {self.host}"
        algorithms = (self._accepted,) if self._accepted else self._algorithms
        for algorithm in algorithms:
            query = signed_query(call, parameters, self._secret, algorithm)
            head, rest = self._ask(what, f"{self.base}{call}?{query}", stack)
            if b"FAILED" not in head:
                self._accepted = algorithm
                return itertools.chain((head,), rest)
            body = _at_most(_LONGEST_REFUSAL, head, rest)
            if not is_wrong_checksum(body):
                if error := refused(what, body):
                    raise error
                self._accepted = algorithm
                return itertools.chain((body,), rest)
            log.debug("%s: no %s", what, algorithm)
        raise wrong_checksum(what, tuple(algorithms), self.host)

    def _ask(self, what: str, url: str, stack: contextlib.ExitStack) -> tuple[bytes, Iterator[bytes]]:
        """Send the call until the server is there; return the reply's beginning, which is that of XML, and its rest."""
        return tried_again(lambda: self._ask_once(what, url, stack), waits_s=WAITS_S, on=Unreachable, sleep=self.sleep)

    def _ask_once(self, what: str, url: str, stack: contextlib.ExitStack) -> tuple[bytes, Iterator[bytes]]:
        """Send the call; raise what `failure.not_the_api` makes of a reply that is not XML of the API."""
        started = self.clock()
        with self._explained(what), within(self.timeout_s):
            response = stack.enter_context(self._client.stream("GET", url))
        elapsed_s = self.clock() - started
        chunks = self._chunks(what, response)
        head = _beginning(chunks)
        speaks = response.status_code == httpx.codes.OK or b"FAILED" in head
        if not speaks or root_name(head) != "response":
            reply = Reply(
                status=response.status_code,
                head=head,
                content_type=response.headers.get("Content-Type", ""),
                location=response.headers.get("Location", ""),
                elapsed_s=elapsed_s,
            )
            raise not_the_api(what, reply)
        return head, chunks

    def _chunks(self, what: str, response: httpx.Response) -> Iterator[bytes]:
        """Read on, and explain a connection that breaks meanwhile, or that brings too little in its time."""
        pieces = body(response, what=what, most_bytes=LARGEST_LIST)
        end = time.monotonic() + LONGEST_LIST_S
        window_ends, came = time.monotonic() + self.timeout_s, 0
        while True:
            with self._explained(what), within(min(self.timeout_s, end - time.monotonic())):
                piece = next(pieces, None)
            if piece is None:
                return
            came += len(piece)
            if time.monotonic() > window_ends:
                if came < LEAST_BYTES:
                    raise too_slow(what, self.timeout_s, f"only {came} bytes within {self.timeout_s:g} s")
                window_ends, came = time.monotonic() + self.timeout_s, 0
            yield piece

    @contextlib.contextmanager
    def _explained(self, what: str) -> Iterator[None]:
        """Tell what makes smaller questions worth while from a server that is not there."""
        try:
            with translated(what):
                yield
        except RemoteError as error:
            cause = error.__cause__
            if isinstance(cause, httpx.ConnectError | httpx.ConnectTimeout):
                raise Unreachable(error.message, hint=error.hint) from cause
            if isinstance(cause, httpx.TimeoutException):
                raise too_slow(what, self.timeout_s) from cause
            if isinstance(cause, httpx.NetworkError | httpx.ProtocolError | httpx.DecodingError):
                raise cut_off(what, "the connection broke") from cause
            raise


def _beginning(chunks: Iterator[bytes]) -> bytes:
    """Read as much as tells success from failure: up to the return code, or 4 KiB."""
    head = b""
    while b"</returncode>" not in head and len(head) < _HEAD and (chunk := next(chunks, b"")):
        head += chunk
    return head


def _at_most(limit: int, head: bytes, rest: Iterator[bytes]) -> bytes:
    """Read on until there are that many bytes or no more."""
    while len(head) < limit and (chunk := next(rest, b"")):
        head += chunk
    return head
