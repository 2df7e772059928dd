"""Files that the wheel carries for other programs: example settings, grants, units of systemd, the cron table.

In a checkout they lie at the top of the repository, where a reader looks for them; the wheel has them inside the
package (`[tool.hatch.build.targets.wheel.force-include]` in pyproject.toml).
"""

import sys
from collections.abc import Mapping
from pathlib import Path

import bbbmig
from bbbmig.errors import ConfigError
from bbbmig.extras import install

_INSIDE = Path(bbbmig.__file__).parent / "shipped"
_CHECKOUT = Path(bbbmig.__file__).parents[2]
_INSTALLED = "/opt/bbbmig/bin/bbbmig"
"""The program's place in the units that are shipped."""

PLACES: Mapping[str, str] = {
    "config": "config.example.toml",
    "grants": "docs/grants",
    "systemd": "sample/systemd",
    "cron": "sample/cron",
}
"""What is shipped, by the word that asks for it: a file or a folder."""


def shipped(thing: str) -> dict[str, str]:
    """Return the files of one of PLACES: their texts by their names, sorted, with the program's place on this machine.

    Raise ConfigError if this installation lacks them.
    """
    place = PLACES[thing]
    there = next((top / place for top in (_INSIDE, _CHECKOUT) if (top / place).exists()), None)
    if there is None:
        raise ConfigError(f"this installation of bbbmig lacks its {place}", hint=f"install it again: {install()}")
    files = sorted(there.iterdir()) if there.is_dir() else [there]
    return {file.name: _for_this_machine(file.read_text(encoding="utf-8")) for file in files}


def _for_this_machine(text: str) -> str:
    """Name the program that runs now, where one is installed beside this Python."""
    program = Path(sys.executable).with_name("bbbmig")
    return text.replace(_INSTALLED, str(program)) if program.exists() else text
