"""Recordings taken from the mirror instead of from the server: what `apply.ports` calls Finder, Fetcher, Published.

What is not whole there is had from the server, as long as that is asked at all.
"""

import contextlib
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Protocol
from urllib.parse import quote, unquote, urljoin, urlsplit

from bbbmig.domain.conversion import Presentation
from bbbmig.domain.mirror_files import FILMS, METADATA, PAGE, page_sources
from bbbmig.domain.presentation_files import MADE_BESIDE, Purpose
from bbbmig.domain.recording import Recording
from bbbmig.errors import RecordingFailed, RemoteError
from bbbmig.mirror.mirror import Mirror
from bbbmig.transfer.cancel import check
from bbbmig.transfer.disk import check_room, disk_errors
from bbbmig.transfer.own_folder import FOLDER, make_inside
from bbbmig.xml import XmlError
from bbbmig.xml.metadata import read_metadata

_SCHEME = "file"
_BLOCK = 4 << 20

Told = Callable[[str, int, int | None], None]
BytesProgress = Callable[[int, int | None], None]


class Media(Protocol):
    """A file to download, as `apply.ports.MediaFile`."""

    @property
    def kind(self) -> str:
        """Say what it is."""
        ...

    @property
    def urls(self) -> tuple[str, ...]:
        """Return its addresses."""
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
    """A playback that answered, as `apply.ports.Page`."""

    @property
    def url(self) -> str:
        """Return its address."""
        ...

    @property
    def cookies(self) -> tuple[tuple[str, str], ...]:
        """Return its cookies."""
        ...


class Finder(Protocol):
    """Finds files on the server, as `bbb.media.MediaFinder`."""

    def source(self, recording: Recording, kind: str) -> Media | None:
        """Return what can be taken without converting."""
        ...

    def open_page(self, recording: Recording, kind: str) -> Page:
        """Open a playback."""
        ...


class Fetcher(Protocol):
    """Downloads, as `transfer.download.Downloader`."""

    def fetch(
        self,
        urls: Sequence[str],
        part: Path,
        *,
        cookies: Mapping[str, str],
        progress: BytesProgress,
        stop: threading.Event,
    ) -> int:
        """Fetch into a file."""
        ...


class Published(Protocol):
    """Fetches presentations, as `convert.published_files.PublishedFiles`."""

    def fetched(
        self, presentation: Presentation, purpose: Purpose, *, told: Told, stop: threading.Event
    ) -> AbstractContextManager[Presentation]:
        """Return the presentation with its folder on this machine."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class MirroredMedia:
    """A file of the mirror; `urls` are of the scheme file."""

    kind: str
    urls: tuple[str, ...]
    cookies: tuple[tuple[str, str], ...] = ()
    duration_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MirroredPage:
    """The page of a presentation that is in the mirror: that of the player there, else the folder of its files."""

    url: str
    cookies: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MirroredFinder:
    """Finds files in the mirror, else through `other`. `playback_base` is the address of the mirror's player, or ""."""

    mirror: Mirror
    other: Finder
    playback_base: str = ""

    def source(self, recording: Recording, kind: str) -> Media | None:
        """Return what can be taken without converting. Raises as `bbb.media.MediaFinder.source`."""
        if kind == "exported":
            return self._exported(recording)
        if recording.playback(kind) is None:
            return None
        folder = self.mirror.folder(recording.record_id, kind)
        if folder is None:
            _check_asked(self.mirror, recording)
            return self.other.source(recording, kind)
        if not (found := _films(folder, kind)):
            raise RecordingFailed(f"the {kind} of {recording.record_id} in the mirror holds no film")
        beside = self.mirror.places.folder("presentation", recording.record_id)
        duration_s = _length_s(folder) or _length_s(beside)
        return MirroredMedia(kind=kind, urls=tuple(path.as_uri() for path in found), duration_s=duration_s)

    def open_page(self, recording: Recording, kind: str) -> Page:
        """Open a playback; that of a presentation in the mirror is asked of nobody."""
        if kind != "presentation" or self.mirror.folder(recording.record_id, kind) is None:
            _check_asked(self.mirror, recording)
            return self.other.open_page(recording, kind)
        record_id = quote(recording.record_id, safe="")
        if self.playback_base:
            return MirroredPage(url=f"{self.playback_base.rstrip('/')}/playback/presentation/2.3/{record_id}")
        playback = recording.playback(kind)
        return MirroredPage(url=urljoin(playback.url if playback else "", f"/presentation/{record_id}/"))

    def _exported(self, recording: Recording) -> Media | None:
        """Return what another program made beside the presentation."""
        folder = self.mirror.folder(recording.record_id, "presentation")
        if folder is None:
            if self.mirror.offline and self.mirror.copy_of(recording.record_id) is not None:
                return None  # another of its formats is here
            _check_asked(self.mirror, recording)
            return self.other.source(recording, "exported")
        found = [path for path in (folder / name for name in MADE_BESIDE) if path.is_file()]
        if found:
            return MirroredMedia(kind="exported", urls=(found[0].as_uri(),), duration_s=_length_s(folder))
        return None if self.mirror.offline else self.other.source(recording, "exported")


