"""`redirects`: every old playback address to its video in Pod, the rest to the mirror or to a page."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bbbmig.domain.history import Effect
from bbbmig.domain.redirects import Leads, Redirect, old_hosts, redirects
from bbbmig.domain.selection import EVERYTHING, Selection
from bbbmig.domain.video_standing import published_rows
from bbbmig.errors import UsageError
from bbbmig.report.web_server import moved
from bbbmig.report.web_server.moved import Destination
from bbbmig.runs.run import Run
from bbbmig.transfer.whole_file import ensure_writable, opened

NEEDS = ("bbb", "pod")
FORMS = ("nginx", "apache", "csv")


@dataclass(frozen=True, slots=True, kw_only=True)
class RedirectOptions:
    """What the user asks of `redirects`: the `form` of the file, the mirror's `host`, whether `drafts` count."""

    form: str
    out: Path
    host: str = ""
    drafts: bool = False
    selection: Selection = EVERYTHING
    use_cache: bool = False


def write_redirects(run: Run, options: RedirectOptions) -> None:
    """Write the file. Raise UsageError, ConfigError, RemoteError or RemoteRefused."""
    if options.form not in FORMS:
        raise UsageError(f"there is no form {options.form!r}", hint=f"these are known: {', '.join(FORMS)}")
    ensure_writable(options.out)
    destination = Destination(pod=run.settings.pod.url.rstrip("/"), rest=_rest(run, options.host))
    listing = run.listing(use_cache=options.use_cache)
    chosen = run.choose(listing, options.selection)
    history = run.adapters.ledger.history(run.server, Effect.PUBLISH)
    rows = published_rows(history, {one.record_id for one in chosen})
    users = run.adapters.users.find({row.target for row in rows}) if rows else {}
    seen = run.adapters.published_videos.of(list({user.id: user for user in users.values()}.values()))
    found = redirects(chosen, rows, seen.videos, drafts=options.drafts)
    if seen.silent:
        run.alarm(f"Pod could not list the videos of {len(seen.silent)} people: theirs lead elsewhere for now")
    if not run.dry:
        _write(options, found, destination, sorted(old_hosts(chosen)))
    counts = Counter(one.leads for one in found)
    elsewhere = "to the mirror" if destination.rest is not None else "to the page of `bbbmig print page`"
    run.summary = (
        f"{counts[Leads.TO_POD]} recordings lead to Pod, {counts[Leads.ELSEWHERE]} {elsewhere}, "
        f"{counts[Leads.DRAFT]} are drafts and do so, too"
    )


def _rest(run: Run, host: str) -> str | None:
    """Return where the rest leads: the host that is named, this very server, or nowhere."""
    if host:
        return host if "://" in host else f"https://{host}"
    return "" if run.settings.mirror.directory is not None else None


def _write(options: RedirectOptions, found: Sequence[Redirect], destination: Destination, hosts: Sequence[str]) -> None:
    """Write the file in its form."""
    match options.form:
        case "nginx":
            lines = moved.nginx(found, destination)
        case "apache":
            lines = moved.apache(found, destination)
        case _:
            lines = moved.table(found, destination, hosts)
    with opened(options.out) as stream:
        stream.writelines(f"{line}\n" for line in lines)
