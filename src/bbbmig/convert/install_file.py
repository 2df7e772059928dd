"""Put a finished file where Pod looks for it, under its name, whole or not at all.

Pod's cron takes every file whose extension is one of its videos', hidden ones included, and leaves `.part` alone
(docs/facts/pod-rest.md#the-page-of-claims); files in folders below the recorder's make it mail the administrators. So
unfinished files lie beside the finished ones, as `.NAME.part`.
"""

import contextlib
import errno
import filecmp
import grp
import logging
import os
import pwd
import shutil
from collections.abc import Iterable
from pathlib import Path

from bbbmig.domain.file_names import short_id_in
from bbbmig.errors import BbbmigError, ConfigError, RecordingFailed
from bbbmig.transfer.partial_file import check_room, disk_errors, note_of

log = logging.getLogger(__name__)

_SUFFIX = ".part"
_NO_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EACCES})


def part_of(target: Path) -> Path:
    """Name the unfinished form of a file: hidden, in the same folder, and no video for Pod.

    That of an unfinished file, while it is brought from another file system, has a "~" more.
    """
    return target.with_name(f"{target.name}~" if is_part(target) else f".{target.name}{_SUFFIX}")


def is_part(path: Path) -> bool:
    """Tell whether a name is that of an unfinished file."""
    return path.name.startswith(".") and path.name.endswith(_SUFFIX)


def place(part: Path, target: Path, *, mode: int | None = None, owner: str = "", group: str = "") -> int:
    """Make `part` appear as `target`, certainly on the disk; give its size in bytes.

    `mode`, `owner` and `group` (names or numbers) are set before it appears; None and "" leave them. `part` may be
    on another file system. A file that is there already is left alone: the same content is success, another is
    RecordingFailed. Raise ConfigError when owner, group or mode cannot be set, NoSpace when the disk is full.
    """
    ids = ownership(owner, group)
    near = _brought_near(part, target)
    with disk_errors(target):
        with near.open("rb") as file:
            _set_rights(file.fileno(), target.parent, mode, ids)
            os.fsync(file.fileno())
            size = os.fstat(file.fileno()).st_size
        for unfinished in (part, near):
            # first of all: nobody goes on writing to a file that has two names for a moment
            note_of(unfinished).unlink(missing_ok=True)
        _appear(near, target)
        _sync_folder(target.parent)
        part.unlink(missing_ok=True)
        near.unlink(missing_ok=True)
    return size


def place_copy(file: Path, target: Path, *, mode: int | None = None, owner: str = "", group: str = "") -> int:
    """Make a copy of a whole file appear as `target`, with all that `place` promises; `file` stays."""
    near = part_of(target)
    near.unlink(missing_ok=True)
    with disk_errors(target):
        size = file.stat().st_size
        try:
            os.link(file, near)
        except OSError as error:
            if error.errno not in {*_NO_LINKS, errno.EXDEV}:
                raise
            check_room(target.parent, size, what=target.name)
            shutil.copyfile(file, near)
    return place(near, target, mode=mode, owner=owner, group=group)


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


def leftovers(directory: Path) -> list[Path]:
    """List the unfinished files and notes of runs that died; other programs' are not among them.

    Ours bear the short id of a recording before their suffix. The run lock says that nobody works on them.
    """
    with contextlib.suppress(FileNotFoundError):
        return sorted(path for path in directory.iterdir() if _is_ours(path.name))
    return []


def remove_leftovers(directory: Path, *, targets: Iterable[Path] = ()) -> list[Path]:
    """Remove unfinished files but those from which a download of `targets` can go on; give what was removed."""
    parts = [part_of(target) for target in targets]
    kept = {path for part in parts if part.exists() and note_of(part).exists() for path in (part, note_of(part))}
    removed = [path for path in leftovers(directory) if path not in kept]
    for path in removed:
        log.info("removing %s, which an earlier run left unfinished", path)
        path.unlink(missing_ok=True)
    return removed


def _is_ours(name: str) -> bool:
    """Tell whether a name is one that `part_of` or a note made for a recording's file."""
    hidden, _, rest = name.partition(".")
    stem, found, end = rest.rpartition(_SUFFIX)
    return not hidden and bool(found) and end in ("", "~", ".json", ".json~") and bool(short_id_in(stem))


def _brought_near(part: Path, target: Path) -> Path:
    """Give the file on the target's file system: itself, or a copy under a name that Pod does not take."""
    near = part_of(target)
    if near == part:
        return part
    with disk_errors(target):
        if part.stat().st_dev == target.parent.stat().st_dev:
            return part
        size = part.stat().st_size
    check_room(target.parent, size, what=target.name)
    try:
        with disk_errors(near):
            shutil.copyfile(part, near)
    except BbbmigError:
        near.unlink(missing_ok=True)
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
    if not target.is_file() or not filecmp.cmp(near, target, shallow=False):
        raise RecordingFailed(
            f"{target} is there already, and is another file",
            hint="look at it, and move it away if it is not needed",
        ) from error


def _sync_folder(folder: Path) -> None:
    """Bring a folder's new name to the disk; some network file systems cannot, and need not."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(descriptor)
