"""Films and folders that cost seconds to make: made by the first of pytest's processes that asks, read by all.

A fixture of scope "session" is one of each process: with three of them, every film would be encoded three times.
"""

import fcntl
import os
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

Made = TypeVar("Made")


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], Made]) -> Made:
    """Return what `make` returned when it was first called in this run of pytest, with a new folder to fill.

    `name` says what it is, once in all tests. What is made is shared by processes: who changes it copies it first.
    """
    root = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        root = root.parent
    folder, result = root / f"made-{name}", root / f"made-{name}.pickle"
    with (root / f"made-{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not result.exists():
            shutil.rmtree(folder, ignore_errors=True)  # of a process that was killed while it made it
            folder.mkdir()
            draft = result.with_suffix(".draft")
            draft.write_bytes(pickle.dumps(make(folder)))
            draft.replace(result)
    made: Made = pickle.loads(result.read_bytes())
    return made
