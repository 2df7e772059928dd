"""The way of showing that fits: JSON if asked for, colours on a terminal, else plain lines."""

import io
from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import Protocol, Self, TextIO

from bbbmig.domain.choices import Language
from bbbmig.domain.history import Entry
from bbbmig.domain.outcome import Outcome, Tally
from bbbmig.domain.owner import Ownership
from bbbmig.domain.plan import Action
from bbbmig.domain.recording import Recording
from bbbmig.domain.recording_state import RecordingState
from bbbmig.domain.status import ServerStatus
from bbbmig.domain.survey_ways import Assessment
from bbbmig.errors import ExitCode
from bbbmig.report.messages import Check, Start


class Reporter(Protocol):
    """What every way of showing offers; used as a context manager, from one thread at a time."""

    def __enter__(self) -> Self:
        """Begin."""
        ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Leave nothing unsaid and the terminal as it was."""
        ...

    def start(self, what: Start) -> None:
        """Say what is worked on."""
        ...

    def expect(self, actions: Iterable[Action]) -> None:
        """Say what is going to be done, before it is: for progress."""
        ...

    def progress(self, action: Action, done: float, total: float | None, unit: str) -> None:
        """Say how far one action is; `unit` is "bytes" or "s" (seconds of recording). Any thread may call it."""
        ...

    def outcome(self, outcome: Outcome) -> None:
        """Say how one action ended."""
        ...

    def recording(self, recording: Recording, ownership: Ownership | None) -> None:
        """Say what is known of one recording: only JSON does, a list for people is a CSV."""
        ...

    def check(self, check: Check) -> None:
        """Say how one check came out."""
        ...

    def checked(self, checks: Sequence[Check], code: ExitCode) -> None:
        """Say how all checks came out together, last of all."""
        ...

    def status(self, status: ServerStatus, language: Language) -> None:
        """Say whether the old server may be switched off, and all that is behind it."""
        ...

    def survey(self, assessment: Assessment, language: Language) -> None:
        """Say what is on the old server, and what it takes to move it."""
        ...

    def state(self, state: RecordingState, lines: Iterable[str], rows: Sequence[Entry] = ()) -> None:
        """Say what has become of one recording: the lines for people, the values and the ledger's rows for JSON."""
        ...

    def text(self, line: str, **about: object) -> None:
        """Say a line; `about` are the values that it is about, which only JSON gives."""
        ...

    def stop(self) -> None:
        """Show no more progress: what follows are lines, on stderr, too."""
        ...

    def end(self, command: str, tally: Tally, exit_code: ExitCode, *, summary: str = "") -> None:
        """Say the counts, or the summary if there is one, and the exit code, last of all."""
        ...


def make_reporter(stream: TextIO, *, json: bool = False, verbosity: int = 0) -> Reporter:
    """Choose for that stream; `verbosity` is -1 for quiet, 0, or 1 and more."""
    if json:
        from bbbmig.report.json_lines import JsonReporter  # noqa: PLC0415 - only what is used is loaded

        return JsonReporter(stream)
    if stream.isatty():
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # rich gives up where a terminal cannot say something
        from rich.console import Console  # noqa: PLC0415 - rich takes 50 ms

        from bbbmig.report.terminal import TerminalReporter  # noqa: PLC0415

        console = Console(file=stream, markup=False, highlight=False, emoji=False)
        return TerminalReporter(console, quiet=verbosity < 0, verbose=verbosity > 0)
    from bbbmig.report.plain import PlainReporter  # noqa: PLC0415

    return PlainReporter(stream, quiet=verbosity < 0)
