"""`render`: one presentation into a video, by hand."""

import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TextIO, get_args, get_type_hints

from bbbmig.convert.published_files import PublishedFiles
from bbbmig.convert.render.address import presentation_at
from bbbmig.convert.render.converter import RenderConverter
from bbbmig.convert.render.options import Options
from bbbmig.domain.conversion import Conversion, Presentation, Progress, Verdict
from bbbmig.domain.mirror import is_plain_name
from bbbmig.domain.playback_url import record_id_in
from bbbmig.errors import ExitCode, UsageError
from bbbmig.http import trust_also
from bbbmig.settings import load


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderRun:
    """What to render, `where` it is as a person types it; what is fetched stays in `files`, if that is given."""

    where: str
    options: Options = field(default_factory=Options)
    files: Path | None = None

    @property
    def presentation(self) -> Presentation:
        """Return the presentation. Raise ConfigError for what is not the place of one."""
        return presentation_at(self.where)

    @property
    def is_remote(self) -> bool:
        """Tell whether a server has to be asked."""
        return self.where.startswith(("http://", "https://"))

    @property
    def converter(self) -> RenderConverter:
        """Return what converts it."""
        if self.files is not None:
            published = PublishedFiles(work=self.files.absolute(), keep=True)
        else:
            published = PublishedFiles(work=Path(tempfile.gettempdir()) / "bbbmig-render")
        return RenderConverter(self.options, published=published)


def from_mirror(config: Path | None, wanted: RenderRun) -> RenderRun:
    """Take a presentation from the mirror of the settings, if it can be; else return what is wanted as it is."""
    settings = load(config)
    directory = settings.mirror.directory
    record_id = record_id_in(wanted.where)
    if directory is None or not record_id or not is_plain_name(record_id):
        return wanted
    from bbbmig.mirror.mirror import Mirror

    offline = settings.has("bbb") and settings.bbb.offline
    folder = Mirror(directory, offline=offline).folder(record_id, "presentation")
    return wanted if folder is None else replace(wanted, where=str(folder))


def options_of(**given: object) -> Options:
    """Return options as a person gave them. Raise UsageError for a word that is not one of those known."""
    for name, kind in get_type_hints(Options).items():
        allowed = get_args(kind)
        if allowed and given[name] not in allowed:
            raise UsageError(
                f"--{name}: {given[name]!r} is not one of {', '.join(allowed)}", hint="bbbmig render --help"
            )
    return Options(**given)  # type: ignore[arg-type]


def trust_authority(config: Path | None) -> None:
    """Trust the authority that `[bbb] ca_file` names, if there are settings. Raise ConfigError if they are wrong."""
    settings = load(config)
    if settings.has("bbb") and settings.bbb.ca_file:
        trust_also(settings.bbb.ca_file)


def preflight(wanted: RenderRun) -> ExitCode:
    """Say what could not be shown, and make nothing; return 3 if it cannot be converted."""
    verdict = wanted.converter.preflight(wanted.presentation)
    sys.stdout.write(f"{in_words(verdict)}\n")
    return ExitCode.DONE if verdict.able else ExitCode.PARTIAL


def render(wanted: RenderRun, out: Path, *, quiet: bool = False) -> ExitCode:
    """Make the video, with progress on a terminal. Raise RecordingFailed, RemoteError, MachineError or ConfigError."""
    started = time.monotonic()
    shown = sys.stderr.isatty() and not quiet
    progress = _progress(started, sys.stderr) if shown else _silent
    made = wanted.converter.convert(wanted.presentation, out, progress=progress, stop=threading.Event())
    if shown:
        sys.stderr.write("\n")
    sys.stdout.write("".join(f"{line}\n" for line in _result(made, max(0.001, time.monotonic() - started))))
    return ExitCode.DONE


def in_words(verdict: Verdict) -> str:
    """Return a verdict in words; what was only guessed or put right is said as well."""
    if verdict.faithful and not verdict.reasons:
        return "everything can be shown"
    if not verdict.able:
        head = "it cannot be converted:"
    elif verdict.faithful:
        head = "all that is there is shown; guessed or put right:"
    else:
        head = "not everything can be shown:"
    return "\n  ".join((head, *verdict.reasons))


def _result(made: Conversion, took_s: float) -> list[str]:
    """Say what was made, and what is to be known of it."""
    speed = made.duration_s / took_s
    first = f"{made.path}: {made.duration_s:.1f} s, {speed:.1f} times real time"
    return [first, *(f"  {note}" for note in made.notes)]


def _progress(started: float, stream: TextIO) -> Progress:
    """Return what shows how far it is, in one line that is written again and again."""

    def show(done: float, whole: float) -> None:
        rate = done / max(0.001, time.monotonic() - started)
        stream.write(f"\r{done:.0f} of {whole:.0f} s, {rate:.1f} times real time ")
        stream.flush()

    return show


def _silent(_done: float, _whole: float) -> None:
    """Show nothing."""
