"""The frame of every run: settings, log, adapters, what is shown, the last line, the exit code.

A command line, a test, a worker or another program starts a run with plain values:

    with opened("claim", Path("/etc/bbbmig/config.toml"), needs=claim.NEEDS) as run:
        claim.claim(run, claim.ClaimOptions(selection=Selection(range=Range(last=10))))
    print(run.exit_code)
"""

import contextlib
import logging
import sys
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TextIO

from bbbmig import log as logs
from bbbmig.apply.executor import CarryOut, side_by_side
from bbbmig.apply.stop_conditions import StopConditions
from bbbmig.bbb.api_url import api_base, host_of
from bbbmig.bbb.listing import Listing
from bbbmig.domain.exclusion import Exclusion
from bbbmig.domain.outcome import Outcome, Status, Tally
from bbbmig.domain.plan import Plan
from bbbmig.domain.recording import Recording
from bbbmig.domain.run_news import MOST_TROUBLES
from bbbmig.domain.selection import EVERYTHING, Selection, select
from bbbmig.errors import BbbmigError, ConfigError, ExitCode, exit_code_of
from bbbmig.report import sentences
from bbbmig.report.complaint import complain
from bbbmig.report.messages import Start
from bbbmig.report.reporter import Reporter, make_reporter
from bbbmig.runs.adapters import Adapters
from bbbmig.runs.limits import ONE_BY_ONE, RunLimits
from bbbmig.runs.listing import listing_of
from bbbmig.runs.notifying import Notifier
from bbbmig.settings import Settings, load
from bbbmig.settings.notify_section import NotifySection

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """How a run shows what it does: `verbosity` is -1 for quiet, 0, or 1 and more; `stream` None is stdout.

    `metrics_file` gets the figures of the run for Prometheus, beside that of the settings or instead of it.
    """

    json: bool = False
    verbosity: int = 0
    stream: TextIO | None = None
    metrics_file: Path | None = None


AS_USUAL = Shown()


@dataclass(slots=True, kw_only=True)
class Run:
    """A run at work. `summary` replaces the counts in the last line; `complete` is False if the list is not whole.

    `alarmed`: something was said that a person must know. `code` is what the run ends with, if it is an answer.
    `troubles` and `states` are those of `RunNews`. `conditions` say when no more is begun.
    """

    command: str
    settings: Settings
    adapters: Adapters
    report: Reporter
    tally: Tally = field(default_factory=Tally)
    complete: bool = True
    summary: str = ""
    alarmed: bool = False
    code: ExitCode | None = None
    troubles: list[str] = field(default_factory=list)
    states: dict[str, tuple[int, float]] = field(default_factory=dict)
    conditions: StopConditions = field(default_factory=StopConditions)

    @property
    def dry(self) -> bool:
        """Tell whether nothing may be changed anywhere."""
        return self.adapters.dry

    @property
    def server(self) -> str:
        """Name the old server as the ledger knows it."""
        return host_of(api_base(self.settings.bbb.url))

    @property
    def exclusion(self) -> Exclusion:
        """Return what `[choose] exclude` keeps for known owners alone."""
        return Exclusion(self.settings.choose.exclude)

    def listing(self, *, use_cache: bool) -> Listing:
        """List the recordings; what could not be read is said, and makes the run end with exit code 3."""
        return self.noted(listing_of(self.adapters, use_cache=use_cache))

    def noted(self, listing: Listing) -> Listing:
        """Say what could not be read of a list; then the run ends with exit code 3."""
        for problem in listing.problems:
            log.warning("%s: %s", problem.record_id, problem.what)
        for warning in listing.warnings:
            log.warning("%s", warning)
        self.complete = self.complete and listing.complete
        return listing

    def choose(self, listing: Listing, selection: Selection) -> list[Recording]:
        """Choose among the recordings, and say so."""
        chosen = select(listing.recordings, selection)
        start = Start(
            command=self.command,
            server=self.server,
            listed=len(listing.recordings),
            chosen=len(chosen),
            lost=sum(problem.lost for problem in listing.problems),
            checksum=listing.checksum,
            calls=listing.calls,
            why_parts=listing.why_parts,
            taken_at=listing.taken_at,
            from_cache=listing.from_cache,
            dry=self.dry,
        )
        self.report.start(start)
        if not chosen and listing.recordings:
            others = len(select(listing.recordings, replace(selection, range=EVERYTHING.range)))
            log.warning(
                "none of the %d recordings is chosen by these options%s",
                len(listing.recordings),
                f": --range begins at {selection.range.first}, the others leave {others}" if others else "",
            )
        return chosen

    def show(self, outcomes: Iterator[Outcome]) -> None:
        """Show outcomes as they come, and count them. However this ends, the work behind them has ended then, too."""
        with closing(outcomes):
            for outcome in outcomes:
                self.tally.add(outcome)
                self.report.outcome(outcome)
                if len(self.troubles) < MOST_TROUBLES and (
                    outcome.status is Status.FAILED or outcome.waits_for_a_person
                ):
                    self.troubles.append(sentences.line(outcome))
                if sentences.is_news(outcome):
                    log.info("%s %s", self.command, sentences.line(outcome), extra=logs.FILE_ONLY)

    def carry_out(self, plan: Plan, how: CarryOut) -> None:
        """Carry out a plan within the limits of this run, and show what comes out."""
        self.report.expect(plan)
        adapters, limits = self.adapters, self.adapters.limits
        self.conditions = limits.started()
        self.show(side_by_side(plan, how, jobs=limits.jobs, stop=adapters.stop, limits=self.conditions))

    def alarm(self, message: str) -> None:
        """Say something that a person must know, whatever the verbosity: the run ends with exit code 3."""
        log.warning("%s", message)
        self.alarmed = True
        self.troubles.append(message)

    @property
    def exit_code(self) -> ExitCode:
        """Return 3 if a recording failed or is missing from the list, or a person must know something."""
        if self.code is not None:
            return self.code
        return self.tally.exit_code if self.complete and not self.alarmed else ExitCode.PARTIAL


