"""What carrying out a plan needs of the adapters; they fit by shape and know nothing of this."""

import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Protocol

from bbbmig.domain.conversion import Presentation
from bbbmig.domain.history import Effect, Entry
from bbbmig.domain.notice import Noticed
from bbbmig.domain.notice_text import Notice
from bbbmig.domain.owner import Owner
from bbbmig.domain.presentation_files import Purpose
from bbbmig.domain.recording import Recording
from bbbmig.domain.target import LinkRequest, LinkResult, User, Video, VideoRequest
from bbbmig.transfer.throttle import Throttle

UserOf = Callable[[Owner], User]
"""Gives a person's user in Pod, creating them if need be. Raises RecordingFailed if they cannot be had."""

Install = Callable[[Path, Path], int]
"""Gives a whole file its name, safely; returns its size in bytes."""

BytesProgress = Callable[[int, int | None], None]
"""Called with the bytes that are done, and in all if that is known."""


class Memory(Protocol):
    """Where effects are written down: the ledger."""

    def write(self, server: str, entries: Iterable[Entry]) -> None:
        """Write rows in one transaction. What is done stays done, and failures are counted there."""
        ...

    def check_lock(self, record_id: str = "") -> None:
        """Raise LockLost if another run may be at work, LeaseLost if one may be on that recording."""
        ...


class ReadableMemory(Memory, Protocol):
    """The ledger, which can tell what was written before."""

    def entries(self, server: str, *kinds: Effect) -> list[Entry]:
        """Return all that is remembered of these kinds of effects."""
        ...


class NoticePlace(Protocol):
    """The activities of one Moodle, seen by an account that may write the notice."""

    @property
    def name(self) -> str:
        """Return the Moodle's name in the settings."""
        ...

    def add(
        self,
        activities: Iterable[int],
        notice: Notice,
        *,
        earlier: Collection[int] = (),
        own_texts: Mapping[str, str] = ...,
        dry: bool = False,
    ) -> Iterator[tuple[Noticed, ...]]:
        """Append the notice to activities that lack it, one lot after another, each when it is asked for.

        `earlier` had it before: those that lack it now are left alone. `own_texts` are those that bbbmig wrote
        before, by their fingerprints. Raise RemoteRefused or RemoteError.
        """
        ...

    def remove(
        self, activities: Iterable[int], *, own_texts: Mapping[str, str] = ..., dry: bool = False
    ) -> Iterator[tuple[Noticed, ...]]:
        """Take it out, one lot after another: as `add`, with the same errors."""
        ...

    def find(self) -> list[int]:
        """Find the activities whose text has the notice."""
        ...


class LinkMaker(Protocol):
    """Creates external recordings in Pod."""

    def create(self, links: Sequence[LinkRequest]) -> list[LinkResult]:
        """Create a lot, each once; results in the order given."""
        ...


class MediaFile(Protocol):
    """A file to download, as `bbb.media.MediaSource`."""

    @property
    def kind(self) -> str:
        """Say what it is: "video", "exported", "screenshare" or "podcast"."""
        ...

    @property
    def urls(self) -> tuple[str, ...]:
        """Return its addresses, the preferred first."""
        ...

    @property
    def cookies(self) -> tuple[tuple[str, str], ...]:
        """Return the cookies that open it."""
        ...

    @property
    def duration_s(self) -> float | None:
        """Return its length, if known."""
        ...


class Page(Protocol):
    """A playback that answered, as `bbb.media.OpenPage`."""

    @property
    def url(self) -> str:
        """Return its address, after redirections."""
        ...

    @property
    def cookies(self) -> tuple[tuple[str, str], ...]:
        """Return the cookies that open its files."""
        ...


class Finder(Protocol):
    """Finds the file behind a recording."""

    def source(self, recording: Recording, kind: str) -> MediaFile | None:
        """Return what can be taken without converting: "video", "exported", "screenshare", "podcast"; None if none."""
        ...

    def open_page(self, recording: Recording, kind: str) -> Page:
        """Open a playback, with a fresh token if it is protected."""
        ...


class Published(Protocol):
    """Fetches the files of presentations, as `convert.published_files.PublishedFiles`."""

    def fetched(
        self,
        presentation: Presentation,
        purpose: Purpose,
        *,
        told: Callable[[str, int, int | None], None],
        stop: threading.Event,
    ) -> AbstractContextManager[Presentation]:
        """Return the presentation with its folder on this machine, each file fetched once."""
        ...


class Fetcher(Protocol):
    """Downloads."""

    def fetch(
        self,
        urls: Sequence[str],
        part: Path,
        *,
        cookies: Mapping[str, str],
        progress: BytesProgress,
        stop: threading.Event,
    ) -> int:
        """Fetch into a file, going on where an earlier attempt ended; return its size in bytes."""
        ...


class RecorderPort(Protocol):
    """Pod's recorder, which is told of files."""

    def register(self, file: str, *, size: int, added: datetime | None) -> object:
        """Tell Pod once, whatever happened before."""
        ...


class VideosPort(Protocol):
    """Pod's videos."""

    def seen(self, username: str) -> Sequence[Video]:
        """Return the videos of a user, as they were when this was first asked."""
        ...

    def find(self, video: VideoRequest, *, patiently: bool = False) -> Video | None:
        """Return the video if Pod has it already, its encoding begun; `patiently`: it may be about to have it."""
        ...

    def upload(
        self,
        path: Path,
        video: VideoRequest,
        *,
        progress: BytesProgress,
        stop: threading.Event,
        throttle: Throttle,
    ) -> Video:
        """Send a file as a draft once, whatever happened before."""
        ...

    def take_over(self, title: str, video: VideoRequest) -> Video | None:
        """Put right title, dates and owners of a video that Pod made under a title of ours; None if it is too early."""
        ...
