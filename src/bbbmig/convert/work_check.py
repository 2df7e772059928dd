"""What keeps conversions from working in their folder."""

import os
from collections.abc import Iterator
from pathlib import Path

from bbbmig.errors import ConfigError, NoSpace
from bbbmig.transfer.partial_file import check_room

_BYTES = 5 << 30


def work_problems(work: Path) -> Iterator[ConfigError]:
    """Give what keeps browsers from working there; for bbb-recorder it is `copyToPath`, Downloads and /tmp at once."""
    there = work
    while not there.exists() and there != there.parent:
        there = there.parent
    if not os.access(there, os.W_OK | os.X_OK):
        yield ConfigError(
            f"{work}, the folder for conversions, cannot be written", hint=f"look at the rights of {there}"
        )
    try:
        check_room(there, _BYTES, what="a conversion of some hours")
    except NoSpace as error:
        yield ConfigError(error.message, hint=error.hint)
