"""A copy proven without the old server: sizes, digests, references, and whether films last as long as they must."""

import logging
import stat
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from bbbmig.domain.mirror import CopiedFile, FormatCopy, RecordingCopy
from bbbmig.domain.mirror_files import FILMS, METADATA, is_read, own_name
from bbbmig.domain.mirror_proof import DAMAGED, SHORT, what_is_missing
from bbbmig.domain.presentation_files import CAMERAS, DESK
from bbbmig.domain.recording import Recording
from bbbmig.errors import RecordingFailed, Stopped
from bbbmig.mirror import manifest
from bbbmig.mirror.fetching import digest_of
from bbbmig.mirror.places import Places
from bbbmig.transfer.disk import disk_errors
from bbbmig.xml import XmlError
from bbbmig.xml.metadata import read_metadata

log = logging.getLogger(__name__)

TOLERANCE_S = 2.0
"""Cameras and desks are filmed for the whole recording; their films may be so much shorter."""
_TOLERANCE_RATIO = 0.02

LengthOf = Callable[[Path], float]
"""Gives the length of a film in seconds. Raises RecordingFailed if it is not a whole one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """Proves copies; what is wrong with one is remembered unless `dry`, so that the next run fetches it again."""

    places: Places
    length_of: LengthOf
    stop: threading.Event
    dry: bool = False

    def prove(self, recording: Recording) -> RecordingCopy:
        """Look at all files of a recording again; return how it stands. Raise RecordingFailed, MachineError."""
        path = self.places.manifest(recording.record_id)
        known = manifest.read(path)
        if known is None:
            raise RecordingFailed("nothing is remembered of it", hint="run bbbmig mirror")
        formats = {kind: self._format(recording.record_id, kind, one) for kind, one in known.formats.items()}
        proven = replace(known, formats=formats)
        if not self.dry and formats != known.formats:
            manifest.write(path, replace(proven, checked_at=datetime.now(UTC)))
        return proven

    def _format(self, record_id: str, kind: str, known: FormatCopy) -> FormatCopy:
        """Prove one format: files that are not as they came are no longer counted as there."""
        folder = self.places.folder(kind, record_id)
        wrong: dict[str, str] = {}
        for name, file in known.files.items():
            if why := self._difference(folder / name, file):
                wrong[name] = why
        files = {name: file for name, file in known.files.items() if name not in wrong}
        absent = {name: why for name, why in known.absent.items() if not why.startswith(SHORT)}
        absent |= dict.fromkeys(wrong, DAMAGED) | dict(self._wrong_lengths(folder, files))
        judged = judged_format(kind, record_id, folder, files, absent)
        said = tuple(f"{name}: {why}" for name, why in wrong.items())
        return replace(
            judged,
            missing=(*said, *(what for what in judged.missing if what not in wrong)),
            as_served=known.as_served and not said,
        )

    def _difference(self, path: Path, file: CopiedFile) -> str:
        """Say how a file differs from the one that came, "" if it does not."""
        try:
            seen = path.lstat()
        except OSError:
            return "is missing"
        if not stat.S_ISREG(seen.st_mode):
            return "is no file"
        if seen.st_size != file.size:
            return f"has {seen.st_size:,} bytes instead of {file.size:,}"
        with disk_errors(path):
            return "" if digest_of(path, self.stop) == file.sha256 else "has other bytes than came"

    def _wrong_lengths(self, folder: Path, files: dict[str, CopiedFile]) -> Iterator[tuple[str, str]]:
        """Yield the films that cannot be played, or end too early."""
        expected_s = _length_s(folder / METADATA) if METADATA in files else 0.0
        for name in files:
            if PurePosixPath(name).suffix.lower() not in FILMS:
                continue
            try:
                length_s = self.length_of(folder / name)
            except Stopped:
                raise
            except RecordingFailed as error:
                yield name, f"{SHORT} no time that could be told: {error.message}"
                continue
            last_all = PurePosixPath(name).with_suffix("").as_posix() in (CAMERAS, DESK)
            least_s = expected_s - max(TOLERANCE_S, expected_s * _TOLERANCE_RATIO)
            if last_all and length_s < least_s:
                yield name, f"{SHORT} {length_s:.1f} s, the recording {expected_s:.1f} s"


def judged_format(
    kind: str, record_id: str, folder: Path, files: Mapping[str, CopiedFile], absent: Mapping[str, str]
) -> FormatCopy:
    """Judge the files of one format by what its index files, which are read from `folder`, say. Raise MachineError."""
    known: dict[str, bytes | None] = {}
    for name in files:
        if is_read(kind, name) and own_name(name):
            with disk_errors(folder / name):
                known[name] = (folder / name).read_bytes()
    sizes = {name: file.size for name, file in files.items()}
    missing = what_is_missing(kind, record_id, known, sizes, absent)
    return FormatCopy(files=files, absent=absent, missing=missing, size=sum(sizes.values()))


def _length_s(metadata: Path) -> float:
    """Return how long the recording says that it is, 0 if it does not."""
    try:
        return read_metadata(metadata).duration_s
    except XmlError:
        return 0.0