@dataclass(frozen=True, slots=True, kw_only=True)
class MirroredFetcher:
    """Copies what is in the mirror, and fetches what is not through `other`."""

    other: Fetcher

    def fetch(
        self,
        urls: Sequence[str],
        part: Path,
        *,
        cookies: Mapping[str, str],
        progress: BytesProgress,
        stop: threading.Event,
    ) -> int:
        """Copy the first file into `part`; return its bytes. Raise MachineError, NoSpace, Stopped."""
        if not urls or urlsplit(urls[0]).scheme != _SCHEME:
            return self.other.fetch(urls, part, cookies=cookies, progress=progress, stop=stop)
        source = Path(unquote(urlsplit(urls[0]).path))
        with disk_errors(part):
            part.unlink(missing_ok=True)
            size = source.stat().st_size
            make = (lambda: part.open("xb")) if part.parent.name != FOLDER else None
            target = make() if make else make_inside(part.parent.parent, lambda: part.open("xb"))
            check_room(part.parent, size, what=part.name)
            with source.open("rb") as stream, target:
                _copy(stream.read, target.write, size, progress, stop)
        progress(size, size)
        return size


def _copy(
    read: Callable[[int], bytes],
    write: Callable[[bytes], int],
    size: int,
    progress: BytesProgress,
    stop: threading.Event,
) -> None:
    """Copy block after block."""
    have = 0
    while block := read(_BLOCK):
        check(stop)
        write(block)
        have += len(block)
        progress(have, size)


@dataclass(frozen=True, slots=True, kw_only=True)
class MirroredPublished:
    """Gives presentations the folder that they have in the mirror, and fetches others through `other`."""

    mirror: Mirror
    other: Published

    @contextlib.contextmanager
    def fetched(
        self, presentation: Presentation, purpose: Purpose, *, told: Told, stop: threading.Event
    ) -> Iterator[Presentation]:
        """Yield the presentation with its folder on this machine."""
        folder = self.mirror.folder(presentation.record_id, "presentation")
        if folder is not None:
            yield replace(presentation, folder=folder)
            return
        with self.other.fetched(presentation, purpose, told=told, stop=stop) as fetched:
            yield fetched


def _films(folder: Path, kind: str) -> list[Path]:
    """List the films or sounds of a playback, in the order of its page."""
    names: list[str] = []
    with disk_errors(folder):
        if kind in ("video", "screenshare") and (folder / PAGE).is_file():
            names = page_sources((folder / PAGE).read_bytes())
        names += sorted(path.name for path in folder.iterdir())
    found = (folder / name for name in dict.fromkeys(names) if PurePosixPath(name).suffix.lower() in FILMS)
    return [path for path in found if path.is_file() and not path.is_symlink()]


def _length_s(folder: Path) -> float | None:
    """Return the length that metadata.xml says, None if it does not."""
    if not (folder / METADATA).is_file():
        return None
    try:
        return read_metadata(folder / METADATA).duration_s or None
    except XmlError:
        return None


def _check_asked(mirror: Mirror, recording: Recording) -> None:
    """Raise RecordingFailed if the server is not asked any more, RemoteError if it did not answer."""
    if mirror.away:
        raise RemoteError(
            f"{recording.record_id} is not whole in the mirror, and {mirror.away}", hint="run again later"
        )
    if mirror.offline:
        raise RecordingFailed(
            f"{recording.record_id} is not whole in the mirror, and bbb.offline is set",
            hint="bbbmig mirror, while the old server answers; `mirror --verify` says what is missing",
        )
