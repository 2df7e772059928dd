"""Take a file back that waits to be claimed: away from the recorder's directory first, then from Pod's page of claims.

Whoever wins the file's rename has it. If that is bbbmig, nobody can claim it any more; if Pod moved it away before, it
was claimed. In a run that is killed in between, the file lies in bbbmig's own folder, where the next run finds it.
"""

import os
import stat
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bbbmig.apply.ports import Install
from bbbmig.domain.recording import Recording
from bbbmig.errors import RecordingFailed
from bbbmig.transfer.disk import disk_errors
from bbbmig.transfer.own_folder import FOLDER, leave, make_inside

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
    """

    directory: Path
    pod_directory: str
    work: Path
    recorder: ClaimsPort
    look_into: Callable[[Recording, Path], None]
    install: Install

    def take(self, recording: Recording, name: str) -> Path | None:
        """Return the whole file in the work directory; None if somebody has claimed it. Raises as `look_into`."""
        target, aside, kept = self.directory / name, taken_of(self.directory / name), self.work / name
        if os.path.lexists(aside) and os.path.lexists(target):  # delivered once more meanwhile
            with disk_errors(aside):
                aside.unlink()
        if not os.path.lexists(aside):
            if self.recorder.claimed(self._path(name)):
                return None
            try:
                self.look_into(recording, target)
            except RecordingFailed:
                if self.recorder.claimed(self._path(name)):
                    return None
                raise
            if not self._moved_aside(target, aside):
                return None
        if self.recorder.claimed(self._path(name)):  # in the moment before the rename: Pod looks for it, let it
            with disk_errors(target):
                aside.rename(target)
            return None
        with disk_errors(kept):
            self.work.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.install(aside, kept)
        return kept

    def withdraw(self, name: str) -> None:
        """Take a file that is back off the page of claims."""
        self.recorder.withdraw(self._path(name))

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


def give_back(directory: Path, *, but: Collection[str] = ()) -> None:
    """Put back what a run that was killed was about to take, unless it is going to be taken now."""
    for name in set(being_taken(directory)) - set(but):
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
