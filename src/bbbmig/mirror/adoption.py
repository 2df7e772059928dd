"""What somebody else has copied, with rsync for one, taken over: looked through, digested, judged as our own copies."""

import stat
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bbbmig.domain.mirror import CopiedFile, FormatCopy, RecordingCopy
from bbbmig.domain.mirror_files import FORMATS, own_name
from bbbmig.domain.presentation_files import MOST_FILES
from bbbmig.domain.recording import Recording
from bbbmig.errors import RecordingFailed
from bbbmig.mirror import manifest
from bbbmig.mirror.fetching import digest_of
from bbbmig.mirror.places import Places
from bbbmig.mirror.proof import judged_format
from bbbmig.transfer.disk import disk_errors
from bbbmig.transfer.own_folder import FOLDER


@dataclass(frozen=True, slots=True, kw_only=True)
class Adoption:
    """Takes over folders of playbacks."""

    places: Places
    stop: threading.Event

    def adopt(self, recording: Recording) -> RecordingCopy:
        """Take over what lies there of a recording; return how it stands.

        Raise RecordingFailed if nothing of it is there, MachineError, Stopped.
        """
        record_id = recording.record_id
        before = manifest.read(self.places.manifest(record_id))
        formats: dict[str, FormatCopy] = {}
        wanted = [kind for kind in FORMATS if recording.playback(kind) is not None]
        for kind in FORMATS:
            folder = self.places.folder(kind, record_id)
            known = before.formats[kind] if before and kind in before.formats else FormatCopy()
            if folder.is_dir() and not folder.is_symlink():
                formats[kind] = self._format(kind, record_id, folder, known)
            elif kind in wanted:
                formats[kind] = FormatCopy(missing=("all of it",), as_served=False)
        if not any(one.files for one in formats.values()):
            raise RecordingFailed(
                f"nothing of it lies in {self.places.directory}", hint="copy it, or run without --adopt"
            )
        others = tuple(dict.fromkeys(one.type for one in recording.playbacks if one.type not in FORMATS))
        copy = RecordingCopy(recording=recording, checked_at=datetime.now(UTC), formats=formats, others=others)
        manifest.write(self.places.manifest(record_id), copy)
        return copy

    def _format(self, kind: str, record_id: str, folder: Path, known: FormatCopy) -> FormatCopy:
        """Look through one folder; what is no file, or has a name that none can have, is left out."""
        files: dict[str, CopiedFile] = {}
        for path in _files_below(folder):
            name = path.relative_to(folder).as_posix()
            if len(files) > MOST_FILES:
                raise RecordingFailed(f"more than {MOST_FILES} files lie in {folder}")
            with disk_errors(path):
                size, sha256 = path.stat().st_size, digest_of(path, self.stop)
            before = known.files.get(name)
            same = before is not None and (before.size, before.sha256) == (size, sha256)
            files[name] = before if same and before else CopiedFile(size=size, sha256=sha256)
        absent = {name: why for name, why in known.absent.items() if name not in files}
        return judged_format(kind, record_id, folder, files, absent)


def _files_below(folder: Path) -> Iterator[Path]:
    """Yield the files below a folder; links are not followed. Raise MachineError."""
    with disk_errors(folder):
        entries = sorted(folder.iterdir())
    for path in entries:
        mode = path.lstat().st_mode
        if path.name == FOLDER or not own_name(path.name):
            continue
        if stat.S_ISDIR(mode):
            yield from _files_below(path)
        elif stat.S_ISREG(mode):
            yield path
