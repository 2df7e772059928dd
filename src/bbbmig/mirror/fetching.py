"""One file of the old server into the mirror: whole under its name, or not at all, with what the server calls it."""

import hashlib
import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from urllib.parse import quote

from bbbmig.domain.file_names import key_of
from bbbmig.domain.mirror import CopiedFile
from bbbmig.domain.mirror_files import FILMS, PAGE
from bbbmig.errors import MachineError, RecordingFailed, Stopped
from bbbmig.http import UntrustedHost
from bbbmig.mirror.places import SMALL
from bbbmig.transfer.cancel import check
from bbbmig.transfer.disk import disk_errors
from bbbmig.transfer.download import Downloader
from bbbmig.transfer.first_bytes import ENOUGH, is_page_instead
from bbbmig.transfer.partial_file import Part
from bbbmig.transfer.small_file import MOST_BYTES, Reply, SmallFiles
from bbbmig.transfer.wanted import FILM, SIDE_FILE, NoSuchFile, Wanted

_MODE = 0o644
_MISSING, _UNCHANGED, _OK = frozenset({404, 410}), 304, 200
Ready = Callable[[], bool]
Told = Callable[[int, int | None], None]
"""Called with the bytes of a file that are there, and how many it has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Got:
    """What became of a file: it came (`file`), it is as it was (`unchanged`), or there is none (`absent` says why).

    `absent` is "missing" for 404 and 410, else a word of `transfer.wanted.Why`, "unusable" for a name that no disk
    takes, or "failed: …".
    """

    file: CopiedFile | None = None
    unchanged: bool = False
    absent: str = ""


UNCHANGED, UNUSABLE = Got(unchanged=True), Got(absent="unusable")


@dataclass(slots=True, kw_only=True)
class Fetching:
    """Fetches the files of one playback from below `base`, with its cookies; for one thread.

    `owner` names its unfinished files in `parts`. `redirects` becomes True when the server sends on to elsewhere.
    """

    small: SmallFiles
    downloader: Downloader
    base: str
    cookies: Mapping[str, str]
    parts: Path
    owner: str
    stop: threading.Event
    told: Told = lambda _have, _total: None
    _headers: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        """Prepare the cookies."""
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        self._headers = {"Cookie": cookie} if cookie else {}

    def get(self, name: str, target: Path, *, before: CopiedFile | None = None, ready: Ready = lambda: True) -> Got:
        """Fetch a file, unless the server says that it is the one from `before`, which is there.

        `ready` makes the folder of the target once something comes, and tells whether that can be. A page whose server
        gives it by the name of its folder only is asked for so.

        Raise RemoteError when the server fails, MachineError and Stopped. What only this file is to blame for is an
        absence.
        """
        got = self._get(self.base + quote(name, errors="surrogateescape"), name, target, before, ready)
        if name == PAGE and got.absent == "missing":
            return self._get(self.base, name, target, before, ready)
        return got

    def _get(self, url: str, name: str, target: Path, before: CopiedFile | None, ready: Ready) -> Got:
        """Fetch the file of an address."""
        try:
            reply = self._plain(url, name, before)
            if reply is None:
                return self._with_care(url, name, target, before) if ready() else UNUSABLE
            return self._taken(reply, name, target, before, ready)
        except UntrustedHost:
            return Got(absent="elsewhere")
        except (Stopped, MachineError):
            raise
        except NoSuchFile as error:
            return Got(absent=error.why)
        except RecordingFailed as error:
            return Got(absent=f"failed: {error.message}")

    def looks_like(self, name: str, size: int) -> CopiedFile | None:
        """Ask whether a file of that size is the one on the server; return it without its digest, None if it is not."""
        reply = self._ask("HEAD", self.base + quote(name, errors="surrogateescape"), {})
        if reply is None or reply.status != _OK or reply.size != size:
            return None
        return CopiedFile(size=size, sha256="", etag=reply.etag, last_modified=reply.last_modified)

    def answer_to(self, name: str) -> str:
        """Return what the server says of a name: "there", "missing", "refused", "page", or "" if that is not plain."""
        reply = self._ask("GET", self.base + quote(name), {})
        if reply is None:
            return ""
        if reply.status == _OK:
            return "page" if is_page_instead(name, reply.body[:ENOUGH]) else "there"
        return "missing" if reply.status in _MISSING else "refused"

    def _plain(self, url: str, name: str, before: CopiedFile | None) -> Reply | None:
        """Ask plainly; of a film, first how large it is."""
        validators = _validators(before)
        if PurePosixPath(name).suffix.lower() in FILMS:
            reply = self._ask("HEAD", url, validators)
            if reply is None or reply.status != _OK:
                return reply
            if before and _is_same(before, reply):
                return Reply(status=_UNCHANGED)
            if not 0 <= reply.size <= MOST_BYTES:
                return None
        return self._ask("GET", url, validators)

    def _ask(self, method: str, url: str, headers: Mapping[str, str]) -> Reply | None:
        """Ask with the cookies."""
        return self.small.ask(url, method=method, headers={**self._headers, **headers}, stop=self.stop)

    def _taken(self, reply: Reply, name: str, target: Path, before: CopiedFile | None, ready: Ready) -> Got:
        """Take what a plain reply brings."""
        if reply.status == _UNCHANGED and before is not None:
            return UNCHANGED
        if reply.status != _OK:
            return Got(absent="missing" if reply.status in _MISSING else "refused")
        if reply.body and is_page_instead(name, reply.body[:ENOUGH]):
            return Got(absent="page")
        sha256 = hashlib.sha256(reply.body).hexdigest()
        file = CopiedFile(size=reply.size, sha256=sha256, etag=reply.etag, last_modified=reply.last_modified)
        if before is not None and (before.size, before.sha256) == (file.size, sha256):
            return Got(file=file, unchanged=True)
        if not ready():
            return UNUSABLE
        part = self.parts / f"{self.owner}{SMALL}"
        with disk_errors(target):
            descriptor = os.open(part, os.O_CREAT | os.O_TRUNC | os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC, _MODE)
            with open(descriptor, "wb", buffering=0) as stream:  # noqa: PTH123 - a descriptor
                os.fchmod(descriptor, _MODE)  # a web server reads it, whatever the umask says
                _write_all(stream.write, reply.body)
            part.replace(target)
        self.told(reply.size, reply.size)
        return Got(file=file)

    def _with_care(self, url: str, name: str, target: Path, before: CopiedFile | None) -> Got:
        """Download it, going on where an earlier run was cut."""
        is_film = PurePosixPath(name).suffix.lower() in FILMS
        wanted = Wanted(
            url=url,
            cookies=self.cookies,
            accepts=lambda _kind, start: not is_page_instead(name, start),
            limits=FILM if is_film else SIDE_FILE,
            progress=self.told,
            stop=self.stop,
        )
        part = Part(self.parts / f"{self.owner}-{key_of(name)[:16]}.part")
        try:
            self.downloader.fetch_one(wanted, part)
        except NoSuchFile as error:
            if error.why != "empty":
                raise
            with disk_errors(target):
                target.write_bytes(b"")
            return Got(file=CopiedFile(size=0, sha256=hashlib.sha256(b"").hexdigest()))
        origin = part.origin()
        with disk_errors(target):
            file = CopiedFile(
                size=part.path.stat().st_size,
                sha256=digest_of(part.path, self.stop),
                etag=origin.etag if origin else "",
                last_modified=origin.last_modified if origin else "",
            )
            part.path.chmod(_MODE)
            with part.path.open("rb") as stream:
                os.fsync(stream.fileno())
            part.path.replace(target)
            part.forget()
        return Got(file=file, unchanged=before is not None and before.sha256 == file.sha256)


def digest_of(path: Path, stop: threading.Event) -> str:
    """Return the SHA-256 of a file, in hexadecimal digits. Raise OSError, Stopped."""
    digest = hashlib.sha256()
    with path.open("rb", buffering=0) as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
            check(stop)
    return digest.hexdigest()


def _write_all(write: Callable[[memoryview], int | None], body: bytes) -> None:
    """Write all of it: a disk that gets full takes a piece first."""
    left = memoryview(body)
    while left:
        left = left[write(left) or 0 :]


def _validators(before: CopiedFile | None) -> dict[str, str]:
    """Return the headers that ask for a file only if it is another one (RFC 9110, 13.1)."""
    if before is None:
        return {}
    if before.etag:
        return {"If-None-Match": before.etag}
    return {"If-Modified-Since": before.last_modified} if before.last_modified else {}


def _is_same(before: CopiedFile, reply: Reply) -> bool:
    """Tell whether a server that ignores conditions speaks of the same file."""
    named = [(before.etag, reply.etag), (before.last_modified, reply.last_modified)]
    told = [old == new for old, new in named if old and new]
    return before.size == reply.size and bool(told) and all(told)
