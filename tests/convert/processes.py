"""Finds processes by a mark in their environment, which their children inherit."""

from pathlib import Path

from tests.waiting import wait_until


def alive(mark: str) -> set[int]:
    """Return the living processes whose environment holds that text."""
    found = set()
    for path in Path("/proc").glob("[0-9]*"):
        try:
            environment = (path / "environ").read_bytes()
            state = (path / "stat").read_text(errors="replace").rpartition(")")[2].split()[0]
        except OSError:
            continue
        if mark.encode() in environment and state not in "ZX":
            found.add(int(path.name))
    return found


def wait_for_the_end(mark: str) -> None:
    """Wait until they have all ended; fail when some do not."""
    wait_until(lambda: not alive(mark), "processes outlive their end")
