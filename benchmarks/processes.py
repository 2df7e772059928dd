"""Whole processes measured: wall and processor seconds and the largest size, interpreter and imports included."""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

BBBMIG = (sys.executable, "-m", "bbbmig")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What one process took; the size is in MiB."""

    seconds: float
    processor_seconds: float
    mebibytes: float

    def __add__(self, after: "Figures") -> "Figures":
        """Return those of both, one after the other."""
        return Figures(
            seconds=self.seconds + after.seconds,
            processor_seconds=self.processor_seconds + after.processor_seconds,
            mebibytes=max(self.mebibytes, after.mebibytes),
        )

    def __str__(self) -> str:
        """Write them in columns."""
        return f"{self.seconds:6.2f} s {self.processor_seconds:6.2f} s CPU {self.mebibytes:5.0f} MiB"


def run(command: Sequence[str], *, runs: int = 1, may_end: Sequence[int] = ()) -> Figures:
    """Run a program in fresh processes, its output thrown away; give the best of each figure.

    Exit if it ends with another code than 0 and those.
    """
    all_figures = [_once(command, may_end) for _ in range(runs)]
    return Figures(
        seconds=min(one.seconds for one in all_figures),
        processor_seconds=min(one.processor_seconds for one in all_figures),
        mebibytes=min(one.mebibytes for one in all_figures),
    )


def _once(command: Sequence[str], may_end: Sequence[int]) -> Figures:
    started = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - started
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in (0, *may_end):
        raise SystemExit(f"{' '.join(command[:8])} … failed with {child.returncode}")
    return Figures(seconds=seconds, processor_seconds=usage.ru_utime + usage.ru_stime, mebibytes=usage.ru_maxrss / 1024)


@contextlib.contextmanager
def serving(*command: str) -> Iterator[list[str]]:
    """Start a server and give the words of its first line; end it at the end."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            yield server.stdout.readline().split()
        finally:
            server.terminate()


def verdict(figures: Figures, *, seconds: float, mebibytes: float | None = None) -> str:
    """Say whether the figures are within what the project promises."""
    promised = f"{seconds:g} s" + (f", {mebibytes:g} MiB" if mebibytes else "")
    kept = figures.seconds <= seconds and (mebibytes is None or figures.mebibytes <= mebibytes)
    return f"{'ok' if kept else 'TOO MUCH'} (promised: {promised})"


def peak_mebibytes() -> float:
    """Return the most memory that this process had; `getrusage` would count its parent's before exec, too."""
    (peak,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(peak.split()[1]) / 1024
