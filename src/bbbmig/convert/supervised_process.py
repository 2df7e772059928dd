"""Run another program for a limited time, with its output in a file, and leave nothing of it behind.

Between bbbmig and the program stands `supervisor`, which ends the program and all that it started when the pipe to it
is closed: on a time-out, on stop, and when bbbmig dies. So no record of running programs is needed, and the next run
has nothing to clean but files.
"""

import contextlib
import logging
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

from bbbmig.convert import supervisor
from bbbmig.errors import ConfigError, MachineError, RecordingFailed
from bbbmig.http import masked
from bbbmig.transfer.cancel import LOOK_S, check
from bbbmig.transfer.disk import disk_errors, start_error

logger = logging.getLogger(__name__)

_ENDING_S = 20.0
_KILLED = frozenset(sign for number in (signal.SIGKILL, signal.SIGTERM) for sign in (-number, 128 + number))
_TAIL_BYTES = 8192
_OWN_VARIABLES = ("BBBMIG_", "CREDENTIALS_DIRECTORY", "PYTHON", "DISPLAY", "WAYLAND", "XDG_", "XAUTHORITY")


def run(  # noqa: PLR0913 - as many as a process has sides
    argv: Sequence[str],
    *,
    timeout_s: float,
    cwd: Path,
    env: Mapping[str, str],
    log: Path,
    stop: threading.Event,
    kill_wait_s: float = 10.0,
    watch: Callable[[float], None] = lambda _elapsed_s: None,
    name: str = "",
) -> int:
    """Run a program, its output appended to `log`, and return its exit code once nothing of it is left.

    It gets no input, and no other environment than `env`. `watch` is called several times a second with the seconds
    since the start; what it raises ends the program. `name` is what people call it. To end means SIGTERM to every
    process that descends from it, and SIGKILL after `kill_wait_s`. Raise ConfigError when there is no such program,
    MachineError when it cannot be started, RecordingFailed when it takes longer than `timeout_s`, Stopped soon after
    `stop` is set.
    """
    command = (sys.executable, "-I", supervisor.__file__, str(kill_wait_s), _program(argv[0], env), *argv[1:])
    check(stop)
    with disk_errors(log):
        output = log.open("ab")
    with output:
        process = _started(command, output, cwd, env, name or argv[0])
    started = time.monotonic()
    try:
        while process.poll() is None:
            check(stop)
            elapsed_s = time.monotonic() - started
            if elapsed_s > timeout_s:
                raise RecordingFailed(
                    f"{name or Path(argv[0]).name} was ended: it took longer than {timeout_s:.0f} s",
                    hint=last_lines(log),
                )
            watch(elapsed_s)
            with contextlib.suppress(subprocess.TimeoutExpired):  # still at work
                process.wait(LOOK_S)
    finally:
        _end(process, kill_wait_s + _ENDING_S)
    return process.returncode


def _started(
    command: Sequence[str], output: IO[bytes], cwd: Path, env: Mapping[str, str], name: str
) -> subprocess.Popen[bytes]:
    """Start it. Raise MachineError if this machine has no room for it."""
    try:
        return subprocess.Popen(  # noqa: S603 - a list, no shell
            command,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=cwd,
            env=dict(env),
            start_new_session=True,
        )
    except OSError as error:
        raise start_error(name, error) from error


def check_not_killed(code: int, name: str) -> None:
    """Raise MachineError if a program's exit code tells that somebody else ended it: the system, for want of memory."""
    if code in _KILLED:
        raise MachineError(
            f"{name} was killed", hint="has this machine enough memory (dmesg: Out of memory)? Use fewer --jobs"
        )


def _program(name: str, env: Mapping[str, str]) -> str:
    """Find a program. Raise ConfigError when there is none."""
    program = shutil.which(name, path=env.get("PATH", os.defpath))
    if program is None:
        raise ConfigError(f"{name} is missing", hint="install it, or correct its path in the settings")
    return program


def clean_environment(**changes: str) -> dict[str, str]:
    """Return this process's environment without our secrets and without the desktop, with some variables changed."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_OWN_VARIABLES)}
    return kept | changes


def last_lines(log: Path, count: int = 4) -> str:
    """Return the end of a program's output in one line, secrets masked; "" if it said nothing."""
    with contextlib.suppress(FileNotFoundError), log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - _TAIL_BYTES))
        lines = [" ".join(line.split()) for line in file.read().decode("utf-8", "replace").splitlines()]
        said = [line for line in lines if line][-count:]
        return masked("it said: " + " / ".join(said)) if said else f"it said nothing ({log})"
    return ""


def _end(process: subprocess.Popen[bytes], patience_s: float) -> None:
    """Close the pipe, and wait until the supervisor has ended everything."""
    assert process.stdin is not None  # noqa: S101 - it was asked for
    process.stdin.close()
    try:
        process.wait(patience_s)
    except subprocess.TimeoutExpired:
        logger.exception("processes below %d do not end; look at them with ps", process.pid)
        process.kill()
        process.wait()
