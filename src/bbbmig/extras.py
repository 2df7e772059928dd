"""How a part that is missing gets installed: by this very Python, from where bbbmig itself came, from no index."""

import sys
from pathlib import Path

from bbbmig import __version__

_TOP = Path(__file__).parents[2]


def install(extra: str = "") -> str:
    """Return the command that installs bbbmig with that extra: from its source if that is here, else from its wheel.

    A name alone would be looked up in an index, where anybody may have registered it.
    """
    source = str(_TOP) if (_TOP / "pyproject.toml").is_file() else f"bbbmig-{__version__}-py3-none-any.whl"
    return f"{sys.executable} -m pip install '{source}{f'[{extra}]' if extra else ''}'"
