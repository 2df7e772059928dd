"""What `check` looks at; one generator of lines for each place."""

import os
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import PurePosixPath

from bbbmig.bbb.listing import Listing
from bbbmig.domain.history import Effect
from bbbmig.domain.recording import Recording
from bbbmig.errors import BbbmigError, ConfigError, ExitCode
from bbbmig.ledger import Ledger
from bbbmig.moodle import inspect_moodle
from bbbmig.pod.inspect import ExtensionState, PodState, Severity, Token, inspect_pod
from bbbmig.pod.limits import POD
from bbbmig.report.messages import Check, Level
from bbbmig.report.sentences import size
from bbbmig.runs.adapters import Adapters
from bbbmig.runs.check_mirror import mirror_checks
from bbbmig.runs.check_owners import PLACE, exclusion_checks, owner_checks
from bbbmig.runs.check_registers import greenlight_checks, table_checks
from bbbmig.runs.converters import installed
from bbbmig.runs.listing import listing_of
from bbbmig.runs.moodles import moodle_sources
from bbbmig.runs.recorder_directory import files_here

_LITTLE_ROOM = 20 << 30
"""An hour of video is about 0.2 to 1 GB: with less than 20 GiB a run of weeks would soon stop."""


def all_checks(adapters: Adapters) -> Iterator[Check]:
    """Check everything that is in the settings; no place keeps another one from being looked at."""
    recordings: list[Recording] = []
    servers: list[Check] = []
    yield from _guarded("Settings", _settings, adapters)
    servers += _guarded("BigBlueButton", partial(_bbb, recordings), adapters)
    yield from servers
    yield from exclusion_checks(adapters, recordings)
    looks: dict[str, Callable[[str], Callable[[Adapters], Iterator[Check]]]] = {
        "moodle": _moodle,
        "greenlight": lambda name: greenlight_checks(name, recordings),
        "table": lambda name: table_checks(name, recordings),
    }
    for one in adapters.settings.owner_sources:
        kind, _, section = one.partition(".")
        servers += (found := [*_guarded(f"{kind.capitalize()} {section}", looks[kind](section), adapters)])
        yield from found
    servers += (found := [*_guarded("Pod", _pod, adapters)])
    yield from found
    if all(one.level is not Level.WRONG for one in servers):  # what keeps owners from being found has been said
        yield from _guarded(PLACE, partial(owner_checks, recordings=recordings), adapters)
    yield from _guarded("Recorder", _recorder, adapters)
    yield from _guarded("Programs", _programs, adapters)
    yield from _guarded("Converters", _converters, adapters)
    yield from _guarded("Ledger", _ledger, adapters)


def _guarded(place: str, look: Callable[[Adapters], Iterator[Check]], adapters: Adapters) -> Iterator[Check]:
    """Make a line of what goes wrong while looking."""
    try:
        yield from look(adapters)
    except BbbmigError as error:
        yield _wrong(place, error.message, error.hint, error.exit_code)


def _ok(place: str, what: str) -> Check:
    return Check(place=place, level=Level.OK, what=what)


def _note(place: str, what: str, hint: str) -> Check:
    return Check(place=place, level=Level.NOTE, what=what, hint=hint)


def _wrong(place: str, what: str, hint: str, exit_code: ExitCode = ExitCode.CONFIG) -> Check:
    return Check(place=place, level=Level.WRONG, what=what, hint=hint, exit_code=exit_code)


def _settings(adapters: Adapters) -> Iterator[Check]:
    """Name the file that was read."""
    file = adapters.settings.file
    if file is None:
        yield _note("Settings", "no file was found; all comes from the environment", "bbbmig --config FILE check")
    else:
        yield _ok("Settings", str(file))


def _bbb(recordings: list[Recording], adapters: Adapters) -> Iterator[Check]:
    """List the recordings, and keep them: checksum, how many, how they had to be listed."""
    listing = listing_of(adapters, use_cache=False)
    recordings += listing.recordings
    if adapters.mirror is not None and adapters.mirror.offline:
        yield from mirror_checks(adapters.mirror, len(listing.recordings))
        return
    calls = f"{listing.calls} call{'s' if listing.calls > 1 else ''}"
    how = f"in {calls}, because {listing.why_parts}" if listing.why_parts else f"in {calls}"
    yield _ok(
        "BigBlueButton",
        f"{adapters.bbb.host}: {len(listing.recordings)} recordings, {how}; checksum {listing.checksum}",
    )
    yield from _playback_hosts(adapters, listing)
    for warning in listing.warnings:
        yield _wrong("BigBlueButton", warning, "look at [bbb] url, and at the server", ExitCode.REMOTE_FAILED)
    lost = [problem for problem in listing.problems if problem.lost]
    if lost:
        said = "; ".join(f"{problem.record_id}: {problem.what}" for problem in lost[:3])
        yield _wrong(
            "BigBlueButton",
            f"{len(lost)} recordings or parts of the list cannot be read: {said}",
            "run again; if it stays so, look at these on the server",
            ExitCode.REMOTE_FAILED,
        )


def _playback_hosts(adapters: Adapters, listing: Listing) -> Iterator[Check]:
    """Look at other hosts that recordings name: links to one that does not answer lead nowhere."""
    for state in adapters.addresses.states(listing.recordings):
        said = f"{state.recordings} playbacks are on {state.host}"
        if not state.trouble:
            yield _ok("BigBlueButton", f"{said}, which answers")
        elif state.instead:
            yield _note(
                "BigBlueButton", f"{said}: {state.trouble}", f"{adapters.bbb.host} is asked instead, and answers"
            )
        else:
            yield _wrong(
                "BigBlueButton",
                f"{said}: {state.trouble}; and {adapters.bbb.host} has nothing at {state.example}",
                "if the host is yours, name it in [bbb] hosts; else look for these files on the server",
                ExitCode.REMOTE_FAILED,
            )


