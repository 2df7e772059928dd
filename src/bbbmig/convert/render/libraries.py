"""What the renderer needs on this machine, and how to get what is missing."""

import importlib
import importlib.util
from collections.abc import Iterator

from bbbmig.errors import ConfigError
from bbbmig.extras import install

_EXTRA = install("render")
_MODULES = ("av", "numpy", "perfect_freehand", "pyvips", "skia")
_SYSTEM = {
    "libEGL": "apt install libegl1",
    "libGL": "apt install libgl1",
    "libvips": "pip install 'pyvips[binary]'",
}
"""What a module says when a library of the system is missing, and the way to get it."""


def check_libraries() -> tuple[ConfigError, ...]:
    """Return what is missing, each with what to do; nothing if the renderer can run."""
    return tuple(_missing())


def _missing() -> Iterator[ConfigError]:
    """Look for modules, then load those that need libraries of the system."""
    absent = [name for name in _MODULES if importlib.util.find_spec(name) is None]
    if absent:
        yield ConfigError(f"the renderer's libraries are missing: {', '.join(absent)}", hint=_EXTRA)
    for name in ("skia", "pyvips", "av"):
        if name not in absent:
            try:
                importlib.import_module(name)
            except (ImportError, OSError) as error:
                way = next((way for word, way in _SYSTEM.items() if word in str(error)), _EXTRA)
                yield ConfigError(f"{name} cannot be loaded: {error}", hint=way)
