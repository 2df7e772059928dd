"""What `check` tells of this machine: the recorder's directory, programs, converters, the ledger."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

from bbbmig.domain.history import Effect
from bbbmig.errors import BbbmigError, ConfigError, ExitCode
from bbbmig.extras import install
from bbbmig.ledger import Ledger
from bbbmig.pod.limits import POD
from bbbmig.report.messages import Check, Level
from bbbmig.report.sentences import size
from bbbmig.runs.adapters import Adapters
from bbbmig.runs.converters import installed
from bbbmig.runs.recorder_directory import files_here

_LITTLE_ROOM = 20 << 30
"""An hour of video is about 0.2 to 1 GB: with less than 20 GiB a run of weeks would soon stop."""


def local_checks(adapters: Adapters) -> Iterator[Check]:
    """Look at this machine."""
    yield from guarded("Recorder", recorder_checks, adapters)
    yield from guarded("Programs", _programs, adapters)
    yield from guarded("Converters", _converters, adapters)
    yield from guarded("Ledger", _ledger, adapters)


def recorder_checks(adapters: Adapters) -> Iterator[Check]:
    """Look at the recorder's directory: here, and as Pod sees it."""
    try:
        recorder = adapters.settings.recorder
    except ConfigError as error:
        yield note("Recorder", "not in the settings: claim cannot run", error.message)
        return
    directory = recorder.directory
    if not directory.is_dir():
        yield wrong("Recorder", f"{directory} is not a directory", "mount it, or correct recorder.directory")
        return
    if not os.access(directory, os.W_OK | os.X_OK):
        yield wrong("Recorder", f"{directory} cannot be written by this user", "give the user the rights to it")
        return
    room = shutil.disk_usage(directory).free
    yield ok("Recorder", f"{directory} can be written, {size(room)} free")
    if room < _LITTLE_ROOM:
        yield note("Recorder", f"only {size(room)} are free in {directory}", "videos take 0.2 to 1 GB an hour")
    if len(str(recorder.pod_directory)) > POD.path // 2:
        yield note(
            "Recorder", "recorder.pod_directory is long: names of files are cut", f"Pod takes paths of {POD.path}"
        )
    yield _same_directory(adapters)


def _same_directory(adapters: Adapters) -> Check:
    """Compare the directory here with what Pod lists."""
    pod_directory = adapters.settings.recorder.pod_directory
    seen = {
        PurePosixPath(path).name for path in map(str, adapters.recorder.listed_files()) if _is_in(path, pod_directory)
    }
    here = {name for name in files_here(adapters.settings.recorder) if not name.endswith(".part")}
    if here & seen:
        return ok("Recorder", f"Pod sees the same directory as {pod_directory} ({len(here & seen)} files in common)")
    if not here:
        return note(
            "Recorder",
            "the directory is empty: whether Pod sees the same one shows with the first file",
            "to be sure: put any .mp4 there, check again, and take it away (people would see it on the claim page)",
        )
    return wrong(
        "Recorder",
        f"Pod sees none of the {len(here)} files here in {pod_directory}",
        "correct recorder.directory or recorder.pod_directory; is DEFAULT_RECORDER_PATH of Pod above it?",
    )


def _is_in(path: str, directory: PurePosixPath) -> bool:
    """Tell whether a path of Pod's lies in that directory."""
    return PurePosixPath(path).parent == directory


def _programs(_: Adapters) -> Iterator[Check]:
    """Find the programs that claim needs."""
    missing = [name for name in ("ffmpeg", "ffprobe") if shutil.which(name) is None]
    if missing:
        yield wrong("Programs", f"{' and '.join(missing)} cannot be found", "apt install ffmpeg")
    else:
        yield ok("Programs", f"ffmpeg and ffprobe ({shutil.which('ffmpeg')})")


def _converters(adapters: Adapters) -> Iterator[Check]:
    """Say which converters can work here, and what keeps the others from it."""
    found = installed(adapters.settings.converter)
    for one in found:
        if one.converter is not None:
            yield ok("Converters", f"{one.name} can work here")
        for problem in one.problems:
            yield note("Converters", f"{one.name}: {problem.message}", problem.hint)
    if not any(one.converter for one in found):
        yield note("Converters", "none can work here: claim moves videos only", install("render"))


def _ledger(adapters: Adapters) -> Iterator[Check]:
    """Open the ledger, without changing it."""
    url = adapters.settings.ledger.url
    with Ledger(url, read_only=True) as ledger:
        if ledger.file is not None and not ledger.file.exists():
            folder = next(parent for parent in ledger.file.parents if parent.exists())
            if not folder.is_dir() or not os.access(folder, os.W_OK):
                yield wrong("Ledger", f"{ledger} cannot be created by this user", "set ledger.url, or rights")
            else:
                yield ok("Ledger", f"{ledger}: will be created by the first run")
            return
        try:
            server = adapters.bbb.host
        except BbbmigError:
            server = ""
        if problem := ledger.unwritable():
            yield wrong("Ledger", problem, "run bbbmig always as the same user, or give this one the files (chown)")
            return
        links, claims = (len(ledger.entries(server, effect)) for effect in (Effect.LINK, Effect.CLAIM))
        yield ok("Ledger", f"{ledger}: {links} links and {claims} files remembered of {server or 'no server'}")


def guarded(place: str, look: Callable[[Adapters], Iterator[Check]], adapters: Adapters) -> Iterator[Check]:
    """Make a line of what goes wrong while looking."""
    try:
        yield from look(adapters)
    except BbbmigError as error:
        yield wrong(place, error.message, error.hint, error.exit_code)


def ok(place: str, what: str) -> Check:
    """Return a line of what is as it should be."""
    return Check(place=place, level=Level.OK, what=what)


def note(place: str, what: str, hint: str) -> Check:
    """Return a line of what works, but somebody should know."""
    return Check(place=place, level=Level.NOTE, what=what, hint=hint)


def wrong(place: str, what: str, hint: str, exit_code: ExitCode = ExitCode.CONFIG) -> Check:
    """Return a line of what must be put right."""
    return Check(place=place, level=Level.WRONG, what=what, hint=hint, exit_code=exit_code)
