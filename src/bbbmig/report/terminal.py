"""What a person sees on a terminal: colours, what is being done with rate and time left, skips counted at the end.

Nothing that comes from a server is ever read as rich's markup or as control characters of the terminal.
"""

from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn
from rich.text import Text

from bbbmig.domain.choices import Language
from bbbmig.domain.file_names import cut
from bbbmig.domain.history import Entry
from bbbmig.domain.outcome import Outcome, Status, Tally
from bbbmig.domain.owner import Ownership
from bbbmig.domain.plain_text import one_line
from bbbmig.domain.plan import Action, Kind
from bbbmig.domain.recording import Recording
from bbbmig.domain.recording_state import RecordingState
from bbbmig.domain.status import ServerStatus
from bbbmig.domain.survey_ways import Assessment
from bbbmig.errors import ExitCode
from bbbmig.report import sentences, status_tables, survey_tables
from bbbmig.report.eta import Pace
from bbbmig.report.messages import Check, Level, Start
from bbbmig.report.status_view import view
from bbbmig.report.survey_view import survey_view

_STYLES = {
    Status.DONE: ("✓", "green"),
    Status.PLANNED: ("○", "cyan"),
    Status.SKIPPED: ("·", "dim"),
    Status.POSTPONED: ("…", "dim"),
    Status.FAILED: ("✗", "bold red"),
}
_LEVELS = {Level.OK: ("✓", "green"), Level.NOTE: ("!", "yellow"), Level.WRONG: ("✗", "bold red")}
_NAME_LENGTH = 40
_LINKS_SHOWN = 30