def _moodle(name: str) -> Callable[[Adapters], Iterator[Check]]:
    """Look into one Moodle's database."""
    place = f"Moodle {name}"

    def look(adapters: Adapters) -> Iterator[Check]:
        (source,) = moodle_sources(adapters.settings, [name])
        state = inspect_moodle(source)
        activities = "unknown number of" if state.activities is None else state.activities
        session = "read-only session" if state.read_only else "session that can write"
        yield _ok(place, f"Moodle {state.release} on {state.server}, {activities} BigBlueButton activities, {session}")
        for problem in state.problems:
            if problem.serious:
                yield _wrong(place, problem.message, problem.hint)
            else:
                yield _note(place, problem.message, problem.hint)

    return look


def _pod(adapters: Adapters) -> Iterator[Check]:
    """Look at Pod, as far as it can be seen from outside."""
    try:
        pod = adapters.settings.pod
    except ConfigError as error:
        yield _note("Pod", "not in the settings: only export-csv can run", error.message)
        return
    try:
        recorder = adapters.settings.recorder.id
    except ConfigError:
        recorder = None
    state = inspect_pod(adapters.pod, administrator=pod.administrator, site=pod.site, recorder_id=recorder)
    if state.token is Token.ACCEPTED:
        yield _ok("Pod", _pod_in_words(state))
    for problem in state.problems:
        if problem.severity is Severity.ERROR:
            yield _wrong("Pod", problem.what, problem.hint, problem.exit_code)
        else:
            yield _note("Pod", problem.what, problem.hint)


def _pod_in_words(state: PodState) -> str:
    """Say what was found."""
    found = [f"{state.url}: Esup-Pod {state.version}", "the token is accepted"]
    if state.site:
        found.append(f"site {state.site.domain}")
    if state.administrator:
        found.append(f"administrator {state.administrator.username}")
    if state.recorder:
        found.append(f"recorder {state.recorder.id} ({state.recorder.name})")
    if state.extension and state.extension_state is ExtensionState.PRESENT:
        found.append(f"external recordings over REST {state.extension.version}")
    return ", ".join(found)


def _recorder(adapters: Adapters) -> Iterator[Check]:
    """Look at the recorder's directory: here, and as Pod sees it."""
    try:
        recorder = adapters.settings.recorder
    except ConfigError as error:
        yield _note("Recorder", "not in the settings: claim cannot run", error.message)
        return
    directory = recorder.directory
    if not directory.is_dir():
        yield _wrong("Recorder", f"{directory} is not a directory", "mount it, or correct recorder.directory")
        return
    if not os.access(directory, os.W_OK | os.X_OK):
        yield _wrong("Recorder", f"{directory} cannot be written by this user", "give the user the rights to it")
        return
    room = shutil.disk_usage(directory).free
    yield _ok("Recorder", f"{directory} can be written, {size(room)} free")
    if room < _LITTLE_ROOM:
        yield _note("Recorder", f"only {size(room)} are free in {directory}", "videos take 0.2 to 1 GB an hour")
    if len(str(recorder.pod_directory)) > POD.path // 2:
        yield _note(
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
        return _ok("Recorder", f"Pod sees the same directory as {pod_directory} ({len(here & seen)} files in common)")
    if not here:
        return _note(
            "Recorder",
            "the directory is empty: whether Pod sees the same one shows with the first file",
            "to be sure: put any .mp4 there, check again, and take it away (people would see it on the claim page)",
        )
    return _wrong(
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
        yield _wrong("Programs", f"{' and '.join(missing)} cannot be found", "apt install ffmpeg")
    else:
        yield _ok("Programs", f"ffmpeg and ffprobe ({shutil.which('ffmpeg')})")


def _converters(adapters: Adapters) -> Iterator[Check]:
    """Say which converters can work here, and what keeps the others from it."""
    found = installed(adapters.settings.converter)
    for one in found:
        if one.converter is not None:
            yield _ok("Converters", f"{one.name} can work here")
        for problem in one.problems:
            yield _note("Converters", f"{one.name}: {problem.message}", problem.hint)
    if not any(one.converter for one in found):
        yield _note("Converters", "none can work here: claim moves videos only", "pip install 'bbbmig[render]'")


def _ledger(adapters: Adapters) -> Iterator[Check]:
    """Open the ledger, without changing it."""
    url = adapters.settings.ledger.url
    with Ledger(url, read_only=True) as ledger:
        if ledger.file is not None and not ledger.file.exists():
            folder = next(parent for parent in ledger.file.parents if parent.exists())
            if not folder.is_dir() or not os.access(folder, os.W_OK):
                yield _wrong("Ledger", f"{ledger} cannot be created by this user", "set ledger.url, or rights")
            else:
                yield _ok("Ledger", f"{ledger}: will be created by the first run")
            return
        try:
            server = adapters.bbb.host
        except BbbmigError:
            server = ""
        if wrong := ledger.unwritable():
            yield _wrong("Ledger", wrong, "run bbbmig always as the same user, or give this one the files (chown)")
            return
        links, claims = (len(ledger.entries(server, effect)) for effect in (Effect.LINK, Effect.CLAIM))
        yield _ok("Ledger", f"{ledger}: {links} links and {claims} files remembered of {server or 'no server'}")
