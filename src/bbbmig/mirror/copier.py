"""One recording copied: each of its formats, then what is remembered of it."""

import contextlib
import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Protocol

from bbbmig.domain.file_names import key_of
from bbbmig.domain.mirror import CopiedFile, FormatCopy, RecordingCopy, State
from bbbmig.domain.mirror_files import FORMATS, METADATA
from bbbmig.domain.recording import Recording
from bbbmig.errors import RecordingFailed, Stopped
from bbbmig.mirror import manifest
from bbbmig.mirror.fetching import Fetching
from bbbmig.mirror.folder_copy import FolderCopy
from bbbmig.mirror.manifest import Journal
from bbbmig.mirror.places import Places
from bbbmig.transfer.download import Downloader
from bbbmig.transfer.small_file import SmallFiles

log = logging.getLogger(__name__)

Told = Callable[[int, int | None], None]


class Folder(Protocol):
    """Where the files of a playback are on the old server, as `bbb.published_folders.PublishedFolder`."""

    @property
    def base(self) -> str:
        """Return the address below which they are, a slash at its end."""
        ...

    @property
    def address(self) -> str:
        """Return the playback's own address."""
        ...

    @property
    def cookies(self) -> tuple[tuple[str, str], ...]:
        """Return the cookies that open them."""
        ...


Folders = Callable[[Recording, str], tuple[Folder, ...]]
"""Gives the places where the files of a playback may be, with a fresh token for what is protected.

Raises RecordingFailed if nobody may have them, RemoteError."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copier:
    """Copies recordings; may be shared between threads, each with a recording of its own."""

    places: Places
    folders: Folders
    small: SmallFiles
    downloader: Downloader
    stop: threading.Event
    every_file: bool = False

    def copy(self, recording: Recording, *, told: Told = lambda _have, _total: None) -> tuple[RecordingCopy, bool]:
        """Copy what is not there yet or was changed; tell, too, whether anything came.

        Raise RemoteError when the server fails, RecordingFailed, MachineError, Stopped: what has come so far is kept
        for the next run.
        """
        before = manifest.read(self.places.manifest(recording.record_id))
        journal = Journal(self.places.journal(recording.record_id))
        done = changed = False
        try:
            copied = RecordingCopy(recording=recording, checked_at=datetime.now(UTC), others=_others(recording))
            formats: dict[str, FormatCopy] = {}
            for kind in _kinds(recording):
                try:
                    formats[kind], is_new = self._format(recording, kind, before, journal, told)
                except _NotGivenError as error:
                    if before is None or kind not in before.formats:
                        copied = replace(copied, why=str(error))
                        break
                    formats[kind], is_new = before.formats[kind], False  # what we have, we keep
                except Stopped:
                    raise
                except RecordingFailed as error:
                    formats[kind], is_new = FormatCopy(missing=(error.message,), as_served=False), True
                changed = changed or is_new
            copied = replace(copied, formats=formats)
            if changed or before is None or _news(before, copied):
                manifest.write(self.places.manifest(recording.record_id), copied)
            done = True
        finally:
            journal.close(done=done)
        return copied, changed

    def _format(
        self, recording: Recording, kind: str, before: RecordingCopy | None, journal: Journal, told: Told
    ) -> tuple[FormatCopy, bool]:
        """Copy one format; tell, too, whether anything came."""
        there, absent = self._there_already(recording.record_id, kind, before)
        folder = self.places.folder(kind, recording.record_id)
        fetching, address = self._opened(recording, kind, told)
        work = FolderCopy(
            fetching=fetching,
            kind=kind,
            record_id=recording.record_id,
            address=address,
            root=self.places.directory / kind,
            folder=folder,
            journal=journal,
            stop=self.stop,
            before=there,
            absent_before=absent,
            every_file=self.every_file,
            reopened=(lambda: self._opened(recording, kind, told)[0]) if recording.protected else None,
        )
        return work.run(), work.changed

    def _there_already(
        self, record_id: str, kind: str, before: RecordingCopy | None
    ) -> tuple[Mapping[str, CopiedFile], Mapping[str, str]]:
        """Return the files that have come, also in a run that died, and why other names are not there."""
        came = manifest.read_journal(self.places.journal(record_id)).get(kind, {})
        if before is None or kind not in before.formats:
            return came, {}
        known = before.formats[kind]
        is_whole = before.state is State.WHOLE and not came
        absent = {name: why for name, why in known.absent.items() if is_whole or why != "missing"}
        return {**known.files, **came}, absent

    def _opened(self, recording: Recording, kind: str, told: Told) -> tuple[Fetching, str]:
        """Find where the files of a playback are; return the address of the playback as well.

        The first place that has its metadata.xml is the one; if none has, the first is asked for all the rest.
        """
        try:
            folders = self.folders(recording, kind)
        except RecordingFailed as error:
            if recording.protected:
                raise _NotGivenError(f"protected, and no token opens it: {error.message}") from error
            raise
        if not folders:
            raise RecordingFailed(f"its {kind} has no address that can be asked")
        made = [(self._fetching(folder, recording, told), folder.address) for folder in folders]
        if len(made) > 1:
            for fetching, address in made:
                with contextlib.suppress(RecordingFailed):
                    if fetching.answer_to(METADATA) == "there":
                        return fetching, address
        return made[0]

    def _fetching(self, folder: Folder, recording: Recording, told: Told) -> Fetching:
        """Put together what fetches from a folder."""
        return Fetching(
            small=self.small,
            downloader=self.downloader,
            base=folder.base,
            cookies=dict(folder.cookies),
            parts=self.places.parts,
            owner=key_of(recording.record_id),
            stop=self.stop,
            told=told,
        )


class _NotGivenError(Exception):
    """The server has it and gives it to nobody."""


def _kinds(recording: Recording) -> Iterator[str]:
    """Yield the formats of a recording that are copied."""
    return (kind for kind in FORMATS if recording.playback(kind) is not None)


def _others(recording: Recording) -> tuple[str, ...]:
    """Return its other formats."""
    return tuple(dict.fromkeys(one.type for one in recording.playbacks if one.type not in FORMATS))


def _news(before: RecordingCopy, copied: RecordingCopy) -> bool:
    """Tell whether something else is to be remembered than before."""
    return (before.recording, before.formats, before.why, before.others) != (
        copied.recording,
        copied.formats,
        copied.why,
        copied.others,
    )
