"""The options that several commands share, under one name and with one meaning."""

import inspect
import sys
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO, TypeVar

import typer

from bbbmig.cli import values
from bbbmig.domain.choices import Queueing
from bbbmig.domain.selection import Range, Selection
from bbbmig.errors import UsageError

if TYPE_CHECKING:
    from bbbmig.runs import limits, run

Result = TypeVar("Result")
STDOUT = Path("-")

_CHOICE = "Which recordings"
_SHOW = "What is shown"


Dry = Annotated[bool, typer.Option("--dry", "--dry-run", "-n", help="Say what would be done, change nothing anywhere.")]
RangeOption = Annotated[
    Range,
    typer.Option(
        "--range",
        parser=values.typed(values.range_of),
        metavar="A:B",
        help="By number, 1 is the newest: 1:10, 5, 5: or :10. --since, --until and --meeting choose first.",
        show_default=False,
        rich_help_panel=_CHOICE,
    ),
]
Since = Annotated[
    date | None,
    typer.Option(
        "--since",
        parser=values.typed(values.day),
        metavar="DATE",
        help="Recorded on that day or later (2023-05-31).",
        rich_help_panel=_CHOICE,
    ),
]
Until = Annotated[
    date | None,
    typer.Option(
        "--until",
        parser=values.typed(values.day),
        metavar="DATE",
        help="Recorded on that day or before.",
        rich_help_panel=_CHOICE,
    ),
]
Meeting = Annotated[
    str,
    typer.Option(
        "--meeting", metavar="ID", help="Only those with this meetingID or recordID.", rich_help_panel=_CHOICE
    ),
]
Unpublished = Annotated[
    bool,
    typer.Option("--include-unpublished", help="Unpublished recordings, too.", rich_help_panel=_CHOICE),
]
UseCache = Annotated[
    bool,
    typer.Option("--cache", help="Use the list saved by the previous run instead of asking the server."),
]
Again = Annotated[bool, typer.Option("--again", help="Re-create what was removed in Pod.")]
Moodles = Annotated[
    list[str],
    typer.Option(
        "--owners-from",
        "--moodle",
        metavar="NAME",
        help="Ask only this source of owners: a Moodle, Greenlight or table of the settings; may be repeated. "
        "Without it all are asked; none: ask nobody.",
    ),
]
Json = Annotated[
    bool,
    typer.Option("--json", help="One JSON object a line, for programs (docs/scripting.md).", rich_help_panel=_SHOW),
]
Quiet = Annotated[
    bool,
    typer.Option("--quiet", "-q", help="Say only what a person must see, for cron.", rich_help_panel=_SHOW),
]
Verbose = Annotated[
    int,
    typer.Option(
        "--verbose", "-v", count=True, show_default=False, help="Say more; -vv: every request.", rich_help_panel=_SHOW
    ),
]
MetricsFile = Annotated[
    Path | None,
    typer.Option(
        "--metrics-file",
        metavar="FILE",
        readable=False,
        help="Write the figures of the run for Prometheus (….prom).",
        rich_help_panel=_SHOW,
    ),
]
OwnersFile = Annotated[
    Path | None,
    typer.Option(
        "--owners",
        metavar="FILE",
        readable=False,
        help="Whose recordings are, decided by people: what `bbbmig owners` wrote, filled in.",
    ),
]
CreateUnknown = Annotated[
    bool,
    typer.Option(
        "--create-unknown", help="Create accounts in Pod for names of the owners file that nobody is known to have."
    ),
]
Output = Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="Where to write it; - is stdout.")]
Jobs = Annotated[int, typer.Option("--jobs", "-j", min=1, max=64, metavar="N", help="How many recordings at once.")]
MaxDuration = Annotated[
    float,
    typer.Option(
        "--max-duration",
        parser=values.typed(values.duration_s),
        metavar="6h",
        show_default=False,
        help="After this time (6h, 90m, 1h30), finish the work in progress and start nothing new.",
    ),
]
UntilTime = Annotated[
    datetime | None,
    typer.Option(
        "--until-time",
        parser=values.typed(values.next_time),
        metavar="07:00",
        help="At this time of day, finish the work in progress and start nothing new.",
    ),
]
MaxFailures = Annotated[
    int,
    typer.Option("--max-failures", min=0, metavar="N", show_default=False, help="Start nothing new after N failures."),
]
RateLimit = Annotated[
    int,
    typer.Option(
        "--bwlimit",
        parser=values.typed(values.bytes_per_s),
        metavar="10M",
        show_default=False,
        help="Most bytes a second, all downloads together; uploads likewise.",
    ),
]
RetryFailed = Annotated[bool, typer.Option("--retry-failed", help="Try those once more that have failed three times.")]