def closing(outcomes: Iterator[Outcome]) -> contextlib.AbstractContextManager[object]:
    """Close outcomes that are generated, however their reader ends: work goes on behind them."""
    return contextlib.closing(outcomes) if isinstance(outcomes, Generator) else contextlib.nullcontext()


@contextlib.contextmanager
def opened(
    command: str,
    settings: Settings | Path | None,
    *,
    needs: Sequence[str] = (),
    shown: Shown = AS_USUAL,
    limits: RunLimits = ONE_BY_ONE,
    dry: bool = False,
) -> Iterator[Run]:
    """Run a use case's body with these settings, or those of that file, else of the files where they are looked for.

    `needs` are the sections without which nothing begins (ConfigError tells all that is missing of them). At the end
    the counts are the last line, also after an error: its reason comes first, and the error goes on to the caller.
    """
    settings = prepare(settings, shown, needs=needs, dry=dry)
    with (
        Adapters(settings, limits=limits, dry=dry) as adapters,
        make_reporter(shown.stream or sys.stdout, json=shown.json, verbosity=shown.verbosity) as report,
    ):
        run = Run(command=command, settings=settings, adapters=adapters, report=report)
        notifier = _notifier(run, shown.metrics_file)
        notifier.start()
        try:
            yield run
        except BrokenPipeError:
            raise  # nobody reads us any more
        except BaseException as error:
            report.stop()
            complain(error)
            report.end(command, run.tally, exit_code_of(error))
            _log_failure(run, error)
            why = [error.message] if isinstance(error, BbbmigError) else []
            _tell_end(notifier, run, exit_code_of(error), why)
            raise
        report.end(command, run.tally, run.exit_code, summary=run.summary)
        said = sentences.end(command, run.summary or sentences.counts(run.tally), run.exit_code)
        log.info("%s", said, extra=logs.FILE_ONLY)
        _tell_end(notifier, run, run.exit_code)


def _notifier(run: Run, metrics_file: Path | None) -> Notifier:
    """Return what tells of a run: nobody, if it is a dry one, or one of another command than those of the settings."""
    told = not run.dry and run.command in run.settings.notify.commands
    return Notifier(
        command=run.command,
        server=run.server if run.settings.has("bbb") else "",
        section=run.settings.notify if told else NotifySection(),
        metrics_file=None if run.dry else metrics_file,
    )


def _tell_end(notifier: Notifier, run: Run, exit_code: ExitCode, why: Sequence[str] = ()) -> None:
    """Tell how a run ended."""
    notifier.end(
        exit_code,
        counts={str(status): count for status, count in run.tally.by_status.items()},
        states=run.states,
        words=sentences.end(run.command, run.summary or sentences.counts(run.tally), exit_code),
        troubles=[*why, *run.troubles],
    )


def _log_failure(run: Run, error: BaseException) -> None:
    """Write into the log file why a run ended, and where a bug is."""
    if isinstance(error, BbbmigError):
        hint = f" ({error.hint})" if error.hint else ""
        log.error("%s%s", error.message, hint, extra=logs.FILE_ONLY)
    else:
        bug = error if isinstance(error, Exception) else None
        log.error("%s ended by %s", run.command, type(error).__name__, exc_info=bug, extra=logs.FILE_ONLY)
    said = sentences.end(run.command, sentences.counts(run.tally), exit_code_of(error))
    log.error("%s", said, extra=logs.FILE_ONLY)


def prepare(
    settings: Settings | Path | None, shown: Shown, *, needs: Sequence[str] = (), dry: bool = False
) -> Settings:
    """Read the settings if that was not done yet, and set up the log, which a dry run keeps off the disk.

    Raise ConfigError with all that is wrong with the sections needed.
    """
    logs.setup(shown.verbosity)  # reading the settings may already have something to say
    if not isinstance(settings, Settings):
        settings = load(settings)
    try:
        logs.setup(shown.verbosity, file=None if dry else settings.log.file, file_level=settings.log.level)
    except ConfigError as error:
        if settings.log_asked:
            raise
        log.info("%s; no log is kept (%s)", error.message, error.hint)
    settings.need(*needs)
    return settings