class TerminalReporter:
    """Shows outcomes as they come, above a line for the run and one for each action at work.

    Skips are only counted, unless this is a dry run or `verbose`: then they are what is to be read. Links are made by
    thousands a minute: the first are shown, the others counted. RecordIDs, of 54 characters, stand where something
    failed, and with `verbose`.
    """

    def __init__(self, console: Console, *, quiet: bool = False, verbose: bool = False) -> None:
        """Show on that console."""
        self._console = console
        self._quiet = quiet
        self._verbose = verbose
        self._loud = verbose
        self._links = 0
        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TextColumn("{task.fields[amount]}", markup=False),
            console=console,
            transient=True,
            disable=quiet,
        )
        self._whole: TaskID | None = None
        self._pace = Pace()
        self._tasks: dict[tuple[str, str], TaskID] = {}

    def __enter__(self) -> Self:
        """Return itself. The progress is shown as late as there is some: until then, a question can be asked."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Leave the terminal as it was."""
        self.stop()

    def start(self, what: Start) -> None:
        """Say what is worked on."""
        self._verbose = self._verbose or what.dry
        if not self._quiet:
            self._print(Text(sentences.start(what), style="bold"))
            self._whole = self._progress.add_task(what.command, total=None, amount="")
            self._progress.start()

    def expect(self, actions: Iterable[Action]) -> None:
        """Begin to count, in seconds of recording."""
        self._progress.start()
        self._pace.expect(actions)
        self._update_whole()

    def progress(self, action: Action, done: float, total: float | None, unit: str) -> None:
        """Show how far one action is; `unit` is "bytes", or "s" of recording."""
        key = (action.recording.record_id, action.target)
        if key not in self._tasks:
            name = cut(one_line(action.recording.title), _NAME_LENGTH)
            self._tasks[key] = self._progress.add_task(f"  {name}", total=total, amount="")
        amount = sentences.size(done) if unit == "bytes" else f"{done:.0f} {unit}"
        self._progress.update(self._tasks[key], completed=done, total=total, amount=amount)
        self._pace.progress(action, done, total)
        self._update_whole()

    def outcome(self, outcome: Outcome) -> None:
        """Show one outcome, and take its progress away."""
        action = outcome.action
        task = self._tasks.pop((action.recording.record_id, action.target), None)
        if task is not None:
            self._progress.remove_task(task)
        self._pace.outcome(outcome)
        self._update_whole()
        if outcome.status is not Status.FAILED and (self._quiet or not (self._verbose or sentences.is_news(outcome))):
            return
        sign, style = _STYLES[outcome.status]
        if outcome.status is Status.DONE and action.kind in (Kind.LINK, Kind.UNLINK) and not self._loud:
            self._links += 1
            if self._links > _LINKS_SHOWN:
                return
        line = Text.assemble((f"{sign} ", style), sentences.title_and_date(action.recording))
        remark = sentences.remark(outcome)
        if outcome.status is Status.FAILED:
            self._print(line.append(f"  {sentences.effect(action)}", style="cyan"))
            self._print(Text(f"    {remark}", style="red"))
            self._print(Text(f"    {one_line(action.recording.record_id)}", style="dim"))
            return
        if intention := sentences.intention(outcome):
            line.append(f"  {intention}", style="cyan")
        if remark:
            line.append(f"  {remark}", style="dim")
        if self._loud:
            line.append(f"  {one_line(action.recording.record_id)}", style="dim")
        self._print(line)
        if self._links == _LINKS_SHOWN:
            self._print(Text("… further links are only counted; -v shows them all", style="dim"))

    def stop(self) -> None:
        """Take the progress away, if it is shown."""
        if self._progress.live.is_started:
            self._progress.stop()

    def _update_whole(self) -> None:
        """Show how far the run is."""
        if self._whole is not None:
            pace = self._pace
            self._progress.update(
                self._whole, completed=pace.done_s, total=pace.total_s or None, amount=pace.in_words()
            )

    def recording(self, recording: Recording, ownership: Ownership | None) -> None:
        """Show nothing: the list is in the CSV."""

    def check(self, check: Check) -> None:
        """Show one check, and under it what to do."""
        if self._quiet and check.level is not Level.WRONG:
            return
        sign, style = _LEVELS[check.level]
        what, *more = check.what.splitlines() or [""]
        self._print(Text.assemble((f"{sign} ", style), (check.place, "bold"), f"  {one_line(what)}"))
        for line in more:
            self._print(Text(f"      {one_line(line)}"))
        for number, line in enumerate(check.hint.splitlines()):
            self._print(Text(f"    {' ' if number else '→'} {one_line(line)}", style=style))

    def checked(self, checks: Sequence[Check], code: ExitCode) -> None:
        """Say how all checks came out together, last of all."""
        self.stop()
        if code or not self._quiet:
            self._print(Text(sentences.checked(checks, code), style="bold red" if code else "bold green"))

    def status(self, status: ServerStatus, language: Language) -> None:
        """Show the answer, bars and tables."""
        self.stop()
        if not self._quiet:
            status_tables.show(self._console, view(status, language), status.verdict)

    def survey(self, assessment: Assessment, language: Language) -> None:
        """Show bars and tables."""
        self.stop()
        if not self._quiet:
            survey_tables.show(self._console, survey_view(assessment, language))

    def state(self, state: RecordingState, lines: Iterable[str], rows: Sequence[Entry] = ()) -> None:  # noqa: ARG002 - of JSON
        """Show lines about one recording, the first of them bold."""
        self.stop()
        for place, line in enumerate(lines):
            self._print(Text(line, style="" if place else "bold"))

    def text(self, line: str, **about: object) -> None:  # noqa: ARG002 - of JSON
        """Show a line about something that is no recording."""
        if not self._quiet:
            self._print(Text(line))

    def end(self, command: str, tally: Tally, exit_code: ExitCode, *, summary: str = "") -> None:
        """Show the counts and the exit code."""
        self.stop()
        if self._quiet and not (tally.by_status[Status.DONE] or exit_code):
            return
        self._print(
            Text(
                sentences.end(command, summary or sentences.counts(tally), exit_code),
                style="bold" if not exit_code else "bold red",
            )
        )

    def _print(self, text: Text) -> None:
        """Print a text as it is: whole, not cut to the terminal's width."""
        self._console.print(text, soft_wrap=True)
