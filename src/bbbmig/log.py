"""The log: short lines on stderr for whoever looks, dated lines in a file for whoever looks later.

Results never go through here (they are stdout's, see `report`). Every line is masked and free of control
characters, tracebacks included: names of recordings are other people's text, addresses are keys.
"""

import logging
import os
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TextIO

from bbbmig.domain.plain_text import without_controls
from bbbmig.errors import ConfigError
from bbbmig.masking import masked

QUIET, NORMAL, VERBOSE, VERY_VERBOSE = -1, 0, 1, 2
"""Verbosities: `-q`, none, `-v`, `-vv` (the last shows other libraries' lines, requests for one)."""

_LEVELS = {QUIET: logging.WARNING, NORMAL: logging.INFO, VERBOSE: logging.DEBUG, VERY_VERBOSE: logging.DEBUG}
_DATED = "%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s"
_PLAIN = "%(levelname)s %(message)s"
_OWN = "bbbmig"
_CHATTY = ("httpcore", "httpx")
_FILE_BYTES = 10 << 20
_OLD_FILES = 5


FILE_ONLY = {"file_only": True}


def setup(verbosity: int, *, file: Path | None = None, file_level: str = "info", stream: TextIO | None = None) -> None:
    """Send the log to `stream` (stderr) and, if there is one, to `file`; a second call replaces the first.

    `verbosity` counts `-v`, -1 is `-q`. The file gets `file_level` and above, with `-v` all that the screen gets, each
    line with its date and the process's id; it is made readable for its user only, and five old ones of 10 MiB are
    kept. Raise ConfigError when it cannot be written. Records with `extra=FILE_ONLY` go to the file alone: what a
    reporter has shown already.
    """
    verbosity = max(QUIET, min(VERY_VERBOSE, verbosity))
    level = _LEVELS[verbosity]
    screen = _screen(stream or sys.stderr)
    screen.setLevel(level)
    screen.addFilter(lambda record: not getattr(record, "file_only", False))
    handlers = [screen]
    lowest = level
    if file is not None:
        kept = _file(file)
        asked = logging.getLevelNamesMapping()[file_level.upper()]
        kept.setLevel(min(level, asked) if verbosity > NORMAL else asked)
        lowest = min(level, kept.level)
        handlers.append(kept)
    root = logging.getLogger()
    for old in [one for one in root.handlers if getattr(one, "_of_bbbmig", False)]:
        root.removeHandler(old)
        old.close()
    for handler in handlers:
        handler._of_bbbmig = True  # type: ignore[attr-defined]  # noqa: SLF001 - our own mark
        root.addHandler(handler)
    others = logging.INFO if verbosity >= VERY_VERBOSE else logging.WARNING
    root.setLevel(others)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(others)
    logging.getLogger(_OWN).setLevel(lowest)


class _Line(logging.Formatter):
    """One line a message, without secrets and control characters; a traceback below keeps its lines."""

    default_msec_format = ""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        """Keep names that hold line ends or escape sequences from looking like lines of ours."""
        return without_controls(super().formatMessage(record))

    def format(self, record: logging.LogRecord) -> str:
        """Mask all of it: an exception's text may hold an address, too."""
        return masked(super().format(record))


class _PrivateFile(RotatingFileHandler):
    """A rotating file that only its user can read, and that complains once when it cannot be written."""

    _complained = False

    def _open(self) -> TextIO:  # type: ignore[override]  # a TextIOWrapper it is
        handle = os.open(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        return os.fdopen(handle, "a", encoding="utf-8", errors="backslashreplace")

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Say once that the log is not written (a full disk); the run itself goes on."""
        del record
        self._complain()

    def close(self) -> None:
        """Close, and say so if the last lines could not be written."""
        try:
            super().close()
        except OSError:
            self._complain()

    def _complain(self) -> None:
        if not self._complained:
            self._complained = True
            print(f"WARNING log file {self.baseFilename}: {sys.exc_info()[1]}", file=sys.stderr)  # noqa: T201


def _file(path: Path) -> logging.Handler:
    """Open the log file, making its folder. Raise ConfigError when that cannot be."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handler = _PrivateFile(path, maxBytes=_FILE_BYTES, backupCount=_OLD_FILES)
    except OSError as error:
        hint = 'set [log] file to a place that this user may write, or to ""'
        raise ConfigError(f"log.file: cannot write {path}: {error.strerror}", hint=hint) from error
    handler.setFormatter(_Line(_DATED))
    return handler


def _screen(stream: TextIO) -> logging.Handler:
    """Return a handler: colours for a terminal, plain lines for everything else (without importing rich)."""
    if stream.isatty() and os.environ.get("TERM", "") not in ("", "dumb"):
        return _terminal(stream)
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_Line(_PLAIN))
    return handler


def _terminal(stream: TextIO) -> logging.Handler:
    """Build rich's handler so that it takes nothing in our data for markup, emoji or numbers to colour."""
    from rich.console import Console  # noqa: PLC0415 - 0.1 s that cron need not pay
    from rich.highlighter import NullHighlighter  # noqa: PLC0415
    from rich.logging import RichHandler  # noqa: PLC0415

    # Without a file of its own the console follows sys.stderr, which a progress bar redirects to write above itself.
    console = Console(
        file=None if stream is sys.stderr else stream, stderr=True, markup=False, emoji=False, highlight=False
    )
    handler = RichHandler(
        console=console, show_time=False, show_path=False, markup=False, highlighter=NullHighlighter(), keywords=[]
    )
    handler.setFormatter(_Line("%(message)s"))
    return handler
