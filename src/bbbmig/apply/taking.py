"""Take a file back that waits to be claimed: away from the recorder's directory first, then from Pod's page of claims.

Whoever wins the file's rename has it. If that is bbbmig, nobody can claim it any more; if Pod moved it away before, it
was claimed. In a run that is killed in between, the file lies in bbbmig's own folder, where the next run finds it.
"""

import os
import stat
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from bbbmig.apply.ports import Install, Memory
from bbbmig.domain.claim_plan import given
from bbbmig.domain.file_names import short_id_in
from bbbmig.domain.history import History, State
from bbbmig.domain.recording import Recording
from bbbmig.errors import RecordingFailed
from bbbmig.transfer.disk import disk_errors
from bbbmig.transfer.own_folder import FOLDER, leave, make_inside


class ClaimedMeanwhile(Exception):
    """Somebody has claimed the file that was to be published."""


TAKEN = ".taken"
"""What the name of a file ends with that is on its way back: no video for Pod, no rest of a download for bbbmig."""


class ClaimsPort(Protocol):
    """What Pod's recorder knows of files."""

    def claimed(self, file: str) -> bool:
        """Tell whether somebody claimed a file, by its path as Pod sees it."""
        ...

    def withdraw(self, file: str) -> None:
        """Take a file off the page of claims, if it is there."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeBack:
    """Takes files from the recorder's `directory` (`pod_directory` for Pod) into the `work` directory.

    `look_into` raises RecordingFailed if a file is not the recording's, and whole; `install` gives one its name there.
    `history` has what was given to be claimed.
    """

    directory: Path
    pod_directory: str
    work: Path
    recorder: ClaimsPort
    look_into: Callable[[Recording, Path], object]
    install: Install
    server: str
    memory: Memory
    history: History

    def take(self, recording: Recording, name: str) -> Path:
        """Return the whole file in the work directory. Raise ClaimedMeanwhile, and as `look_into`."""
        target, aside, kept = self.directory / name, taken_of(self.directory / name), self.work / name
        if os.path.lexists(aside) and os.path.lexists(target):  # delivered once more meanwhile
            with disk_errors(aside):
                aside.unlink()
        if not os.path.lexists(aside):
            self._check_unclaimed(name)
            try:
                self.look_into(recording, target)
            except RecordingFailed:
                self._check_unclaimed(name)
                raise
            if not self._moved_aside(target, aside):
                raise ClaimedMeanwhile
        if self.recorder.claimed(self._path(name)):  # in the moment before the rename: Pod looks for it, let it
            with disk_errors(target):
                aside.rename(target)
            raise ClaimedMeanwhile
        with disk_errors(kept):
            self.work.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.install(aside, kept)
        return kept

    def withdraw(self, recording: Recording, name: str = "") -> None:
        """Take a file that is back off the page of claims; after that, the ledger does not call it given any more.

        Without `name`, it is the one that the ledger knows.
        """
        entry = given(self.history, recording.record_id)
        if entry is not None:
            name = name or Path(entry.location).name
        if name:
            self.recorder.withdraw(self._path(name))
        if entry is not None:
            undone = replace(entry, state=State.UNDONE, detail="taken back, to be published")
            self.memory.write(self.server, [undone])

    def _check_unclaimed(self, name: str) -> None:
        if self.recorder.claimed(self._path(name)):
            raise ClaimedMeanwhile

    def _path(self, name: str) -> str:
        return f"{self.pod_directory.rstrip('/')}/{name}"

    def _moved_aside(self, target: Path, aside: Path) -> bool:
        """Move a file into bbbmig's own folder; False if it is gone. Raise RecordingFailed if it is none, or shared."""
        with disk_errors(target):
            try:
                make_inside(self.directory, lambda: target.rename(aside) if os.path.lexists(target) else None)
            except FileNotFoundError:
                return False
            if not os.path.lexists(aside):
                leave(self.directory)
                return False
            seen = aside.lstat()
            if stat.S_ISREG(seen.st_mode) and seen.st_nlink == 1:
                return True
            aside.rename(target)
            leave(self.directory)
        raise RecordingFailed(
            f"{target} is not a file, or has another name as well: it is not published",
            hint="bbbmig did not put it there: look at it and move it away",
        )


def taken_of(target: Path) -> Path:
    """Name a file of the recorder's directory while it is on its way back."""
    return target.parent / FOLDER / f"{target.name}{TAKEN}"


def give_back(directory: Path, *, but: Collection[str] = (), busy: Collection[str] = ()) -> None:
    """Put back what a run that was killed was about to take, unless it is going to be taken now.

    What another run works on, by the short ids of its recordings, stays as it is.
    """
    for name in set(being_taken(directory)) - set(but):
        if short_id_in(name) in busy:
            continue
        target = directory / name
        with disk_errors(target):
            if os.path.lexists(target):
                taken_of(target).unlink()
            else:
                taken_of(target).rename(target)
    leave(directory)


def being_taken(directory: Path) -> list[str]:
    """Name the files that were on their way back when a run was killed."""
    folder = directory / FOLDER
    with disk_errors(folder):
        if folder.is_symlink() or not folder.is_dir():
            return []
        return [path.name.removesuffix(TAKEN) for path in folder.iterdir() if path.name.endswith(TAKEN)]
