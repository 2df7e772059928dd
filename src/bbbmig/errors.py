"""What can go wrong, and the exit code that each kind of failure gives.

    BbbmigError(message, hint)
     ├─ UsageError           2    the command line, or what a program asked for, is wrong: nothing was done
     ├─ ConfigError          4    settings or programs of this machine are wrong: seen before anything is done
     ├─ MachineError         4    this machine stands in the way (disk, rights, memory): the run ends, nobody's failure
     │   └─ NoSpace          4    a disk is full
     ├─ RemoteError          5    a server failed for now: running again may help
     ├─ LockLost             5    the lock of this run is gone, another run may be at work: the run ends
     ├─ LeaseLost            5    the lease on one recording is gone: nothing more is done with it, nobody's failure
     ├─ RemoteRefused        6    a server refused us: a person must act
     ├─ RecordingFailed      3    one recording could not be moved: the others go on
     │   └─ Stopped          3    somebody asked to stop: no fault of the recording
     └─ Locked              11    another run holds the ledger

A message names the thing and the value; a hint says what to do about it. Neither ever holds a secret,
a token or a signed URL: whoever raises an error has already masked them.
"""

from enum import IntEnum


class ExitCode(IntEnum):
    """The exit codes of every command; an unknown code that is not 0 means failure."""

    DONE = 0
    BUG = 1
    USAGE = 2
    PARTIAL = 3
    CONFIG = 4
    REMOTE_FAILED = 5
    REMOTE_REFUSED = 6
    LOCKED = 11
    INTERRUPTED = 130
    TERMINATED = 143

    @property
    def meaning(self) -> str:
        """Say the code in words, as `--help` and the documents print it."""
        return _MEANINGS[self]


_MEANINGS = {
    ExitCode.DONE: "done, or nothing to do",
    ExitCode.BUG: "a bug in bbbmig: please report the traceback",
    ExitCode.USAGE: "the command line is wrong",
    ExitCode.PARTIAL: "finished, but some recordings failed or wait for a person",
    ExitCode.CONFIG: "settings or this machine are not right",
    ExitCode.REMOTE_FAILED: "a server failed for now: run again",
    ExitCode.REMOTE_REFUSED: "a server refused: a person must act",
    ExitCode.LOCKED: "another run is at work, or the recorder's directory is another ledger's",
    ExitCode.INTERRUPTED: "interrupted (Ctrl-C)",
    ExitCode.TERMINATED: "ended by SIGTERM",
}


class BbbmigError(Exception):
    """Something that a person can act upon; the root of all errors that bbbmig raises on purpose."""

    exit_code = ExitCode.BUG

    def __init__(self, message: str, *, hint: str = "") -> None:
        """Keep what happened, and what to do about it (may be empty)."""
        super().__init__(message)
        self.message = message
        self.hint = hint


class ConfigError(BbbmigError):
    """The settings, or something on this machine, are wrong; nothing was done."""

    exit_code = ExitCode.CONFIG


class UsageError(BbbmigError):
    """A run was asked for something that cannot be meant; nothing was done."""

    exit_code = ExitCode.USAGE


class MachineError(BbbmigError):
    """Something of this machine is in the way now: a disk, its rights, its memory, a program that was killed.

    It is no fault of the recording at hand: the run ends, no failure is counted, what was made is kept.
    """

    exit_code = ExitCode.CONFIG


class NoSpace(MachineError):
    """A disk is full, or has no room for what is to come."""


class RemoteError(BbbmigError):
    """A server cannot be reached, answers too late, or does not answer what its interface promises."""

    exit_code = ExitCode.REMOTE_FAILED


class LockLost(BbbmigError):
    """The lock of this run is lost, so another run may be at work: nothing more may be done or written."""

    exit_code = ExitCode.REMOTE_FAILED


class LeaseLost(BbbmigError):
    """The lease on one recording is lost, so another machine may work on it: nothing more may be done or written."""

    exit_code = ExitCode.REMOTE_FAILED


class RemoteRefused(BbbmigError):
    """A server understood and refused: wrong secret, token or rights; trying again does not help."""

    exit_code = ExitCode.REMOTE_REFUSED


class RecordingFailed(BbbmigError):
    """One recording could not be moved; the run goes on with the next."""

    exit_code = ExitCode.PARTIAL


class Stopped(RecordingFailed):
    """Somebody asked to stop (Ctrl-C, SIGTERM, the hour in the settings): no fault of the recording."""


class Locked(BbbmigError):
    """Another run of bbbmig works with the same ledger, or the recorder's directory belongs to another ledger."""

    exit_code = ExitCode.LOCKED


class Terminated(BaseException):
    """SIGTERM arrived: unwind as for Ctrl-C, so that locks, children and part files are seen to."""

    exit_code = ExitCode.TERMINATED


def exit_code_of(error: BaseException) -> ExitCode:
    """Return the exit code of a run that ends with this error: that of a bug for one that nobody raised on purpose."""
    if isinstance(error, KeyboardInterrupt):
        return ExitCode.INTERRUPTED
    return error.exit_code if isinstance(error, BbbmigError | Terminated) else ExitCode.BUG
