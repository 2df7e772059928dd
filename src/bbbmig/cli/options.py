"""The options that several commands share, under one name and with one meaning."""

import inspect
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO, TypeVar

import typer

from bbbmig.domain.selection import Range, Selection
from bbbmig.errors import UsageError

if TYPE_CHECKING:
    from bbbmig.runs import limits, run

Result = TypeVar("Result")
STDOUT = Path("-")

_CHOICE = "Which recordings"
_SHOW = "What is shown"


def _typed(parse: Callable[[str], Result]) -> Callable[[Any], Result]:
    """Let a parser leave defaults alone: Typer hands them over, too."""
    return lambda value: parse(value) if isinstance(value, str) else value


def _range(text: str) -> Range:
    """Read `--range`."""
    try:
        return Range.parse(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def _day(text: str) -> date:
    """Read a date of `--since` or `--until`."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no date: write 2023-05-31") from None


_LENGTH = re.compile(r"(?:(?P<h>\d+)h)?(?:(?P<m>\d+)m(?:in)?)?(?:(?P<s>\d+)s?)?")


def _length(text: str) -> float:
    """Read a length of time: 6h, 1h30m, 90m, 5400."""
    match = _LENGTH.fullmatch(text.strip())
    if match is None or not any(match.groups()):
        raise typer.BadParameter(f"{text!r} is no length of time: write 6h, 90m or 1h30m")
    return sum(int(match[unit] or 0) * seconds for unit, seconds in (("h", 3600), ("m", 60), ("s", 1)))


def _time_of_day(text: str) -> datetime:
    """Read a time of day as the next moment when clocks here show it."""
    try:
        wanted = time.fromisoformat(text if len(text) > 4 else f"0{text}")  # noqa: PLR2004 - 7:00
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no time of day: write 07:00") from None
    now = datetime.now().astimezone()
    moment = datetime.combine(now.date(), wanted).astimezone()
    return moment if moment > now else datetime.combine(now.date() + timedelta(days=1), wanted).astimezone()


_SIZE = re.compile(r"(?i)(\d+(?:\.\d+)?)\s*([kmg]?)(?:i?b)?(?:/s)?")


def _rate(text: str) -> int:
    """Read a number of bytes a second: 10M, 500k."""
    match = _SIZE.fullmatch(text.strip())
    if match is None:
        raise typer.BadParameter(f"{text!r} is no rate: write 10M or 500k (bytes a second)")
    return int(float(match[1]) * 1024 ** " kmg".index(match[2].lower() or " "))


Dry = Annotated[bool, typer.Option("--dry", "--dry-run", "-n", help="Say what would be done, change nothing anywhere.")]
RangeOption = Annotated[
    Range,
    typer.Option(
        "--range",
        parser=_typed(_range),
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
        parser=_typed(_day),
        metavar="DATE",
        help="Recorded on that day or later (2023-05-31).",
        rich_help_panel=_CHOICE,
    ),
]
Until = Annotated[
    date | None,
    typer.Option(
        "--until", parser=_typed(_day), metavar="DATE", help="Recorded on that day or before.", rich_help_panel=_CHOICE
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
    typer.Option(
        "--cache", help="Take the list of recordings that an earlier run has kept; the server is not asked for it."
    ),
]
Again = Annotated[bool, typer.Option("--again", help="Make once more what somebody has removed in Pod.")]
Moodles = Annotated[
    list[str],
    typer.Option(
        "--owners-from",
        "--moodle",
        metavar="NAME",
        help="Ask the Moodle of [moodle.NAME] who moderated; may be repeated; all: every one; none.",
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
OwnersFile = Annotated[
    Path | None,
    typer.Option(
        "--owners",
        metavar="FILE",
        help="Whose recordings are, decided by people: what `bbbmig owners` wrote, filled in.",
    ),
]
Output = Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="Where to write it; - is stdout.")]
Jobs = Annotated[int, typer.Option("--jobs", "-j", min=1, max=64, metavar="N", help="How many recordings at once.")]
MaxDuration = Annotated[
    float,
    typer.Option(
        "--max-duration",
        parser=_typed(_length),
        metavar="6h",
        show_default=False,
        help="After so long, finish what runs and begin no more.",
    ),
]
UntilTime = Annotated[
    datetime | None,
    typer.Option(
        "--until-time",
        parser=_typed(_time_of_day),
        metavar="07:00",
        help="At that time of day, finish what runs and begin no more.",
    ),
]
MaxFailures = Annotated[
    int,
    typer.Option(
        "--max-failures", min=0, metavar="N", show_default=False, help="After so many failures, begin no more."
    ),
]
RateLimit = Annotated[
    int,
    typer.Option(
        "--bwlimit",
        parser=_typed(_rate),
        metavar="10M",
        show_default=False,
        help="Most bytes a second, all downloads together; uploads likewise.",
    ),
]
RetryFailed = Annotated[bool, typer.Option("--retry-failed", help="Try those once more that have failed three times.")]

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
        """Put it as the domain knows it."""
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

    def plain(self, stream: TextIO | None = None) -> "run.Shown":
        """Put it as a run knows it; `stream` None is stdout."""
        from bbbmig.runs import run

        return run.Shown(json=self.json, verbosity=-1 if self.quiet else self.verbose, stream=stream)


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


def _midnight(day: date) -> datetime:
    """Give the beginning of a day here."""
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
