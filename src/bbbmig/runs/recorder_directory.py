"""The recorder's directory, which Pod sees, too: what lies there, what names may be like, what is tidied up."""

import contextlib
import os
import platform
import re
import stat
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path, PurePosixPath

from bbbmig.convert.install_file import ownership
from bbbmig.domain.file_names import short_id
from bbbmig.domain.plan import Action
from bbbmig.errors import ConfigError
from bbbmig.pod.limits import POD
from bbbmig.runs.run import Run
from bbbmig.settings import RecorderSection
from bbbmig.transfer.leftovers import remove_leftovers
from bbbmig.transfer.partial_file import part_of

_KINDS = {
    stat.S_IFLNK: "a link",
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFBLK: "a device",
    stat.S_IFCHR: "a device",
}


def files_here(recorder: RecorderSection) -> list[str]:
    """Name the files in the directory; a link is none, wherever it leads. Raise ConfigError if it cannot be read."""
    return [one.name for one in _visible(recorder) if one.is_file(follow_symlinks=False)]


def sizes_of(directory: Path) -> dict[str, int]:
    """Return the sizes in bytes of the files in a directory, by name; a link is none. Nothing if it is not there."""
    sizes: dict[str, int] = {}
    try:
        with os.scandir(directory) as found:
            for one in found:
                with contextlib.suppress(FileNotFoundError):  # claimed meanwhile
                    if not one.name.startswith(".") and one.is_file(follow_symlinks=False):
                        sizes[one.name] = one.stat(follow_symlinks=False).st_size
    except OSError:
        return {}
    return sizes


def sizes_here(recorder: RecorderSection) -> dict[str, int]:
    """Return the sizes of the files in the recorder's directory. Raises as `files_here`."""
    files_here(recorder)
    return sizes_of(recorder.directory)


def others_here(recorder: RecorderSection) -> dict[str, str]:
    """Name what else is in the directory, with what it is ("a link"). Raises as `files_here`."""
    others = [one for one in _visible(recorder) if not one.is_file(follow_symlinks=False)]
    return {one.name: kind for one in others if (kind := _kind(one))}


def _kind(one: os.DirEntry[str]) -> str:
    """Say what it is; "" if it is gone, or a file by now."""
    with contextlib.suppress(FileNotFoundError):
        return _KINDS.get(stat.S_IFMT(one.stat(follow_symlinks=False).st_mode), "")
    return ""


def _visible(recorder: RecorderSection) -> list[os.DirEntry[str]]:
    """List what is in the directory and not hidden. Raises as `files_here`."""
    directory = recorder.directory
    try:
        with os.scandir(directory) as found:
            return [one for one in found if not one.name.startswith(".")]
    except OSError as error:
        raise ConfigError(
            f"recorder.directory: cannot read {directory}: {error.strerror}",
            hint="mount it, or correct [recorder] directory",
        ) from error


def ensure_usable(run: Run) -> None:
    """Make sure, before any server is asked, that files can be put there; in a dry run, that it can be read.

    Raise ConfigError.
    """
    recorder = run.settings.recorder
    files_here(recorder)
    ownership(recorder.owner, recorder.group)
    if not run.dry and not os.access(recorder.directory, os.W_OK | os.X_OK):
        raise ConfigError(
            f"recorder.directory: this user may not write into {recorder.directory}",
            hint="run bbbmig as a user who may, or give this one the rights (`bbbmig check`)",
        )


def names_in_pod(run: Run) -> list[str]:
    """Name the files that Pod's recorder has: those that became videos, and those that wait and lie in the directory.

    What waits and does not lie there is lost, whatever Pod says. Raise RemoteRefused if there is no such recorder.
    """
    recorder = run.adapters.recorder
    recorder.info()
    here = set(files_here(run.settings.recorder))  # before Pod is asked: what is claimed meanwhile is in both
    waiting = [PurePosixPath(file).name for file in recorder.waiting_files()]
    claimed = [PurePosixPath(file).name for file in recorder.claimed_files()]
    return list(dict.fromkeys([*(name for name in waiting if name in here), *claimed]))


def room_for_names(recorder: RecorderSection) -> int:
    """Count the characters that a file's name there may have."""
    return POD.path - len(str(recorder.pod_directory)) - 1


def tidy(run: Run, actions: Iterable[Action]) -> None:
    """Remove what runs that were killed left there, but what these actions or other machines go on with."""
    directory = run.settings.recorder.directory
    targets = [directory / action.target for action in actions]
    remove_leftovers(directory, targets=targets, named=unfinished(run), busy=busy_with(run))


def unfinished(run: Run) -> Callable[[Path], Path]:
    """Return how unfinished files are named here: with this machine's name, where several share the ledger."""
    return partial(part_of, holder=re.sub(r"\W", "-", platform.node())) if run.adapters.ledger.shared else part_of


def busy_with(run: Run) -> set[str]:
    """Return the short ids of recordings that other runs work on now."""
    return {short_id(record_id) for record_id in run.adapters.ledger.at_work(run.server)}
