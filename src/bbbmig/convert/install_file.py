"""Put a finished file where Pod looks for it, under its name, whole or not at all.

Pod's cron takes every file whose extension is one of its videos', hidden ones included, and leaves `.part` alone
(docs/facts/pod-rest.md#the-page-of-claims). So unfinished files lie in a folder of bbbmig's own beside the finished
ones, as `.bbbmig/NAME.part`.
"""

import contextlib
import errno
import filecmp
import grp
import io
import os
import pwd
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from bbbmig.errors import BbbmigError, ConfigError, RecordingFailed
from bbbmig.transfer.disk import check_room, disk_errors, sync_folder
from bbbmig.transfer.own_folder import FOLDER, leave, make_inside
from bbbmig.transfer.partial_file import note_of, part_of

_NO_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EACCES})


def install(part: Path, target: Path, *, mode: int | None = None, owner: str = "", group: str = "") -> int:
    """Make `part` appear as `target`, certainly on the disk; return its size in bytes.

    `mode`, `owner` and `group` (names or numbers) are set before it appears; None and "" leave them. `part` may be
    on another file system. A file that is there already is left alone: the same content is success, another is
    RecordingFailed. Raise ConfigError when owner, group or mode cannot be set, NoSpace when the disk is full.
    """
    ids = ownership(owner, group)
    near = _brought_near(part, target)
    with disk_errors(target):
        with _opened(near) as file:
            _set_rights(file.fileno(), target.parent, mode, ids)
            os.fsync(file.fileno())
            size = os.fstat(file.fileno()).st_size
        for unfinished in (part, near):
            # first of all: nobody goes on writing to a file that has two names for a moment
            note_of(unfinished).unlink(missing_ok=True)
        _appear(near, target)
        sync_folder(target.parent)
        part.unlink(missing_ok=True)
        near.unlink(missing_ok=True)
    for folder in {part.parent, near.parent}:
        if folder.name == FOLDER:
            leave(folder.parent)
    return size


def install_copy(file: Path, target: Path, *, mode: int | None = None, owner: str = "", group: str = "") -> int:
    """Make a copy of a whole file appear as `target`, with all that `install` promises; `file` stays."""
    near = part_of(target)
    with disk_errors(target):
        near.unlink(missing_ok=True)
        size = file.stat().st_size
        try:
            make_inside(target.parent, lambda: os.link(file, near))
        except OSError as error:
            if error.errno not in {*_NO_LINKS, errno.EXDEV}:
                raise
            check_room(target.parent, size, what=target.name)
            make_inside(target.parent, lambda: shutil.copyfile(file, near))
    return install(near, target, mode=mode, owner=owner, group=group)


@contextlib.contextmanager
def _opened(near: Path) -> Iterator[io.FileIO]:
    """Open the file that is to be delivered: itself, never what a link of its name points to."""
    descriptor = os.open(near, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with io.FileIO(descriptor) as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise RecordingFailed(f"{near} is not a file", hint="somebody put it there: remove it, then run again")
        yield file


def ownership(owner: str, group: str) -> tuple[int, int]:
    """Find the numbers of a user and a group, -1 for "". Raise ConfigError if there is no such one."""
    try:
        user = -1 if not owner else int(owner) if owner.isdigit() else pwd.getpwnam(owner).pw_uid
    except KeyError as error:
        raise ConfigError(f"there is no user {owner} on this machine", hint="correct the owner of files") from error
    try:
        return user, -1 if not group else int(group) if group.isdigit() else grp.getgrnam(group).gr_gid
    except KeyError as error:
        raise ConfigError(f"there is no group {group} on this machine", hint="correct the group of files") from error


def _brought_near(part: Path, target: Path) -> Path:
    """Return the file on the target's file system: itself, or a copy under a name that Pod does not take."""
    near = part_of(target)
    if near == part:
        return part
    with disk_errors(target):
        if part.stat().st_dev == target.parent.stat().st_dev:
            return part
        size = part.stat().st_size
    check_room(target.parent, size, what=target.name)
    near.unlink(missing_ok=True)
    try:
        with disk_errors(target):
            make_inside(target.parent, lambda: shutil.copyfile(part, near))
    except BbbmigError:
        near.unlink(missing_ok=True)
        leave(target.parent)
        raise
    return near


def _set_rights(descriptor: int, folder: Path, mode: int | None, ids: tuple[int, int]) -> None:
    """Give it to whom Pod runs as; changing the owner takes away bits of the mode, so that comes last."""
    try:
        if ids != (-1, -1):
            os.chown(descriptor, *ids)
        if mode is not None:
            os.chmod(descriptor, mode)
    except PermissionError as error:
        raise ConfigError(
            f"owner, group or mode of files in {folder} cannot be set: {error.strerror}",
            hint="run bbbmig as a user who may, or leave them empty and set the folder's group (chmod g+s)",
        ) from error


def _appear(near: Path, target: Path) -> None:
    """Give a file its name in one step, unless there is one of that name.

    A link, unlike a rename, never replaces; where there are no links, a look beforehand must do.
    """
    try:
        os.link(near, target)
    except FileExistsError as error:
        _same_or_fail(near, target, error)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        if target.exists():
            _same_or_fail(near, target, error)
            return
        near.rename(target)


def _same_or_fail(near: Path, target: Path, error: OSError) -> None:
    """Accept a file that an earlier run put there; raise RecordingFailed for any other."""
    if target.is_symlink() or not target.is_file() or not filecmp.cmp(near, target, shallow=False):
        raise RecordingFailed(
            f"{target} is there already, and is another file",
            hint="look at it, and move it away if it is not needed",
        ) from error
