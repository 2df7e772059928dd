"""`status`: may the old server be switched off? Asked of Pod, the old server's list, the directory and the ledger."""

import os
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from bbbmig.domain.choices import Language
from bbbmig.domain.selection import EVERYTHING
from bbbmig.domain.state_evidence import states
from bbbmig.domain.status import Facts, Read, ServerStatus, Verdict, status_of
from bbbmig.errors import ConfigError, ExitCode
from bbbmig.report.status_lists import write_lists
from bbbmig.report.status_sentence import answer
from bbbmig.runs.check_workers import say_workers
from bbbmig.runs.read_videos import read_sample
from bbbmig.runs.run import Run
from bbbmig.runs.states import OwnersWanted, known_of
from bbbmig.transfer.whole_file import ensure_writable, opened

NEEDS = ("bbb", "pod")
CODES = {
    Verdict.YES: ExitCode.DONE,
    Verdict.NOT_YET: ExitCode.PARTIAL,
    Verdict.CANNOT_SAY: ExitCode.REMOTE_FAILED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusOptions:
    """What the user asks of `status`.

    `read` videos are read whole, `lists` is a folder for the CSVs, `page` an HTML file.
    """

    owners: OwnersWanted = field(default_factory=OwnersWanted)
    read: int = 0
    lists: Path | None = None
    page: Path | None = None
    language: Language = Language.EN
    use_cache: bool = False


def status(run: Run, options: StatusOptions) -> ServerStatus:
    """Say whether the old server may be switched off, and remember what was found; nothing else is changed.

    The exit code of the run says it, too. Raise ConfigError, RemoteError or RemoteRefused for what keeps from asking.
    """
    if options.page is not None:
        ensure_writable(options.page)
    if options.lists is not None:
        _ensure_folder(options.lists)
    run.adapters.pod.wait_for_restarts(run.settings.pod.patience_s)
    listing = run.listing(use_cache=options.use_cache)
    recordings = run.choose(listing, EVERYTHING)
    known = known_of(run, options.owners, listing, recordings)
    found, read = states(recordings, known), Read()
    if options.read:
        found, read = read_sample(run, found, options.read)
    facts = Facts(
        server=run.server,
        at=datetime.now(UTC),
        list_taken_at=listing.taken_at,
        from_cache=listing.from_cache,
        lost=sum(problem.lost for problem in listing.problems),
        pod_asked=known.pod is not None,
        before=run.adapters.ledger.points(run.server),
        read=read,
    )
    said = status_of(found, facts)
    run.adapters.ledger.note(run.server, said.points[-1])
    run.report.status(said, options.language)
    say_workers(run, options.language)
    if options.lists is not None:
        write_lists(said, options.lists)
    if options.page is not None:
        _write_page(said, options.page, options)
    run.code = CODES[said.verdict]
    run.states = {str(safety): (one.count, one.hours) for safety, one in said.classes.items()}
    run.summary = answer(said, options.language)
    return said


def _write_page(said: ServerStatus, file: Path, options: StatusOptions) -> None:
    """Write the page, with links to the lists where they were written. Raise ConfigError if it cannot be."""
    from bbbmig.report.page.status_page import status_page

    lists = ""
    if options.lists is not None:
        lists = quote(os.path.relpath(options.lists.resolve(), file.resolve().parent))
    with opened(file) as stream:
        stream.write(status_page(said, options.language, lists=lists))


def _ensure_folder(folder: Path) -> None:
    """Make the folder for the lists, for this user alone. Raise ConfigError if that cannot be."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"cannot use {folder}: {error.strerror}", hint="name another folder") from error
