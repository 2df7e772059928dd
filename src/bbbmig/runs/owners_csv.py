"""`owners`: the CSV of the recordings about whose owners a person has to decide."""

from dataclasses import dataclass
from pathlib import Path

from bbbmig.domain import owners_file
from bbbmig.domain.selection import EVERYTHING, Selection
from bbbmig.runs.owners import OwnerSearch
from bbbmig.runs.run import Run
from bbbmig.transfer.whole_file import STDOUT, ensure_writable, opened

NEEDS = ("bbb",)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnersOptions:
    """What the user asks of `owners`; `moodles` are names of sections or "all", `decided` is an owners file."""

    output: Path = STDOUT
    selection: Selection = EVERYTHING
    moodles: tuple[str, ...] = ()
    decided: Path | None = None
    use_cache: bool = False


def owners(run: Run, options: OwnersOptions) -> None:
    """Write a line for each chosen recording whose owner is unknown or doubtful.

    Raise ConfigError, RemoteError or RemoteRefused for what ends a run.
    """
    ensure_writable(options.output)
    search = OwnerSearch(
        run, sources=options.moodles, owners_file=options.decided, pod_meetings=run.settings.has("pod")
    )
    listing = run.listing(use_cache=options.use_cache)
    chosen = run.choose(listing, options.selection)
    whose = search.find(chosen, listing.recordings)
    rows = list(owners_file.rows(chosen, whose))
    with opened(options.output) as stream:
        stream.writelines(owners_file.lines(rows))
    where = "on stdout" if options.output == STDOUT else f"in {options.output}"
    run.summary = f"{len(rows)} of {len(chosen)} recordings need a person's decision: {where}"
