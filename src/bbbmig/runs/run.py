"""The frame of every command that works on recordings: settings, log, the list, what is shown, the exit code."""

import contextlib
import logging
import sys
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

import typer

from bbbmig import log as logs
from bbbmig.bbb.api_url import api_base, host_of
from bbbmig.bbb.listing import Listing
from bbbmig.cli.main import exit_code_of
from bbbmig.cli.options import Shown
from bbbmig.domain.outcome import Outcome, Tally
from bbbmig.domain.recording import Recording
from bbbmig.domain.selection import Selection, select
from bbbmig.errors import BbbmigError, ExitCode
from bbbmig.report import sentences
from bbbmig.report.messages import Start
from bbbmig.report.reporter import Reporter, make_reporter
from bbbmig.runs.adapters import Wiring
from bbbmig.settings import Settings, load

log = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class Task:
    """A command at work. `words` say what came out where counts of outcomes do not."""

    command: str
    settings: Settings
    wiring: Wiring
    report: Reporter
    dry: bool = False
    tally: Tally = field(default_factory=Tally)
    complete: bool = True
    words: str = ""

    @property
    def server(self) -> str:
        """Name the old server as the ledger knows it."""
        return host_of(api_base(self.settings.bbb.url))

    def listing(self, *, use_cache: bool) -> Listing:
        """List the recordings; what could not be read is said, and makes the run end with exit code 3."""
        listing = self.wiring.listing(use_cache=use_cache)
        for problem in listing.problems:
            log.warning("%s: %s", problem.record_id, problem.what)
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
            log.warning("none of the %d recordings is chosen by these options", len(listing.recordings))
        return chosen

    def show(self, outcomes: Iterator[Outcome]) -> None:
        """Show outcomes as they come, and count them. However this ends, the work behind them has ended then, too."""
        with contextlib.closing(outcomes) if isinstance(outcomes, Generator) else contextlib.nullcontext():
            for outcome in outcomes:
                self.tally.add(outcome)
                self.report.outcome(outcome)
                if sentences.is_news(outcome):
                    log.info("%s %s", self.command, sentences.line(outcome), extra=logs.FILE_ONLY)

    @property
    def exit_code(self) -> ExitCode:
        """Give 3 if a recording failed or is missing from the list."""
        return self.tally.exit_code if self.complete else ExitCode.PARTIAL


@contextlib.contextmanager
def task(
    context: typer.Context, command: str, shown: Shown, *needs: str, dry: bool = False, stream: TextIO | None = None
) -> Iterator[Task]:
    """Run a command's body; `needs` are the sections without which nothing begins, `stream` is stdout if not given.

    At the end, the counts are the last line, also after an error, which goes on to the boundary in `main`.
    """
    settings = prepare(context, shown, *needs, dry=dry)
    with (
        Wiring(settings, dry=dry) as wiring,
        make_reporter(stream or sys.stdout, json=shown.json, verbosity=shown.verbosity) as report,
    ):
        running = Task(command=command, settings=settings, wiring=wiring, report=report, dry=dry)
        try:
            yield running
        except BrokenPipeError:
            raise  # nobody reads us any more
        except BaseException as error:
            report.end(command, running.tally, exit_code_of(error))
            _log_failure(command, running.tally, error)
            raise
        report.end(command, running.tally, running.exit_code, words=running.words)
        said = sentences.end(command, running.words or running.tally.in_words(), running.exit_code)
        log.info("%s", said, extra=logs.FILE_ONLY)


def _log_failure(command: str, tally: Tally, error: BaseException) -> None:
    """Write into the file what the boundary in `main` is going to say on the screen, and where a bug is."""
    if isinstance(error, BbbmigError):
        hint = f" ({error.hint})" if error.hint else ""
        log.error("%s%s", error.message, hint, extra=logs.FILE_ONLY)
    else:
        bug = error if isinstance(error, Exception) else None
        log.error("%s ended by %s", command, type(error).__name__, exc_info=bug, extra=logs.FILE_ONLY)
    log.error("%s", sentences.end(command, tally.in_words(), exit_code_of(error)), extra=logs.FILE_ONLY)


def prepare(context: typer.Context, shown: Shown, *needs: str, dry: bool = False) -> Settings:
    """Read the settings and set up the log, which a dry run keeps off the disk.

    Raise ConfigError with all that is wrong with the sections needed.
    """
    config: Path | None = context.obj
    logs.setup(shown.verbosity)  # reading the settings may already have something to say
    settings = load(config)
    logs.setup(shown.verbosity, file=None if dry else settings.log.file, file_level=settings.log.level)
    settings.need(*needs)
    return settings
