"""One plain line an action, ids whole, for cron, pipes and grep."""

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from types import TracebackType
from typing import Self, TextIO

from bbbmig.domain.choices import Language
from bbbmig.domain.history import Entry
from bbbmig.domain.outcome import Outcome, Status, Tally
from bbbmig.domain.owner import Ownership
from bbbmig.domain.plain_text import one_line
from bbbmig.domain.plan import Action
from bbbmig.domain.recording import Recording
from bbbmig.domain.recording_state import RecordingState
from bbbmig.domain.status import ServerStatus
from bbbmig.domain.survey_ways import Assessment
from bbbmig.errors import ExitCode
from bbbmig.report import sentences, status_lines, survey_lines
from bbbmig.report.eta import Pace
from bbbmig.report.messages import Check, Level, Start
from bbbmig.report.status_view import view
from bbbmig.report.survey_view import survey_view

HEARTBEAT_S = 600.0
"""How often a run that shows nothing else says that it is alive."""


class PlainReporter:
    """Writes lines to a stream. With `quiet`, only failures, and the last line if anything was done or failed."""

    def __init__(self, stream: TextIO, *, quiet: bool = False, clock: Callable[[], float] = time.monotonic) -> None:
        """Write to that stream."""
        self._stream = stream
        self._quiet = quiet
        self._clock = clock
        self._pace = Pace(clock)
        self._beaten = clock()
        self._beating = threading.Lock()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Leave nothing in the buffer."""
        self._stream.flush()

    def start(self, what: Start) -> None:
        """Say what is worked on."""
        if not self._quiet:
            self._line(f"{what.command}: {sentences.start(what)}")

    def expect(self, actions: Iterable[Action]) -> None:
        """Begin to count."""
        self._pace.expect(actions)
        self._beaten = self._clock()

    def progress(self, action: Action, done: float, total: float | None, unit: str) -> None:  # noqa: ARG002 - of terminals
        """Write a line every ten minutes, so that a log tells a long run from one that hangs."""
        self._pace.progress(action, done, total)
        if not self._quiet and self._heartbeat_is_due():
            self._line(f"working {self._pace.in_words()}; now “{one_line(action.recording.title)}”")
            self._stream.flush()

    def _heartbeat_is_due(self) -> bool:
        """Tell one of the threads that ask, and no other, that it is time for a sign of life."""
        with self._beating:
            now = self._clock()
            due = now - self._beaten >= HEARTBEAT_S
            self._beaten = now if due else self._beaten
            return due

    def outcome(self, outcome: Outcome) -> None:
        """Write one line: status, recordID, what it makes, title, date, remark."""
        self._pace.outcome(outcome)
        if self._quiet and outcome.status is not Status.FAILED:
            return
        self._line(sentences.line(outcome))
        self._stream.flush()

    def recording(self, recording: Recording, ownership: Ownership | None) -> None:
        """Show nothing: the list is in the CSV."""

    def check(self, check: Check) -> None:
        """Write one line, and under it what belongs to it and what to do."""
        if self._quiet and check.level is not Level.WRONG:
            return
        what, *more = check.what.splitlines() or [""]
        self._line(f"{check.level:<5} {check.place}: {one_line(what)}")
        for line in more:
            self._line(f"        {one_line(line)}")
        for number, line in enumerate(check.hint.splitlines()):
            self._line(f"      {' ' if number else '→'} {one_line(line)}")

    def checked(self, checks: Sequence[Check], code: ExitCode) -> None:
        """Say how all checks came out together, last of all."""
        if code or not self._quiet:
            self._line(sentences.checked(checks, code))

    def status(self, status: ServerStatus, language: Language) -> None:
        """Write the answer and all that is behind it."""
        if not self._quiet:
            for line in status_lines.lines(view(status, language)):
                self._line(line)

    def survey(self, assessment: Assessment, language: Language) -> None:
        """Write it in lines."""
        if not self._quiet:
            for line in survey_lines.lines(survey_view(assessment, language)):
                self._line(line)

    def state(self, state: RecordingState, lines: Iterable[str], rows: Sequence[Entry] = ()) -> None:  # noqa: ARG002 - of JSON
        """Write lines about one recording."""
        for line in lines:
            self._line(line)

    def text(self, line: str, **about: object) -> None:  # noqa: ARG002 - of JSON
        """Write a line about something that is no recording."""
        if not self._quiet:
            self._line(line)
            self._stream.flush()

    def stop(self) -> None:
        """Leave nothing in the buffer: what is said on stderr comes after it."""
        self._stream.flush()

    def end(self, command: str, tally: Tally, exit_code: ExitCode, *, summary: str = "") -> None:
        """Write the last line."""
        changed = tally.by_status[Status.DONE] or tally.by_status[Status.FAILED] or exit_code
        if changed or not self._quiet:
            self._line(sentences.end(command, summary or sentences.counts(tally), exit_code))

    def _line(self, text: str) -> None:
        """Write one line; what this terminal's encoding cannot say is replaced."""
        encoding = self._stream.encoding or "utf-8"
        self._stream.write(text.encode(encoding, "replace").decode(encoding) + "\n")
