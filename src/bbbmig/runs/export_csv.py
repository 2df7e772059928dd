"""`export-csv`: the list of recordings, one row each, with their owners if asked."""

import itertools
from dataclasses import dataclass
from pathlib import Path

from bbbmig.domain.owner import Finding
from bbbmig.domain.selection import EVERYTHING, Selection
from bbbmig.report import recordings_csv
from bbbmig.runs.owners import OwnerSearch
from bbbmig.runs.run import Run
from bbbmig.transfer.whole_file import STDOUT, ensure_writable

NEEDS = ("bbb",)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportOptions:
    """What the user asks of `export-csv`.

    `owners_from` are names of owner sources, "all" or "none"; without any, all are asked. `rows` False writes no table.
    """

    out: Path
    selection: Selection = EVERYTHING
    owners_from: tuple[str, ...] = ()
    owners_file: Path | None = None
    bom: bool = False
    rows: bool = True
    use_cache: bool = False


def export_csv(run: Run, options: ExportOptions) -> None:
    """Write the list; a dry run only counts. Raise ConfigError, RemoteError or RemoteRefused for what ends a run."""
    ensure_writable(options.out)
    owners = OwnerSearch(run.adapters, sources=options.owners_from, owners_file=options.owners_file, pod_meetings=False)
    listing = run.listing(use_cache=options.use_cache)
    chosen = run.choose(listing, options.selection)
    whose = None
    if owners.asked:
        whose = owners.find(chosen, listing.recordings)
        failed = any(ownership.finding is Finding.FAILED for ownership in whose.values())
        run.complete = run.complete and not failed
    known = whose or {}
    for recording in chosen:
        run.report.recording(recording, known.get(recording.record_id))
    if run.dry:
        run.summary = f"{len(chosen)} rows would be written to {options.out}"
    elif options.rows:
        table = [recordings_csv.header(owners=whose is not None)]
        recordings_csv.write(options.out, itertools.chain(table, recordings_csv.rows(chosen, whose)), bom=options.bom)
        run.summary = f"{len(chosen)} rows in {'stdout' if options.out == STDOUT else options.out}"
