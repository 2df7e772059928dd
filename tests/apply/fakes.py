"""A recording, a Pod and a ledger in memory, for the tests of what carries plans out."""

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from bbbmig.apply.ports import BytesProgress
from bbbmig.domain.history import Effect, Entry, History, State
from bbbmig.domain.owner import Owner
from bbbmig.domain.recording import Recording
from bbbmig.domain.target import LinkRequest, LinkResult, User, Video, VideoRequest
from bbbmig.errors import LockLost
from bbbmig.transfer.throttle import Throttle

SERVER = "bbb.univ.fr"


@dataclass
class FakeMemory:
    """A ledger that keeps every entry in the order written; once `lost`, its lock is."""

    written: list[Entry] = field(default_factory=list)
    lost: bool = False

    def write(self, server: str, entries: Iterable[Entry]) -> None:
        assert server == SERVER
        self.check_lock()
        self.written += entries

    def check_lock(self, record_id: str = "") -> None:  # noqa: ARG002 - the port's name
        if self.lost:
            raise LockLost("the lock of this run is lost")

    def states(self, effect: Effect) -> list[tuple[str, State]]:
        return [(one.target, one.state) for one in self.written if one.effect is effect]

    def history(self) -> History:
        return History(replace(one, again=False) for one in self.written)


@dataclass
class FakePod:
    """A Pod: `fail`, if set, is raised by whatever would change something; `done` names each change."""

    fail: Exception | None = None
    done: list[str] = field(default_factory=list)
    links: list[LinkRequest] = field(default_factory=list)
    videos: dict[tuple[str, str], Video] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    before: Callable[[], None] = lambda: None

    def _change(self, what: str) -> None:
        self.before()
        if self.fail is not None:
            raise self.fail
        self.done.append(what)

    def user_of(self, owner: Owner) -> User:
        return User(id=sum(owner.username.encode()), username=owner.username, is_staff=True)

    def create(self, links: Sequence[LinkRequest]) -> list[LinkResult]:
        self._change(f"{len(links)} links")
        self.links += links
        return [
            LinkResult(id=None, created=False, error=self.refused[link.source_url])
            if link.source_url in self.refused
            else LinkResult(id=number, created=True)
            for number, link in enumerate(links, 1)
        ]

    def remove(self, ids: Sequence[int]) -> int:
        self._change(f"removed {sorted(ids)}")
        return len(ids)

    def register(self, file: str, *, size: int, added: datetime | None) -> object:
        self._change(f"registered {file} {size} {added}")
        return None

    def seen(self, username: str) -> list[Video]:
        return [video for (owner, _), video in self.videos.items() if owner == username]

    def find(self, video: VideoRequest, *, patiently: bool = False) -> Video | None:
        self.done.append(f"looked {'patiently' if patiently else 'once'}")
        return self.videos.get((video.owner.username, video.title))

    def upload(
        self,
        path: Path,
        video: VideoRequest,
        *,
        progress: BytesProgress,
        stop: threading.Event,  # noqa: ARG002 - of the port
        throttle: Throttle,  # noqa: ARG002 - of the port
    ) -> Video:
        progress(1, 2)
        self._change(f"sent {path.name} to {video.owner.username}")
        return self.made(video)

    def take_over(self, title: str, video: VideoRequest) -> Video:
        self._change(f"took over {title}")
        return self.made(video)

    def publish(self, file: str, *, title: str, user: User) -> None:
        self._change(f"published {file} as {title} for {user.username}")

    def made(self, video: VideoRequest) -> Video:
        number = len(self.videos) + 1
        made = Video(
            id=number,
            title=video.title,
            slug=f"{number:04}-x",
            added=video.recorded,
            is_draft=True,
            encoded=False,
            encoding=True,
        )
        self.videos[video.owner.username, video.title] = made
        return made


@dataclass(frozen=True)
class Film:
    """A file of a server, and how it is opened."""

    kind: str = "video"
    urls: tuple[str, ...] = ("https://bbb/film.webm",)
    cookies: tuple[tuple[str, str], ...] = ()
    duration_s: float | None = 3.0


@dataclass(frozen=True)
class OpenedPage:
    """A playback page that answered."""

    url: str = "https://bbb/playback/presentation/2.3/x"
    cookies: tuple[tuple[str, str], ...] = ()


@dataclass
class FakeServer:
    """An old server: what it has of each kind, and what its downloads end with; each is taken from the list once.

    `says` is how many bytes a download has, in its words.
    """

    has: dict[str, Film] = field(default_factory=lambda: {"video": Film()})
    ends: list[Exception | bytes] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    says: int | None = len(b"film")

    def source(self, recording: Recording, kind: str) -> Film | None:
        self.asked.append(f"{kind} of {recording.title}")
        return self.has.get(kind)

    def open_page(self, recording: Recording, kind: str) -> OpenedPage:
        self.asked.append(f"page of {kind} {recording.title}")
        return OpenedPage()

    def fetch(
        self,
        urls: Sequence[str],
        part: Path,
        *,
        cookies: object,  # noqa: ARG002 - of the port
        progress: BytesProgress,
        stop: threading.Event,  # noqa: ARG002 - of the port
    ) -> int:
        self.asked.append(urls[0])
        end = self.ends.pop(0) if self.ends else b"film"
        if isinstance(end, Exception):
            raise end
        part.parent.mkdir(exist_ok=True)
        part.write_bytes(end)
        progress(len(end), self.says)
        return len(end)
