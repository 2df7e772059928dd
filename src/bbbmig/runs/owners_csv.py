"""`owners`: the CSV of the recordings about whose owners a person has to decide, kept over the whole project."""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bbbmig.domain import owners_sheet
from bbbmig.domain.choices import Language
from bbbmig.domain.selection import EVERYTHING, Selection
from bbbmig.errors import ConfigError
from bbbmig.runs.give_up import decided_so_far
from bbbmig.runs.owners import OwnerSearch
from bbbmig.runs.run import Run
from bbbmig.transfer.whole_file import STDOUT, ensure_writable, opened

NEEDS = ("bbb",)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnersOptions:
    """What the user asks of `owners`.

    `owners_from` are names of owner sources, "all" or "none"; without any, all are asked. `decided` is an owners file.
    `language` None is that of the file that is added to, else English.
    """

    output: Path = STDOUT
    selection: Selection = EVERYTHING
    owners_from: tuple[str, ...] = ()
    decided: Path | None = None
    language: Language | None = None
    bom: bool = False
    use_cache: bool = False


def owners(run: Run, options: OwnersOptions) -> None:
    """Write a line for each chosen recording whose owner is unknown or doubtful.

    A file that is there already keeps every line that is in it, what was decided in it counts, and new lines are added
    below. Raise ConfigError, RemoteError or RemoteRefused for what ends a run.
    """
    ensure_writable(options.output)
    kept = _contents(options.output)
    search = OwnerSearch(
        run.adapters,
        sources=options.owners_from,
        owners_file=options.decided,
        also=options.output if kept else None,
        pod_meetings=run.settings.has("pod"),
    )
    listing = run.listing(use_cache=options.use_cache)
    given_up = decided_so_far(run)
    chosen = [one for one in run.choose(listing, options.selection) if one.record_id not in given_up]
    rows = list(owners_sheet.rows(chosen, search.find(chosen, listing.recordings)))
    where = "on stdout" if options.output == STDOUT else f"in {options.output}"
    added = _write(options, rows)
    run.summary = f"{len(rows)} of {len(chosen)} recordings need a person's decision: {where}"
    if kept:
        run.summary += f", {added} of them new there"


def _write(options: OwnersOptions, rows: Sequence[tuple[str, ...]]) -> int:
    """Write the file, and return how many lines were added.

    It is read once more: asking the servers takes minutes, in which somebody may have gone on deciding.
    """
    before = _contents(options.output)
    data, added = owners_sheet.merged(
        before, rows, language=options.language, bom=options.bom, name=str(options.output)
    )
    if before and data == before:
        return added
    with opened(options.output, encoding="latin-1") as stream:
        stream.write(data.decode("latin-1"))  # byte for byte: the file has an encoding of its own
    return added


def _contents(path: Path) -> bytes:
    """Return what a file holds; nothing for stdout, for one that is not there, and for what is not a file."""
    if path == STDOUT or (path.exists() and not path.is_file()):
        return b""
    try:
        with contextlib.suppress(FileNotFoundError):
            return path.read_bytes()
    except OSError as error:
        raise ConfigError(
            f"cannot read {path}: {error.strerror}", hint="name another file, or see to its rights"
        ) from error
    return b""
