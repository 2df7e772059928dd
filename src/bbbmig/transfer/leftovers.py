"""What runs that died left behind: unfinished files and their notes.

The run lock says that nobody works on them, or the leases say on which somebody does. bbbmig 0.1.0 left them beside
the finished ones, as `.NAME.part`; what a download can go on with is carried into bbbmig's own folder.
"""

import contextlib
import logging
import os
import re
import stat
from collections.abc import Callable, Collection, Iterable
from pathlib import Path

from bbbmig.domain.file_names import short_id_in
from bbbmig.transfer.disk import disk_errors
from bbbmig.transfer.own_folder import FOLDER, leave, own_folder
from bbbmig.transfer.partial_file import SUFFIX, note_of, part_of

log = logging.getLogger(__name__)

_SHORT_ID = re.compile(r" ([0-9a-f]{12})\.")


def leftovers(directory: Path) -> list[Path]:
    """List the unfinished files and notes of a directory; other programs' are not among them."""
    found = [path for path in _in(directory) if _is_of_0_1(path.name)]
    return sorted([*found, *(path for path in _in(directory / FOLDER) if SUFFIX in path.name)])


def remove_leftovers(
    directory: Path,
    *,
    targets: Iterable[Path] = (),
    named: Callable[[Path], Path] = part_of,
    busy: Collection[str] = (),
) -> list[Path]:
    """Remove unfinished files but those from which a download of `targets` can go on; return what was removed.

    `named` tells how this machine names them. `busy` are the short ids of recordings that another machine works on:
    theirs are left alone, and so are those of which it is not known. Raise MachineError if the directory cannot be
    written.
    """
    kept: set[Path] = set()
    for part in map(named, targets):
        _carry_over(part)
        if part.exists() and note_of(part).exists():
            kept |= {part, note_of(part)}
    removed = [path for path in leftovers(directory) if path not in kept and not _is_of(path.name, busy)]
    for path in removed:
        log.info("removing %s, which an earlier run left unfinished", path)
        with disk_errors(path):
            path.unlink(missing_ok=True)
    leave(directory)
    return removed


def remove_leftovers_of(directory: Path, short: str) -> None:
    """Remove what other machines left unfinished of one recording, whose short id that is, now that it is done.

    A long name has lost its short id: that waits for `remove_leftovers`. Raises as that.
    """
    for path in _in(directory / FOLDER):
        found = _SHORT_ID.search(path.name)
        if SUFFIX in path.name and found is not None and found[1] == short:
            with disk_errors(path):
                path.unlink(missing_ok=True)


def _is_of(name: str, busy: Collection[str]) -> bool:
    """Tell whether an unfinished file may be of one of these recordings: a long name has lost its short id."""
    found = _SHORT_ID.search(name)
    return bool(busy) and (found is None or found[1] in busy)


def _in(directory: Path) -> list[Path]:
    """List a directory, which need not exist."""
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        return list(directory.iterdir())
    return []


def _is_of_0_1(name: str) -> bool:
    """Tell whether a name is one that 0.1.0 gave to an unfinished file: it bears the short id of a recording."""
    hidden, _, rest = name.partition(".")
    stem, found, end = rest.rpartition(SUFFIX)
    return not hidden and bool(found) and end in ("", "~", ".json", ".json~") and bool(short_id_in(stem))


def _carry_over(part: Path) -> None:
    """Bring what 0.1.0 left of this file into our own folder, unless it is a link or has another name as well."""
    directory = part.parent.parent
    old = directory / f".{part.name}"
    for source, target in ((note_of(old), note_of(part)), (old, part)):
        if not os.path.lexists(source):
            continue
        with disk_errors(source):
            seen = source.lstat()
            if stat.S_ISREG(seen.st_mode) and seen.st_nlink == 1 and seen.st_uid == os.geteuid():
                own_folder(directory)  # no thread is at work yet
                source.replace(target)
