"""The folder of one playback copied: one name after another, as `domain.mirror_files` tells them."""

import os
import stat
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from bbbmig.domain.mirror import CopiedFile, FormatCopy
from bbbmig.domain.mirror_files import METADATA, PAGE, is_read, own_name, wanted_names
from bbbmig.domain.mirror_proof import DAMAGED, SHORT, UNPROVEN, what_is_missing
from bbbmig.domain.presentation_files import CAPTIONS, MOST_FILES
from bbbmig.errors import RecordingFailed
from bbbmig.mirror.fetching import Fetching, Got, digest_of
from bbbmig.mirror.manifest import Journal
from bbbmig.transfer.cancel import check
from bbbmig.transfer.disk import disk_errors

CONTROL = "bbbmig-asks-for-a-file-that-is-not-there.webm"
"""What is asked for to learn how a server says that it has no such file."""

_CHANGING = frozenset({METADATA, CAPTIONS, PAGE})
"""What is asked about on every run: renaming and publishing rewrite the first, uploads of captions the second."""
_FOLDER_MODE = 0o755


@dataclass(slots=True, kw_only=True)
class FolderCopy:
    """Copies one playback into `folder`, a folder of `root` that is no link.

    `before` is what is there already, by name, and `absent_before` why other names are not; what is "missing" there is
    asked for again with `every_file` only, and so is everything that has come. `reopened` gives access anew where
    cookies grow old; None where there are none.
    """

    fetching: Fetching
    kind: str
    record_id: str
    address: str
    root: Path
    folder: Path
    journal: Journal
    stop: threading.Event
    before: Mapping[str, CopiedFile] = field(default_factory=dict)
    absent_before: Mapping[str, str] = field(default_factory=dict)
    every_file: bool = False
    reopened: Callable[[], Fetching] | None = None
    changed: bool = False
    _republished: bool = False
    _is_new: bool = False
    _files: dict[str, CopiedFile] = field(default_factory=dict)
    _absent: dict[str, str] = field(default_factory=dict)
    _known: dict[str, bytes | None] = field(default_factory=dict)
    _folders: set[Path] = field(default_factory=set)
    _controls: dict[str, str] = field(default_factory=dict)

    def run(self) -> FormatCopy:
        """Copy until nothing more is named. Raise RemoteError, MachineError, Stopped, RecordingFailed."""
        with disk_errors(self.root):
            if not self.root.is_dir():
                self.root.mkdir(exist_ok=True)
                self.root.chmod(_FOLDER_MODE)
        self._is_new = not os.path.lexists(self.folder)
        while names := wanted_names(self.kind, self._known, address=self.address):
            if len(self._known) + len(names) > MOST_FILES:
                raise RecordingFailed(f"the recording names more than {MOST_FILES} files")
            self._round(names)
            if self._republished and not self.every_file:
                self._begin_anew()
        if self.changed and METADATA in self._files:
            self._look_again()
        return self._verdict()

    def _round(self, names: list[str]) -> None:
        """Ask for some names; where one seems to be absent, make sure that it is not our access that has ended."""
        for name in names:
            self._ask(name)
        lost = [name for name in names if self._absent.get(name) == "missing"]
        if lost and self.reopened is not None and METADATA in self._files and self._access_has_ended():
            self.fetching = self.reopened()
            for name in lost:
                self._ask(name)
        self._read_answers([name for name in names if self._absent.get(name) in ("refused", "page")])

    def _ask(self, name: str) -> None:
        """Have one file, or learn that there is none."""
        check(self.stop)
        if not own_name(name):
            self._note(name, Got(absent="unusable"))
            return
        target = self.folder / name
        before = self.before.get(name)
        self._is_new = self._is_new and before is None
        if before is not None and not self._is_there(target, before.size):
            before = None
        if before is not None and not self.every_file and name not in _CHANGING:
            self._keep(name, before)
            return
        if before is None and not self.every_file and self.absent_before.get(name) == "missing":
            self._note(name, Got(absent="missing"))
            return
        if before is None and (found := self._found_here(name, target)):
            self._came(name, found)
            return
        got = self.fetching.get(name, target, before=before, ready=lambda: self._makes_room(target))
        if got.unchanged and before is not None:
            self._keep(name, got.file or before)
        elif got.file is not None:
            self._republished = self._republished or (name == METADATA and before is not None)
            self._came(name, got.file)
        elif before is not None and got.absent == "missing":
            self._keep(name, before)  # nobody may lose a file by asking for it
        else:
            self._note(name, got)

    def _found_here(self, name: str, target: Path) -> CopiedFile | None:
        """Take a file that somebody has put there, or that came just before a `kill -9`, if the server has its like."""
        if self._is_new or name in _CHANGING or self.absent_before.get(name) == DAMAGED or not self._is_file(target):
            return None
        like = self.fetching.looks_like(name, target.stat().st_size)
        with disk_errors(target):
            return replace(like, sha256=digest_of(target, self.stop)) if like else None

    def _keep(self, name: str, file: CopiedFile) -> None:
        """Note a file that is as it was."""
        self._files[name] = file
        self._absent.pop(name, None)
        self._known[name] = self._content(name)

    def _came(self, name: str, file: CopiedFile) -> None:
        """Note a file that has come."""
        self.changed = True
        self.journal.note(self.kind, name, file)
        self._keep(name, file)

    def _note(self, name: str, got: Got) -> None:
        """Note that there is no such file."""
        self._absent[name] = got.absent
        self._known[name] = None

    def _content(self, name: str) -> bytes:
        """Read what further names follow from."""
        if not is_read(self.kind, name):
            return b""
        with disk_errors(self.folder / name):
            return (self.folder / name).read_bytes()

    def _begin_anew(self) -> None:
        """Ask for everything: what was published was changed."""
        self.every_file = True
        self.before = {**self.before, **self._files}
        self._files, self._absent, self._known = {}, {}, {}

    def _look_again(self) -> None:
        """Ask at the end whether the recording was published anew meanwhile; if so, ask for all of it once more."""
        before = self._files[METADATA]
        if before.etag or before.last_modified:
            got = self.fetching.get(METADATA, self.folder / METADATA, before=before)
            if got.file is not None and not got.unchanged:
                self._came(METADATA, got.file)
                self._begin_anew()
                while names := wanted_names(self.kind, self._known, address=self.address):
                    self._round(names)

    def _access_has_ended(self) -> bool:
        """Tell whether not even metadata.xml is given any more."""
        return self.fetching.answer_to(METADATA) != "there"

    def _read_answers(self, names: list[str]) -> None:
        """Take a refusal or a page for "missing" where the server says the same of what certainly is not there.

        Storage of Amazon's kind says 403 to who may not list, other servers have a front page for everything.
        """
        if not names or METADATA not in self._files:
            return
        if not self._controls:
            self._controls[CONTROL] = self.fetching.answer_to(CONTROL)
            self._controls[METADATA] = self.fetching.answer_to(METADATA)
        for name in names:
            if self._absent[name] == self._controls[CONTROL] and self._controls[METADATA] == "there":
                self._absent[name] = "missing"

    def _makes_room(self, target: Path) -> bool:
        """Make the folder of a file; tell whether there can be one of that name. Raise MachineError, NoSpace."""
        parent = target.parent
        if parent not in self._folders:
            missing = []
            while not parent.is_dir():
                if parent.is_symlink() or parent.exists():
                    return False
                missing.append(parent)
                parent = parent.parent
            if not parent.resolve().is_relative_to(self.root.resolve()):
                return False
            with disk_errors(target):
                for folder in reversed(missing):
                    folder.mkdir(exist_ok=True)
                    folder.chmod(_FOLDER_MODE)
            self._folders.update((target.parent, *missing))
        if self._is_new:
            return target not in self._folders
        return not (target.is_symlink() or target.is_dir())

    def _is_file(self, target: Path) -> bool:
        """Tell whether a file is there whose folder is one of ours."""
        return target.is_file() and self._makes_room(target)

    def _is_there(self, target: Path, size: int) -> bool:
        """Tell whether a file of that size is there, and no link to one."""
        try:
            seen = target.lstat()
        except OSError:
            return False
        return stat.S_ISREG(seen.st_mode) and seen.st_size == size

    def _verdict(self) -> FormatCopy:
        """Judge what is there; a film that was proven too short is still so if it is the same one."""
        for name, why in self.absent_before.items():
            if why.startswith(SHORT) and name in self._files and self._files[name] == self.before.get(name):
                self._absent[name] = why
        sizes = {name: file.size for name, file in self._files.items()}
        missing = what_is_missing(self.kind, self.record_id, self._known, sizes, self._absent)
        as_served = not any(why in UNPROVEN or why.startswith("failed") for why in self._absent.values())
        return FormatCopy(
            files=self._files,
            absent=self._absent,
            missing=missing,
            as_served=(as_served or not missing) and METADATA in self._files,
            size=sum(sizes.values()),
        )
