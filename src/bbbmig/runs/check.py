"""What `check` looks at; one generator of lines for each place."""

from collections.abc import Callable, Iterator
from functools import partial

from bbbmig.bbb.listing import Listing
from bbbmig.domain.recording import Recording
from bbbmig.errors import ConfigError, ExitCode
from bbbmig.moodle import inspect_moodle
from bbbmig.pod.inspect import ExtensionState, PodState, Severity, Token, inspect_pod
from bbbmig.report.messages import Check, Level
from bbbmig.runs.adapters import Adapters
from bbbmig.runs.check_machine import guarded, local_checks, note, ok, wrong
from bbbmig.runs.check_mirror import mirror_checks
from bbbmig.runs.check_owners import PLACE, exclusion_checks, owner_checks
from bbbmig.runs.check_registers import greenlight_checks, table_checks
from bbbmig.runs.check_workers import worker_checks
from bbbmig.runs.listing import listing_of
from bbbmig.runs.moodles import moodle_sources


def all_checks(adapters: Adapters) -> Iterator[Check]:
    """Check everything that is in the settings; no place keeps another one from being looked at."""
    recordings: list[Recording] = []
    servers: list[Check] = []
    yield from guarded("Settings", _settings, adapters)
    servers += guarded("BigBlueButton", bbb_checks(recordings), adapters)
    yield from servers
    yield from exclusion_checks(adapters, recordings)
    looks: dict[str, Callable[[str], Callable[[Adapters], Iterator[Check]]]] = {
        "moodle": moodle_checks,
        "greenlight": lambda name: greenlight_checks(name, recordings),
        "table": lambda name: table_checks(name, recordings),
    }
    for one in adapters.settings.owner_sources:
        kind, _, section = one.partition(".")
        servers += (found := [*guarded(f"{kind.capitalize()} {section}", looks[kind](section), adapters)])
        yield from found
    servers += (found := [*guarded("Pod", pod_checks, adapters)])
    yield from found
    if all(one.level is not Level.WRONG for one in servers):  # what keeps owners from being found has been said
        yield from guarded(PLACE, partial(owner_checks, recordings=recordings), adapters)
    yield from local_checks(adapters)
    yield from guarded("Workers", worker_checks, adapters)


def _settings(adapters: Adapters) -> Iterator[Check]:
    """Name the file that was read."""
    file = adapters.settings.file
    if file is None:
        yield note("Settings", "no file was found; all comes from the environment", "bbbmig --config FILE check")
    else:
        yield ok("Settings", str(file))


def bbb_checks(recordings: list[Recording]) -> Callable[[Adapters], Iterator[Check]]:
    """Return what lists the recordings into `recordings`, and says how that went."""
    return partial(_bbb, recordings)


def _bbb(recordings: list[Recording], adapters: Adapters) -> Iterator[Check]:
    """List the recordings, and keep them: checksum, how many, how they had to be listed."""
    listing = listing_of(adapters, use_cache=False)
    recordings += listing.recordings
    if adapters.mirror is not None and adapters.mirror.offline:
        yield from mirror_checks(adapters.mirror, len(listing.recordings))
        return
    calls = f"{listing.calls} call{'s' if listing.calls > 1 else ''}"
    how = f"in {calls}, because {listing.why_parts}" if listing.why_parts else f"in {calls}"
    yield ok(
        "BigBlueButton",
        f"{adapters.bbb.host}: {len(listing.recordings)} recordings, {how}; checksum {listing.checksum}",
    )
    yield from _playback_hosts(adapters, listing)
    for warning in listing.warnings:
        yield wrong("BigBlueButton", warning, "look at [bbb] url, and at the server", ExitCode.REMOTE_FAILED)
    lost = [problem for problem in listing.problems if problem.lost]
    if lost:
        said = "; ".join(f"{problem.record_id}: {problem.what}" for problem in lost[:3])
        yield wrong(
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
            yield ok("BigBlueButton", f"{said}, which answers")
        elif state.instead:
            yield note(
                "BigBlueButton", f"{said}: {state.trouble}", f"{adapters.bbb.host} is asked instead, and answers"
            )
        else:
            yield wrong(
                "BigBlueButton",
                f"{said}: {state.trouble}; and {adapters.bbb.host} has nothing at {state.example}",
                "if the host is yours, name it in [bbb] hosts; else look for these files on the server",
                ExitCode.REMOTE_FAILED,
            )


def moodle_checks(name: str) -> Callable[[Adapters], Iterator[Check]]:
    """Look into one Moodle's database."""
    place = f"Moodle {name}"

    def look(adapters: Adapters) -> Iterator[Check]:
        (source,) = moodle_sources(adapters.settings, [name])
        state = inspect_moodle(source)
        activities = "unknown number of" if state.activities is None else state.activities
        session = "read-only session" if state.read_only else "session that can write"
        yield ok(place, f"Moodle {state.release} on {state.server}, {activities} BigBlueButton activities, {session}")
        for problem in state.problems:
            if problem.serious:
                yield wrong(place, problem.message, problem.hint)
            else:
                yield note(place, problem.message, problem.hint)

    return look


def pod_checks(adapters: Adapters) -> Iterator[Check]:
    """Look at Pod, as far as it can be seen from outside."""
    try:
        pod = adapters.settings.pod
    except ConfigError as error:
        yield note("Pod", "not in the settings: only export-csv can run", error.message)
        return
    try:
        recorder = adapters.settings.recorder.id
    except ConfigError:
        recorder = None
    state = inspect_pod(adapters.pod, administrator=pod.administrator, site=pod.site, recorder_id=recorder)
    if state.token is Token.ACCEPTED:
        yield ok("Pod", _pod_in_words(state))
    for problem in state.problems:
        if problem.severity is Severity.ERROR:
            yield wrong("Pod", problem.what, problem.hint, problem.exit_code)
        else:
            yield note("Pod", problem.what, problem.hint)


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
