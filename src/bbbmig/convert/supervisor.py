"""Stands between bbbmig and a program, and sees to it that nothing of the program outlives the wish for it.

Run as a script: `python -I supervisor.py WAIT_S PROGRAM ARGUMENT…`, standard library only. It ends the program, and
whatever that started, when its standard input is closed. So they end when bbbmig wants it, and also when bbbmig itself
was killed with -9: the system closes the pipe then. Orphans come to it instead of to process 1 (Linux's "child
subreaper"), so none hides in a session of its own, as Chrome does. What the program leaves behind when it ends by
itself is ended too. Its exit code is the program's, 128 and the signal's number if a signal ended that.
"""

import ctypes
import functools
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

_SET_PARENT_DEATH_SIGNAL = 1
_SET_CHILD_SUBREAPER = 36
_NOT_FOUND = 127
_LOOK_S = 0.05
_GIVE_UP_S = 10.0


def main(arguments: Sequence[str]) -> int:
    """Run the program; return the exit code."""
    wait_s, *command = arguments
    _prctl(_SET_CHILD_SUBREAPER, 1)
    woken = _wake_on_signals()
    try:
        child = subprocess.Popen(  # noqa: S603 - bbbmig's own list, no shell
            command,
            stdin=subprocess.DEVNULL,
            process_group=0,
            preexec_fn=functools.partial(_die_with, os.getpid()),  # noqa: PLW1509 - there is one thread only
        )
    except OSError as error:
        print(f"{command[0]}: {error.strerror}", file=sys.stderr)  # noqa: T201 - into the log
        return _NOT_FOUND
    status = _wait(child.pid, woken)
    status = _end_all(child.pid, float(wait_s), status)
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else 128 - code


def _prctl(option: int, value: int) -> None:
    """Ask Linux for something that Python has no words for."""
    if ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0):
        raise OSError(ctypes.get_errno(), f"prctl({option}) was refused")


def _die_with(keeper: int) -> None:
    """In the child: end when the keeper is gone, should somebody kill it with -9."""
    _prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != keeper:
        os._exit(_NOT_FOUND)


def _wake_on_signals() -> int:
    """Return a descriptor that can be read once one of the signals came that matter here."""
    readable, written = os.pipe()
    os.set_blocking(written, False)
    signal.set_wakeup_fd(written, warn_on_full_buffer=False)
    for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda _number, _frame: None)
    return readable


def _wait(pid: int, woken: int) -> int | None:
    """Wait for the program to end, and return its status; None when it shall be ended."""
    while True:
        ready, _, _ = select.select([0, woken], [], [])
        if 0 in ready:
            return None
        numbers = os.read(woken, 4096)
        for ended, status in _reaped():
            if ended == pid:
                return status
        if set(numbers) - {signal.SIGCHLD}:
            return None


def _end_all(pid: int, wait_s: float, status: int | None) -> int:
    """Ask everything below to end, then make it; return the program's status."""
    for number, patience_s in ((signal.SIGTERM, wait_s), (signal.SIGKILL, _GIVE_UP_S)):
        deadline = time.monotonic() + patience_s
        asked: set[int] = set()
        while (alive := _below(os.getpid())) and time.monotonic() < deadline:
            for process, parent in alive.items():
                # what a program starts to tidy up is left in peace for a while; orphans have nobody to end them
                if number == signal.SIGKILL or not asked or (parent == os.getpid() and process not in asked):
                    _send(process, number)
            asked |= alive.keys()
            time.sleep(_LOOK_S)
            for ended, its_status in _reaped():
                status = its_status if ended == pid else status
    for ended, its_status in _reaped():
        status = its_status if ended == pid else status
    return signal.SIGKILL if status is None else status


def _reaped() -> Iterator[tuple[int, int]]:
    """Collect the children, adopted ones included, that have ended."""
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not pid:
            return
        yield pid, status


def _send(pid: int, number: int) -> None:
    """Send a signal, unless the process is gone or another user's."""
    try:
        os.kill(pid, number)
    except (ProcessLookupError, PermissionError) as error:
        print(f"process {pid}: {error.strerror}", file=sys.stderr)  # noqa: T201 - into the log


def _below(top: int) -> dict[int, int]:
    """Find all living processes that descend from one, each with its parent."""
    parents = dict(_parents())
    found: dict[int, int] = {}
    new = {top: 0}
    while new:
        new = {pid: parent for pid, parent in parents.items() if parent in new and pid not in found}
        found |= new
    return found


def _parents() -> Iterator[tuple[int, int]]:
    """Yield each living process and its parent, as /proc tells."""
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            stat = path.read_text(errors="replace")
        except OSError:  # it ended while we looked
            continue
        state, parent, *_ = stat.rpartition(")")[2].split()
        if state not in "ZX":
            yield int(path.parent.name), int(parent)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
