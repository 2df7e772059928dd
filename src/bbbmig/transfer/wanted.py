"""What is to be downloaded, within which limits, and how it can turn out that there is no such file."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from bbbmig.errors import RecordingFailed, RemoteError
from bbbmig.transfer.first_bytes import is_film

Progress = Callable[[int, int | None], None]
"""Called with bytes there and bytes in all (None if the server does not say), about ten times a second."""
Why = Literal["missing", "refused", "page", "empty", "status", "elsewhere"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What is still believed to be a file on its way.

    More than `most_bytes` are not taken; of `slow_s` seconds, waiting for the throttle left out, each must bring
    `least_bytes_per_s` on average; all of it may take `whole_s` seconds. A reply that was compressed without being
    asked for may grow to `most_ratio` times its size, once it is larger than `free_ratio_bytes`.
    """

    most_bytes: int = 128 << 30
    least_bytes_per_s: float = 512.0
    slow_s: float = 60.0
    whole_s: float | None = None
    most_ratio: int = 100
    free_ratio_bytes: int = 64 << 20


FILM = Limits()
SIDE_FILE = Limits(most_bytes=64 << 20, whole_s=600.0)
"""XML, JSON and pictures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One file at one address.

    `cookies` go to its own host only. `accepts` tells from the type and the first bytes whether it is what was asked
    for, and not a page about something else.
    """

    url: str
    cookies: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    accepts: Callable[[str, bytes], bool] = is_film
    limits: Limits = FILM
    progress: Progress = lambda _have, _total: None
    stop: threading.Event = field(default_factory=threading.Event)


class NoSuchFile(RecordingFailed):
    """What the server answers is not the file; `why` says how that showed.

    "missing" (404, 410), "refused" (401, 403: also what storage says of missing files to those who may not list),
    "page" (a log-in page, an error in XML), "empty", "status" (any other), "elsewhere" (sent on to a host that is not
    asked, see `domain.trusted_hosts`).
    """

    def __init__(self, message: str, *, why: Why, hint: str = "") -> None:
        """Keep why."""
        super().__init__(message, hint=hint)
        self.why = why


class Gone(NoSuchFile):
    """The server does not give the file (any more): its cookie may be too old, a fresh token may open it."""


class TooSlow(RemoteError):
    """So little comes that it would take for ever."""
