"""Fetch first, then convert: the files of a presentation, each fetched once, become a folder of this machine."""

import contextlib
import hashlib
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from bbbmig.convert.work_folder import job_folder
from bbbmig.domain.conversion import Presentation
from bbbmig.domain.presentation_files import MOST_FILES, RENDERED, SHAPES, Purpose, index_names, next_names
from bbbmig.domain.trusted_hosts import TrustedHosts
from bbbmig.errors import RecordingFailed
from bbbmig.http import trust_only
from bbbmig.transfer.disk import disk_errors
from bbbmig.transfer.download import Downloader
from bbbmig.transfer.site_folder import SiteFolder
from bbbmig.transfer.wanted import SIDE_FILE, Limits

_FILMS = ("video/", "audio/", "deskshare/")
_NEEDED = frozenset({"metadata.xml", SHAPES})
"""What, with the films, a recording is; without any other file, something of it can be shown."""

_ELSEWHERE = "if that host is yours, name it in [bbb] hosts; by hand, give the address that the files have there"

Told = Callable[[str, int, int | None], None]
"""Called with a file's name, the bytes that are there, and how many it has (None if the server does not say)."""


def _silent(_name: str, _have: int, _total: int | None) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedFiles:
    """Fetches presentations into folders below `work`, which go when they are done with; `keep` lets them stay.

    Without a `downloader`, which asks trusted hosts only, there is one for each presentation that asks none but
    the presentation's own host, whatever redirections say.
    """

    work: Path
    downloader: Downloader | None = None
    keep: bool = False
    side_file: Limits = SIDE_FILE

    @contextlib.contextmanager
    def fetched(
        self,
        presentation: Presentation,
        purpose: Purpose = RENDERED,
        *,
        told: Told = _silent,
        stop: threading.Event | None = None,
    ) -> Iterator[Presentation]:
        """Yield the presentation with its folder on this machine; one that has its folder is given as it is.

        Raise RecordingFailed when the server refuses every file, RemoteError when it fails, MachineError, Stopped.
        """
        if presentation.folder is not None:
            yield presentation
            return
        with contextlib.ExitStack() as stack:
            if self.keep:
                folder = self.work / folder_name(presentation)
            else:
                folder = stack.enter_context(job_folder(self.work)) / "files"
            with disk_errors(folder):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            downloader = self.downloader or stack.enter_context(_own_downloader(presentation))
            site = SiteFolder(
                downloader,
                presentation.media,
                folder,
                cookies=dict(presentation.cookies),
                stop=stop,
                told=told,
                side_file=self.side_file,
            )
            known = _asked(site, presentation.record_id, purpose)
            _check_any(presentation, site, known)
            notes = tuple(_notes(site))
            yield replace(presentation, folder=folder, notes=notes)


def _own_downloader(presentation: Presentation) -> Downloader:
    """Return a downloader that asks the host of a presentation and no other."""
    downloader = Downloader()
    trusted = TrustedHosts.of(presentation.media)
    trust_only(downloader.client, lambda: trusted)
    return downloader


def _asked(site: SiteFolder, record_id: str, purpose: Purpose) -> dict[str, bytes | None]:
    """Ask for one file after another until all are known; return them by name: the bytes of those that name others.

    Raise RecordingFailed if what a recording cannot do without lies on a host that is not asked.
    """
    known: dict[str, bytes | None] = {}
    reads = index_names(purpose)
    while names := next_names(known, purpose):
        if len(known) + len(names) > MOST_FILES:
            raise RecordingFailed(f"the recording names more than {MOST_FILES} files")
        for name in names:
            path = site.get(name)
            known[name] = None if path is None else path.read_bytes() if name in reads else b""
            if site.absent.get(name) == "elsewhere" and (name in _NEEDED or name.startswith(_FILMS)):
                raise RecordingFailed(f"{record_id}: {name} was {site.refusals[name]}", hint=_ELSEWHERE)
    return known


def _check_any(presentation: Presentation, site: SiteFolder, known: Mapping[str, bytes | None]) -> None:
    """Raise RecordingFailed if nothing came, and that is not because there is nothing."""
    if any(content is not None for content in known.values()) or "missing" in site.absent.values():
        return
    name = next(iter(known))
    raise RecordingFailed(
        f"{presentation.record_id}: the server refuses {name}, and everything else: {site.refusals.get(name, '')}",
        hint="is the recording protected? Then its cookies are missing or too old",
    )


def folder_name(presentation: Presentation) -> str:
    """Name the folder of a presentation's files: the same recordID may exist on two servers."""
    return f"files-{hashlib.sha256(presentation.media.encode()).hexdigest()[:20]}"


def _notes(site: SiteFolder) -> Iterator[str]:
    """Say which files were taken for missing though the server has something under their name."""
    for name, why in site.absent.items():
        if why == "elsewhere":
            yield f"{name} was taken for missing, and {site.refusals[name]}"
        if why == "empty" and name.startswith(_FILMS):
            yield f"{name} is empty on the server, and was taken for missing"