Queue = Annotated[
    bool, typer.Option("--queue", help="Let all workers (`bbbmig worker`) do it, and show what comes of it.")
]
Detach = Annotated[bool, typer.Option("--detach", help="With --queue: do not wait for it.")]

EVERYTHING = Range()


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which recordings a command works on; days are those of this machine's time zone, both ends included."""

    range: RangeOption = EVERYTHING
    since: Since = None
    until: Until = None
    meeting: Meeting = ""

    @property
    def selection(self) -> Selection:
        """Put it as the domain knows it. Raise UsageError for dates the wrong way round."""
        if self.since and self.until and self.since > self.until:
            raise UsageError(f"--since {self.since} is after --until {self.until}", hint="exchange the two dates")
        return Selection(
            since=_midnight(self.since) if self.since else None,
            until=_midnight(self.until + timedelta(days=1)) if self.until else None,
            meeting=self.meeting.strip(),
            range=self.range,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """How a command shows what it does."""

    json: Json = False
    quiet: Quiet = False
    verbose: Verbose = 0
    metrics_file: MetricsFile = None

    def plain(self, stream: TextIO | None = None) -> "run.Shown":
        """Put it as a run knows it; `stream` None is stdout."""
        from bbbmig.runs import run

        verbosity = -1 if self.quiet else self.verbose
        return run.Shown(json=self.json, verbosity=verbosity, stream=stream, metrics_file=self.metrics_file)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much at once, and when to start nothing new."""

    jobs: Jobs = 1
    bwlimit: RateLimit = 0
    max_duration: MaxDuration = 0
    until_time: UntilTime = None
    max_failures: MaxFailures = 0

    def plain(self) -> "limits.RunLimits":
        """Put it as a run knows it."""
        from bbbmig.runs import limits

        return limits.RunLimits(
            jobs=self.jobs,
            bytes_per_s=self.bwlimit,
            max_duration_s=self.max_duration,
            until=self.until_time,
            max_failures=self.max_failures,
        )


def queueing(*, queue: bool, detach: bool) -> Queueing:
    """Put the two options as a run knows them. Raise UsageError for the second without the first."""
    if detach and not queue:
        raise UsageError("--detach is for --queue")
    if not queue:
        return Queueing.NONE
    return Queueing.DETACH if detach else Queueing.WAIT


def _midnight(day: date) -> datetime:
    """Return the beginning of a day here."""
    return datetime.combine(day, time()).astimezone(UTC)


def confirmed_by_a_person(question: str) -> bool:
    """Ask on the terminal. Raise UsageError where nobody can be asked, KeyboardInterrupt for Ctrl-C."""
    if not sys.stdin.isatty():
        raise UsageError("nobody can be asked here: give --yes")
    try:
        return typer.confirm(question, err=True)
    except typer.Abort:
        raise KeyboardInterrupt from None


def grouped(command: Callable[..., Result]) -> Callable[..., Result]:
    """Let a command take Choice, Shown and the like as one argument each, while Typer sees their options."""
    parameters: list[inspect.Parameter] = []
    groups: dict[str, type[Any]] = {}
    for parameter in inspect.signature(command).parameters.values():
        if isinstance(parameter.annotation, type) and is_dataclass(parameter.annotation):
            group = groups[parameter.name] = parameter.annotation
            parameters += [
                parameter.replace(name=field.name, annotation=field.type, default=field.default)
                for field in fields(group)
            ]
        else:
            parameters.append(parameter)

    def called(**values: object) -> Result:
        for name, group in groups.items():
            values[name] = group(**{field.name: values.pop(field.name) for field in fields(group)})
        return command(**values)

    called.__name__, called.__doc__ = command.__name__, command.__doc__
    called.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    called.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined] # what Typer reads
    return called
